# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Pipelines: what is refused, what is never told, and steps that really run."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.bitbucket.pipelines_file import InvalidFile, choose
from tests.sandbox.bitbucket.pipelines_model import Pipeline
from tests.sandbox.bitbucket.world import World

CONFIG = "repositories/acme/app/pipelines_config"
VARIABLES = f"{CONFIG}/variables"
PLAIN = {"key": "COLOUR", "value": "green", "secured": False}
FILE = "bitbucket-pipelines.yml"


def push(world: World, text: str, branch: str = "main", message: str = "Change") -> list[Pipeline]:
    """Commit the file, and wait for what that starts; all pipelines there are."""
    world.bitbucket.commit("acme", "app", branch, {FILE: text}, message)
    world.bitbucket.wait_for_pipelines()
    return world.bitbucket.repository("acme", "app").pipelines.runs


def switch_on(world: World) -> None:
    assert world.call("PUT", CONFIG, json={"enabled": True}).status_code == 200


def test_there_is_no_configuration_before_it_is_switched_on(world: World) -> None:
    assert world.get(CONFIG).status_code == 404
    switch_on(world)
    assert world.get(CONFIG).json()["enabled"] is True
    world.call("PUT", CONFIG, json={"enabled": False})
    assert world.get(CONFIG).json()["enabled"] is False
    assert world.call("PUT", CONFIG, json={"enabled": "yes"}).status_code == 400


def test_a_secured_value_is_told_to_nobody(world: World) -> None:
    made = world.call("POST", VARIABLES, json={"key": "TOKEN", "value": "s3cret-value", "secured": True})
    uid = made.json()["uuid"]
    assert made.status_code == 201 and made.headers["Location"].endswith(quote(uid))
    one = f"{VARIABLES}/{quote(uid)}"
    changed = world.call("PUT", one, json={"key": "TOKEN", "value": "an0ther-value", "secured": True})
    for answer in (made, world.get(VARIABLES), world.get(one), changed):
        assert "value" not in answer.json().get("values", [answer.json()])[0]
        assert "s3cret" not in answer.text and "an0ther" not in answer.text


def test_a_key_is_there_once(world: World) -> None:
    uid = world.call("POST", VARIABLES, json=PLAIN).json()["uuid"]
    again = world.call("POST", VARIABLES, json={**PLAIN, "value": "red"})
    assert again.status_code == 409 and again.json()["error"]["message"] == "Conflict"
    other = world.call("POST", VARIABLES, json={**PLAIN, "key": "OTHER"}).json()["uuid"]
    assert world.call("PUT", f"{VARIABLES}/{quote(other)}", json=PLAIN).status_code == 409
    assert world.call("PUT", f"{VARIABLES}/{quote(uid)}", json={**PLAIN, "value": "red"}).json()["value"] == "red"
    assert world.call("DELETE", f"{VARIABLES}/{quote(uid)}").status_code == 204
    assert world.get(f"{VARIABLES}/{quote(uid)}").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"key": "A"}, {"key": "1A", "value": ""}, {"key": "A-B", "value": ""}, {"key": "A", "value": 1}]
)
def test_what_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = world.call("POST", VARIABLES, json=body)
    assert answer.status_code == 400 and answer.json()["error"]["data"]["key"]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", CONFIG, "admin:repository:bitbucket"),
        ("PUT", CONFIG, "admin:repository:bitbucket"),
        ("GET", VARIABLES, "read:pipeline:bitbucket"),
        ("POST", VARIABLES, "admin:pipeline:bitbucket"),
        ("GET", "repositories/acme/app/pipelines", "read:pipeline:bitbucket"),
    ],
)
def test_scopes_by_name(world: World, method: str, path: str, scope: str) -> None:
    reader = world.bitbucket.create_api_token(world.owner, ["read:repository:bitbucket"])
    answer = world.call(method, path, reader, json=PLAIN)
    assert answer.status_code == 403 and answer.headers["X-Accepted-OAuth-Scopes"] == scope
    fitting = world.bitbucket.create_api_token(world.owner, [scope])
    assert world.call(method, path, fitting, json={**PLAIN, "enabled": True}).status_code in (200, 201, 404)


def test_only_an_administrator_changes_them(world: World) -> None:
    writer = world.bitbucket.create_user("walt")
    world.bitbucket.grant(writer, "write", "acme", "app")
    scopes = ["admin:repository:bitbucket", "read:pipeline:bitbucket", "admin:pipeline:bitbucket"]
    token = world.bitbucket.create_api_token(writer, scopes)
    assert world.call("PUT", CONFIG, token, json={"enabled": True}).status_code == 403
    assert world.call("POST", VARIABLES, token, json=PLAIN).status_code == 403
    assert world.get(VARIABLES, token).status_code == 200


@pytest.mark.parametrize("fields", ["", "&fields=values.key,next,previous,size,page,pagelen"])
def test_pages_of_variables_have_no_links(world: World, fields: str) -> None:
    """A client that follows ``next``, as it may everywhere else, sees the first page alone."""
    for number in range(12):
        world.call("POST", VARIABLES, json={**PLAIN, "key": f"V{number}"})
    pages = [world.get(f"{VARIABLES}?page={number}{fields}").json() for number in (1, 2, 3)]
    assert [len(page["values"]) for page in pages] == [10, 2, 0]
    for number, page in enumerate(pages, 1):
        assert (page["size"], page["page"], page["pagelen"]) == (12, number, 10)
        assert "next" not in page and "previous" not in page
    assert world.get(f"{VARIABLES}?page=0").status_code == 400
    assert world.get(f"{VARIABLES}?pagelen=101").status_code == 400


