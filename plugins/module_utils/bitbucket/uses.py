# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The uses of Bitbucket credentials, by their names. Written by ``make generate`` from what the targets declare."""

from __future__ import annotations

from .use import CloudUse, DataCenterUse, Use

USES = {
    "oci_devops": Use(
        cloud=CloudUse(
            scopes=(
                "repository",
                "pullrequest",
                "webhook",
            ),
            kinds=(
                "api_token",
                "repository_access_token",
                "project_access_token",
                "workspace_access_token",
                "access_token",
            ),
            why="{use} keeps the credential and uses it for months, and a consumer's token lives for an hour or two",
            of_users=(
                "account",
                "team",
                "project",
            ),
        ),
    ),
    "gitlab_ci": Use(
        cloud=CloudUse(
            scopes=(
                "repository:write",
                "webhook",
                "delete:webhook:bitbucket",
            ),
            kinds=(
                "api_token",
                "repository_access_token",
                "project_access_token",
                "workspace_access_token",
                "access_token",
            ),
            why="{use} keeps the credential and uses it for months, and a consumer's token lives for an hour or two",
            admin=True,
        ),
    ),
    "gitlab_ci_push": Use(
        cloud=CloudUse(
            scopes=(
                "repository:write",
                "repository:admin",
                "pipeline:variable",
            ),
            kinds=(
                "api_token",
                "repository_access_token",
                "project_access_token",
                "workspace_access_token",
                "access_token",
            ),
            why="{use} keeps the credential and uses it for months, and a consumer's token lives for an hour or two",
        ),
    ),
    "cds": Use(
        cloud=CloudUse(
            scopes=(
                "repository",
                "pullrequest",
                "webhook",
            ),
            kinds=(
                "api_token",
                "repository_access_token",
                "project_access_token",
                "workspace_access_token",
                "access_token",
                "oauth_consumer",
            ),
            of_users=("account",),
            admin=True,
        ),
    ),
    "upsun": Use(
        cloud=CloudUse(
            scopes=(
                "repository:write",
                "repository:admin",
                "pullrequest:write",
                "webhook",
            ),
            kinds=("oauth_consumer",),
            why="{use} takes nothing but the key and secret of an OAuth consumer",
            of_users=("account",),
            admin=True,
        ),
        data_center=DataCenterUse(
            level="REPO_ADMIN",
            kinds=("personal_http_token",),
            why="it logs in with a user name and the HTTP access token of that user",
        ),
    ),
    "gemnasium": Use(
        cloud=CloudUse(
            scopes=(
                "repository",
                "webhook",
            ),
            kinds=("oauth_consumer",),
            why="{use} takes nothing but the key and secret of an OAuth consumer",
            of_users=("account",),
            admin=True,
        ),
    ),
}
