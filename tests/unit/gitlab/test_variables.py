# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables: many in one task, one read when there is nothing to do, no value lost and none shown."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.variables import ProjectVariables
from tests.sandbox.gitlab import GitLab, Variable
from tests.sandbox.gitlab import Project as Shop

from .conftest import Runner

LIST = "GET /projects/acme/shop/variables"
SECRET, OTHER = "ATATT3xFfGF0-a-secret=1A2B", "ATATT3xFfGF0-another=3C4D"
TOKEN: dict[str, Any] = {"key": "TOKEN", "secret_value": SECRET, "hidden": True, "description": "Reports"}
NAME: dict[str, Any] = {"key": "REPOSITORY", "value": "shop"}


def options(*variables: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"project": "acme/shop", "variables": list(variables), **more}


def there(shop: Shop, key: str, scope: str = "*") -> Variable:
    return shop.variables[key, scope]


def add(shop: Shop, key: str, value: str, **more: Any) -> Variable:
    made = Variable(key, value, **more)
    shop.variables[key, made.environment_scope] = made
    return made


def paths(result: dict[str, Any]) -> list[str]:
    return [drift["path"] for drift in result["drift"]]


def test_many_are_made_and_read_back_with_one_call(run: Runner, shop: Shop) -> None:
    many = [{"key": f"NUMBER_{n}", "value": str(n)} for n in range(8)]
    made = run.ok(ProjectVariables, **options(*many, NAME, TOKEN))
    assert len(run.calls) == 11
    assert made["changed"]
    token = there(shop, "TOKEN")
    assert (token.value, token.hidden, token.masked, token.raw, token.protected) == (SECRET, True, True, True, False)
    assert token.description and token.description.startswith("Reports [repobridge:")
    assert there(shop, "REPOSITORY").masked is False
    assert SECRET not in repr(made)
    again = run.ok(ProjectVariables, **options(*many, NAME, TOKEN))
    assert (again["changed"], again["drift"], run.calls) == (False, [], [LIST])
    assert again["resource"]["variables"]["REPOSITORY[*]"]["value"] == "shop"
    assert again["resource"]["variables"]["TOKEN[*]"]["description"] == "Reports"


def test_more_than_a_page_is_read(run: Runner, shop: Shop) -> None:
    for n in range(150):
        add(shop, f"N{n}", str(n))
    assert not run.ok(ProjectVariables, **options({"key": "N149", "value": "149"}))["changed"]
    assert run.calls == [LIST, LIST]


def test_check_mode_tells_each_variable_and_changes_none(run: Runner, shop: Shop) -> None:
    add(shop, "REPOSITORY", "shopp")
    add(shop, "OLD", "x")
    result = run.ok(ProjectVariables, check_mode=True, **options(NAME, TOKEN, {"key": "OLD", "state": "absent"}))
    assert paths(result) == ["REPOSITORY[*].value", "TOKEN[*]", "OLD[*]"]
    assert result["drift"][0] == {"path": "REPOSITORY[*].value", "expected": "shop", "actual": "shopp"}
    assert {action["action"] for action in result["actions"]} == {"create", "update", "delete"}
    assert not run.writes()
    pending = run.ok(
        ProjectVariables, check_mode=True, **{**options(NAME), "project": "pending:gitlab_project:acme/shop"}
    )
    assert pending["changed"] and not run.calls


def test_only_what_differs_is_sent(run: Runner, shop: Shop) -> None:
    add(shop, "REPOSITORY", "shop", description="ours", protected=True)
    add(shop, "OTHER", "x")
    result = run.ok(ProjectVariables, **options(NAME, {"key": "OTHER", "value": "x", "protected": True}))
    assert run.writes() == ["PUT /projects/acme/shop/variables/OTHER"]
    assert paths(result) == ["OTHER[*].protected"]
    assert (there(shop, "REPOSITORY").description, there(shop, "REPOSITORY").protected) == ("ours", True)


