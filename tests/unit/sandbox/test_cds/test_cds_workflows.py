# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications and workflows: repositories attached, webhooks made, changed and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.sandbox.cds.loop import connect, make_workflow, push, runs, statuses
from tests.sandbox.cds.world import World

PLACE = "/project/DEMO/workflows/wf"


def hooks(world: World) -> list[tuple[str, list[str]]]:
    return [(hook.uuid, hook.events) for hook in world.bitbucket.bitbucket.hooks("acme", "app")]


def put(world: World, change: Callable[[dict[str, Any]], None]) -> Any:
    """Read the workflow, change it, send it back."""
    workflow = world.get(PLACE).json()
    change(workflow)
    return world.call("PUT", PLACE, json=workflow)


# -- applications -------------------------------------------------------------------------------------------------


def test_an_application_is_made_with_a_200(new: World) -> None:
    answer = new.post("/project/DEMO/applications", json={"name": "app"})
    assert answer.status_code == 200
    assert "vcs_server" not in answer.json()
    again = new.post("/project/DEMO/applications", json={"name": "app"})
    assert (again.status_code, again.json()["id"]) == (403, 69)
    assert new.post("/project/DEMO/applications", json={"name": "a b"}).json()["id"] == 36


@pytest.mark.parametrize(("version", "number"), [("0.41.0", 19), ("0.57.0", 38)])
def test_an_unknown_application_is_a_404_of_the_release_s_number(
    build: Callable[..., World], version: str, number: int
) -> None:
    answer = build(version).get("/project/DEMO/application/none")
    assert (answer.status_code, answer.json()["id"]) == (404, number)


def test_a_repository_is_attached_if_bitbucket_has_it(new: World) -> None:
    connect(new)
    path = "/project/DEMO/repositories_manager/bb/application/app"
    assert new.get("/project/DEMO/application/app").json()["repository_fullname"] == "acme/app"
    answer = new.post(f"{path}/attach", params={"fullname": "acme/none"})
    assert (answer.status_code, answer.json()["id"]) == (404, 45)
    assert new.post(f"{path}/attach", data={"fullname": "acme/app"}).status_code == 200
    assert "vcs_server" not in new.post(f"{path}/detach").json()


def test_attaching_needs_a_way_to_the_server(new: World) -> None:
    new.cds.create_application(new.project, "app")
    path = "/project/DEMO/repositories_manager/none/application/app/attach"
    answer = new.post(path, params={"fullname": "acme/app"})
    assert (answer.status_code, answer.json()["id"]) == (403, 44)


def test_a_repository_in_use_by_a_webhook_is_not_detached(new: World) -> None:
    connect(new)
    make_workflow(new)
    answer = new.post("/project/DEMO/repositories_manager/bb/application/app/detach")
    assert (answer.status_code, answer.json()["id"]) == (403, 177)
    assert new.call("DELETE", "/project/DEMO/application/app").json()["id"] == 163


def test_how_it_is_cloned_is_part_of_the_application(new: World) -> None:
    connect(new)
    strategy = {"connection_type": "https", "user": "jdoe", "password": "geheim"}
    body = {"name": "app", "vcs_strategy": strategy}
    assert new.call("PUT", "/project/DEMO/application/app", json=body).status_code == 200
    read = new.get("/project/DEMO/application/app")
    assert "geheim" not in read.text
    assert read.json()["repository_fullname"] == "acme/app"  # a PUT leaves it alone
    new.call("PUT", "/project/DEMO/application/app", json=read.json())
    assert new.project.applications["app"].strategy["password"] == "geheim"


def test_import_and_export_of_an_application(new: World) -> None:
    connect(new)
    text = new.get("/project/DEMO/export/application/app").text
    assert yaml.safe_load(text) == {"version": "v1.0", "name": "app", "vcs_server": "bb", "repo": "acme/app"}
    path = "/project/DEMO/import/application"
    assert new.post(path, data=text).status_code == 403
    assert new.post(path, data=text, params={"force": "true"}).json() == ["Application app has been updated"]