def test_pages_of_pipelines_and_of_their_steps_have_no_links(world: World) -> None:
    switch_on(world)
    for number in range(2):
        push(world, f"pipelines: {{default: [step: {{script: [echo {number}]}}, step: {{script: [echo]}}]}}")
    runs = "repositories/acme/app/pipelines"
    for path in (runs, f"{runs}/1/steps"):
        assert "next" not in world.get(f"{path}?pagelen=1").json()
        past = world.get(f"{path}?pagelen=1&page=3")
        assert past.status_code == 200 and past.json()["values"] == [] and past.json()["size"] == 2


def test_a_change_may_leave_out_the_key(world: World) -> None:
    one = f"{VARIABLES}/{quote(world.call('POST', VARIABLES, json=PLAIN).json()['uuid'])}"
    changed = world.call("PUT", one, json={"value": "red", "secured": False})
    assert changed.status_code == 200 and (changed.json()["key"], changed.json()["value"]) == ("COLOUR", "red")
    assert world.call("POST", VARIABLES, json={"value": "red"}).status_code == 400


def test_nothing_runs_while_it_is_off(world: World) -> None:
    text = "pipelines: {default: [step: {script: [echo hello]}]}"
    assert push(world, text) == []
    switch_on(world)
    assert len(push(world, f"{text} # now")) == 1
    assert len(push(world, f"{text} # not", message="Quiet [skip ci]")) == 1
    world.call("PUT", CONFIG, json={"enabled": False})
    assert len(push(world, f"{text} # no more")) == 1


def test_a_step_really_runs_and_its_log_names_secured_variables_only(world: World) -> None:
    switch_on(world)
    world.call("POST", VARIABLES, json={"key": "TOKEN", "value": "s3cret-value", "secured": True})
    script = '[\'echo "$BITBUCKET_BRANCH $CI $TOKEN"\', "cat README.md", "git ls-remote --heads origin", "env | sort"]'
    (run,) = push(world, f"pipelines: {{default: [step: {{name: Look, script: {script}}}]}}")
    (step,) = run.steps
    assert run.result == "SUCCESSFUL", step.log
    assert "main true $TOKEN" in step.log and "# App" in step.log and "refs/heads/feature/login" in step.log
    assert "s3cret-value" not in step.log
    names = {line.partition("=")[0] for line in step.log.splitlines() if "=" in line}
    known = {"PATH", "HOME", "LC_ALL", "no_proxy", "TOKEN", "CI", "PWD", "_", "SHLVL", "OLDPWD"}
    assert {name for name in names if name.isupper() and not name.startswith("BITBUCKET_")} <= known
    answer = world.get(f"repositories/acme/app/pipelines/{run.number}/steps/{quote(step.uuid)}/log")
    assert answer.text == step.log


def test_a_command_that_fails_ends_the_pipeline(world: World) -> None:
    switch_on(world)
    text = "pipelines: {default: [step: {script: [exit 3, echo never]}, step: {script: [echo no]}]}"
    (run,) = push(world, text)
    assert (run.result, [step.result for step in run.steps]) == ("FAILED", ["FAILED", "NOT_RUN"])
    assert "+ exit 3" in run.steps[0].log and "never" not in run.steps[0].log


@pytest.mark.parametrize(("clone", "shallow"), [("", "true"), ("clone: {depth: full}\n", "false")])
def test_a_clone_is_shallow_unless_it_is_to_be_full(world: World, clone: str, shallow: str) -> None:
    switch_on(world)
    for number in range(51):
        world.bitbucket.commit("acme", "app", "main", {"n": str(number)})
    script = "script: [git rev-parse --is-shallow-repository]"
    (run,) = push(world, f"{clone}pipelines: {{default: [step: {{{script}}}]}}")
    assert run.steps[0].log.splitlines()[-1] == shallow


def test_tags_have_pipelines_of_their_own(world: World) -> None:
    switch_on(world)
    text = (
        "pipelines: {default: [step: {script: [echo branch]}], tags: {'v*': [step: {script: ['echo $BITBUCKET_TAG']}]}}"
    )
    push(world, text)
    world.bitbucket.tag("acme", "app", "v9", "main")
    world.bitbucket.tag("acme", "app", "other", "main")
    world.bitbucket.delete_tag("acme", "app", "v9")
    world.bitbucket.wait_for_pipelines()
    runs = world.bitbucket.repository("acme", "app").pipelines.runs
    assert [(run.ref_type, run.selector, run.pattern) for run in runs] == [
        ("branch", "default", None),
        ("tag", "tags", "v*"),
    ]
    assert "v9" in runs[1].steps[0].log


def test_a_file_that_is_wrong_is_an_error_with_its_words(world: World) -> None:
    switch_on(world)
    (run,) = push(world, "steps: []\n")
    assert run.result == "ERROR"
    state = world.get("repositories/acme/app/pipelines").json()["values"][0]["state"]
    assert state["result"]["name"] == "ERROR" and "pipelines" in state["result"]["error"]["message"]


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("**", "feature/a", True),
        ("*", "feature/a", False),
        ("feature/*", "feature/a", True),
        ("{main,dev}", "dev", True),
        ("main", "maintenance", False),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    text = f"pipelines: {{branches: {{'{pattern}': [step: {{script: [echo]}}]}}}}".encode()
    assert bool(choose(text, "branch", name)) is fits


@pytest.mark.parametrize("text", ["pipelines: {default: [parallel: []]}", "pipelines: {default: [step: {pipe: x}]}"])
def test_what_the_sandbox_cannot_do_is_refused(text: str) -> None:
    with pytest.raises(InvalidFile):
        choose(text.encode(), "branch", "main")
