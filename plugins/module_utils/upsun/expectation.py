# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project's environments should be, by the branches and pull requests of the repository, and where they differ.

Source: https://docs.upsun.com/integrations/source/bitbucket.html (environment parent and status, pull request URLs)
"""

from __future__ import annotations

import re
import typing as t

from ..core.reconcile import Fields
from .environment import branches_of

_NUMBER = re.compile(r"(\d+)$")
_LIVING = ("active", "paused", "dirty")


class Expectation:
    """Branches and pull requests of a repository, held against the environments of a project."""

    def __init__(
        self, refs: t.Mapping[str, str] | None, pull_requests: list[Fields] | None, others: bool = False
    ) -> None:
        self.branches = None if refs is None else branches_of(refs)
        self.pull_requests = pull_requests
        self.others = others  # whether there may be environments that are no branches

    def differences(self, environments: list[Fields]) -> list[str]:
        """A sentence for each difference; none if all is as it should be."""
        living = [one for one in environments if one["status"] != "deleting"]
        out = list(_of_main(living))
        if self.branches is not None:
            out += self._of_branches([one for one in living if not one["is_pr"]])
        if self.pull_requests is not None:
            out += self._of_pull_requests([one for one in living if one["is_pr"]])
        out += [
            f"the last deployment of the environment {one['name']} failed"
            for one in living
            if one["status"] == "active" and one["last_deployment_successful"] is False
        ]
        return out

    # -- branches ----------------------------------------------------------------------------------------------------------

    def _of_branches(self, environments: list[Fields]) -> t.Iterator[str]:
        branches = self.branches or {}
        main = next((one["name"] for one in environments if one["is_main"]), None)
        there = {str(one["name"]): one for one in environments}
        for name in sorted(set(branches) - set(there)):
            yield f"the branch {name} has no environment"
        for name in [] if self.others else sorted(set(there) - set(branches)):
            yield f"the environment {name} has no branch in the repository"
        for name in sorted(set(there) & set(branches)):
            one = there[name]
            if one["head_commit"] != branches[name]:
                yield f"the environment {name} is at commit {_short(one['head_commit'])}, the branch at {_short(branches[name])}"
            if not one["is_main"] and one["parent"] != main:
                yield f"the parent of the environment {name} is {one['parent']}, and should be {main}"

    # -- pull requests -----------------------------------------------------------------------------------------------------

    def _of_pull_requests(self, environments: list[Fields]) -> t.Iterator[str]:
        there = {_number(one): one for one in environments}
        wanted = {int(request["id"]): request for request in self.pull_requests or ()}
        for number in sorted(set(wanted) - set(there)):
            yield f"the pull request {number} has no environment"
        for number in sorted(set(there) - set(wanted)):
            yield f"the environment {there[number]['name']} belongs to no open pull request"
        for number in sorted(set(there) & set(wanted)):
            yield from _of_one(there[number], wanted[number])


def _of_main(environments: list[Fields]) -> t.Iterator[str]:
    main = next((one for one in environments if one["is_main"]), None)
    if main is None:
        yield "the project has no main environment"
    elif main["parent"] is not None or main["status"] not in _LIVING:
        yield f"the main environment {main['name']} is {main['status']} with the parent {main['parent']}"


def _of_one(one: Fields, request: Fields) -> t.Iterator[str]:
    name, number = one["name"], request["id"]
    if one["parent"] != request["destination"]:
        yield f"the parent of the environment {name} is {one['parent']}, and pull request {number} goes to {request['destination']}"
    commit = str(request.get("commit") or "")  # Bitbucket Cloud shortens it
    if not str(one["head_commit"]).startswith(commit):
        yield f"the environment {name} is at commit {_short(one['head_commit'])}, pull request {number} at {_short(commit)}"
    if one["status"] != "active":
        yield f"the environment {name} of pull request {number} is {one['status']}, and should be active"
    urls = request.get("urls")
    if urls is not None and one.get("url") and not any(_same(one["url"], url) for url in urls):
        yield f"pull request {number} does not show the address of its environment, {one['url']}"


def _number(environment: Fields) -> int:
    """The number of the pull request an environment belongs to: its name is ``pr-7``. Upsun has no field for it."""
    found = _NUMBER.search(str(environment["name"])) or _NUMBER.search(str(environment["id"]))
    return int(found[1]) if found else 0


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _short(commit: str | None) -> str:
    return commit[:12] if commit else "none"
