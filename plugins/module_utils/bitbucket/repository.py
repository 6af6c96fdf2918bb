# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository, its branches and tags."""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields, Info
from ..core.spec import ArgumentSpec
from .editions import edition
from .examined import EXAMINED
from .options import login
from .place import Place
from .ports import Edition
from .resource import REPOSITORY


class RepositoryInfo(Info):
    """Reads a repository, with its refs or without, and sees to it that the credential will do."""

    module = "bitbucket_repository_info"
    spec = (
        REPOSITORY
        + EXAMINED
        + ArgumentSpec(
            {
                "refs": {"type": "bool", "default": True},
            }
        )
    )

    together = "repository"

    @classmethod
    def read_together(cls, params: Fields, names: list[str], context: Context) -> Fields:
        own = edition(params)
        client = own.client(params, context)
        return own.repositories(client, Place(params["workspace"])).read_many(names)

    def validate(self) -> None:
        login(self.params)

    def gather(self) -> Fields:
        own = edition(self.params)
        client = own.client(self.params, self.context)
        repositories = own.repositories(client, Place.of(self.params))
        answer = self.context.known or repositories.read()
        refused = repositories.refused(answer)
        credential = self._credential(own, client, answer, refused is None)
        if refused:
            raise refused
        repository = repositories.describe(answer)
        if not self.params["refs"]:
            return {"repository": {**repository, **repositories.without_refs(repository)}, "credential": credential}
        more, refs = repositories.refs()
        return {"repository": {**repository, **more}, "refs": refs, "credential": credential}

    def _credential(self, own: Edition, client: t.Any, answer: t.Any, found: bool) -> Fields:
        """What the answer tells of the credential. :raises BridgeError: it will not do for what it is for."""
        credentials = own.credentials(client, self.params, self.context)
        credential = credentials.describe(answer)
        credentials.check(credential)
        if found:
            credentials.check_repository(credential, answer)
        if credentials.problems:
            raise BridgeError(" ".join(credentials.problems), kind="forbidden", service=client.service)
        return credential
