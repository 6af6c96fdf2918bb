# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a version of CDS can do: its integration of Bitbucket Cloud changed twice.

Sources: the release notes at https://github.com/ovh/cds/releases and the configuration and API of each release.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ..core.errors import BridgeError

# What came, or went, with a release. A setting from outside of its releases would be ignored without a word.
CONSUMERS = (0, 44, 0)  # consumers with sign-in tokens in place of a group's tokens
PROJECT_VCS = (0, 51, 0)  # a project's own VCS servers, with a user name and a token
NO_SERVERS = (0, 53, 1)  # OAuth and [vcs.servers] are gone
HOOK_EVENTS = (0, 42, 0)
PULL_REQUEST_COMMENTS = (0, 42, 0)
STATUS_NOTIFICATION = (0, 46, 0)
RETENTION_POLICY = (0, 48, 0)
KEPT_RUNS = (0, 50, 0)  # runs of deleted branches are kept, unless a retention policy says otherwise
PROXY_FOR_ALL = (0, 51, 0)  # proxyWebhook of [vcs] itself, not only of a server in it
SSH_KEY_NAME = (0, 53, 0)
KEPT_TOKEN = (0, 55, 2)  # a change of a project's VCS server without the token keeps it
UI_IN_VCS_CONFIG = (0, 50, 0)  # until then [vcs.UI.http]

_NEWEST = (999, 0, 0)
Release = tuple[int, int, int]


@dataclass(frozen=True)
class Version:
    """A version as CDS tells it: ``0.41.0``, ``v0.57.0``, or ``snapshot`` for one that somebody built."""

    text: str

    @property
    def number(self) -> Release:
        """Comparable. One without a number was built from the newest source, as far as anybody can tell."""
        found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", self.text)
        return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else _NEWEST

    @property
    def known(self) -> bool:
        return self.number != _NEWEST

    @property
    def consumers(self) -> bool:
        """Whether it is signed in to with the token of a consumer; before, with user name and password."""
        return self.number >= CONSUMERS

    @property
    def links(self) -> bool:
        """Whether repositories managers are linked to projects by OAuth."""
        return self.number < NO_SERVERS

    @property
    def project_vcs(self) -> bool:
        """Whether projects have VCS servers of their own."""
        return self.number >= PROJECT_VCS

    def has(self, since: Release) -> bool:
        return self.number >= since

    def refuse_before(self, since: Release, what: str, remedy: str) -> None:
        """:raises BridgeError: this version would ignore ``what``."""
        if self.number < since:
            raise BridgeError(
                f"CDS {self.text} does not support {what}: supported since {_dotted(since)}",
                kind="invalid",
                remedy=remedy,
            )

    def refuse_from(self, until: Release, what: str, remedy: str) -> None:
        """:raises BridgeError: this version ignores ``what``, or has no path for it any more."""
        if self.number >= until:
            raise BridgeError(
                f"CDS {self.text} no longer supports {what}: removed in {_dotted(until)}", kind="invalid", remedy=remedy
            )

    def __str__(self) -> str:
        return self.text


def _always(_params: dict[str, t.Any]) -> bool:
    return True


@dataclass(frozen=True)
class Gate:
    """Something that not every version has; ``of`` tells whether a task with these options is about it."""

    what: str
    remedy: str
    since: Release | None = None
    until: Release | None = None
    of: t.Callable[[dict[str, t.Any]], bool] = _always

    def check(self, version: Version) -> None:
        """:raises BridgeError: this version would ignore it."""
        if self.since:
            version.refuse_before(self.since, self.what, self.remedy)
        if self.until:
            version.refuse_from(self.until, self.what, self.remedy)


def given(option: str) -> t.Callable[[dict[str, t.Any]], bool]:
    """Whether a task sets an option: the ``of`` of a ``Gate``."""
    return lambda params: params[option] is not None


def _dotted(number: t.Sequence[int]) -> str:
    return ".".join(map(str, number))
