# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A commit made by git and pushed over HTTPS, for what a REST API can't do."""

from __future__ import annotations

from ..core.errors import BridgeError, Outdated
from .git_process import Git, git_is_here


class GitPush(Git):
    """Sets the mode of files that are committed already."""

    remedy = "The files are committed, only the executable bit is missing; the next run sets it."

    def make_executable(self, branch: str, head: str, paths: list[str], message: str, author: str | None) -> str:
        """A commit on top of ``head`` that gives these files their bit; its hash.

        :raises Outdated: ``head`` is no longer where the branch is.
        """
        if not git_is_here():
            raise BridgeError(
                f"Bitbucket's API committed {', '.join(paths)} without the executable bit, and git is not installed to "
                "set it",
                remedy="Install git where the task runs, or set the bit manually (git update-index --chmod=+x) and "
                "push.",
            )
        with self:
            # Only the trees: what the files hold is not needed to change a mode.
            fetch = ("fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none")
            self.text(*fetch, "origin", f"refs/heads/{branch}")
            if self.text("rev-parse", "FETCH_HEAD^{commit}") != head:
                raise Outdated(f"{branch} changed before git could set the executable bit of {', '.join(paths)}")
            self.text("read-tree", head)
            for path in paths:
                blob = self.text("rev-parse", f"{head}:{path}")
                self.text("update-index", "--cacheinfo", f"100755,{blob},{path}")
            commit = self.text("commit-tree", self.text("write-tree"), "-p", head, "-m", message, author=author)
            self.text("push", "--quiet", "origin", f"{commit}:refs/heads/{branch}")
            return commit