# -- webhooks -----------------------------------------------------------------------------------------------------


def test_a_webhook_needs_an_application_with_a_repository(new: World) -> None:
    new.cds.create_application(new.project, "app")
    with pytest.raises(AssertionError, match="on an application without a repository"):
        make_workflow(new)


def test_without_the_hooks_service_nobody_says_what_is_wrong(new: World) -> None:
    connect(new)
    new.cds.services.remove("cds-hooks")
    with pytest.raises(AssertionError, match="internal server error"):
        make_workflow(new)
    assert new.get(PLACE).status_code == 404


def test_an_import_over_a_workflow_needs_force(new: World) -> None:
    connect(new)
    make_workflow(new)
    text = new.get("/project/DEMO/export/workflows/wf").text
    answer = new.post("/project/DEMO/import/workflows", data=text)
    assert (answer.status_code, answer.json()["from"]) == (403, "workflow exists")
    before = hooks(new)
    assert new.post("/project/DEMO/import/workflows", data=text, params={"force": "true"}).status_code == 200
    assert hooks(new) == before  # the same hook, found again by what can be set on it


def test_other_events_make_another_hook_by_import(middle: World) -> None:
    """It is found again by its events; so with others it is a new one, and the old one is removed."""
    connect(middle)
    make_workflow(middle)
    before = hooks(middle)
    value = yaml.safe_load(middle.get("/project/DEMO/export/workflows/wf").text)
    value["hooks"]["build"][0]["config"] = {"eventFilter": "repo:push;pullrequest:created"}
    middle.post("/project/DEMO/import/workflows", json=value, params={"force": "true"})
    after = hooks(middle)
    assert [events for _, events in after] == [["repo:push", "pullrequest:created"]]
    assert after[0][0] != before[0][0]


def test_a_put_with_other_events_changes_the_hook(new: World) -> None:
    """And what CDS does not know of it, it overwrites: the description loses its end."""
    connect(new)
    make_workflow(new)
    before = hooks(new)

    def change(workflow: dict[str, Any]) -> None:
        config = workflow["workflow_data"]["node"]["hooks"][0]["config"]
        config["eventFilter"]["value"] = "repo:push;pullrequest:created"

    assert put(new, change).status_code == 200
    assert hooks(new) == [(before[0][0], ["repo:push", "pullrequest:created"])]
    assert new.bitbucket.bitbucket.hooks("acme", "app")[0].description == "CDS webhook"


def test_a_hook_that_somebody_removed_in_bitbucket_is_made_again_when_it_is_changed(new: World) -> None:
    """And only then: an unchanged workflow calls nobody."""
    connect(new)
    make_workflow(new)
    new.bitbucket.bitbucket.repository("acme", "app").hooks.clear()
    assert put(new, lambda workflow: None).status_code == 200
    assert hooks(new) == []

    def change(workflow: dict[str, Any]) -> None:
        workflow["workflow_data"]["node"]["hooks"][0]["config"].pop("webHookID")

    assert put(new, change).status_code == 200
    assert len(hooks(new)) == 1


@pytest.mark.parametrize(("version", "moved"), [("0.41.0", False), ("0.57.0", True)])
def test_a_hook_follows_its_application_to_another_repository(
    build: Callable[..., World], version: str, moved: bool
) -> None:
    """Once the workflow is sent again; up to 0.47 it stays where it was."""
    world = build(version)
    server = connect(world)
    make_workflow(world)
    world.bitbucket.bitbucket.create_repository("acme", "other", {"a": "b"})
    world.cds.clock.advance(10)
    world.bitbucket.bitbucket.grant(world.bitbucket.owner, "admin", "acme", "other")
    world.attach(server, repository="acme/other")
    assert put(world, lambda workflow: None).status_code == 200
    assert len(world.bitbucket.bitbucket.hooks("acme", "other")) == (1 if moved else 0)
    assert len(hooks(world)) == (0 if moved else 1)


