# SPDX-License-Identifier: GPL-3.0-or-later
"""upsun_integration: one for each project, the vendor's defaults, secrets with their keys, confirmation, activities
after a change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration import Integration
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Integration as Held
from tests.sandbox.upsun import Project, Upsun

from .conftest import Runner

TOKEN = "POST /oauth2/token"
LIST = "GET {p}/integrations"
SECRET = "canary-secret-of-the-consumer"


@pytest.fixture
def followed(run: Runner, upsun: Upsun, project: Project, cloud: dict[str, Any]) -> Held:
    run.ok(Integration, **cloud)
    upsun.wait(project)
    assert project.source
    return project.source


def sent(run: Runner, method: str) -> Any:
    """The body of the only call of that method to the API."""
    (body,) = [b for call, b in zip(run.calls, run.bodies, strict=True) if call.startswith(f"{method} {{p}}")]
    return json.loads(body)


# -- making -------------------------------------------------------------------------------------------------------------


def test_a_new_one_has_the_vendors_defaults_and_is_waited_for(
    run: Runner, sandbox: Sandbox, project: Project, cloud: dict[str, Any]
) -> None:
    made = run.ok(Integration, **cloud)
    assert run.calls[:5] == [
        TOKEN,
        LIST,
        "GET {p}/capabilities",
        "GET {p}/environments",
        "POST {p}/integrations",
    ]
    assert sent(run, "POST") == {
        "type": "bitbucket",
        "repository": "acme/shop",
        "app_credentials": {"key": cloud["key"], "secret": cloud["secret"]},
        "fetch_branches": True,
        "prune_branches": True,
        "build_pull_requests": True,
        "resync_pull_requests": False,
        "environment_init_resources": "parent",
    }
    resource = made["resource"]
    (hook,) = sandbox.bitbucket.hooks("acme", "shop")
    assert resource["hook_url"] == hook.url
    assert resource["webhook"] == {"registered": True, "words": None}
    assert {"main", "feature/cart"} <= set(project.environments)
    assert made["actions"][0]["call"] == "POST /projects/{projectId}/integrations"
    assert cloud["secret"] not in repr(made)


def test_what_is_right_costs_three_calls_and_two_where_nobody_asks_for_the_webhook(
    run: Runner, followed: Held, cloud: dict[str, Any]
) -> None:
    assert not run.ok(Integration, **cloud)["changed"]
    assert run.calls == [TOKEN, LIST, f"GET {{p}}/integrations/{followed.id}/activities"]
    assert not run.ok(Integration, **cloud, require_webhook=False)["changed"]
    assert run.calls == [TOKEN, LIST]


def test_check_mode_foretells_it_and_makes_nothing(run: Runner, project: Project, cloud: dict[str, Any]) -> None:
    result = run.ok(Integration, check_mode=True, **cloud)
    assert result["changed"] and not run.writes() and not project.integrations
    assert result["resource"]["hook_url"] == f"pending:upsun_integration:{project.id}"
    assert result["diff"]["after"]["secret"] == "********"
    assert cloud["secret"] not in repr(result)


@pytest.mark.parametrize("name", ["/acme/shop/", "Acme/Shop", "https://bitbucket.org/acme/shop.git"])
def test_a_repository_written_in_another_way_is_no_difference(
    run: Runner, followed: Held, cloud: dict[str, Any], name: str
) -> None:
    assert not run.ok(Integration, **{**cloud, "repository": name})["changed"]


def test_an_address_works_where_the_vendors_command_line_fails(
    run: Runner, project: Project, cloud: dict[str, Any]
) -> None:
    run.ok(Integration, **{**cloud, "repository": "https://bitbucket.org/acme/shop"})
    assert project.source and project.source.settings["repository"] == "acme/shop"


def test_without_fetching_nothing_is_pruned_and_without_pull_requests_nothing_is_said_of_them(
    run: Runner, cloud: dict[str, Any]
) -> None:
    run.ok(Integration, **cloud, fetch_branches=False, build_pull_requests=False)
    body = sent(run, "POST")
    assert (body["fetch_branches"], body["prune_branches"]) == (False, False)
    assert "resync_pull_requests" not in body


def test_a_plan_that_leaves_the_type_out_is_told_in_check_mode_too(
    run: Runner, project: Project, cloud: dict[str, Any]
) -> None:
    project.allowed = {"github": True}
    for check_mode in (True, False):
        assert "plan does not include it" in run.fails(Integration, check_mode=check_mode, **cloud)
        assert not run.writes()


def test_an_answer_that_was_lost_makes_no_second_one(
    run: Runner, sandbox: Sandbox, project: Project, cloud: dict[str, Any]
) -> None:
    sandbox.faults.add("apply_then_drop", match="^upsun POST .*/integrations$")
    made = run.ok(Integration, **cloud)
    assert made["changed"] and len(project.integrations) == 1
    assert [action["action"] for action in made["actions"]] == ["create"]


# -- changing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("prune_branches", False),
        ("build_pull_requests", False),
        ("resync_pull_requests", True),
        ("pull_requests_clone_parent_data", False),
        ("pull_requests_max_pages", 3),
        ("environment_init_resources", "minimum"),
    ],
)
def test_only_what_differs_is_sent(run: Runner, followed: Held, option: str, value: Any) -> None:
    """Also without repository, key and secret, which a change of something else does not need."""
    changed = run.ok(Integration, type="bitbucket", **{option: value})
    assert sent(run, "PATCH") == {option: value}
    assert [d["path"] for d in changed["drift"]] == [option]
    assert followed.settings[option] == value
    assert not run.ok(Integration, type="bitbucket", **{option: value})["changed"]


def test_no_limit_of_pages_is_no_difference_to_none(run: Runner, followed: Held) -> None:
    assert not run.ok(Integration, type="bitbucket", pull_requests_max_pages=0)["changed"]
    run.ok(Integration, type="bitbucket", pull_requests_max_pages=3)
    run.ok(Integration, type="bitbucket", pull_requests_max_pages=0)
    assert followed.settings["pull_requests_max_pages"] is None


def test_options_that_are_not_set_are_left_alone(run: Runner, followed: Held, cloud: dict[str, Any]) -> None:
    followed.settings["resync_pull_requests"] = True
    followed.settings["environment_init_resources"] = "manual"
    assert not run.ok(Integration, **cloud)["changed"]


def test_pruning_needs_fetching(run: Runner, followed: Held) -> None:
    message = run.fails(Integration, type="bitbucket", fetch_branches=False, prune_branches=True)
    assert "prune_branches requires fetch_branches" in message
    assert not run.calls
    run.ok(Integration, type="bitbucket", fetch_branches=False)
    assert sent(run, "PATCH") == {"fetch_branches": False, "prune_branches": False}
    assert not followed.settings["prune_branches"]
    assert "which is false in this integration" in run.fails(Integration, type="bitbucket", prune_branches=True)
    assert not run.writes()


# -- secrets ------------------------------------------------------------------------------------------------------------


def test_the_secret_is_sent_with_its_key_always_only_on_request(
    run: Runner, sandbox: Sandbox, followed: Held, cloud: dict[str, Any]
) -> None:
    assert not run.ok(Integration, **{**cloud, "secret": SECRET})["changed"]
    result = run.ok(Integration, **cloud, update_secret="always")
    assert sent(run, "PATCH") == {"app_credentials": {"key": cloud["key"], "secret": cloud["secret"]}}
    assert [d["path"] for d in result["drift"]] == ["secret"]
    assert result["drift"][0]["expected"] == "********"
    assert cloud["secret"] not in repr(result)


def test_another_key_takes_its_secret_along(
    run: Runner, sandbox: Sandbox, followed: Held, cloud: dict[str, Any]
) -> None:
    other = sandbox.bitbucket.create_oauth_consumer("acme", sandbox.upsun_consumer.scopes)
    without = {**cloud, "key": other.key, "secret": None}
    assert "Set secret as well" in run.fails(Integration, **without)
    assert not run.writes()
    result = run.ok(Integration, **{**cloud, "key": other.key, "secret": other.secret})
    assert sent(run, "PATCH") == {"app_credentials": {"key": other.key, "secret": other.secret}}
    assert {d["path"] for d in result["drift"]} == {"key", "secret"}
    assert len(sandbox.bitbucket.hooks("acme", "shop")) == 1


def test_a_secret_that_went_bad_is_sent_again_when_upsun_says_so(
    run: Runner, sandbox: Sandbox, followed: Held, cloud: dict[str, Any]
) -> None:
    options = {**cloud, "update_secret": "on_invalid", "require_webhook": False}
    assert not run.ok(Integration, **options)["changed"]
    assert run.calls == [TOKEN, LIST, f"POST {{p}}/integrations/{followed.id}/validate"]
    followed.secrets["app_credentials"] = "no longer the secret"
    foretold = run.ok(Integration, check_mode=True, **options)
    assert foretold["changed"] and not run.writes()
    run.ok(Integration, **options)
    assert followed.secrets["app_credentials"] == cloud["secret"]
    assert not run.ok(Integration, **options)["changed"]


def test_credentials_that_upsun_refuses_are_told_with_what_it_takes_and_without_the_secret(
    run: Runner, project: Project, cloud: dict[str, Any]
) -> None:
    result = run(Integration, **{**cloud, "secret": SECRET})
    assert result["error"]["status"] == 400
    for words in ("app_credentials", "private", "callback URL", "use=upsun"):
        assert words in result["msg"]
    assert SECRET not in repr(result)
    assert not project.integrations


# -- consent ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def lived_in(sandbox: Sandbox, upsun: Upsun, project: Project) -> None:
    """Somebody has pushed to the project itself before."""
    upsun.commit(project, "main", {"index.html": "Ours\n"})
    upsun.branch(project, "staging", {"staging.html": "Ours too\n"})


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_would_be_overwritten_or_deleted_is_listed_and_asked_for(
    run: Runner, sandbox: Sandbox, project: Project, cloud: dict[str, Any], check_mode: bool
) -> None:
    unknown = run(Integration, check_mode=check_mode, **cloud)
    assert unknown["error"]["code"] == "environments_at_risk"
    assert "main (" in unknown["msg"] and "staging (" in unknown["msg"]
    refs = sandbox.bitbucket.refs("acme", "shop")
    known = run.fails(Integration, check_mode=check_mode, **cloud, source_refs=refs)
    assert "overwrite the code of main" in known and "delete staging" in known and "confirm_overwrite" in known
    assert not run.writes() and not project.integrations
    run.ok(Integration, check_mode=check_mode, **cloud, confirm_overwrite=True)


def test_environments_that_are_as_the_branches_need_no_consent(
    run: Runner, sandbox: Sandbox, upsun: Upsun, project: Project, followed: Held, cloud: dict[str, Any]
) -> None:
    """The integration was lost; what it had fetched is what the repository has."""
    project.integrations.clear()
    assert "overwrite" in run.fails(Integration, **cloud)
    run.ok(Integration, **cloud, source_refs=sandbox.bitbucket.refs("acme", "shop"))


def test_a_later_change_that_takes_environments_away_asks_too(
    run: Runner, sandbox: Sandbox, upsun: Upsun, project: Project, followed: Held, cloud: dict[str, Any]
) -> None:
    refs = sandbox.bitbucket.refs("acme", "shop")
    run.ok(Integration, **cloud, prune_branches=False)
    upsun.branch(project, "mine")
    message = run.fails(Integration, **cloud, prune_branches=True, source_refs=refs)
    assert "delete mine" in message
    other = {**cloud, "repository": "acme/stock", "source_refs": sandbox.bitbucket.refs("acme", "stock")}
    assert "overwrite the code of main" in run.fails(Integration, **other)
    assert "GET {p}/environments" in run.calls
    assert not run.ok(Integration, **cloud, prune_branches=False)["changed"]
    assert "GET {p}/environments" not in run.calls


# -- one for a project --------------------------------------------------------------------------------------------------


def second(project: Project, kind: str) -> Held:
    """Another source integration, as a project may have from the times before there was a rule."""
    first = project.source
    assert first
    made = Held(kind, project, dict(first.settings), {}, first.created_at, first.updated_at)
    project.integrations[made.id] = made
    return made


def test_two_are_an_error_that_lists_both(run: Runner, project: Project, followed: Held, cloud: dict[str, Any]) -> None:
    other = second(project, "bitbucket")
    message = run.fails(Integration, **cloud)
    assert f"{followed.id} (bitbucket acme/shop)" in message and f"{other.id} (bitbucket acme/shop)" in message
    run.ok(Integration, type="bitbucket", state="absent", integration_id=other.id)
    assert list(project.integrations) == [followed.id]
    assert not run.ok(Integration, **cloud)["changed"]


def test_one_of_another_type_is_replaced_only_with_consent_and_left_alone_by_absent(
    run: Runner, sandbox: Sandbox, project: Project, followed: Held, cloud: dict[str, Any]
) -> None:
    followed.type = "gitlab"
    refs = sandbox.bitbucket.refs("acme", "shop")
    message = run.fails(Integration, **cloud)
    assert f"{followed.id} (gitlab acme/shop)" in message and "replace" in message
    assert not run.ok(Integration, type="bitbucket", state="absent")["changed"]
    foretold = run.ok(Integration, check_mode=True, **cloud, source_refs=refs, replace=True)
    assert project.source is None and list(project.integrations) == [followed.id]
    done = run.ok(Integration, **cloud, source_refs=refs, replace=True)
    assert [a["action"] for a in done["actions"]] == ["delete", "create"] == [a["action"] for a in foretold["actions"]]
    assert project.source and project.source.type == "bitbucket"
    assert {"path": "type", "expected": "bitbucket", "actual": "gitlab"} in done["drift"]


def test_absent_takes_it_away_and_is_fine_with_what_is_gone(run: Runner, project: Project, followed: Held) -> None:
    gone = run.ok(Integration, type="bitbucket", state="absent")
    assert gone["actions"][0]["call"] == "DELETE /projects/{projectId}/integrations/{integrationId}"
    assert not project.integrations
    assert not run.ok(Integration, type="bitbucket", state="absent")["changed"]
    assert run.calls == [TOKEN, LIST]


def test_an_id_that_is_not_there_is_not_made(run: Runner, cloud: dict[str, Any]) -> None:
    assert "has no source integration nosuchone" in run.fails(Integration, **cloud, integration_id="nosuchone")
    assert not run.writes()


# -- afterwards ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_webhooks(sandbox: Sandbox, cloud: dict[str, Any]) -> None:
    """A consumer that may read and not add webhooks: Upsun takes it all the same."""
    consumer = sandbox.bitbucket.create_oauth_consumer("acme", ("repository", "pullrequest"))
    cloud.update(key=consumer.key, secret=consumer.secret)


@pytest.mark.usefixtures("no_webhooks")
def test_a_webhook_that_upsun_could_not_add_is_an_error_with_the_words_of_the_log(
    run: Runner, project: Project, cloud: dict[str, Any]
) -> None:
    first = run(Integration, **cloud)
    for words in ("could not add its webhook", "webhook could not be registered", "403", "by hand", "require_webhook"):
        assert words in first["msg"]
    assert project.source
    assert project.source.id in first["msg"]  # in the address for the webhook
    # It is not forgotten by the next run, nor by check mode.
    for check_mode in (True, False):
        assert "could not add its webhook" in run.fails(Integration, check_mode=check_mode, **cloud)
    assert not run.ok(Integration, **cloud, require_webhook=False)["changed"]


@pytest.mark.usefixtures("no_webhooks")
def test_a_webhook_added_otherwise_is_told_and_no_error(run: Runner, cloud: dict[str, Any]) -> None:
    made = run.ok(Integration, **cloud, require_webhook=False)
    assert made["resource"]["webhook"]["registered"] is False
    assert "403" in made["resource"]["webhook"]["words"]


def test_a_fetch_that_fails_is_an_error_at_once_and_a_warning_later(
    run: Runner, sandbox: Sandbox, project: Project, cloud: dict[str, Any]
) -> None:
    sandbox.faults.add("status", match="^bitbucket GET .*/pullrequests", status=503, times=None)
    message = run.fails(Integration, **cloud)
    assert "could not fetch the repository" in message and "Fetching acme/shop failed" in message
    sandbox.faults.clear()
    assert not run.ok(Integration, **cloud)["changed"]
    assert "Fetching acme/shop failed" in run.warnings[0]


def test_waiting_can_be_left_out(run: Runner, project: Project, cloud: dict[str, Any]) -> None:
    made = run.ok(Integration, **cloud, wait=False)
    assert made["resource"]["webhook"] == {"registered": None, "words": None}
    assert run.ok(Integration, **cloud)["resource"]["webhook"]["registered"] is True


def test_somebody_who_watches_sees_what_is_under_way(
    run: Runner, monkeypatch: pytest.MonkeyPatch, cloud: dict[str, Any]
) -> None:
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.core import waiting

    monkeypatch.setattr(waiting, "_PROGRESS_EVERY", 0.0)
    run.ok(Integration, **cloud)
    assert any("bitbucket.register_hooks" in line and "%" in line for line in run.progress)


# -- refused before the first call --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"type": "bitbucket_server", "resync_pull_requests": True}, "resync_pull_requests cannot be used"),
        ({"type": "bitbucket_server", "key": "k", "secret": "s"}, "key and secret cannot be used"),
        ({"type": "bitbucket", "token": "t", "url": "https://x"}, "token and url cannot be used"),
        ({"type": "bitbucket", "repository": "shop"}, "is not a valid repository"),
        ({"type": "bitbucket", "repository": "https://bitbucket.org/acme/shop/src/main"}, "is not a valid repository"),
        ({"type": "bitbucket_server", "url": "bb.example.com"}, "address of the server"),
        ({"type": "bitbucket_server", "url": "https://jdoe:pass@bb.example.com"}, "without a user"),
        ({"type": "bitbucket", "project": "My shop"}, "not the id of an Upsun project"),
    ],
)
def test_bad_input_is_refused_before_the_first_call(run: Runner, options: dict[str, Any], words: str) -> None:
    assert words in run.fails(Integration, **options)
    assert not run.calls


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"type": "bitbucket", "repository": "acme/shop"}, "needs key and secret"),
        ({"type": "bitbucket_server", "repository": "SHOP/shop", "url": "https://x"}, "needs username and token"),
    ],
)
def test_a_new_one_that_lacks_something_is_refused_before_the_first_change(
    run: Runner, options: dict[str, Any], words: str
) -> None:
    assert words in run.fails(Integration, **options)
    assert not run.writes()


# -- who may ------------------------------------------------------------------------------------------------------------


def test_a_viewer_is_told_what_it_takes(run: Runner, upsun: Upsun, project: Project, cloud: dict[str, Any]) -> None:
    viewer = upsun.create_user("bob")
    upsun.grant(viewer, project, "viewer")
    message = run.fails(Integration, **cloud, api_token=upsun.create_api_token(viewer).secret)
    assert "403" in message and "admin of the project" in message


def test_a_token_that_ends_meanwhile_is_exchanged_anew(run: Runner, sandbox: Sandbox, cloud: dict[str, Any]) -> None:
    """Nothing says how long one really lasts: its end is seen by the refusal."""
    sandbox.faults.add("status", match="^upsun GET .*/activities", status=401, times=1)
    run.ok(Integration, **cloud)
    assert run.calls.count(TOKEN) == 2
