# SPDX-License-Identifier: GPL-3.0-or-later
"""What is computed once for all hosts grows with their number and not faster: counted, for a handful and for 400 of them."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.action import SettingsAction
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.hosts import HostsBySettingAction

SIZES = (25, 100, 400)
# A host is in two groups, the second of a target that is the first by another name: what is counted is per host and target.
GROUPS = ("oci_devops", "twin")
FOUNDATIONS = 5


class Counted(Mapping[str, Any]):
    """Variables that count how often each of them is read; core resolves a variable whenever it is."""

    def __init__(self, values: dict[str, Any], reads: Counter[str], prefix: str = "") -> None:
        self._values, self._reads, self._prefix = values, reads, prefix

    def __getitem__(self, name: str) -> Any:
        self._reads[f"{self._prefix}{name}"] += 1
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values


def play(size: int, reads: Counter[str], **more: Any) -> dict[str, Any]:
    """The variables of a task of a play with so many hosts; ``reads`` counts those of hosts, by ``host`` and its variable."""

    def of_host(number: int) -> dict[str, Any]:
        return {
            "inventory_hostname": f"shop{number}",
            "group_names": [*GROUPS, "all"],
            "bitbucket_workspace": "acme",
            "bitbucket_username": "jane@example.com",
            "bitbucket_api_token": "a-token-of-bitbucket",
            "oci_devops_compartment_id": f"ocid1.compartment.oc1..{number % FOUNDATIONS}",
            "oci_devops_name": f"mirrors-{number % FOUNDATIONS}",
            "_settings": {"foundation": number % FOUNDATIONS, "state": "present", "repository_name": f"shop{number}"},
            **more,
        }

    hosts = {f"shop{number}": Counted(of_host(number), reads, f"shop{number} ") for number in range(size)}
    return {
        "inventory_hostname": "shop0",
        "ansible_play_hosts": list(hosts),
        "hostvars": Counted(hosts, reads),
        "groups": {group: list(hosts) for group in (*GROUPS, "all")},
        "ansible_run_tags": ["all"],
        "ansible_skip_tags": [],
    }


def run(plugin: type[ActionBase], variables: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    loader = DataLoader()
    task = Task.load(loader.load(yaml.safe_dump({"name": "test", "ansible.builtin.debug": {}})), loader=loader)
    task.args = arguments
    context = PlayContext()
    made = plugin(
        task=task,
        connection=connection_loader.get("local", context, os.devnull),
        play_context=context,
        loader=loader,
        templar=Templar(loader=loader, variables={}),
        shared_loader_obj=None,
    )
    result: dict[str, Any] = made.run(task_vars=variables)
    return result


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, str]]:
    """How often the settings of each target and host are computed."""
    calls: Counter[tuple[str, str]] = Counter()

    known = TARGETS["oci_devops"]

    def counted(name: str) -> Any:
        def count(given: Given) -> dict[str, Any]:
            calls[name, given.host] += 1
            return known.resolve(given)

        return count

    for name in GROUPS:
        target = replace(known, name=name, groups=(name,), resolve=counted(name))
        monkeypatch.setitem(TARGETS, name, target)
    return calls


@pytest.mark.parametrize("size", SIZES)
def test_settings_of_all_hosts_are_computed_once_for_each(size: int, resolved: Counter[tuple[str, str]]) -> None:
    reads: Counter[str] = Counter()
    result = run(SettingsAction, play(size, reads), {"target": "all"})
    assert not result.get("failed"), result["msg"]
    assert result["checked"] == dict.fromkeys(GROUPS, size)
    hosts = [f"shop{number}" for number in range(size)]
    assert resolved == Counter({(target, host): 1 for target in GROUPS for host in hosts})
    # All variables of a host at once, and each of them no more often than there are targets.
    assert {host: reads[host] for host in hosts} == dict.fromkeys(hosts, 1)
    assert max(reads.values()) <= len(GROUPS), reads.most_common(5)


def test_what_is_wrong_with_the_last_of_many_hosts_is_found_and_the_first_twenty_are_shown() -> None:
    variables = play(400, Counter())
    variables["hostvars"]._values["shop399"]._values["oci_devops_state"] = "maybe"
    (line,) = run(SettingsAction, variables, {"target": "all"})["msg"].splitlines()
    assert line.startswith("oci_devops, settings of shop399: ") and "oci_devops_state" in line
    lines = run(SettingsAction, play(400, Counter(), oci_devops_state="maybe"), {"target": "all"})["msg"].splitlines()
    assert lines[-1].startswith("… and 380 more")
    assert [line.partition(":")[0] for line in lines[:-1]] == [f"oci_devops, settings of shop{n}" for n in range(20)]


@pytest.mark.parametrize("size", SIZES)
def test_hosts_are_grouped_with_one_look_at_each(size: int) -> None:
    reads: Counter[str] = Counter()
    arguments = {"settings": "_settings", "setting": "foundation", "collect": ["repository_name"]}
    groups = run(HostsBySettingAction, play(size, reads), arguments)["groups"]
    hosts = [f"shop{number}" for number in range(size)]
    assert reads == Counter({**dict.fromkeys(hosts, 1), **dict.fromkeys((f"{host} _settings" for host in hosts), 1)})
    assert list(groups) == [str(number) for number in range(FOUNDATIONS)]
    for number in range(FOUNDATIONS):
        assert groups[str(number)]["first"] == {"present": f"shop{number}"}
        assert groups[str(number)]["present"]["repository_name"] == hosts[number::FOUNDATIONS]


def test_grouping_does_not_compare_hosts_with_each_other() -> None:
    """Counted in steps of Python, which do not depend on the machine: four times the hosts, about four times as many."""

    def steps(size: int) -> int:
        variables, count = play(size, Counter()), 0
        arguments = {"settings": "_settings", "setting": "foundation", "collect": ["repository_name"]}

        def trace(frame: FrameType, event: str, _argument: Any) -> Any:
            nonlocal count
            frame.f_trace_opcodes = True
            count += event == "opcode"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            run(HostsBySettingAction, variables, arguments)
        finally:
            sys.settrace(before)
        return count

    few, many = steps(100), steps(400)
    assert few > 100 and many < 5 * few, (few, many)
