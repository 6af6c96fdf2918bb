# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-process execution path of an operation. tests/integration/test_doors.py compares it with the module
process."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import env_fallback
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.block import Block
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core import module as core
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Info
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import HIDDEN
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.spec import ArgumentSpec
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils import action as door
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils import in_process

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core 2.18 trusts every string

    def trust_as_template(value: str) -> str:
        return value


SECRET = "a-secret-nobody-shows"


class Echo(Info):
    """Gives back what it was given, secrets and all."""

    module = "echo"
    requires = ()
    seen: dict[str, Any] = {}
    spec = ArgumentSpec(
        {
            "text": {"type": "str", "fallback": (env_fallback, ["REPOBRIDGE_TEST_TEXT"])},
            "number": {"type": "int", "default": 3},
            "items": {"type": "list", "elements": "dict"},
            "token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["REPOBRIDGE_TEST_TOKEN"])},
            "fails": {"type": "bool", "default": False},
        },
        mutually_exclusive=[("text", "items")],
    )

    def gather(self) -> dict[str, Any]:
        Echo.seen = {"params": self.params, "environment": dict(os.environ), "check_mode": self.context.check_mode}
        self.context.warn(f"warned of {self.params['token']}")
        self.context.progress(f"at work with {self.params['token']}")
        if self.params["fails"]:
            raise BridgeError(f"It failed with {self.params['token']}", status=403, service="Echo", operation="GET /")
        return {"echo": self.params, "inside": f"https://host/?token={self.params['token']}"}


class Action(door.ResourceAction):
    operation = Echo
    ran_as_module: dict[str, Any] | None = None

    def _execute_module(self, *_arguments: Any, **options: Any) -> dict[str, Any]:
        self.ran_as_module = options
        return {"module": True}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    out: list[str] = []

    class Display:
        verbosity = 0

        def display(self, message: str, **_options: Any) -> None:
            out.append(message)

        warning = display

    monkeypatch.setattr(door, "display", Display())
    monkeypatch.setattr(door, "_core_shows_invocation", lambda _variables: True)
    return out


def make(
    variables: dict[str, Any] | None = None, connection: str = "local", check_mode: bool = False, **task: Any
) -> tuple[Action, dict[str, Any]]:
    """An action plugin as the strategy makes it, its arguments templated as the task executor does."""
    variables = variables or {}
    loader = DataLoader()
    context = PlayContext()
    text = yaml.safe_dump({"name": "test", "ansible.builtin.debug": {}, "check_mode": check_mode, **task})
    made = Task.load(loader.load(text), loader=loader)
    made.environment = [{name: trust_as_template(str(value)) for name, value in task.get("environment", {}).items()}]
    plugin = Action(
        task=made,
        connection=connection_loader.get(connection, context, os.devnull) if connection == "local" else Remote(),
        play_context=context,
        loader=loader,
        templar=Templar(loader=loader, variables=variables),
        shared_loader_obj=None,
    )
    made.action = "repobridge.bitbucket.echo"
    return plugin, variables


class Remote:
    transport = "ssh"
    become = None

    class _shell:
        tmpdir = "/tmp/somewhere"


def run(plugin_and_variables: tuple[Action, dict[str, Any]], **arguments: Any) -> dict[str, Any]:
    plugin, variables = plugin_and_variables
    plugin._task.args = arguments
    return plugin.run(task_vars=variables)


def test_it_runs_the_operation_here(said: list[str]) -> None:
    result = run(make(), text="hello", number="7")
    assert result["echo"]["text"] == "hello"
    assert result["echo"]["number"] == 7
    assert result["changed"] is False
    assert result["invocation"] == {
        "module_args": {"text": "hello", "number": 7, "items": None, "token": None, "fails": False}
    }


@pytest.mark.parametrize("fails", [False, True])
def test_no_secret_is_in_what_it_returns_or_says(said: list[str], fails: bool) -> None:
    result = run(make(), token=SECRET, text=f"around {SECRET}", fails=fails)
    assert Echo.seen["params"]["token"] == SECRET
    assert SECRET not in json.dumps(result)
    assert said
    assert SECRET not in "".join(said)
    assert HIDDEN in "".join(said)
    assert result["invocation"]["module_args"]["token"] == HIDDEN
    if fails:
        assert result["failed"]
        assert result["msg"] == f"It failed with {HIDDEN}: Echo answered 403 to GET /."
        assert result["error"]["status"] == 403


