# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit of every list: without it, a service or a cache that repeats a page would be read forever."""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError

# 100,000 items at the usual 100 a page, which is more than any of the services lets one account have.
MOST_PAGES = 1000


class Pages:
    """Counts the pages of one list."""

    def __init__(self, service: str, asked: str, operation: str) -> None:
        self._service, self._asked, self._operation = service, asked, operation
        self._seen: set[t.Hashable] = set()

    def turn(self, following: t.Hashable) -> None:
        """Continue with the page of this token, link or number.

        :raises BridgeError: it was read already, or the list has too many pages.
        """
        if following in self._seen:
            self._fail(f"the page {str(following)[:200]} was returned twice")
        self._seen.add(following)
        if len(self._seen) >= MOST_PAGES:
            self._fail(f"it has more than {MOST_PAGES} pages")

    def _fail(self, why: str) -> t.NoReturn:
        raise BridgeError(
            f"{self._asked}: the list in the response of {self._service} to {self._operation} does not end, {why}",
            service=self._service,
            operation=self._operation,
            remedy="Run again; if the error persists, a cache or proxy before the service repeats a response: bypass "
            "it.",
        )
