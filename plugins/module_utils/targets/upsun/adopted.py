# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrations that somebody made by hand: a webhook of the repository says which project has one.

Upsun has no place for a mark, so the inventory says what was adopted (``upsun_adopted``).
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import unquote, urlsplit

from ...bitbucket.webhook import Webhook
from ...core.adoption import entry
from ...core.errors import BridgeError
from ...core.reconcile import Fields, Snapshot
from ...upsun.integration import Integration
from ...upsun.source import shown, source_integrations
from .target import RULES

if t.TYPE_CHECKING:
    from .repository import RepositoryLink

_HOOK = re.compile(r".*/projects/(?P<project>[^/]+)/integrations/[^/]+/hook")


class UpsunHook(Webhook):
    """A webhook to an integration."""

    def beside(self, hooks: list[Fields], found: Snapshot) -> list[Fields]:
        """Those of other projects; each is adopted with its project, unless ours exists."""
        own = _project(self.url or "")
        projects = [(hook, _project(hook["url"])) for hook in hooks]
        return [
            {
                **self.other(hook, f"it calls the integration of the Upsun project {project}"),
                **({"variable": "", "value": None} if found else {"variable": "project", "value": project}),
            }
            for hook, project in projects
            if own and project and project != own and hook["id"] != found.get("id")
        ]


def _project(url: str) -> str:
    match = _HOOK.fullmatch(urlsplit(url).path)
    return unquote(match["project"]) if match else ""


def look_for_others(link: RepositoryLink) -> list[Fields]:
    """Entries for integrations of other projects with the repository, and for the settings with which they stay as they are."""
    address = f"https://upsun/projects/{link.project}/integrations/none/hook"
    found = link.part("others", UpsunHook, "bitbucket", {**link.place, "url": address}, look_only=True)
    projects = dict.fromkeys(one["value"] for one in found.get("unmanaged", ()) if one["variable"] == "project")
    out: list[Fields] = []
    for project in projects:
        try:
            out += _entries(link, project)
        except BridgeError:  # not for this account to see
            continue
    return out


def _entries(link: RepositoryLink, project: str) -> t.Iterator[Fields]:
    for entity in source_integrations(link.client, project):
        there = shown(entity)
        if there["repository"].lower() != link.full_name.lower():
            continue
        reason = f"it is the integration of the Upsun project {project} with {link.full_name}"
        values = {"project": project, "adopted": True, **{name: there[name] for name in RULES if name in there}}
        for option, value in values.items():
            if value is not None and value != link.params.get(option):
                yield entry(Integration.module, project, there["id"], reason, variable=option, value=value)


def keep(link: RepositoryLink, before: Fields) -> list[Fields]:
    """What a teardown leaves of an adopted integration."""
    reason = "upsun_adopted says that it was not created by this collection"
    found = {Integration.module: (link.project, before["id"]), Webhook.module: (link.project, before["hook_url"])}
    return [{"kind": kind, "name": name, "where": where, "reason": reason} for kind, (name, where) in found.items()]