@pytest.mark.parametrize("in_environment_of", ["controller", "task"])
def test_a_secret_of_the_environment_is_hidden_too(
    said: list[str], monkeypatch: pytest.MonkeyPatch, in_environment_of: str
) -> None:
    task = {}
    if in_environment_of == "controller":
        monkeypatch.setenv("REPOBRIDGE_TEST_TOKEN", SECRET)
    else:
        task = {"environment": {"REPOBRIDGE_TEST_TOKEN": "{{ token }}"}}
    result = run(make({"token": SECRET}, **task))
    assert Echo.seen["params"]["token"] == SECRET
    assert SECRET not in json.dumps(result)


def test_the_tasks_environment_counts_and_is_gone_afterwards(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPOBRIDGE_TEST_TEXT", "of the controller")
    before = dict(os.environ)
    made = make({"who": "task"}, environment={"REPOBRIDGE_TEST_TEXT": "of the {{ who }}", "REPOBRIDGE_TEST_NUMBER": 5})
    assert run(made)["echo"]["text"] == "of the task"
    assert Echo.seen["environment"]["REPOBRIDGE_TEST_NUMBER"] == "5"
    assert dict(os.environ) == before
    assert run(make())["echo"]["text"] == "of the controller"


def test_the_environment_comes_back_after_a_crash(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_arguments: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Echo, "gather", crash)
    result = run(make(environment={"REPOBRIDGE_TEST_TEXT": "x"}))
    assert result["failed"]
    assert result["msg"].startswith('echo stopped at an unexpected RuntimeError: "a bug". ')
    assert "REPOBRIDGE_TEST_TEXT" not in os.environ


@pytest.mark.parametrize("check_mode", [False, True])
def test_check_mode_reaches_the_operation(said: list[str], check_mode: bool) -> None:
    run(make(check_mode=check_mode))
    assert Echo.seen["check_mode"] is check_mode


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ({"connection": "ssh"}, {}),
        ({"async": 10}, {}),
        ({}, {"repobridge_in_process": False}),
        ({}, {"repobridge_in_process": trust_as_template("{{ not wanted }}"), "wanted": True}),
    ],
)
def test_the_standard_door(said: list[str], options: dict[str, Any], variables: dict[str, Any]) -> None:
    plugin, variables = made = make(variables, **options)
    result = run(made, text="x")
    assert result["module"] is True
    assert plugin.ran_as_module == {"task_vars": variables, "wrap_async": options.get("async", 0)}


def test_a_task_that_becomes_somebody_is_a_module(said: list[str]) -> None:
    plugin, variables = make()
    plugin._play_context.become = True
    assert run((plugin, variables), text="x")["module"] is True


@pytest.mark.parametrize(
    ("task", "here"),
    [
        ({"connection": "local"}, True),
        ({"connection": "ansible.builtin.local"}, True),
        ({"connection": trust_as_template("{{ how }}")}, True),
        ({"connection": "local", "delegate_to": "localhost"}, True),
        ({"connection": "local", "delegate_to": "engine.example.com"}, False),
        ({"connection": "ssh"}, False),
        ({}, False),
    ],
)
def test_the_keyword_goes_before_the_inventorys_connection(said: list[str], task: dict[str, Any], here: bool) -> None:
    """A host is a repository: what its ansible_connection says means nothing to a task with connection: local."""
    plugin, variables = make({"how": "local"})
    loaded = yaml.safe_load(yaml.safe_dump({"ansible.builtin.debug": {}, **{k: str(v) for k, v in task.items()}}))
    plugin._task._ds = {**loaded, **task}
    plugin._task.delegate_to = task.get("delegate_to")
    plugin._connection = Remote()
    result = run((plugin, variables), text="x")
    assert ("echo" in result) is here


def test_a_module_of_such_a_task_runs_on_the_controller_too(said: list[str]) -> None:
    plugin, variables = make({"repobridge_in_process": False, "ansible_python_interpreter": "/opt/other/python"})
    plugin._task._ds = {"connection": "local"}
    plugin._connection = Remote()
    run((plugin, variables), text="x")
    assert plugin._connection.transport == "local"
    assert plugin.ran_as_module is not None
    assert plugin.ran_as_module["task_vars"]["ansible_python_interpreter"] == sys.executable


