# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scope a call needs, under both of Bitbucket's naming schemes, and which scopes include others.

Access tokens and OAuth consumers have the old names, where some scopes imply others; API tokens have names that end in
``:bitbucket`` and imply nothing. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_IMPLIED = {
    "account:write": ("account",),
    "account": ("email",),
    "issue:write": ("issue",),
    "pipeline:write": ("pipeline",),
    "pipeline:variable": ("pipeline",),
    "project": ("repository",),
    "pullrequest": ("repository",),
    "pullrequest:write": ("pullrequest", "repository:write"),
    "repository:write": ("repository",),
    "runner:write": ("runner",),
    "snippet:write": ("snippet",),
}
_OLD_NAMES = frozenset(_IMPLIED) | {
    "email",
    "issue",
    "pipeline",
    "project:admin",
    "project:write",
    "repository",
    "repository:admin",
    "repository:delete",
    "runner",
    "snippet",
    "webhook",
    "wiki",
}
_API_TOKEN_NAMES = frozenset(
    f"{action}:{subject}:bitbucket"
    for subject, actions in {
        "repository": ("read", "write", "admin", "delete"),
        "pullrequest": ("read", "write"),
        "project": ("read", "admin"),
        "workspace": ("read", "admin"),
        "user": ("read", "write"),
        "pipeline": ("read", "write", "admin"),
        "runner": ("read", "write"),
        "issue": ("read", "write", "delete"),
        "webhook": ("read", "write", "delete"),
        "snippet": ("read", "write", "delete"),
        "ssh-key": ("read", "write", "delete"),
        "gpg-key": ("read", "write", "delete"),
        "permission": ("read", "write", "delete"),
    }.items()
    for action in actions
)


@dataclass(frozen=True)
class Need:
    """The scopes a call needs: ``old`` of access tokens and consumers, ``api_token`` of API tokens."""

    old: tuple[str, ...] = ()
    api_token: tuple[str, ...] = ()

    def __add__(self, other: Need) -> Need:
        return Need(_merged(self.old, other.old), _merged(self.api_token, other.api_token))


def _merged(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


NOTHING = Need()
READ_REPOSITORY = Need(("repository",), ("read:repository:bitbucket",))
WRITE_REPOSITORY = Need(("repository:write",), ("write:repository:bitbucket",))
READ_PULL_REQUESTS = Need(("pullrequest",), ("read:pullrequest:bitbucket",))
WRITE_PULL_REQUESTS = Need(("pullrequest:write",), ("read:pullrequest:bitbucket", "write:pullrequest:bitbucket"))
CREATE_BRANCH = Need(("repository:write",), ("read:repository:bitbucket", "write:repository:bitbucket"))
ADMIN_REPOSITORY = Need(("repository:admin",), ("admin:repository:bitbucket",))
READ_PIPELINES = Need(("pipeline",), ("read:pipeline:bitbucket",))
WRITE_VARIABLES = Need(("pipeline:variable",), ("admin:pipeline:bitbucket",))
READ_USER = Need(("account",), ("read:user:bitbucket",))
READ_EMAIL = Need(("email",), ("read:user:bitbucket",))
LIST_WORKSPACES = Need(("account",), ("read:workspace:bitbucket",))
READ_WORKSPACE = Need((), ("read:workspace:bitbucket",))
READ_PERMISSIONS = Need(("account", "repository"), ("read:repository:bitbucket",))
READ_WEBHOOKS = Need(("webhook",), ("read:webhook:bitbucket",))
WRITE_WEBHOOKS = Need(("webhook",), ("read:webhook:bitbucket", "write:webhook:bitbucket"))
DELETE_WEBHOOKS = Need(("webhook",), ("delete:webhook:bitbucket",))


def for_events(events: Iterable[str]) -> Need:
    """A subscription needs the scope of what it tells about: ``pullrequest:created`` needs to read pull requests."""
    out = NOTHING
    for subject in dict.fromkeys(event.partition(":")[0] for event in events):
        scope = "repository" if subject == "repo" else subject
        out += Need((scope,), (f"read:{scope}:bitbucket",))
    return out


def check_names(scopes: Iterable[str], api_token: bool) -> tuple[str, ...]:
    """Refuse scopes Bitbucket does not have, which in a test would be a typing error."""
    known = _API_TOKEN_NAMES if api_token else _OLD_NAMES
    out = tuple(scopes)
    unknown = [scope for scope in out if scope not in known]
    if unknown:
        raise ValueError(f"Not {'API token' if api_token else 'OAuth'} scopes of Bitbucket: {', '.join(unknown)}")
    return out


def expanded(scopes: Iterable[str]) -> set[str]:
    """Scopes with all that they imply (under the old names; the new names imply nothing)."""
    out: set[str] = set()
    todo = list(scopes)
    while todo:
        scope = todo.pop()
        if scope not in out:
            out.add(scope)
            todo.extend(_IMPLIED.get(scope, ()))
    return out
