# SPDX-License-Identifier: GPL-3.0-or-later
"""``opc-retry-token``: a creation that is sent again with the same token within 24 hours creates nothing twice.

What is documented, and where:

- 1 to 64 characters, good for 24 hours: the parameter's description in every API reference.
- 409 InvalidatedRetryToken once "an entity created with the same token has since been deleted"; the way out is another
  token: https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
- Not documented is a token with another body. The strict reading is taken: the token stands for one request.

The tenancy is what a token belongs to: two users who send the same one send the same request.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, g, request

from .store import ENDING, Resource
from .wire import OciError, invalid

if TYPE_CHECKING:
    from .service import Oci

DAY = 24 * 3600
LONGEST = 64

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
    answer: tuple[int, list[tuple[str, str]], bytes]
    resource: Resource | None = None

    @property
    def deleted(self) -> bool:
        resource = self.resource
        return bool(resource and (resource.get("_gone") or resource.get("lifecycleState") in ENDING))


class RetryTokens:
    """What each token created."""

    def __init__(self, oci: Oci) -> None:
        self.oci = oci
        self._tokens: dict[tuple[str, str], _Remembered] = {}

    def _key(self, endpoint: str) -> tuple[str, str] | None:
        token = request.headers.get("opc-retry-token")
        if request.method != "POST" or token is None or endpoint in WITHOUT or "principal" not in g:
            return None
        if not 1 <= len(token) <= LONGEST:
            raise invalid(f"opc-retry-token must have 1 to {LONGEST} characters, not {len(token)}")
        return endpoint, token

    def replay(self, endpoint: str) -> Response | None:
        """The answer the token got the first time, if there was one."""
        key = self._key(endpoint)
        known = self._tokens.get(key) if key else None
        if known is None or self.oci.server.clock.now() - known.at > DAY:
            return None
        if known.deleted or known.body != self._digest():
            raise OciError(
                409,
                "InvalidatedRetryToken",
                "The provided retry token was used in an earlier request that resulted "
                "in a system update, but a subsequent operation invalidated the token.",
            )
        status, headers, body = known.answer
        return Response(body, status, headers=headers)

    def remember(self, endpoint: str, answer: Response) -> None:
        key = self._key(endpoint)
        if key and answer.status_code < 300:
            kept = (answer.status_code, list(answer.headers.items()), answer.get_data())
            self._tokens[key] = _Remembered(self._digest(), self.oci.server.clock.now(), kept, g.get("touched"))

    @staticmethod
    def _digest() -> str:
        return hashlib.sha256(request.full_path.encode() + b"\n" + request.get_data()).hexdigest()