def test_the_host_may_have_what_the_controller_has_not(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Echo, "requires", ("no_such_package",))
    assert run(make(), text="x")["module"] is True
    result = core.execute(Echo, {"token": None}, core.Context())
    assert result["failed"]
    assert "no_such_package" in result["msg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {"colour": "red"},
            "Unsupported parameters for (repobridge.bitbucket.echo) module: colour. Supported parameters",
        ),
        ({"number": "many"}, "many"),
        ({"text": "a", "items": []}, "mutually exclusive"),
        ({"text": "pending:oci_vault:x"}, "begins with pending:"),
    ],
)
def test_wrong_input_is_refused_before_anything_runs(said: list[str], arguments: dict[str, Any], words: str) -> None:
    Echo.seen = {}
    result = run(make(), token=SECRET, **arguments)
    assert result["failed"]
    assert words in result["msg"]
    assert SECRET not in json.dumps(result)
    assert not Echo.seen


def test_a_pending_id_is_welcome_in_check_mode(said: list[str]) -> None:
    assert run(make(check_mode=True), text="pending:oci_vault:x")["echo"]["text"] == "pending:oci_vault:x"


def given_to_the_module(made: tuple[Action, dict[str, Any]], **arguments: Any) -> tuple[dict[str, Any], Any]:
    """Options and environment that the module's process would get."""
    plugin, variables = made
    seen: list[tuple[dict[str, Any], Any]] = []

    def execute(**_options: Any) -> dict[str, Any]:
        seen.append((dict(plugin._task.args), plugin._task.environment))
        return {}

    plugin._execute_module = execute  # type: ignore[method-assign]
    before = plugin._task.environment
    run((plugin, variables), **arguments)
    assert plugin._task.args == arguments and plugin._task.environment == before
    return seen[0]


@pytest.mark.parametrize(
    ("arguments", "token"),
    [({}, SECRET), ({"token": ""}, SECRET), ({"token": None}, SECRET), ({"token": "mine"}, "mine")],
)
def test_a_credential_of_the_tasks_environment_is_in_no_command_line(
    said: list[str], arguments: dict[str, Any], token: str
) -> None:
    environment = {"REPOBRIDGE_TEST_TOKEN": "{{ token }}", "REPOBRIDGE_TEST_TEXT": "plain", "LANG": "C.UTF-8"}
    made = make({"token": SECRET, "repobridge_in_process": False}, environment=environment)
    options, left = given_to_the_module(made, **arguments)
    assert options["token"] == token
    assert left == [{"REPOBRIDGE_TEST_TEXT": "plain", "LANG": "C.UTF-8"}]


def test_an_empty_credential_of_the_tasks_environment_is_left_alone(said: list[str]) -> None:
    made = make({"repobridge_in_process": False}, environment={"REPOBRIDGE_TEST_TOKEN": " "})
    assert given_to_the_module(made) == ({}, [{"REPOBRIDGE_TEST_TOKEN": " "}])


def test_of_environments_that_of_the_task_wins_over_that_of_its_block(said: list[str]) -> None:
    task = {"ansible.builtin.debug": {}, "environment": {"REPOBRIDGE_TEST_TEXT": "the task's"}}
    around = {"REPOBRIDGE_TEST_TEXT": "the block's", "REPOBRIDGE_TEST_TOKEN": SECRET}
    loader = DataLoader()
    block = Block.load({"block": [task], "environment": around}, loader=loader)
    plugin, variables = make()
    plugin._task.environment = block.block[0].environment
    plugin.run(task_vars=variables)
    assert (Echo.seen["params"]["text"], Echo.seen["params"]["token"]) == ("the task's", SECRET)


class Linked(Echo):
    """Has the options of a service as sub-options."""

    spec = ArgumentSpec({"service": {"type": "dict", "apply_defaults": True, "options": Echo.spec.options}})


