# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules of Upsun have in common: a project, and the client of its API."""

from __future__ import annotations

import typing as t

from ..core.reconcile import Context, Fields, Operation
from .client import Upsun
from .options import check_project

T = t.TypeVar("T")


class InProject(Operation):
    """Something that is done in a project."""

    def __init__(self, params: Fields, context: Context, client: Upsun | None = None) -> None:
        """``client`` is for a caller that has one already."""
        super().__init__(params, context)
        self.client = client or Upsun(params, context)
        self.project: str = params["project"]

    def validate(self) -> None:
        check_project(self.project)

    def waited(self, read: t.Callable[[], T], done: t.Callable[[T], bool], describe: t.Callable[[T], str]) -> T:
        """What Upsun does in the background, once it is ``done``; without ``wait``, and in check mode, as it is now."""
        if not self.params.get("wait", True) or self.context.check_mode:
            return read()
        return self.poll(read, done, what=f"The project {self.project}", describe=describe)
