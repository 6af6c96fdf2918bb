# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual step of an OAuth link: a user who opens the address in a browser and grants access."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from tests.sandbox.bitbucket import User
from tests.sandbox.sandbox import Sandbox


class Consent:
    """Grants whatever the sandbox's CDS asks a browser for, in the name of a user of Bitbucket."""

    def __init__(self, sandbox: Sandbox, user: User) -> None:
        self.sandbox, self.user = sandbox, user
        self.granted: list[str] = []
        self._seen: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Consent:
        self._seen = set(self.sandbox.cds.states)  # what was asked before is somebody else's
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            for state, (_until, data) in list(self.sandbox.cds.states.items()):
                if state not in self._seen:
                    self._seen.add(state)
                    self._grant(data)

    def _grant(self, data: dict[str, Any]) -> None:
        try:
            with self.sandbox.bitbucket.browser(self.user) as browser:
                browser.grant(data["url"])
        except (OSError, KeyError, ValueError):  # the network was cut: they will be asked again
            return
        self.granted.append(data["project_key"])
