# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repositories of workspaces or projects, for an inventory: as few calls as the lists have pages."""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from ..core.reconcile import Fields, Info
from ..core.spec import ArgumentSpec
from .editions import edition
from .options import BITBUCKET, login
from .ports import Filters, Listings

# Bytes of the file that is read of every repository.
MOST_BYTES = 16_384
# What the answer to one repository says about all of them, so that there is no use in going on.
_OF_ALL = ("unauthorized", "rate_limited", "unavailable")


class RepositoryList(Info):
    """Reads repositories in lists, and if asked one small file of each."""

    module = "bitbucket_repositories"
    spec = BITBUCKET + ArgumentSpec(
        {
            "workspaces": {"type": "list", "elements": "str", "default": []},
            "role": {"type": "str", "choices": ["member", "contributor", "admin", "owner"]},
            "projects": {"type": "list", "elements": "str", "default": []},
            "name": {"type": "str"},
            "q": {"type": "str"},
            "opt_in_file": {"type": "str"},
        }
    )

    def validate(self) -> None:
        login(self.params)
        edition(self.params).listings.check(self.params["workspaces"], self._filters)

    @property
    def _filters(self) -> Filters:
        params = self.params
        return Filters(params["role"], tuple(params["projects"]), params["name"], params["q"])

    def gather(self) -> Fields:
        """``repositories``, each once; with ``opt_in_file`` a repository has the ``file`` or a ``file_error``, or neither."""
        own = edition(self.params)
        listings = own.listings(own.client(self.params, self.context))
        found: dict[t.Any, Fields] = {}
        for workspace in self.params["workspaces"] or [None]:
            for repository in listings.repositories(workspace, self._filters):
                found.setdefault(repository["uuid"], repository)
        if self.params["opt_in_file"]:
            for repository in found.values():
                repository.update(self._file(listings, repository))
        return {"edition": own.key, "repositories": list(found.values())}

    def _file(self, listings: Listings, repository: Fields) -> Fields:
        path = self.params["opt_in_file"]
        try:
            content = listings.file(repository, path)
            if content is None:
                return {}
            if len(content) > MOST_BYTES:
                return {"file_error": f"{path} has {len(content)} bytes, but at most {MOST_BYTES} are read"}
            return {"file": content.decode()}
        except UnicodeDecodeError:
            return {"file_error": f"{path} is not UTF-8"}
        except BridgeError as error:
            if error.kind in _OF_ALL:
                raise
            return {"file_error": str(error)}
