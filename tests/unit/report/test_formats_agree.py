# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format shows all findings, each once and as it is, and nothing else."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from copy import deepcopy

import pytest

from .documents import HIDDEN, Document, document, every_status, field, finding, fleet, resource
from .reading import ALL, Facts, expected, read

every_format = pytest.mark.parametrize("form", ALL)


def shown(form: str, facts: Facts, many: bool = False) -> Facts:
    """Those of the facts that the format shows: SARIF has no cells that are ok, and tables of many hosts no rows that are."""
    ok = {one for one in facts if one[2:] == ("cell", "ok")}
    differing = {one[0] for one in facts if one[2:] != ("cell", "ok")}
    if form == "sarif":
        return Counter({one: number for one, number in facts.items() if one not in ok})
    if many and form in ("terminal", "markdown"):
        return Counter({one: number for one, number in facts.items() if one[0] in differing})
    return facts


@every_format
def test_everything_is_shown_once_and_as_it_is(form: str) -> None:
    assert read(form, every_status()) == shown(form, expected(every_status()))


@every_format
def test_in_a_fleet_too(form: str) -> None:
    one = fleet(20, 5, 7)
    assert read(form, one) == shown(form, expected(one))


def mixed(seed: int, hosts: int, number: int) -> Document:
    """A fleet with findings of all kinds at random places."""
    chance = random.Random(seed)
    names = [f"repository-{one:04d}" for one in range(hosts)]
    targets = ["builds", "mirror"]
    found = []
    for one in range(number):
        host, target = chance.choice(names), chance.choice(targets)
        parts = [
            field(f"field{n}", chance.choice([None, "", False, n, HIDDEN]), f"wanted {one}", "v")
            for n in range(one % 3 + 1)
        ]
        found.append(
            chance.choice(
                [
                    resource(host, target, "drift", "update", drift=parts),
                    resource(host, target, "drift", "delete", name=f"thing {one}"),
                    resource(host, target, "missing", "create", name=f"thing {one}"),
                    resource(host, target, "unmanaged", where=f"id {one}", variable="name", value=one),
                    resource(host, target, "changed", "create", name=f"thing {one}"),
                    *(
                        finding(host, target, status, message=f"No {one}.")
                        for status in ("error", "forbidden", "left out")
                    ),
                ]
            )
        )
    return document(names, targets, found)


@every_format
@pytest.mark.parametrize("seed", range(2))
def test_findings_at_random_places_are_found_and_nothing_else(form: str, seed: int) -> None:
    one = mixed(seed, 1000, 25)
    assert len(one["findings"]) == 25
    assert read(form, one) == shown(form, expected(one), many=True)


# -- what a defect of a format would look like is seen by the test above -----------------------------------------------


def without_finding(one: Document, number: int) -> None:
    del one["findings"][number]


def doubled(one: Document, number: int) -> None:
    one["findings"].insert(number, one["findings"][number])


def swapped(one: Document, number: int) -> None:
    for part in one["findings"][number]["drift"]:
        part["actual"], part["expected"] = part["expected"], part["actual"]


def without_field(one: Document, number: int) -> None:
    del one["findings"][number]["drift"][-1:]


def without_variable(one: Document, number: int) -> None:
    for part in one["findings"][number]["drift"]:
        part["variable"] = ""


def without_message(one: Document, number: int) -> None:
    one["findings"][number].update(message="", diff="", variable="", where="")


def forbidden_as_missing(one: Document, number: int) -> None:
    if one["findings"][number]["status"] == "forbidden":
        one["findings"][number]["status"] = "missing"


def without_failed_host(one: Document, number: int) -> None:
    host = one["findings"][number]["host"]
    if one["findings"][number]["status"] in ("error", "forbidden"):
        one["findings"] = [finding for finding in one["findings"] if finding["host"] != host]
        one["hosts"] = [entry for entry in one["hosts"] if entry["name"] != host]
        for target in one["targets"]:
            del target["hosts"][host]


def elsewhere(one: Document, number: int) -> None:
    one["findings"][number]["host"] = "website"


DEFECTS = (
    without_finding,
    doubled,
    swapped,
    without_field,
    without_variable,
    without_message,
    forbidden_as_missing,
    without_failed_host,
    elsewhere,
)


@every_format
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_defect_would_be_seen(form: str, defect: Callable[[Document, int], None]) -> None:
    tried = 0
    for number in range(len(every_status()["findings"])):
        broken = deepcopy(every_status())
        defect(broken, number)
        if broken == every_status():
            continue
        tried += 1
        assert read(form, broken) != shown(form, expected(every_status()))
    assert tried


# -- hosts and targets that are in no list -----------------------------------------------------------------------------


@every_format
def test_a_host_that_failed_before_any_target_is_shown(form: str) -> None:
    one = document(["shop"], ["builds"], [])
    one["findings"].append(
        resource("vault", "", "error", kind="", name="", task="Gathering", message="It is unreachable.")
    )
    facts = {fact for fact in read_with_titles(form, one) if fact[0] == "vault"}
    assert ("vault", "host", "error", "Gathering: It is unreachable.") in facts


@every_format
def test_a_status_without_a_finding_is_shown(form: str) -> None:
    one = document(["shop"], ["builds"], [])
    one["targets"][0]["hosts"]["shop"] = "error"
    assert any(fact[:3] == ("shop", "GitLab CI/CD", "error") for fact in read_with_titles(form, one)) or form == "json"


def read_with_titles(form: str, one: Document) -> Facts:
    if form == "json":
        one["findings"] = [{**finding, "target": finding["target"] or "host"} for finding in one["findings"]]
        return Counter(
            (finding["host"], finding["target"], finding["status"], f"{finding['task']}: {finding['message']}")
            for finding in one["findings"]
        )
    return read(form, one)