@pytest.mark.parametrize("scope", ["production", "review/*", "eu.example.com/*"])
def test_a_key_has_a_value_in_each_scope(run: Runner, shop: Shop, scope: str) -> None:
    add(shop, "HOST", "everywhere")
    scoped = {"key": "HOST", "environment_scope": scope, "value": "there"}
    made = run.ok(ProjectVariables, **options(scoped))
    assert paths(made) == [f"HOST[{scope}]"]
    changed = run.ok(ProjectVariables, **options({**scoped, "value": "elsewhere"}))
    assert paths(changed) == [f"HOST[{scope}].value"]
    assert (there(shop, "HOST").value, there(shop, "HOST", scope).value) == ("everywhere", "elsewhere")
    run.ok(ProjectVariables, **options({"key": "HOST", "environment_scope": scope, "state": "absent"}))
    assert list(shop.variables) == [("HOST", "*")]


def test_a_hidden_value_is_sent_when_it_is_another_one(run: Runner, shop: Shop) -> None:
    run.ok(ProjectVariables, **options(TOKEN))
    mark = there(shop, "TOKEN").description
    changed = run.ok(ProjectVariables, **options({**TOKEN, "secret_value": OTHER}))
    assert paths(changed) == ["TOKEN[*].value"]
    assert there(shop, "TOKEN").value == OTHER
    assert there(shop, "TOKEN").description != mark
    assert not run.ok(ProjectVariables, **options({**TOKEN, "secret_value": OTHER}))["changed"]
    assert OTHER not in repr(changed)


@pytest.mark.parametrize(("policy", "sends"), [("on_create", False), ("always", True), ("on_change", True)])
def test_when_a_hidden_value_is_sent_is_the_tasks_to_say(run: Runner, shop: Shop, policy: str, sends: bool) -> None:
    add(shop, "TOKEN", OTHER, hidden=True, masked=True, raw=True, description="Reports")
    result = run.ok(ProjectVariables, **options(TOKEN, update_secret=policy))
    assert result["changed"] is sends
    assert there(shop, "TOKEN").value == (SECRET if sends else OTHER)
    again = run.ok(ProjectVariables, **options(TOKEN, update_secret=policy))
    assert again["changed"] is (policy == "always")


def test_another_description_of_a_hidden_one_leaves_value_and_fingerprint(run: Runner, shop: Shop) -> None:
    run.ok(ProjectVariables, **options(TOKEN))
    mark = (there(shop, "TOKEN").description or "").rpartition(" ")[2]
    run.ok(ProjectVariables, **options({**TOKEN, "description": "Other words"}))
    assert there(shop, "TOKEN").description == f"Other words {mark}"
    assert not run.ok(ProjectVariables, **options({**TOKEN, "description": "Other words"}))["changed"]
    run.ok(ProjectVariables, **options({**TOKEN, "description": "A third"}, update_secret="on_create"))
    assert there(shop, "TOKEN").description == f"A third {mark}"
    assert there(shop, "TOKEN").value == SECRET


def test_becoming_hidden_keeps_what_is_not_managed(run: Runner, shop: Shop) -> None:
    add(shop, "TOKEN", SECRET, masked=True, protected=True, raw=True, description="mine")
    wanted = {"key": "TOKEN", "secret_value": SECRET, "hidden": True}
    result = run.ok(ProjectVariables, **options(wanted))
    assert [action["action"] for action in result["actions"]] == ["delete", "create"]
    token = there(shop, "TOKEN")
    assert (token.hidden, token.protected, token.value) == (True, True, SECRET)
    assert token.description and token.description.startswith("mine [repobridge:")
    assert not run.ok(ProjectVariables, **options(wanted))["changed"]


