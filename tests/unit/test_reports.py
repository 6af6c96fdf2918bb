# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of the roles' reports, rendered by Ansible from the results of their steps, without a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.link import Link
from tests.integration.in_process import operation_of

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core 2.18 trusts every string

    def trust_as_template(value: str) -> str:
        return value


ROLES = Path(__file__).resolve().parents[2] / "roles"
DRIFT = [{"path": "size", "actual": 1, "expected": 2}, {"path": "secret", "actual": "******", "expected": "******"}]
LINE = "update thing this: one: size is 1, should be 2; secret differs"


def steps_of(role: str) -> list[str]:
    """The variables in which the role registers what its report tells."""
    found = re.findall(r"\(?(_\w+) \| default\(\{\}\)", (ROLES / role / "vars" / "main.yml").read_text())
    return sorted(set(found) - {"_oci_devops_report_scheduled"})


def is_link(role: str, step: str) -> bool:
    """Whether a link's result is registered as ``step``: its actions have the differences themselves."""

    def tasks(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for entry in entries:
            yield entry
            yield from tasks(entry.get("block", []))

    files = (ROLES / role / "tasks").glob("*.yml")
    found = [one for path in files for one in tasks(yaml.safe_load(path.read_text())) if one.get("register") == step]
    modules = {name.rpartition(".")[2] for one in found for name in one if name.startswith("repobridge.bitbucket.")}
    assert modules, f"{role} registers no {step}"
    return all(issubclass(operation_of(module), Link) for module in modules)


def report(role: str, step: str, result: dict[str, Any]) -> list[str]:
    """The report's lines where one step has this result, and the others were skipped."""

    def trusted(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: trusted(one) for name, one in value.items()}
        if isinstance(value, list):
            return [trusted(one) for one in value]
        return trust_as_template(value) if isinstance(value, str) else value

    variables = trusted(yaml.safe_load((ROLES / role / "vars" / "main.yml").read_text()))
    hosts = {"ansible_play_hosts_all": ["shop"], "groups": {role: ["shop"]}, "inventory_hostname": "shop"}
    variables = {**variables, **hosts, step: result}
    lines = Templar(loader=DataLoader(), variables=variables).template(trust_as_template(f"{{{{ _{role}_report }}}}"))
    return list(lines)


each_step = pytest.mark.parametrize(
    ("role", "step"), [(role, step) for role in TARGETS for step in steps_of(role)], ids=lambda value: value.strip("_")
)


@each_step
def test_each_action_and_each_difference_of_a_step_is_told_once(role: str, step: str) -> None:
    update = {"action": "update", "kind": "thing", "name": "this: one"}
    create = {"action": "create", "kind": "thing", "name": "another", "drift": []}
    assert report(role, step, {"actions": [{**update, "drift": DRIFT}, create]}) == [LINE, "create thing another"]
    assert report(role, step, {"actions": [{**update, "drift": []}]}) == ["update thing this: one"]
    if not is_link(role, step):
        del create["drift"]
        assert report(role, step, {"actions": [update, create], "drift": DRIFT}) == [LINE, "create thing another"]
    assert report(role, step, {"actions": [], "drift": []}) == []


@each_step
def test_what_can_not_be_told_is_an_error_and_not_none(role: str, step: str) -> None:
    with pytest.raises(AnsibleError, match="name"):
        report(role, step, {"actions": [{"action": "create", "kind": "thing"}], "drift": []})
