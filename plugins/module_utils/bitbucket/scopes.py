# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Cloud's scopes, which have two sets of names, and what each use of a credential needs of them.

Access tokens and OAuth consumers have the names of OAuth (``repository:write``), where some scopes include others; API
tokens have names that end in ``:bitbucket`` and include nothing.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
"""

from __future__ import annotations

import typing as t

from .use import DELETE_WEBHOOK, CloudUse
from .uses import USES

# OAuth's names: what a scope includes.
_INCLUDES = {
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
    "team:write": ("team",),
}

# OAuth's names: what an API token needs for the same.
_OF_API_TOKENS = {
    "account": ("read:user:bitbucket",),
    "account:write": ("read:user:bitbucket", "write:user:bitbucket"),
    "email": ("read:user:bitbucket",),
    "team": ("read:workspace:bitbucket",),
    "project": ("read:project:bitbucket",),
    "project:admin": ("admin:project:bitbucket",),
    "repository": ("read:repository:bitbucket",),
    "repository:write": ("read:repository:bitbucket", "write:repository:bitbucket"),
    "repository:admin": ("admin:repository:bitbucket",),
    "repository:delete": ("delete:repository:bitbucket",),
    "pullrequest": ("read:pullrequest:bitbucket",),
    "pullrequest:write": ("read:pullrequest:bitbucket", "write:pullrequest:bitbucket"),
    "webhook": ("read:webhook:bitbucket", "write:webhook:bitbucket"),
    "pipeline": ("read:pipeline:bitbucket",),
    "pipeline:write": ("read:pipeline:bitbucket", "write:pipeline:bitbucket"),
    "pipeline:variable": ("read:pipeline:bitbucket", "admin:pipeline:bitbucket"),
    "runner": ("read:runner:bitbucket",),
    "runner:write": ("read:runner:bitbucket", "write:runner:bitbucket"),
}

# The boxes of the consumer and access token pages, by OAuth's names.
_BOXES = {
    "account": "Account: Read",
    "account:write": "Account: Write",
    "email": "Account: Email",
    "team": "Workspace membership: Read",
    "project": "Projects: Read",
    "project:admin": "Projects: Admin",
    "repository": "Repositories: Read",
    "repository:write": "Repositories: Write",
    "repository:admin": "Repositories: Admin",
    "repository:delete": "Repositories: Delete",
    "pullrequest": "Pull requests: Read",
    "pullrequest:write": "Pull requests: Write",
    "webhook": "Webhooks: Read and write",
    "pipeline": "Pipelines: Read",
    "pipeline:write": "Pipelines: Write",
    "pipeline:variable": "Pipelines: Edit variables",
    "runner": "Runners: Read",
    "runner:write": "Runners: Write",
}


def is_api_token_name(scope: str) -> bool:
    """Whether a scope is written as for API tokens."""
    return scope.endswith(":bitbucket")


def expanded(names: t.Iterable[str]) -> set[str]:
    """Scopes with all that they include."""
    out: set[str] = set()
    todo = list(names)
    while todo:
        scope = todo.pop()
        if scope not in out:
            out.add(scope)
            todo.extend(_INCLUDES.get(scope, ()))
    return out


def for_kind(kind: str, names: t.Iterable[str]) -> list[str]:
    """The scopes in the names that a credential of that kind has."""
    out: list[str] = []
    for name in names:
        if kind == "api_token":
            out += _OF_API_TOKENS.get(name, (name,))
        elif name == DELETE_WEBHOOK:
            out.append("webhook")
        elif is_api_token_name(name):
            out.append(next((old for old, new in _OF_API_TOKENS.items() if name in new), name))
        else:
            out.append(name)
    return sorted(set(out))


def needed(kind: str, use: str) -> list[str]:
    """What a credential of that kind needs for a use, nothing twice."""
    return needed_for(kind, USES[use].cloud)


def needed_for(kind: str, wanted: CloudUse) -> list[str]:
    """The same for a use that may not be among ``USES``."""
    # Access tokens are no user and have no boxes for accounts and workspaces; consumers have one for the account.
    of_consumers = tuple(name for name in wanted.of_users if name != "team")
    more = {"api_token": wanted.of_users, "oauth_consumer": of_consumers}.get(kind, ())
    names = for_kind(kind, (*wanted.scopes, *more))
    if kind == "api_token":
        return names
    return [name for name in names if not any(name in expanded([other]) for other in names if other != name)]


def missing(kind: str, has: t.Iterable[str], wants: t.Iterable[str]) -> list[str]:
    """What of the wanted scopes a credential has not."""
    covered = set(has) if kind == "api_token" else expanded(has)
    return [name for name in for_kind(kind, wants) if name not in covered]


def boxes(names: t.Iterable[str]) -> str:
    """The boxes to tick on Bitbucket's own pages."""
    return ", ".join(_BOXES.get(name, name) for name in names)


def granted(headers: t.Mapping[str, str]) -> list[str] | None:
    """The scopes of the credential, which Bitbucket tells with every answer; None if it did not.

    https://support.atlassian.com/bitbucket-cloud/kb/how-to-fetch-the-scope-of-a-token-via-command-line/
    """
    text = headers.get("X-OAuth-Scopes")
    return None if text is None else split(text)


def accepted(headers: t.Mapping[str, str], answer: dict[str, t.Any]) -> list[str]:
    """The scopes a refused call needs: from the header, else from the older body with ``required`` and ``granted``."""
    error = answer.get("error")
    detail = error.get("detail") if isinstance(error, dict) else None
    required = detail.get("required") if isinstance(detail, dict) else None
    return split(headers.get("X-Accepted-OAuth-Scopes") or "") or [str(scope) for scope in required or ()]


def split(text: str) -> list[str]:
    """A list of scopes as headers (commas) and token answers (spaces) have it."""
    return sorted(set(text.replace(",", " ").split()))
