# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS's errors: an id, a status and fixed words each, and ``from``, which says what it was about. (sdk/error.go)"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Self

from .versions import Version


@dataclass(frozen=True)
class Kind:
    """One of CDS's errors; calling it makes the exception. ``old`` is status and words of era A where they differ."""

    id: int
    status: int
    words: str
    old: tuple[int, str] | None = None

    def __call__(self, source: str = "") -> Refused:
        return Refused(self, source)


class Refused(Exception):
    """The request is answered with an error. ``source`` is CDS's ``from``."""

    def __init__(self, kind: Kind, source: str = "") -> None:
        super().__init__(f"{kind.status} {kind.words} {source}")
        self.kind = kind
        self.source = source

    def within(self, source: str) -> Self:
        """The same seen from further out, as CDS puts one ``from`` before the other."""
        self.source = f"{source}, {self.source}" if self.source else source
        return self

    def as_kind(self, kind: Kind) -> Self:
        """Another id and status for it; what it was about stays."""
        self.kind = kind
        return self

    def answer(self, version: Version) -> tuple[int, dict[str, Any]]:
        status, words = self.kind.status, self.kind.words
        if version.era == "A":
            status, words = self.kind.old or (status, words)
            text = f"{words} (from: {self.source})" if self.source else words
            return status, {"id": self.kind.id, "message": text, "data": None, "uuid": str(uuid.uuid4())}
        out: dict[str, Any] = {"id": self.kind.id, "message": words, "request_id": str(uuid.uuid4())}
        return status, out | ({"from": self.source} if self.source else {})


UNKNOWN = Kind(1, 500, "internal server error")
INVALID_PROJECT_KEY = Kind(7, 400, "project key must contain only upper-case alphanumerical characters")
PROJECT_HAS_APPLICATION = Kind(9, 403, "project contains an application")
UNAUTHORIZED = Kind(10, 401, "not authenticated")
FORBIDDEN = Kind(11, 403, "forbidden")
NO_APPLICATION = Kind(19, 404, "application does not exist")
NO_GROUP = Kind(20, 404, "group does not exist")
GROUP_PRESENT = Kind(23, 400, "group already present")
INVALID_USER = Kind(25, 400, "invalid user or password")
NO_PROJECT = Kind(30, 404, "project does not exist")
INVALID_PROJECT_NAME = Kind(35, 400, "project name must not be empty")
INVALID_APPLICATION_NAME = Kind(36, 400, "application name must respect '^[a-zA-Z0-9._-]{1,}$'")
NOT_FOUND = Kind(38, 404, "resource not found")
NO_REPOSITORIES_MANAGER = Kind(42, 404, "repositories manager not found")
NO_MANAGER_AUTH = Kind(43, 401, "CDS authentication error, please contact CDS administrator")
NO_CLIENT_AUTH = Kind(
    44,
    403,
    "Repository manager error: please check your git repository permissions.",
    (
        403,
        "Repository manager authentication error, please unlink and relink your CDS Project to the repository manager",
    ),
)
NO_REPOSITORY = Kind(45, 404, "repository not found")
CONFLICT = Kind(67, 409, "object conflict")
APPLICATION_EXISTS = Kind(69, 403, "application already exists", (409, "application already exists"))
WRONG_REQUEST = Kind(74, 400, "wrong request")
ALREADY_EXISTS = Kind(75, 403, "already exists", (409, "already exists"))
KEY_NOT_FOUND = Kind(87, 404, "Key not found")
NO_WORKFLOW = Kind(92, 404, "Workflow not found")
WORKFLOW_INVALID = Kind(96, 400, "Invalid workflow")
NOT_IMPLEMENTED = Kind(99, 501, "This functionality isn't implemented")
UNKNOWN_KEY_TYPE = Kind(101, 400, "Unknown key type")
METHOD_NOT_ALLOWED = Kind(105, 405, "Method not allowed")
NO_HOOK = Kind(108, 404, UNKNOWN.words)  # CDS has no words of its own for it
NO_TOKEN = Kind(121, 404, "Token does not exist")
NO_USER = Kind(136, 404, "User not found")
KEY_EXISTS = Kind(138, 403, "Key already exists", (409, "Key already exists"))
INVALID_DATA = Kind(149, 400, "Cannot validate given data")
INVALID_GROUP_MEMBER = Kind(151, 403, "User is not a group's member")
APPLICATION_USED = Kind(163, 400, "Application still used by a workflow")
VCS_USED = Kind(168, 400, "Repository manager still used by an application")
REPOSITORY_USED = Kind(
    177,
    403,
    "There is still a repository webhook on this repository",
    (403, "There is still a hook on this repository"),
)
SIGNUP_DISABLED = Kind(182, 403, "Sign up is disabled for target consumer type")
CONFLICT_DATA = Kind(192, 409, "Data conflict")
