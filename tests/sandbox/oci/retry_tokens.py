# SPDX-License-Identifier: GPL-3.0-or-later
"""``opc-retry-token``: a create that is sent again with the same token makes nothing twice.

https://docs.oracle.com/en-us/iaas/Content/API/Concepts/usingapi.htm : a token is good for 24 hours, and answered with
409 InvalidatedRetryToken once what it made has been changed or deleted by another operation.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, g, request

from .store import ENDING, Resource
from .wire import OciError

if TYPE_CHECKING:
    from .service import Oci

DAY = 24 * 3600

# POST operations whose description has no retry token: they do it again.
WITHOUT = (
    "devops.mirror_repository",
    "vault.schedule_secret_deletion",
    "vault.cancel_secret_deletion",
    "vault.schedule_secret_version_deletion",
    "vault.cancel_secret_version_deletion",
    "secrets.get_secret_bundle_by_name",
)


@dataclass
class _Remembered:
    body: str
    at: float
    answer: tuple[int, list[tuple[str, str]], bytes] | None = None
    resource: Resource | None = None


class RetryTokens:
    """What each token made."""

    def __init__(self, oci: Oci) -> None:
        self.oci = oci
        self._tokens: dict[tuple[str, str, str], _Remembered] = {}

    def _key(self, endpoint: str) -> tuple[str, str, str] | None:
        token = request.headers.get("opc-retry-token")
        if request.method != "POST" or not token or endpoint in WITHOUT or "principal" not in g:
            return None
        return endpoint, g.principal.id, token

    def replay(self, endpoint: str) -> Response | None:
        """The answer the token got the first time, if there was one."""
        key = self._key(endpoint)
        known = self._tokens.get(key) if key else None
        if known is None or self.oci.server.clock.now() - known.at > DAY:
            return None
        gone = known.resource and (known.resource.get("_gone") or known.resource.get("lifecycleState") in ENDING)
        if gone or known.body != self._digest():
            raise OciError(
                409,
                "InvalidatedRetryToken",
                "The provided retry token was used in an earlier request that resulted "
                "in a system update, but a subsequent operation invalidated the token.",
            )
        g.replayed = True
        assert known.answer
        status, headers, body = known.answer
        return Response(body, status, headers=headers)

    def remember(self, endpoint: str, answer: Response) -> None:
        key = self._key(endpoint)
        if key and answer.status_code < 300 and "replayed" not in g:
            kept = (answer.status_code, list(answer.headers.items()), answer.get_data())
            self._tokens[key] = _Remembered(self._digest(), self.oci.server.clock.now(), kept, g.get("touched"))

    @staticmethod
    def _digest() -> str:
        return hashlib.sha256(request.full_path.encode() + b"\n" + request.get_data()).hexdigest()
