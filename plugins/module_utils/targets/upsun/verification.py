# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the environments of a project are what the branches and pull requests of the repository are."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ...bitbucket.pull_request_info import PullRequestInfo
from ...bitbucket.repository import RepositoryInfo
from ...core.errors import BridgeError
from ...core.reconcile import Fields
from ...upsun.environment_info import EnvironmentInfo

if t.TYPE_CHECKING:
    from .repository import RepositoryLink


def compare_environments(link: RepositoryLink) -> None:
    """Every branch and every open pull request has its environment, with the same commit and the right parent.

    There are no others, and the pull requests show the address.

    :raises BridgeError: something differs.
    """
    params = link.params
    source = link.part("source", RepositoryInfo, "bitbucket", link.place, look_only=True)
    of_project = {**link.waits, "project": link.project}
    # Nothing may be in progress while the two are compared.
    link.part("settled", EnvironmentInfo, "upsun", {**of_project, "wait": True}, client=link.client)
    given = {**of_project, "urls": "pull_requests", "others": not link.prunes}
    if params["fetch_branches"]:
        given["source_refs"] = source["refs"]
    if params["build_pull_requests"]:
        given["pull_requests"] = _pull_requests(link)
    found = link.part("environments", EnvironmentInfo, "upsun", given, client=link.client)
    _check(link, found, str(urlsplit(source["repository"]["clone_url"]).hostname))


def _pull_requests(link: RepositoryLink) -> list[Fields]:
    """Those that Upsun builds: not those of forks."""
    found = link.part("pull requests", PullRequestInfo, "bitbucket", {**link.place, "statuses": True})
    return [one for one in found["pull_requests"] if not one["fork"]]


def _check(link: RepositoryLink, found: Fields, host: str) -> None:
    comes_from = str(found["project"]["repository_url"] or "")
    differences = list(found["differences"])
    if host not in comes_from:
        differences.append(f"its code comes from {comes_from}")
    if differences:
        raise BridgeError(
            f"The Upsun project {link.project} differs from {link.full_name} in Bitbucket: {'; '.join(differences)}",
            kind="conflict",
            service="Upsun",
            remedy="After a push Upsun fetches within a minute: run again. Otherwise check the activities of the "
            "integration in the Console (Settings > Integrations).",
        )
