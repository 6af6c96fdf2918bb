# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_pipeline_config, bitbucket_pipeline_variables and bitbucket_branch against the sandbox."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.branch import Branch
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pipeline_config import PipelineConfig
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pipeline_variables import PipelineVariables
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.bitbucket.pipelines_model import PipelinesState, PipelineVariable
from tests.sandbox.server import Server

from .conftest import Runner, SandboxRunner
from .script import Expect, Script

SHOP = {"workspace": "acme", "repository": "shop"}
SECRET = {"key": "TOKEN", "secret_value": "s3cret-value-of-ours"}
PLAIN = {"key": "COLOUR", "value": "green"}
CONFIG = "/2.0/repositories/acme/shop/pipelines_config"


@pytest.fixture(autouse=True)
def login(run: SandboxRunner, ada: User) -> None:
    run.login(ada)


@pytest.fixture
def state(bitbucket: Bitbucket) -> PipelinesState:
    return bitbucket.repository("acme", "shop").pipelines


# -- Pipelines on and off -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [None, False])
def test_it_is_switched_on_once(run: SandboxRunner, state: PipelinesState, before: bool | None) -> None:
    state.enabled = before
    assert run.ok(PipelineConfig, check_mode=True, **SHOP)["changed"] and state.enabled is before
    result = run.ok(PipelineConfig, **SHOP)
    assert state.enabled and result["resource"] == {"id": "acme/shop", "enabled": True}
    assert run.calls == [f"GET {CONFIG}", f"PUT {CONFIG}"]
    assert not run.ok(PipelineConfig, **SHOP)["changed"] and run.calls == [f"GET {CONFIG}"]


def test_and_off(run: SandboxRunner, state: PipelinesState) -> None:
    assert not run.ok(PipelineConfig, state="absent", **SHOP)["changed"]
    state.enabled = True
    assert run.ok(PipelineConfig, state="absent", **SHOP)["changed"] and state.enabled is False


def test_all_that_a_credential_lacks_is_named_at_once(run: SandboxRunner, ada: User) -> None:
    run.login(ada, ("read:repository:bitbucket",))
    words = run.fails(PipelineConfig, use=["pushes"], **SHOP)
    for scope in ("write:repository", "admin:repository", "read:pipeline", "admin:pipeline"):
        assert f"{scope}:bitbucket" in words
    assert "admin:repository:bitbucket" in run.fails(PipelineConfig, **SHOP)


