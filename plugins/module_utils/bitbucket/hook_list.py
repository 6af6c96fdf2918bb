# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of a repository's webhooks, and what else of it does the job of one."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..core.adoption import entry
from ..core.fingerprint import split_mark
from ..core.reconcile import Fields, Snapshot
from ..core.urls import normalised
from .hooks import Webhooks
from .resource import BitbucketResource


class HookList(BitbucketResource):
    """What is found in a list of webhooks. Subclasses have the options of one, and its address as ``url``."""

    url: str | None

    @property
    def hooks(self) -> Webhooks:
        return self.edition.webhooks(self.client, self.place)

    def _listed(self) -> list[Fields]:
        return self.hooks.listing(f"List the webhooks of {self.place}")

    def with_others(self, hooks: list[Fields], found: Snapshot) -> Snapshot | None:
        """``found``, which may be empty, with those that do its job."""
        found.others = self.beside(hooks, found)
        return found if found or found.others else None

    def beside(self, hooks: list[Fields], found: Snapshot) -> list[Fields]:
        """Entries for hooks that call the same address and are not ``found``: by another description or with another secret."""
        by_text = self.params["match_by"] == "description" or (self.params["secret_url"] and not found)
        if self.params["uuid"] or not self.url or not by_text:
            return []
        same = [hook for hook in hooks if normalised(hook["url"], False) == normalised(self.url, False)]
        return [self.other(hook, "it calls the same address") for hook in same if hook["id"] != found.get("id")]

    def other(self, hook: Fields, reason: str, variable: str = "uuid", value: str | None = None) -> Fields:
        """The entry for one. An address may hold a secret, so it is not shown."""
        name = split_mark(hook.get("description"))[0].strip() or urlsplit(hook["url"]).hostname
        return entry(self.module, name, hook["id"], reason, variable=variable, value=value or hook["id"])