def test_a_workflow_without_the_hook_has_none_in_bitbucket(new: World) -> None:
    connect(new)
    make_workflow(new)
    answer = put(new, lambda workflow: workflow["workflow_data"]["node"].update(hooks=[]))
    assert answer.json()["workflow_data"]["node"]["hooks"] is None
    assert hooks(new) == []


def test_what_goes_wrong_with_a_removal_is_only_logged(new: World) -> None:
    connect(new)
    make_workflow(new)
    new.bitbucket.bitbucket.revoke(new.bitbucket.token)
    assert put(new, lambda workflow: workflow["workflow_data"]["node"].update(hooks=[])).status_code == 200
    assert len(hooks(new)) == 1
    assert "Cannot delete hook" in new.cds.log[-1]


def test_a_deleted_workflow_is_out_of_sight_before_its_hook_is(new: World) -> None:
    connect(new)
    make_workflow(new)
    assert new.call("DELETE", PLACE).status_code == 200
    assert new.get(PLACE).status_code == 404
    assert len(hooks(new)) == 1
    with pytest.raises(AssertionError):
        make_workflow(new)  # the name is still taken
    new.settle(60)
    assert hooks(new) == []
    make_workflow(new)


def test_bitbucket_s_refusal_of_a_hook_is_a_500(middle: World) -> None:
    """A consumer without the scope webhook can be linked, and makes no hooks."""
    middle.oauth.scopes = ("account", "repository")
    connect(middle)
    with pytest.raises(AssertionError, match="internal server error"):
        make_workflow(middle)


def test_the_name_of_the_hook_model_must_be_known(new: World) -> None:
    connect(new)
    with pytest.raises(AssertionError, match="Invalid workflow"):
        make_workflow(new, hooks={"build": [{"type": "RepoWebhook"}]})


def test_the_hook_of_a_workflow_by_its_uuid(new: World) -> None:
    connect(new)
    make_workflow(new)
    hook = new.get(PLACE).json()["workflow_data"]["node"]["hooks"][0]
    assert new.get(f"{PLACE}/hooks/{hook['uuid']}").json() == hook
    assert new.get(f"{PLACE}/hooks/none").status_code == 404


def test_models_of_hooks_offer_the_webhook_where_there_is_a_repository(new: World) -> None:
    connect(new)
    make_workflow(new, hooks={})
    node = new.get(PLACE).json()["workflow_data"]["node"]["id"]
    models = new.get(f"/project/DEMO/workflow/wf/node/{node}/hook/model").json()
    assert "RepositoryWebHook" in {model["name"] for model in models}


# -- what comes in ------------------------------------------------------------------------------------------------


def test_a_webhook_s_uuid_is_all_it_takes(new: World) -> None:
    connect(new)
    make_workflow(new)
    url = new.bitbucket.bitbucket.hooks("acme", "app")[0].url.removeprefix(new.cds.url)
    payload = {"push": {"changes": [{"new": {"type": "branch", "name": "x", "target": {"hash": "0" * 40}}}]}}
    answer = new.post(url, json=payload, by=None, headers={"X-Event-Key": "repo:push"})
    assert answer.status_code == 200
    new.settle(60)
    assert [run["num"] for run in runs(new)] == [1]
    assert new.get(url, by=None).status_code == 405
    assert new.post(f"{url}x", json=payload, by=None).status_code == 404


def test_the_new_kind_of_webhook_does_not_know_bitbucket_cloud(new: World) -> None:
    answer = new.post("/ui/cdshooks/v2/webhook/repository/DEMO/bitbucketcloud/bb/x", json={}, by=None)
    assert answer.status_code == 501


def test_tags_are_runs_too(new: World) -> None:
    connect(new)
    make_workflow(new)
    new.bitbucket.bitbucket.tag("acme", "app", "v2", "main")
    new.settle(60)
    assert {"tag": "git.tag", "value": "v2"} in runs(new)[0]["tags"]  # type: ignore[operator]


