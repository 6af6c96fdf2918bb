# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in a branch of a Bitbucket repository, of which one may be a pipeline configuration of GitLab."""

from __future__ import annotations

import typing as t

from ...bitbucket.commit_files import CommitFiles, with_contents
from ...core.errors import BridgeError
from ...core.reconcile import Fields, Outcome, Snapshot
from .include import add_include, remove_include


class GitlabCiFiles(CommitFiles):
    """Files of a branch; of a ``.gitlab-ci.yml`` one ``include`` entry is managed and all the rest stays as it is."""

    module = "gitlab_ci_files"
    spec = with_contents(CommitFiles.spec, "gitlab_include", "hint")
    contents = (*CommitFiles.contents, "gitlab_include")

    def edited(self, path: str, content: bytes | None, file: Fields, absent: bool) -> bytes | None:
        include: str | None = file["gitlab_include"]
        if include is None:
            return super().edited(path, content, file, absent)
        if content is None and absent:
            return None
        try:
            text = content.decode() if content else ""
        except UnicodeDecodeError:
            raise BridgeError(f"{path} of {self.source.name} is not UTF-8 text", kind="invalid") from None
        edit: t.Callable[[str, str], str | None] = remove_include if absent else add_include
        try:
            changed = edit(text, include)
        except BridgeError as error:
            error.args = (f"{path} of {self.source.name}: {error.asked}",)
            error.asked = error.args[0]
            raise
        return None if changed is None else changed.encode()

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        """Say what is left to do where a file of somebody else is in the place of the task's."""
        shown = super().follow_up(current, outcome)
        for path in shown["kept"]:
            hint = self.files[path]["hint"]
            if hint and self.params["state"] == "present":
                self.context.progress(f"{path} was not created by this role and was not changed: {hint}")
        return shown
