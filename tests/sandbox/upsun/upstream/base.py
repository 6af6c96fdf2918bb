# SPDX-License-Identifier: GPL-3.0-or-later
"""What Upsun needs of a Bitbucket, and how it asks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from ... import peers

USER_AGENT = "Upsun-Sandbox"
TIMEOUT = 30.0


class Unavailable(Exception):
    """Bitbucket refused or could not be reached; the text is for an activity's log. It never has a secret in it."""


class Invalid(Exception):
    """The integration cannot work; ``problems`` says why, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(str(problems))
        self.problems = problems


@dataclass(frozen=True)
class Remote:
    """Where git fetches, and as whom."""

    url: str
    username: str
    password: str


@dataclass(frozen=True)
class PullRequest:
    """An open pull request. ``commit`` may be abbreviated."""

    number: int
    title: str
    source: str
    target: str
    commit: str


class Upstream(ABC):
    """One repository, with one credential."""

    @abstractmethod
    def check(self) -> None:
        """``Invalid`` unless the credential is good and the repository can be read with it."""

    @abstractmethod
    def register_hook(self, url: str, known: str | None) -> str:
        """Make the webhook, or mend the one that Upsun knows it has made; its id. Others are not looked for."""

    @abstractmethod
    def remote(self) -> Remote:
        """For ``git fetch``."""

    @abstractmethod
    def pull_requests(self) -> tuple[list[PullRequest], bool]:
        """The open ones, and whether these are all."""

    @abstractmethod
    def report(self, commit: str, branch: str | None, key: str, state: str, url: str, description: str) -> None:
        """A build status: ``INPROGRESS``, ``SUCCESSFUL`` or ``FAILED``; the branch leads to its pull request."""


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    **options: Any,
) -> requests.Response:
    """One request, without the proxies and the netrc of the machine the sandbox runs on."""
    try:
        with peers.session("upsun") as session:
            return session.request(
                method,
                url,
                headers={"User-Agent": USER_AGENT, **(headers or {})},
                auth=auth,
                timeout=TIMEOUT,
                allow_redirects=False,
                **options,
            )
    except requests.RequestException as error:
        raise Unavailable(f"Could not connect to {url}: {type(error).__name__}") from None
