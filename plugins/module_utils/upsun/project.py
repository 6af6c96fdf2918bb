# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules of Upsun have in common: a project, and the client of its API."""

from __future__ import annotations

from ..core.reconcile import Context, Fields, Operation
from .client import Upsun
from .options import check_project


class InProject(Operation):
    """Something that is done in a project."""

    def __init__(self, params: Fields, context: Context, client: Upsun | None = None) -> None:
        """``client`` is for a caller that has one already."""
        super().__init__(params, context)
        self.client = client or Upsun(params, context)
        self.project: str = params["project"]

    def validate(self) -> None:
        check_project(self.project)