@pytest.mark.parametrize(
    ("arguments", "service"),
    [
        ({}, {"token": SECRET}),
        ({"service": None}, {"token": SECRET}),
        ({"service": {"number": 7, "token": ""}}, {"number": 7, "token": SECRET}),
        ({"service": {"token": "mine"}}, {"token": "mine"}),
    ],
)
def test_a_credential_of_a_sub_option_is_in_no_command_line_either(
    said: list[str], monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], service: dict[str, Any]
) -> None:
    monkeypatch.setattr(Action, "operation", Linked)
    environment = {"REPOBRIDGE_TEST_TOKEN": SECRET, "REPOBRIDGE_TEST_TEXT": "plain"}
    options, left = given_to_the_module(make({"repobridge_in_process": False}, environment=environment), **arguments)
    assert options == {"service": service}
    assert left == [{"REPOBRIDGE_TEST_TEXT": "plain"}]


@pytest.mark.parametrize(
    "arguments",
    [{"tokn": SECRET}, {"items": {"TOKEN": SECRET}, "number": "many"}, {"token": [SECRET], "number": SECRET}],
)
def test_what_is_misspelled_or_misplaced_is_hidden_too(said: list[str], arguments: dict[str, Any]) -> None:
    result = run(make(), **arguments)
    assert result["failed"]
    assert SECRET not in json.dumps(result)


# -- plain --------------------------------------------------------------------------------------------------------------


class Tagged(str):
    """As core's tagged strings: a subclass that yaml.safe_dump refuses."""


class Number(int):
    """The same of an int."""


def test_plain_values_have_plain_types() -> None:
    value = {Tagged("a"): [Tagged("b"), Number(1), 1.5, True, None, (Tagged("c"),)], "d": {"e": Tagged("ü\udc80")}}
    out = in_process.plain(value)
    assert out == {"a": ["b", 1, 1.5, True, None, ["c"]], "d": {"e": "ü\udc80"}}
    kinds = {type(item) for item in [*out, *out["a"], *out["a"][5], out["d"]["e"]]}
    assert kinds == {str, int, float, bool, type(None), list}


def test_what_core_templates_arrives_plain(said: list[str]) -> None:
    loader = DataLoader()
    arguments = {"text": trust_as_template("{{ name }}"), "number": trust_as_template("{{ 1 + 1 }}")}
    templar = Templar(loader=loader, variables=loader.load("name: ada\n"))
    run(make(), **templar.template(arguments))
    params = Echo.seen["params"]
    assert yaml.safe_dump(params)
    assert {type(value) for value in params.values()} <= {str, int, bool, type(None)}


class Minted(Info):
    """Makes a secret and hands it on."""

    module = "minted"
    requires = ()
    secret_results = ("minted",)
    spec = ArgumentSpec({"made": {"type": "str"}, "state": {"type": "str"}})

    def gather(self) -> dict[str, Any]:
        self.context.redactor.add(self.params["made"])
        return {"minted": self.params["made"], "inside": f"https://host/?token={self.params['made']}"}


@pytest.mark.parametrize("task", [{"async": 10}, {"loop": ["a", "b"]}], ids=["async", "loop"])
def test_core_would_show_a_secret_of_an_async_task_or_a_loop(
    monkeypatch: pytest.MonkeyPatch, task: dict[str, Any]
) -> None:
    monkeypatch.setattr(Action, "operation", Minted)
    monkeypatch.setattr(Action, "_execute_module", lambda *_a, **_o: {"minted": SECRET})
    refused = run(make(**task), made=SECRET)
    assert refused["failed"]
    assert "needs no_log: true" in refused["msg"]
    assert SECRET not in repr(refused)
    assert run(make(**task, no_log=True), made=SECRET)["minted"] == SECRET
    assert not run(make(**task), made=SECRET, state="absent").get("failed"), "nothing is created then"


@pytest.mark.parametrize("connection", ["local", "ssh"])
@pytest.mark.parametrize(("made", "unseen"), [(SECRET, True), ("pending:minted:x", False), (None, False)])
def test_a_secret_for_the_next_task_is_registered_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, connection: str, made: str | None, unseen: bool
) -> None:
    plugin, variables = make(connection=connection, check_mode=not unseen)
    monkeypatch.setattr(Action, "operation", Minted)
    monkeypatch.setattr(Action, "_execute_module", lambda *_a, **_o: {"minted": made})
    result = run((plugin, variables), made=made)
    assert result["minted"] == made
    assert bool(result.get("_ansible_no_log")) is unseen
    assert SECRET not in repr({**result, "minted": None})
