# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that does not fit into an hour is refused before its first change, with parts that do."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.limits import HOURLY, limit_of
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.operation import Context
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.actions import operation_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.budget import (
    Budget,
    Use,
    hourly,
    note,
    use_of,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.world import Host


def use(host: str, plan: int, run: int, limit: str = "repositories") -> Use:
    return Use(host, Counter({limit: plan}), Counter({limit: run}))


def fleet(number: int, plan: int = 2, run: int = 6) -> list[Use]:
    return [use(f"r{i}", plan, run) for i in range(number)]


def refused(budget: Budget, uses: list[Use]) -> tuple[str, list[list[str]]]:
    written: list[list[str]] = []

    def write(parts: list[list[str]]) -> list[str]:
        written.extend(parts)
        return [f"part-{number}.limit" for number, _part in enumerate(parts, 1)]

    with pytest.raises(BridgeError) as caught:
        budget.check(uses, write)
    return str(caught.value), written


def nothing(_parts: list[list[str]]) -> list[str]:
    raise AssertionError("nothing is to be written")


def test_what_fits_exactly_is_run() -> None:
    Budget({"repositories": 80}).check(fleet(10), nothing)


def test_what_does_not_fit_says_the_numbers_and_the_way_on() -> None:
    message, parts = refused(Budget({"repositories": 79}), fleet(10))
    assert "repositories: about 60 needed, 59 of 79 left after 20 of this plan" in message
    assert "nothing was changed" in message
    assert "--limit @part-1.limit, --limit @part-2.limit" in message and "bitbucket_hourly_budget" in message
    # In the first hour 59 are left, 6 for each; in the second each takes a plan of its own, 8.
    assert [len(part) for part in parts] == [9, 1]


@pytest.mark.parametrize(("number", "budget"), [(10, 30), (25, 40), (100, 300), (7, 15)])
def test_each_part_fits_and_no_host_is_lost(number: int, budget: int) -> None:
    uses = fleet(number)
    parts = Budget({"repositories": budget}).parts(uses)
    assert [host for part in parts for host in part] == [one.host for one in uses]
    left = max(budget - 2 * number, 0)
    first_is_now = len(parts[0]) * 6 <= left
    assert first_is_now or left < 6, parts
    assert all(len(part) * 8 <= budget for part in parts[1:] + ([] if first_is_now else parts[:1]))


def test_a_host_that_never_fits_is_a_part_of_its_own() -> None:
    assert Budget({"repositories": 5}).parts(fleet(2)) == [["r0"], ["r1"]]


def test_each_limit_counts_for_itself() -> None:
    uses = [use("a", 0, 50), use("b", 0, 50, "webhooks")]
    Budget({"repositories": 60, "webhooks": 60}).check(uses, nothing)
    message, _parts = refused(Budget({"repositories": 60, "webhooks": 40}), uses)
    assert "webhooks: about 50 needed" in message and "repositories:" not in message


def test_who_has_nothing_to_run_is_in_no_part() -> None:
    assert Budget({"repositories": 9}).parts([Use("idle", Counter({"repositories": 3})), use("a", 1, 6)]) == [["a"]]


@pytest.mark.parametrize(
    ("given", "reported", "expected"),
    [
        (None, {}, {"repositories": HOURLY, "webhooks": HOURLY}),
        (None, {"repositories": 4000}, {"repositories": 4000, "webhooks": HOURLY}),
        (500, {"repositories": 4000}, {"repositories": 500, "webhooks": 500}),
        (0, {"repositories": 4000}, {}),
    ],
)
def test_the_operator_knows_best_then_the_service(given: int | None, reported: Any, expected: Any) -> None:
    assert hourly(given, reported) == Budget(expected)


def test_a_run_reads_what_the_plan_has_read_and_then_changes() -> None:
    host = Host("shop", {})
    info, hook, project = (
        operation_of(f"repobridge.bitbucket.{name}")
        for name in ("bitbucket_repository_info", "bitbucket_webhook", "gitlab_project")
    )
    note(host, "one", info, Context(limited=Counter(repositories=1)), {})
    note(host, "one", hook, Context(limited=Counter(webhooks=1)), {"actions": [{}]})
    note(host, "one", project, Context(), {"actions": [{}, {}]})
    note(host, "other", info, Context(limited=Counter(repositories=1)), {})
    found = use_of(host, {"one"})
    assert found.plan == {"repositories": 2, "webhooks": 1}
    assert found.run == {"repositories": 1, "webhooks": 1 + 2}
    # A commit is read with git, and written with the API.
    note(host, "one", operation_of("repobridge.bitbucket.gitlab_ci_files"), Context(), {"actions": [{}]})
    assert use_of(host, {"one"}).run["repositories"] == 1 + 2


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/2.0/repositories/acme/shop", "repositories"),
        ("/2.0/repositories/acme/shop/hooks", "webhooks"),
        ("/2.0/repositories/acme/shop/hooks/{uuid}", "webhooks"),
        ("/2.0/repositories/acme/hooks-of-shop", "repositories"),
        ("/2.0/user", ""),
    ],
)
def test_a_request_counts_towards_the_limit_of_what_it_reads(path: str, limit: str) -> None:
    assert limit_of(path) == limit
