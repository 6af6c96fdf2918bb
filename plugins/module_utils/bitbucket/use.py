# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody who uses a Bitbucket credential needs of it, by the edition. Targets declare it; ``uses.py`` has it of all."""

from __future__ import annotations

from dataclasses import dataclass

TOKENS = ("api_token", "repository_access_token", "project_access_token", "workspace_access_token", "access_token")
CONSUMER = "oauth_consumer"
DELETE_WEBHOOK = "delete:webhook:bitbucket"  # OAuth's webhook has it in it

# Data Center: the kinds of HTTP access tokens, and the levels of permission on a repository, each with those below it.
PERSONAL, PROJECT, REPOSITORY = "personal_http_token", "project_http_token", "repository_http_token"
LEVELS = ("REPO_READ", "REPO_WRITE", "REPO_ADMIN")

# Why other kinds will not do; ``{use}`` is the name of the use.
KEEPS = "{use} keeps the credential and uses it for months, and a consumer's token lives for an hour or two"
CONSUMER_ONLY = "{use} takes nothing but the key and secret of an OAuth consumer"


@dataclass(frozen=True)
class CloudUse:
    """``scopes`` by OAuth's names; ``of_users`` more that only users' credentials can have; ``kinds`` the credentials it can
    work with at all, and ``why`` not with others; ``admin`` whether the account must be admin of the repository."""

    scopes: tuple[str, ...]
    kinds: tuple[str, ...]
    why: str = ""
    of_users: tuple[str, ...] = ()
    admin: bool = False


@dataclass(frozen=True)
class DataCenterUse:
    """The ``level`` of permission; the ``kinds`` of credential it can work with, and ``why`` not with others."""

    level: str
    kinds: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Use:
    """``data_center`` is None for what works with Cloud only."""

    cloud: CloudUse
    data_center: DataCenterUse | None = None
