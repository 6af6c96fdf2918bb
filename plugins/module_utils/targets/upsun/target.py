# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upsun: what a host's variables mean."""

from __future__ import annotations

from ...bitbucket.use import CONSUMER, CONSUMER_ONLY, PERSONAL, CloudUse, DataCenterUse, Use
from ...core.errors import InvalidInput
from ..target import SERVICE_CONNECTION, Given, Target, Values, bitbucket_connection
from .plays import PLAYS

PREFIX = "upsun_"
# Settings that are what the variables say, by the names without the prefix.
_AS_GIVEN = (
    "build_pull_requests",
    "confirm_overwrite",
    "consumer_key",
    "consumer_secret",
    "environment_init_resources",
    "fetch_branches",
    "hook_description",
    "pull_requests_clone_parent_data",
    "pull_requests_max_pages",
    "replace",
    "resync_pull_requests",
    "server_token",
    "server_token_days",
    "server_token_name",
    "server_token_renew_before_days",
    "server_url",
    "server_user_slug",
    "state",
    "verify",
)


def resolve(given: Given) -> Values:
    """:raises InvalidInput: variables are missing or contradict each other."""
    workspace = given.workspace()
    project = given.required(
        "upsun_project",
        "It is the id of the Upsun project to integrate with the repository: the last part of the project's address "
        "in the Console (https://console.upsun.com).",
    )
    settings = given.options(PREFIX, *_AS_GIVEN)
    same_credential = _run_uses_the_consumer(given)
    username = given.first("upsun_server_username", "bitbucket_username", "BITBUCKET_USERNAME")
    return {
        **settings,
        **({"server_username": username} if username else {}),
        "workspace": workspace,
        "repository": given.repository("upsun_repository"),
        "project": project,
        "prune_branches": _prunes(given),
        "unmarked_integration": "keep"
        if given["upsun_adopted"] and not given["repobridge_teardown_adopted"]
        else "manage",
        # The check of the one credential is that of the other then.
        "use": ["upsun"] if same_credential else [],
        "scopes": [] if same_credential else ["repository", "webhook"],
        "connection": {
            "bitbucket": bitbucket_connection(given),
            "upsun": given.options(PREFIX, *SERVICE_CONNECTION, "auth_url", "client_id"),
        },
    }


def _prunes(given: Given) -> bool:
    """As ``upsun_fetch_branches``, where nothing is said."""
    fetches, prunes = given["upsun_fetch_branches"], given["upsun_prune_branches"]
    if prunes and not fetches:
        raise InvalidInput(
            "upsun_prune_branches needs upsun_fetch_branches",
            "Upsun can only delete branches if it also fetches them.",
        )
    return bool(fetches if prunes is None else prunes)


def _run_uses_the_consumer(given: Given) -> bool:
    """Whether the run's own credential is the OAuth consumer that Upsun gets."""
    own = given.first("bitbucket_client_id", "BITBUCKET_CLIENT_ID")
    others = ("api_token", "access_token")
    names = [name for other in others for name in (f"bitbucket_{other}", f"BITBUCKET_{other.upper()}")]
    return bool(own and (given["upsun_consumer_key"] or own) == own and given.first(*names) is None)


# What an integration may be set to, each by an option of the link.
RULES = (
    "fetch_branches",
    "prune_branches",
    "build_pull_requests",
    "pull_requests_clone_parent_data",
    "resync_pull_requests",
    "environment_init_resources",
)

UPSUN = Target(
    name="upsun",
    title="Upsun",
    summary="deploys branches and pull requests to Upsun environments",
    editions="Cloud, Data Center",
    services=("bitbucket", "upsun"),
    groups=("upsun",),
    prefixes=("upsun_", "bitbucket_"),
    resolve=resolve,
    roles=("upsun", "bitbucket"),
    plays=PLAYS,
    # https://docs.upsun.com/integrations/source/bitbucket.html
    uses={
        "upsun": Use(
            CloudUse(
                ("repository:write", "repository:admin", "pullrequest:write", "webhook"),
                (CONSUMER,),
                CONSUMER_ONLY,
                of_users=("account",),
                admin=True,
            ),
            DataCenterUse(
                "REPO_ADMIN", (PERSONAL,), "it logs in with a user name and the HTTP access token of that user"
            ),
        )
    },
    adopts={"upsun_repository": {name: f"upsun_{name}" for name in ("project", "adopted", *RULES)}},
    modules={"upsun_repository": "upsun_links"},
    destination=("project",),
)
