# SPDX-License-Identifier: GPL-3.0-or-later
"""A role is a list of modules: settings first, then references and comparisons, and nothing that decides.

A second executor is to run the same lists for all hosts at once, so what they may hold is limited to what it can do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from tests.tools import generate

ROLES = Path(__file__).resolve().parents[2] / "roles"
COLLECTION = "repobridge.bitbucket"
# Entry points that are asked for by name and are not on the way of a converged repository.
EXTRA = ("report.yml", "probe.yml", "scheduled.yml")
BLOCK = {"name", "when", "module_defaults", "vars", "block", "tags"}
# A container engine may be on another host.
TASK = {"name", "register", "when", "any_errors_fatal", "run_once", "delegate_to", "connection", "tags"}
MOST_DECISIONS = 5
# Hosts that a service runs on, which are no repositories: their tasks are run by Ansible only, some of them on the controller.
ON_HOSTS_OF_A_SERVICE = {
    f"{part}{state}.yml" for target in TARGETS.values() for part in target.parts for state in ("", "_absent")
}
OF_A_HOST = {"delegate_to", "connection", "become", "vars", "environment", "changed_when"}

_REFERENCE = r"[\w.]+(\[[\w.'\"-]+\][\w.]*)*"
_LITERAL = r"'[^']*'|\d+|\[\]|\{\}|true|false|none|omit"
_DEFAULT = (
    rf"(\s*\|\s*default\(({_LITERAL}|{_REFERENCE}(\s*\|\s*default\(({_LITERAL}|{_REFERENCE})(, true)?\))?)(, true)?\))*"
)
_NAMED = rf"(lookup\('ansible\.builtin\.template', '[\w.-]+'\)|{_REFERENCE}{_DEFAULT})"
_OPERATOR = r"==|!=|<=|>=|<|>|and|or|in|not in|is not|is"
_COMPARED = rf"\(*(not )?\(*({_NAMED}|{_LITERAL})\)*( ({_OPERATOR}) \(*(not )?\(*({_NAMED}|{_LITERAL})\)*)*"


def lists() -> list[Path]:
    """The task files of roles that begin with their settings."""
    files = [path for path in sorted(ROLES.glob("*/tasks/*.yml")) if path.name not in EXTRA]
    return [path for path in files if f"{COLLECTION}.settings:" in path.read_text()]


def expressions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from expressions(item)
    elif isinstance(value, str):
        yield from (found.strip() for found in re.findall(r"\{\{(.*?)\}\}", value, re.DOTALL))


def conditions(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def tasks(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All tasks of a list; blocks are looked into."""
    for entry in entries:
        if "block" in entry:
            assert set(entry) <= BLOCK, f"{entry['name']}: {set(entry) - BLOCK}"
            yield {key: value for key, value in entry.items() if key != "block"}
            yield from tasks(entry["block"])
        else:
            yield entry


def decides(expression: str) -> bool:
    """Whether an expression does more than name a variable, give a default or compare."""
    return not re.fullmatch(_COMPARED, " ".join(expression.split()))


@pytest.mark.parametrize("path", lists(), ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_a_role_is_a_list_of_modules(path: Path) -> None:
    known = {f"{COLLECTION}.{module}" for module in (*generate.modules(), *generate.ON_THE_CONTROLLER)}
    entries = list(tasks(yaml.safe_load(path.read_text())))
    assert f"{COLLECTION}.settings" in entries[0]
    for task in entries:
        if "ansible.builtin.meta" in task:  # the rest is not for this host
            assert set(task) == {"name", "ansible.builtin.meta", "when"} and task["ansible.builtin.meta"] == "end_role"
        elif "module_defaults" not in task:
            modules = set(task) - TASK
            if path.name in ON_HOSTS_OF_A_SERVICE:
                modules -= OF_A_HOST
                known.add("ansible.builtin.command")
            assert len(modules) == 1 and modules <= known, f"{task['name']}: {modules}"


@pytest.mark.parametrize("role", sorted({path.parents[1] for path in lists()}), ids=lambda path: path.name)
def test_a_role_decides_next_to_nothing(role: Path) -> None:
    found: list[str] = []
    for path in lists():
        if path.parents[1] == role:
            for task in tasks(yaml.safe_load(path.read_text())):
                found += [*expressions(task), *(conditions(task["when"]) if "when" in task else ())]
    variables = role / "vars" / "main.yml"
    if variables.exists():
        loaded = yaml.safe_load(variables.read_text()) or {}
        # The report's text is Jinja until it is made in Python.
        found += expressions({name: value for name, value in loaded.items() if "report" not in name})
    deciding = [one for one in found if decides(one)]
    assert len(deciding) <= MOST_DECISIONS, "\n".join(deciding)


@pytest.mark.parametrize("role", sorted({path.parents[1] for path in lists()}), ids=lambda path: path.name)
def test_what_a_role_sets_for_itself_begins_with_an_underscore(role: Path) -> None:
    """Everything else with its prefix is an option, and misspelled ones are reported."""
    named = {
        str(task["register"])
        for path in role.glob("tasks/*.yml")
        for task in _flat(yaml.safe_load(path.read_text()))
        if "register" in task
    }
    if (role / "vars" / "main.yml").exists():
        named |= set(yaml.safe_load((role / "vars" / "main.yml").read_text()) or {})
    assert {name for name in named if not name.startswith("_")} <= {role.name}
    assert not (role / "defaults").exists(), "defaults stand in the argument specs"


def _flat(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield entry
        for part in ("block", "always", "rescue"):
            yield from _flat(entry.get(part, []))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("settings.project", False),
        ("settings.branch | default(repository.main_branch)", False),
        ("settings.image | default(omit)", False),
        ("a.b == 'c' or (a.b == 'auto' and d.e != false)", False),
        ("not a.b", False),
        ("files is changed or a.b", False),
        ("lookup('ansible.builtin.template', 'x.sh.j2')", False),
        ("a if b else c", True),
        ("a | map(attribute='path') | list", True),
        ("a + b", True),
        ("lookup('ansible.builtin.env', 'X')", True),
    ],
)
def test_what_counts_as_a_decision(expression: str, expected: bool) -> None:
    assert decides(expression) is expected
