# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of an integration that somebody may have made by hand: the pull mirror, and the webhook that starts one."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import unquote, urlsplit

from ...bitbucket.webhook import Webhook
from ...core.adoption import UNMARKED
from ...core.reconcile import Fields, Snapshot
from ...core.spec import ArgumentSpec
from ...core.urls import origin
from ...gitlab.mirror import PullMirror

DESCRIPTION = "GitLab mirror"
# What is a matter of taste in a mirror that works: its rules.
RULES: Fields = {
    "mirror_overwrites_diverged_branches": True,
    "only_mirror_protected_branches": False,
    "mirror_branch_regex": "",
}
_TRIGGER = re.compile(r"(?P<root>.*)/api/v4/projects/(?P<project>[^/]+)/mirror/pull")
# The id of the token that a webhook carries, at the end of its description.
NOTE = re.compile(r"\s*\(token \d+\)$")


class AdoptedMirror(PullMirror):
    """The mirror of a project that this collection has not created: it keeps the rules that the task only defaults to."""

    spec = PullMirror.spec + UNMARKED + ArgumentSpec({"defaults": {"type": "list", "elements": "str", "default": []}})

    def marked(self, current: Fields) -> bool:
        return False


class TriggerHook(Webhook):
    """A webhook that starts a pull mirror. Ours are known by their description."""

    spec = Webhook.spec + UNMARKED + ArgumentSpec({"ours": {"type": "list", "elements": "str", "default": []}})

    def marked(self, current: Fields) -> bool:
        return NOTE.sub("", current.get("description") or "") in self.params["ours"]

    def beside(self, hooks: list[Fields], found: Snapshot) -> list[Fields]:
        """Those that start the mirror of another project of the same GitLab; adopted with that project, unless ours exists."""
        own = _parts(self.url or "")
        out = []
        for hook in hooks:
            other = _parts(hook["url"])
            if own and other and other[:2] == own[:2] and hook["id"] != found.get("id"):
                reason = f"it starts the pull mirror of the GitLab project {other[2]}"
                adopts = {"variable": "", "value": None} if found else {"variable": "project", "value": other[2]}
                out.append({**self.other(hook, reason), **adopts})
        return out


def mirrored_by(mirror: Fields) -> t.Callable[[str], bool]:
    """Which refs a mirror takes by its rules. Of rules that Python does not understand nothing but tags is expected."""
    rule, protected = mirror.get("mirror_branch_regex") or "", mirror.get("only_mirror_protected_branches")
    try:
        pattern = None if protected else re.compile(rule)
    except re.error:
        pattern = None

    def takes(ref: str) -> bool:
        branch = ref.removeprefix("refs/heads/")
        return branch == ref or bool(pattern and pattern.search(branch))

    return takes


def _parts(url: str) -> tuple[object, str, str] | None:
    """GitLab's origin and root, and the project."""
    match = _TRIGGER.fullmatch(urlsplit(url).path)
    return (origin(url), match["root"], unquote(match["project"])) if match else None
