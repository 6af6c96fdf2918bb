# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts go through a list as with Ansible: who takes part in a task, what is registered, and who has failed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan import lists
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import Call, Executor, TaskResult
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.lists import Unsupported, plays_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.world import Batch, Host, World

ECHO = "repobridge.bitbucket.gitlab_project"
PLAY = {"name": "A play", "hosts": "all", "connection": "local", "gather_facts": False}


class Run:
    """One run of a list in a role ``demo``, whose module gives back its options."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts = {"a": {}, "b": {}, "c": {}}
        self.world: dict[str, Any] = {"check_mode": False}
        self.results: list[TaskResult] = []
        self.calls: list[tuple[str, Any]] = []
        self.ok = True

    def role(self, tasks: list[dict[str, Any]], variables: dict[str, Any] | None = None, name: str = "main") -> None:
        self._write(f"roles/demo/tasks/{name}.yml", tasks)
        self._write("roles/demo/vars/main.yml", variables or {})

    def playbook(self, *plays: dict[str, Any], name: str = "site") -> None:
        self._write(f"playbooks/{name}.yml", list(plays))

    def _write(self, path: str, value: Any) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(value))

    def __call__(self, *tasks: dict[str, Any], **variables: Any) -> Run:
        if tasks:
            self.role(list(tasks), variables)
            self.playbook({**PLAY, "tasks": [import_role()]})
        world = World(
            groups={"all": list(self.hosts)},
            variables=lambda host: self.hosts[host],
            matching=lambda pattern: list(self.hosts) if pattern == "all" else [h for h in self.hosts if h in pattern],
            environment={},
            **self.world,
        )
        executor = Executor(world, lambda _action: self._act, self.results.append)
        executor.run("site")
        self.ok = executor.ok
        return self

    def _act(self, call: Call) -> dict[str, Any]:
        self.calls.append((call.host.name, {**call.args, "check_mode": call.check_mode}))
        environment = {name: value for name, value in os.environ.items() if name.startswith("DEMO_")}
        return {"changed": False, **call.args, "environment": environment}

    def took_part(self, task: str) -> list[str]:
        return [one.host for one in self.results if one.task.name == task and one.status != "skipped"]

    def value(self, task: str, name: str) -> list[Any]:
        return [one.result.get(name) for one in self.results if one.task.name == task]


def import_role(**more: Any) -> dict[str, Any]:
    given = {"name": "repobridge.bitbucket.demo", "rolespec_validate": False}
    return {"name": "Role", "ansible.builtin.import_role": {**given, **more}}


def task(name: str, _when: Any = None, _keywords: dict[str, Any] | None = None, **args: Any) -> dict[str, Any]:
    when = {} if _when is None else {"when": _when}
    return {"name": name, ECHO: args, **when, **(_keywords or {})}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setattr(lists, "_ROOT", tmp_path)
    caches = (lists._load, lists.variables_of, lists.groups_of)
    for cache in caches:
        cache.cache_clear()
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "runtime.yml").write_text(
        yaml.safe_dump({"action_groups": {"gitlab": ["gitlab_project"], "oci": ["oci_vault"]}})
    )
    yield Run(tmp_path)
    for cache in caches:
        cache.cache_clear()


def test_hosts_come_in_their_order_and_see_their_own_variables(run: Run) -> None:
    run.hosts = {"b": {"n": 1}, "a": {"n": 2}}
    run(task("one", n="{{ n }}"), task("two", n="{{ _n }}"), _n="{{ n + 10 }}")
    assert [(one.host, one.task.name, one.result["n"]) for one in run.results] == [
        ("b", "one", 1),
        ("a", "one", 2),
        ("b", "two", 11),
        ("a", "two", 12),
    ]


def test_hosts_share_a_task_in_threads(run: Run) -> None:
    meeting = threading.Barrier(3, timeout=10)
    act = run._act

    def together(call: Call) -> dict[str, Any]:
        meeting.wait()
        return act(call)

    run._act = together  # type: ignore[method-assign]
    assert run(task("one")).took_part("one") == ["a", "b", "c"]


def test_variables_of_users_are_resolved_by_one_thread_at_a_time(run: Run) -> None:
    """ansible-core's plugin loader gives a half-loaded plugin to the second thread that asks for it."""
    inside: list[str] = []
    together: list[int] = []

    class Slow(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            inside.append(name)
            together.append(len(inside))
            threading.Event().wait(0.01)
            inside.pop()
            return super().__getitem__(name)

    run.hosts = {name: Slow(n=1) for name in "abc"}
    run(task("one", n="{{ n }}"), task("two", n="{{ hostvars.a.n }}"))
    assert run.value("two", "n") == [1, 1, 1]
    assert set(together) == {1}


def test_settings_are_computed_in_one_thread(run: Run) -> None:
    threads: set[int] = set()
    act = run._act

    def seen(call: Call) -> dict[str, Any]:
        threads.add(threading.get_ident())
        return act(call)

    run._act = seen  # type: ignore[method-assign]
    run({"name": "one", "repobridge.bitbucket.settings": {}})
    assert threads == {threading.get_ident()}


def test_a_result_is_registered_and_a_skipped_one_too(run: Run) -> None:
    run(
        task("one", "inventory_hostname != 'b'", {"register": "_one"}, n=1),
        task("two", n="{{ 'skipped' if _one is skipped else _one.n }}"),
    )
    assert run.value("two", "n") == [1, "skipped", 1]


def test_a_host_sees_what_another_has_registered(run: Run) -> None:
    run(
        task("one", None, {"register": "_one"}, n="{{ inventory_hostname }}"),
        task("two", n="{{ hostvars['b']._one.n }}"),
    )
    assert run.value("two", "n") == ["b", "b", "b"]


def test_what_runs_once_is_registered_for_all(run: Run) -> None:
    run(
        task("one", None, {"run_once": True, "register": "_one"}, n="{{ inventory_hostname }}"),
        task("two", n="{{ _one.n }}"),
    )
    assert run.took_part("one") == ["a"]
    assert run.value("two", "n") == ["a", "a", "a"]


def test_a_host_that_has_failed_takes_no_further_part(run: Run) -> None:
    run(task("one", failed="{{ inventory_hostname == 'b' }}"), task("two"))
    assert run.took_part("two") == ["a", "c"]
    assert not run.ok


def test_what_fails_once_fails_for_all(run: Run) -> None:
    run(task("one", None, {"run_once": True}, failed=True), task("two"))
    assert run.took_part("two") == []


def test_one_failure_may_end_it_for_all(run: Run) -> None:
    run(task("one", None, {"any_errors_fatal": True}, failed="{{ inventory_hostname == 'c' }}"), task("two"))
    assert run.took_part("two") == []


def test_no_play_comes_after_one_in_which_all_have_failed(run: Run) -> None:
    run.role([task("one", failed="{{ inventory_hostname in bad }}")])
    run.playbook({**PLAY, "tasks": [import_role()]}, {**PLAY, "name": "Next", "tasks": [import_role()]})
    run.world["extra"] = {"bad": ["a", "b", "c"]}
    assert run().took_part("one") == ["a", "b", "c"]
    run.results.clear()
    run.world["extra"] = {"bad": ["a"]}
    assert run().took_part("one") == ["a", "b", "c", "b", "c"]


def test_an_expression_that_cannot_be_resolved_fails_that_host_alone(run: Run) -> None:
    run.hosts["b"] = {"n": 1}
    run(task("one", n="{{ n }}"))
    assert [one.status for one in run.results] == ["failed", "ok", "failed"]
    assert "'n' is undefined" in run.results[0].result["msg"]


def test_the_end_of_a_role_is_the_end_of_one_import(run: Run) -> None:
    run.role(
        [
            {"name": "end", "ansible.builtin.meta": "end_role", "when": "inventory_hostname == 'a'"},
            task("rest"),
        ]
    )
    run.role([task("other")], name="other")
    run.playbook({**PLAY, "tasks": [import_role(), import_role(tasks_from="other")]})
    run()
    assert run.took_part("rest") == ["b", "c"]
    assert run.took_part("other") == ["a", "b", "c"]


def test_hosts_that_include_the_same_list_go_through_it_together(run: Run) -> None:
    run.role([task("one")], name="one")
    run.role([task("two")], name="two")
    include = {
        "name": "Include",
        "ansible.builtin.include_role": {"name": "repobridge.bitbucket.demo", "tasks_from": "{{ next }}"},
        "when": "next != ''",
    }
    run.hosts = {"a": {"next": "two"}, "b": {"next": "one"}, "c": {"next": ""}, "d": {"next": "two"}}
    run.playbook({**PLAY, "tasks": [include]})
    run()
    assert (run.took_part("one"), run.took_part("two")) == (["b"], ["a", "d"])
    assert [one.host for one in run.results if one.status == "skipped"] == ["c"]


def test_in_a_list_that_some_hosts_include_the_others_are_still_hosts_of_the_play(run: Run) -> None:
    run.role(
        [task("one", n="{{ ansible_play_hosts }}"), task("two", None, {"run_once": True, "register": "_two"}, n=1)]
    )
    include = {
        "name": "Include",
        "ansible.builtin.include_role": {"name": "repobridge.bitbucket.demo"},
        "when": "inventory_hostname != 'a'",
    }
    run.role([task("three", n="{{ _two.n }}")], name="three")
    run.playbook({**PLAY, "tasks": [include, import_role(tasks_from="three")]})
    run()
    assert run.took_part("one") == ["b", "c"]
    assert run.value("one", "n") == [["a", "b", "c"]] * 2
    assert run.took_part("two") == ["b"]
    assert run.value("three", "n") == [1, 1, 1]


def test_blocks_give_their_keywords_to_their_tasks(run: Run) -> None:
    block = {
        "name": "Block",
        "when": "inventory_hostname != 'c'",
        "module_defaults": {
            "group/repobridge.bitbucket.gitlab": {"n": 1, "m": 1},
            "group/repobridge.bitbucket.oci": {"o": 1},
        },
        "vars": {"_v": "{{ inventory_hostname }}!"},
        "block": [task("one", m=2, v="{{ _v }}")],
    }
    run(block)
    assert ("a", {"n": 1, "m": 2, "v": "a!", "check_mode": False}) in run.calls
    assert run.took_part("one") == ["a", "b"]


def test_hosts_with_other_environments_have_each_their_own(run: Run) -> None:
    run.hosts = {"a": {"n": "1"}, "b": {"n": "2"}, "c": {"n": "1"}}
    run(task("one", None, {"environment": {"DEMO_N": "{{ n }}"}}))
    assert run.value("one", "environment") == [{"DEMO_N": "1"}, {"DEMO_N": "2"}, {"DEMO_N": "1"}]
    assert "DEMO_N" not in os.environ


def test_extra_variables_win_over_everything_but_what_ansible_sets(run: Run) -> None:
    run.world["extra"] = {"_v": "extra"}
    run(task("one", v="{{ _v }}"), _v="role")
    assert run.value("one", "v") == ["extra"] * 3


@pytest.mark.parametrize(("mode", "expected"), [(None, True), ("{{ looks }}", False)])
def test_a_play_may_have_a_mode_of_its_own(run: Run, mode: Any, expected: bool) -> None:
    run.role([task("one")])
    run.playbook({**PLAY, "vars": {"looks": False}, "check_mode": mode, "tasks": [import_role()]})
    run.world["check_mode"] = True
    assert run().calls[0][1]["check_mode"] is expected


def test_variables_of_an_import_reach_its_plays(run: Run) -> None:
    run.role([task("one", v="{{ given }}")])
    run.playbook({**PLAY, "tasks": [import_role()]}, name="inner")
    run.playbook({"name": "Import", "ansible.builtin.import_playbook": "inner.yml", "vars": {"given": 1}})
    assert run().value("one", "v") == [1, 1, 1]


@pytest.mark.parametrize(
    ("run_tags", "skip_tags", "expected"),
    [
        (set(), set(), ["one", "two"]),
        ({"x"}, set(), ["one"]),
        (set(), {"x"}, ["two"]),
        ({"play"}, set(), ["one", "two"]),
        ({"play"}, {"x"}, ["two"]),
        ({"no such"}, set(), []),
    ],
)
def test_tags_choose(run: Run, run_tags: set[str], skip_tags: set[str], expected: list[str]) -> None:
    run.role([task("one", None, {"tags": ["x"]}), task("two")])
    run.playbook({**PLAY, "tags": ["play"], "tasks": [import_role()]})
    run.world.update(run_tags=frozenset(run_tags), skip_tags=frozenset(skip_tags))
    run()
    assert [name for name in ("one", "two") if run.took_part(name)] == expected


@pytest.mark.parametrize("keyword", [{"loop": [1]}, {"until": "x"}, {"ignore_errors": True}])
def test_what_only_ansible_can_run_is_refused_by_name(run: Run, keyword: dict[str, Any]) -> None:
    with pytest.raises(Unsupported, match=f"one: .*{next(iter(keyword))}"):
        run(task("one", None, keyword))
    assert not run.calls


def test_a_rescue_is_refused(run: Run) -> None:
    with pytest.raises(Unsupported, match="Block: rescue"):
        run({"name": "Block", "block": [task("one")], "rescue": [task("two")]})


def test_a_variable_that_names_itself_is_an_error(run: Run) -> None:
    run(task("one", v="{{ _v }}"), _v="{{ _v }}")
    assert "_v is defined by itself" in run.results[0].result["msg"]


@pytest.mark.parametrize(
    ("keywords", "reason"),
    [
        ({"delegate_to": "{{ 'engine' if inventory_hostname == 'b' else omit }}"}, "it is delegated to engine"),
        ({"connection": "{{ 'ssh' if inventory_hostname == 'b' else 'local' }}"}, "its connection is ssh"),
    ],
)
def test_a_plan_leaves_out_what_runs_elsewhere_and_all_of_the_role_after_it(
    run: Run, keywords: dict[str, Any], reason: str
) -> None:
    run.world["is_plan"] = True
    run(task("one", None, keywords), task("two"))
    assert [(one.host, one.result["msg"]) for one in run.results if one.status == "left out"] == [("b", reason)]
    assert run.took_part("two") == ["a", "c"]
    assert "b" not in {host for host, _ in run.calls}


def test_a_plan_does_not_run_what_has_the_inventorys_connection(run: Run) -> None:
    run.world["is_plan"] = True
    run.role([task("one")])
    run.playbook({**{key: value for key, value in PLAY.items() if key != "connection"}, "tasks": [import_role()]})
    run()
    assert not run.calls
    assert {one.status for one in run.results} == {"left out"}


def test_a_plan_leaves_out_what_only_ansible_can_run(run: Run) -> None:
    run.world["is_plan"] = True

    def cannot(call: Call) -> dict[str, Any]:
        raise Unsupported(f"{call.task.action} runs on its host only")

    run._act = cannot  # type: ignore[method-assign]
    run(task("one"), task("two"))
    assert [(one.host, one.task.name, one.status) for one in run.results] == [(h, "one", "left out") for h in "abc"]


def test_no_host_costs_more_because_there_are_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a task of one host looks at is not all hosts."""
    looked = 0
    active = Batch.active

    def counted(batch: Batch) -> list[Host]:
        nonlocal looked
        looked += 1
        return active(batch)

    monkeypatch.setattr(Batch, "active", counted)
    counts = []
    for number in (3, 30):
        run.hosts = {f"h{n}": {"n": n} for n in range(number)}
        looked = 0
        run(task("one", n="{{ n }}"), task("two", "n >= 0"))
        counts.append(looked)
    assert counts[0] == counts[1]


def test_in_a_plan_a_failure_ends_one_role_for_one_host(run: Run) -> None:
    run.world["is_plan"] = True
    run.role([task("one", None, {"any_errors_fatal": True}, failed="{{ inventory_hostname == 'b' }}"), task("two")])
    run.playbook({**PLAY, "tasks": [import_role()]}, {**PLAY, "name": "Other", "tasks": [task("other")]})
    run()
    assert run.took_part("two") == ["a", "c"]
    assert run.took_part("other") == ["a", "b", "c"]
    assert run.ok


def test_in_a_plan_a_condition_that_cannot_be_evaluated_is_a_failure_of_its_host(run: Run) -> None:
    run.world["is_plan"] = True
    run.role([task("one")])
    include = {
        "name": "Include",
        "ansible.builtin.include_role": {"name": "repobridge.bitbucket.demo"},
        "when": "n == 1",
    }
    run.hosts = {"a": {"n": 1}, "b": {}, "c": {"n": 2}}
    run.playbook({**PLAY, "tasks": [include]})
    run()
    assert [(one.host, one.status) for one in run.results] == [("b", "failed"), ("c", "skipped"), ("a", "ok")]


@pytest.mark.parametrize("playbook", ["site", "teardown", "audit"])
def test_the_collections_own_playbooks_can_be_read(playbook: str) -> None:
    assert [play.tasks for play in plays_of(playbook)]