# -- statuses -----------------------------------------------------------------------------------------------------

LONG = "a-workflow-with-quite-a-long-name-indeed"


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("0.41.0", set()),  # sent whole, which Bitbucket refuses
        ("0.53.0", {f"CDS/DEMO-{LONG}-build"[:36]}),
        ("0.57.0", set()),  # cut after it was copied
    ],
)
def test_long_keys_of_statuses(build: Callable[..., World], version: str, keys: set[str]) -> None:
    world = build(version)
    connect(world)
    make_workflow(world, LONG)
    push(world)
    world.settle(60)
    assert set(statuses(world)) == keys
    assert bool(world.cds.log) is not bool(keys)


@pytest.mark.parametrize(("version", "number"), [("0.41.0", 1), ("0.57.0", 0)])
def test_a_notification_can_keep_statuses_back_since_0_46(
    build: Callable[..., World], version: str, number: int
) -> None:
    world = build(version)
    connect(world)
    make_workflow(world, notifications=[{"type": "vcs", "settings": {"template": {"disable_status": True}}}])
    push(world)
    world.settle(60)
    assert len(statuses(world)) == number


COMMENTS = "repositories/acme/app/pullrequests/1/comments"


@pytest.mark.parametrize(
    ("version", "result", "settings", "expected"),
    [
        ("0.57.0", "Fail", {}, ["wf build#1 Fail"]),
        ("0.57.0", "Success", {}, []),
        ("0.57.0", "Success", {"on_success": "always"}, ["wf build#1 Success"]),
        ("0.57.0", "Fail", {"disable_comment": True}, []),
        ("0.53.0", "Fail", {}, ["wf build#1 Fail"]),
        ("0.41.0", "Fail", {}, []),
    ],
)
def test_failures_are_told_to_the_pull_request_of_the_branch(
    build: Callable[..., World], version: str, result: str, settings: dict[str, Any], expected: list[str]
) -> None:
    world = build(version)
    connect(world)
    template = {"body": "wf [[.WorkflowNodeName]]#[[.Number]] [[.Status]]"}
    if "disable_comment" in settings:
        template["disable_comment"] = settings.pop("disable_comment")
    make_workflow(world, notifications=[{"type": "vcs", "settings": {"template": template, **settings}}])
    pull = {"title": "Log in", "source": {"branch": {"name": "feature/login"}}}
    token = world.bitbucket.bitbucket.create_api_token(
        world.bitbucket.owner, ("read:pullrequest:bitbucket", "write:pullrequest:bitbucket")
    )
    assert world.bitbucket.call("POST", "repositories/acme/app/pullrequests", token, json=pull).status_code == 201
    world.cds.runs.results.append(result)
    push(world, "feature/login")
    world.settle(60)
    world.settle(60)
    values = world.bitbucket.get(COMMENTS).json()["values"]
    assert [one["content"]["raw"] for one in values] == expected


def test_a_new_workflow_gets_a_notification_of_its_own(new: World) -> None:
    connect(new)
    make_workflow(new)
    assert [one["type"] for one in new.get(PLACE).json()["notifications"]] == ["vcs"]
    put(new, lambda workflow: workflow.update(notifications=[]))
    push(new)
    new.settle(60)
    assert statuses(new) == {}


@pytest.mark.parametrize(
    ("policy", "good"),
    [
        ('return (git_branch_exist == "false" and run_days_before < 2) or run_days_before < 365', True),
        ("return not (run_days_before >= 30)", True),
        ("run_days_before < 30", False),
        ("return os.exit()", False),
        ("return (run_days_before < 30", False),
    ],
)
def test_retention_policies_are_checked(new: World, policy: str, good: bool) -> None:
    connect(new)
    if good:
        make_workflow(new, retention_policy=policy)
        return
    with pytest.raises(AssertionError, match="unable to apply retention policy"):
        make_workflow(new, retention_policy=policy)
