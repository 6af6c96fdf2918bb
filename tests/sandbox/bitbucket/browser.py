# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser in which a user is logged in to Bitbucket: opens the consent page, and presses its button."""

from __future__ import annotations

import re
from typing import Self

import requests

COOKIE = "cloud.session.token"
TIMEOUT = 30.0


class Browser:
    """Use it as a context manager."""

    def __init__(self, host: str, cookie: str) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set(COOKIE, cookie, domain=host)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._session.close()

    def open(self, url: str) -> requests.Response:
        return self._session.get(url, timeout=TIMEOUT)

    def answer(self, url: str, action: str = "grant") -> str:
        """Press a button of the consent page (``grant`` or ``deny``); where the browser is sent to.

        :raises ValueError: the page has no such button; its text is in the error.
        """
        page = self.open(url)
        token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)
        if token is None or f'value="{action}"' not in page.text:
            raise ValueError(f"{page.status_code}: {page.text}")
        form = {"action": action, "csrf_token": token[1]}
        sent = self._session.post(page.url, data=form, timeout=TIMEOUT, allow_redirects=False)
        return sent.headers["Location"]

    def grant(self, url: str) -> requests.Response:
        """Press Grant, and go where the browser is sent: the consumer's own page."""
        return self.open(self.answer(url))