def test_an_access_token_is_told_its_boxes(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    token = bitbucket.create_access_token("repository", "acme", "shop", scopes=("repository:write",))
    run.common.update(username=None, api_token=None, access_token=token.secret)
    words = run.fails(PipelineConfig, use=["pushes"], **SHOP)
    assert "Repositories: Admin" in words and "Pipelines: Edit variables" in words


def test_there_is_no_such_thing_in_data_center(run: SandboxRunner, server: Server) -> None:
    run.common = {"bitbucket_url": "https://bitbucket.example.com", "access_token": "secret-token-of-dc"}
    for operation, more in ((PipelineConfig, {}), (PipelineVariables, {"variables": [PLAIN]})):
        assert "Data Center" in run.fails(operation, **SHOP, **more)
    assert not server.calls.all()


# -- variables ----------------------------------------------------------------------------------------------------------


def test_they_are_made_in_order_and_left_alone(run: SandboxRunner, state: PipelinesState) -> None:
    both: list[dict[str, Any]] = [SECRET, PLAIN]
    foretold = run.ok(PipelineVariables, check_mode=True, variables=both, **SHOP)
    assert not state.variables and foretold["changed"]
    result = run.ok(PipelineVariables, variables=both, **SHOP)
    assert result["actions"] == foretold["actions"]
    assert [(v.key, v.value, v.secured) for v in state.variables.values()] == [
        ("TOKEN", "s3cret-value-of-ours", True),
        ("COLOUR", "green", False),
    ]
    assert "s3cret-value" not in json.dumps(result)
    assert not run.ok(PipelineVariables, variables=both, **SHOP)["changed"]
    assert run.calls == [f"GET {CONFIG}/variables"]


def test_a_value_in_clear_is_compared_and_a_secured_one_sent_if_told_so(
    run: SandboxRunner, state: PipelinesState
) -> None:
    run.ok(PipelineVariables, variables=[SECRET, PLAIN], **SHOP)
    other = [{**SECRET, "secret_value": "an0ther-value-of-ours"}, {**PLAIN, "value": "red"}]
    result = run.ok(PipelineVariables, variables=other, **SHOP)
    assert [d["path"] for d in result["drift"]] == ["COLOUR.value"] and len(run.calls) == 2
    assert {v.key: v.value for v in state.variables.values()} == {"TOKEN": "s3cret-value-of-ours", "COLOUR": "red"}
    always = run.ok(PipelineVariables, variables=other, update_secret="always", **SHOP)
    assert [d["path"] for d in always["drift"]] == ["TOKEN.value"]
    assert state.variable("TOKEN").value == "an0ther-value-of-ours"  # type: ignore[union-attr]
    assert "an0ther-value" not in json.dumps(always)


def test_one_in_clear_becomes_secured_and_is_hidden_from_then_on(run: SandboxRunner, state: PipelinesState) -> None:
    run.ok(PipelineVariables, variables=[{"key": "TOKEN", "value": "in-clear-by-mistake"}], **SHOP)
    result = run.ok(PipelineVariables, variables=[SECRET], **SHOP)
    assert "TOKEN.secured" in [d["path"] for d in result["drift"]]
    assert state.variable("TOKEN").secured  # type: ignore[union-attr]
    assert "in-clear-by-mistake" not in json.dumps(result)


def test_a_secured_one_is_never_turned_into_one_in_clear(run: SandboxRunner, state: PipelinesState) -> None:
    run.ok(PipelineVariables, variables=[SECRET], **SHOP)
    words = run.fails(PipelineVariables, variables=[{"key": "TOKEN", "value": "x"}], **SHOP)
    assert "secured" in words and "state=absent" in words and len(run.calls) == 1


def test_they_are_removed_one_by_one_or_all(run: SandboxRunner, state: PipelinesState) -> None:
    run.ok(PipelineVariables, variables=[SECRET, PLAIN, {"key": "OTHER", "value": "x"}], **SHOP)
    run.ok(PipelineVariables, variables=[{"key": "COLOUR", "state": "absent"}], **SHOP)
    assert {v.key for v in state.variables.values()} == {"TOKEN", "OTHER"}
    assert run.ok(PipelineVariables, variables=[{"key": "TOKEN"}, PLAIN], state="absent", **SHOP)["changed"]
    assert not run.ok(PipelineVariables, variables=[{"key": "TOKEN"}], state="absent", **SHOP)["changed"]
    assert {v.key for v in state.variables.values()} == {"OTHER"}


def test_others_are_shown_as_they_were(run: SandboxRunner) -> None:
    run.ok(PipelineVariables, variables=[SECRET, PLAIN], **SHOP)
    look = run.ok(PipelineVariables, show=["TOK*", "COLOUR", "NONE", "OUR"], **SHOP)
    assert look["shown"] == {
        "TOKEN": {"secured": True, "value": None},
        "COLOUR": {"secured": False, "value": "green"},
    }
    assert not look["changed"] and not look["actions"]
    other = run.ok(PipelineVariables, variables=[{**PLAIN, "value": "red"}], show=["COLOUR"], **SHOP)
    assert other["shown"]["COLOUR"]["value"] == "green"


def fill(state: PipelinesState, count: int) -> None:
    """So many variables V0, V1, …, all ``x``."""
    for number in range(count):
        variable = PipelineVariable(f"V{number}", "x", False)
        state.variables[variable.uuid] = variable


def test_one_past_the_first_page_is_found_changed_and_removed(run: SandboxRunner, state: PipelinesState) -> None:
    """Bitbucket shows no way from a page of Pipelines variables to the next."""
    fill(state, 120)
    assert not run.ok(PipelineVariables, variables=[{"key": "V119", "value": "x"}], **SHOP)["changed"]
    assert run.calls == [f"GET {CONFIG}/variables"] * 2

    result = run.ok(PipelineVariables, variables=[{"key": "V118", "value": "y"}], show=["V119"], **SHOP)
    assert result["changed"] and result["shown"] == {"V119": {"secured": False, "value": "x"}}
    assert state.variable("V118").value == "y"  # type: ignore[union-attr]

    assert run.ok(PipelineVariables, variables=[{"key": "V117", "state": "absent"}], **SHOP)["changed"]
    assert len(state.variables) == 119 and state.variable("V117") is None


def test_a_last_page_that_is_full_is_followed_by_an_empty_one(run: SandboxRunner, state: PipelinesState) -> None:
    fill(state, 200)
    assert not run.ok(PipelineVariables, variables=[{"key": "V199", "value": "x"}], **SHOP)["changed"]
    assert len(run.calls) == 3


VARIABLES = "https://api.bitbucket.org/2.0/repositories/acme/shop/pipelines_config/variables"
LOOK = {**SHOP, "username": "ada@example.com", "api_token": "ATATT-secret", "show": ["*"]}


def keys(*names: str, **more: Any) -> dict[str, Any]:
    values = [{"uuid": f"{{{name}}}", "key": name, "value": "x", "secured": False} for name in names]
    return {"values": values, "pagelen": 2, **more}


def test_pages_that_are_shorter_than_asked_for_and_links_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says how long a full one is; and should Bitbucket send ``next`` one day, that is the way."""
    short = Script(Expect("GET", VARIABLES, answer=keys("A", "B")), Expect("GET", VARIABLES, answer=keys("C")))
    short.install(monkeypatch)
    assert set(Runner().ok(PipelineVariables, **LOOK)["shown"]) == {"A", "B", "C"}
    assert "page=2" in str(short.sent[1].url)

    linked = Script(
        Expect("GET", VARIABLES, answer=keys("A", "B", next=f"{VARIABLES}?ctx=opaque")),
        Expect("GET", VARIABLES, answer=keys("C", "D"), query={"ctx": "opaque"}),
    )
    linked.install(monkeypatch)
    assert set(Runner().ok(PipelineVariables, **LOOK)["shown"]) == {"A", "B", "C", "D"}
    linked.done()


def test_a_page_that_comes_again_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    again = Expect("GET", VARIABLES, answer=keys("A", "B"))
    Script(again, again).install(monkeypatch)
    assert "Page 2 is page 1 once more" in Runner().fails(PipelineVariables, **LOOK)


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_an_answer_that_was_lost_makes_nothing_twice(
    run: SandboxRunner, server: Server, state: PipelinesState, kind: str
) -> None:
    server.faults.add(kind, match="^bitbucket POST .*/variables", times=1)
    run.ok(PipelineVariables, variables=[SECRET, PLAIN], **SHOP)
    assert len(state.variables) == 2


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ([{"key": "1A", "value": "x"}], "no key"),
        ([{"key": "A"}], "needs a value"),
        ([PLAIN, dict(PLAIN)], "Named twice: COLOUR"),
    ],
)
def test_bad_input_is_refused_before_the_first_call(
    run: SandboxRunner, variables: list[dict[str, Any]], words: str
) -> None:
    assert words in run.fails(PipelineVariables, variables=variables, **SHOP)
    assert not run.calls


def test_a_missing_one_that_must_not_be_made(run: SandboxRunner) -> None:
    assert "COLOUR" in run.fails(PipelineVariables, variables=[PLAIN], create=False, **SHOP)


def test_who_may_not_is_told_the_scope(run: SandboxRunner, ada: User) -> None:
    run.login(ada, ("read:pipeline:bitbucket",))
    assert "admin:pipeline:bitbucket" in run.fails(PipelineVariables, variables=[PLAIN], **SHOP)


# -- branches -----------------------------------------------------------------------------------------------------------


def test_a_branch_is_made_and_never_moved(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    trial = {**SHOP, "name": "trial/one", "start": "main"}
    main = bitbucket.refs("acme", "shop")["refs/heads/main"]
    assert run.ok(Branch, check_mode=True, **trial)["changed"]
    assert run.ok(Branch, **trial)["resource"] == {"id": "trial/one", "commit": main}
    bitbucket.commit("acme", "shop", "main", {"more": ""})
    assert not run.ok(Branch, **trial)["changed"] and len(run.calls) == 1
    assert bitbucket.refs("acme", "shop")["refs/heads/trial/one"] == main


def test_a_branch_is_removed_but_never_the_main_one(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    assert run.ok(Branch, name="dev", state="absent", **SHOP)["changed"]
    assert not run.ok(Branch, name="dev", state="absent", **SHOP)["changed"]
    assert "refs/heads/dev" not in bitbucket.refs("acme", "shop")
    assert "main branch" in run.fails(Branch, name="main", state="absent", **SHOP)


def test_a_branch_needs_a_start_that_is_there(run: SandboxRunner) -> None:
    assert "start" in run.fails(Branch, name="trial", **SHOP)
    assert not run.calls
    assert "nowhere" in run.fails(Branch, name="trial", start="nowhere", **SHOP)