@pytest.mark.parametrize("status", [400, 403, 500])
def test_becoming_hidden_never_loses_the_old_value(run: Runner, shop: Shop, status: int) -> None:
    add(shop, "TOKEN", OTHER, masked=True, raw=True, description="mine")
    run.server.faults.add("status", match="POST .*/variables$", status=status)
    run.fails(ProjectVariables, **options({**TOKEN, "secret_value": SECRET}))
    old = there(shop, "TOKEN")
    assert (old.value, old.masked, old.raw, old.hidden, old.description) == (OTHER, True, True, False, "mine")
    run.ok(ProjectVariables, **options(TOKEN))
    assert (there(shop, "TOKEN").value, there(shop, "TOKEN").hidden) == (SECRET, True)


def test_an_answer_of_a_gateway_while_becoming_hidden_is_looked_up(run: Runner, shop: Shop) -> None:
    add(shop, "TOKEN", OTHER, masked=True, raw=True)
    run.server.faults.add("status", match="POST .*/variables$", status=503)
    run.ok(ProjectVariables, **options(TOKEN))
    assert (there(shop, "TOKEN").value, there(shop, "TOKEN").hidden) == (SECRET, True)


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_a_lost_answer_while_becoming_hidden_does_no_harm(run: Runner, shop: Shop, kind: str) -> None:
    add(shop, "TOKEN", OTHER, masked=True, raw=True)
    run.server.faults.add(kind, match="POST .*/variables$")
    run.ok(ProjectVariables, **options(TOKEN))
    assert (there(shop, "TOKEN").value, there(shop, "TOKEN").hidden) == (SECRET, True)


def test_a_hidden_one_is_not_made_visible(run: Runner, shop: Shop) -> None:
    add(shop, "TOKEN", SECRET, hidden=True, masked=True, raw=True)
    for check_mode in (True, False):
        for change in ({"hidden": False}, {"hidden": None, "masked": False}):
            wanted = {name: value for name, value in {**TOKEN, **change}.items() if value is not None}
            assert "never returns" in run.fails(ProjectVariables, check_mode, **options(wanted))
            assert not run.writes()


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"secret_value": "short"}, "fewer than 8"),
        ({"secret_value": "two words here"}, "white space"),
        ({"secret_value": "line one\nline two"}, "white space"),
        ({"secret_value": "with$dollar-sign", "raw": False}, "Set raw to true"),
        ({"secret_value": "short", "hidden": True}, "fewer than 8"),
        ({"value": "in the open", "masked": True}, "Give it as secret_value"),
        ({"secret_value": SECRET, "hidden": True, "masked": False}, "cannot be hidden and not masked"),
        ({"key": "MY-KEY", "value": "x"}, "not a valid key of a variable"),
        ({}, "needs a value"),
        ({"value": "x" * 10_001}, "more than 10000"),
        ({"value": "x", "description": "d" * 256}, "more than 255"),
        ({"secret_value": SECRET, "hidden": True, "description": "d" * 217}, "more than 216"),
    ],
)
def test_what_gitlab_would_refuse_is_refused_before_the_first_call(
    run: Runner, item: dict[str, Any], words: str
) -> None:
    result = run(ProjectVariables, **options({"key": "TOKEN", **item}))
    assert result["failed"]
    assert words in result["msg"]
    assert not run.calls
    secret = item.get("secret_value")
    assert not secret or secret not in result["msg"]


def test_the_longest_description_of_a_hidden_one_fits(run: Runner, shop: Shop) -> None:
    run.ok(ProjectVariables, **options({**TOKEN, "description": "d" * 216}))
    assert len(there(shop, "TOKEN").description or "") == 255
    assert not run.ok(ProjectVariables, **options({**TOKEN, "description": "d" * 216}))["changed"]


def test_the_mask_depends_on_what_is_there_too(run: Runner, shop: Shop) -> None:
    add(shop, "TOKEN", "x", raw=False)
    wanted = {"key": "TOKEN", "secret_value": "with$dollar-sign", "masked": True}
    assert "Set raw to true" in run.fails(ProjectVariables, **options(wanted))
    assert not run.writes()
    run.ok(ProjectVariables, **options({**wanted, "raw": True}))
    assert there(shop, "TOKEN").masked


def test_a_value_that_is_a_key_can_not_be_masked(run: Runner, shop: Shop) -> None:
    add(shop, "SOME_OTHER_KEY", "x")
    wanted = {"key": "TOKEN", "secret_value": "SOME_OTHER_KEY"}
    assert "is the key of a variable" in run.fails(ProjectVariables, check_mode=True, **options(wanted))


def test_a_secret_that_shall_not_be_masked_is_still_shown_nowhere(run: Runner, shop: Shop) -> None:
    result = run.ok(ProjectVariables, **options({"key": "PIN", "secret_value": "1234567", "masked": False}))
    assert there(shop, "PIN").masked is False
    assert "1234567" not in repr(result)
    add(shop, "PIN", "7654321")
    assert "7654321" not in repr(
        run.ok(ProjectVariables, **options({"key": "PIN", "secret_value": "1234567", "masked": False}))
    )


def test_a_masked_value_there_is_not_shown_either(run: Runner, shop: Shop) -> None:
    add(shop, "REPOSITORY", SECRET, masked=True, raw=True)
    result = run.fails(ProjectVariables, check_mode=True, **options(NAME))
    assert "cannot mask" in result and SECRET not in result
    there(shop, "REPOSITORY").masked = False
    there(shop, "REPOSITORY").value = "shown"
    assert run.ok(ProjectVariables, check_mode=True, **options(NAME))["drift"][0]["actual"] == "shown"


def test_others_stay_unless_they_are_purged(run: Runner, shop: Shop) -> None:
    add(shop, "OTHER", "x")
    add(shop, "OTHER", "y", environment_scope="production")
    run.ok(ProjectVariables, **options(NAME))
    assert len(shop.variables) == 3
    purged = run.ok(ProjectVariables, **options(NAME, purge=True))
    assert paths(purged) == ["OTHER[*]", "OTHER[production]"]
    assert list(shop.variables) == [("REPOSITORY", "*")]
    assert not run.ok(ProjectVariables, **options(NAME, purge=True))["changed"]


def test_absent_removes_the_named_ones(run: Runner, shop: Shop) -> None:
    add(shop, "OTHER", "x")
    run.ok(ProjectVariables, **options(NAME, TOKEN))
    gone = run.ok(
        ProjectVariables, **options({"key": "REPOSITORY"}, {"key": "TOKEN"}, {"key": "NEVER"}, state="absent")
    )
    assert gone["changed"]
    assert list(shop.variables) == [("OTHER", "*")]
    assert not run.ok(ProjectVariables, **options({"key": "REPOSITORY"}, state="absent"))["changed"]
    nowhere = {**options(NAME, state="absent"), "project": "acme/gone"}
    assert not run.ok(ProjectVariables, **nowhere)["changed"]


def test_without_create_a_missing_one_is_an_error(run: Runner, shop: Shop) -> None:
    assert "has no variable REPOSITORY[*]" in run.fails(ProjectVariables, **options(NAME, create=False))
    assert not run.writes()


def test_a_lost_answer_makes_no_second_one(run: Runner, shop: Shop) -> None:
    run.server.faults.add("apply_then_drop", match="POST .*/variables$")
    result = run.ok(ProjectVariables, **options(NAME, TOKEN))
    assert result["changed"]
    assert len(run.writes()) == 2


def test_named_twice_is_refused(run: Runner) -> None:
    assert "Named twice: REPOSITORY[*]" in run.fails(ProjectVariables, **options(NAME, dict(NAME)))
    assert not run.calls


def test_gitlabs_own_words_about_a_variable_are_told(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    bob = gitlab.create_user("bob")
    gitlab.grant(bob, 30, shop)
    run.login(bob)
    result = run(ProjectVariables, **options(NAME))
    assert (result["error"]["kind"], result["error"]["status"]) == ("forbidden", 403)
    assert result["error"]["request_id"]
    assert "Maintainer" in result["msg"]
