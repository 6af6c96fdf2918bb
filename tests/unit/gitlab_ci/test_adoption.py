# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors, webhooks and Pipelines variables that somebody made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.adopted import mirrored_by
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.pull import PullLink
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.push import PushLink
from tests.sandbox.bitbucket.model import Webhook
from tests.sandbox.bitbucket.pipelines_model import PipelineVariable
from tests.sandbox.gitlab import Project

from .test_links import World, world

__all__ = ["world"]
PENDING = {"project": "pending:gitlab_project:acme/shop", "pull_mirroring": True}


@pytest.fixture
def theirs(world: World) -> Project:
    return world.sandbox.gitlab.create_project("acme", "storefront")


def hook(world: World, url: str, description: str = "Theirs") -> Webhook:
    repository = world.sandbox.bitbucket.repository("acme", "shop")
    made = Webhook(repository, url, ["repo:push"], description, True, world.sandbox.clock.datetime())
    repository.hooks[made.uuid] = made
    return made


def trigger(world: World, project: Project) -> str:
    return f"{world.sandbox.gitlab.url}/api/v4/projects/{project.id}/mirror/pull?private_token=glpat-theirs-1234567"


# -- webhooks ------------------------------------------------------------------------------------------------------------


def test_a_webhook_leads_to_the_project_whose_mirror_it_starts(world: World, theirs: Project) -> None:
    made = hook(world, trigger(world, theirs))
    result = world.pull(True, **PENDING)
    assert result["unmanaged"] == [
        {
            "kind": "bitbucket_webhook",
            "name": "Theirs",
            "where": made.uuid,
            "variable": "project",
            "value": "acme/storefront",
            "reason": f"it starts the pull mirror of the GitLab project {theirs.id}",
        }
    ]
    assert "glpat-theirs" not in str(result)


def test_of_a_project_that_cannot_be_read_the_id_is_told(world: World, theirs: Project) -> None:
    hook(world, trigger(world, theirs))
    theirs.namespace = world.sandbox.gitlab.create_group("others")
    theirs.members.clear()
    (one,) = world.pull(True, **PENDING)["unmanaged"]
    assert (one["variable"], one["value"]) == ("project", str(theirs.id))


@pytest.mark.parametrize("url", ["https://ci.example.com/hook", "https://gitlab.com/api/v4/projects/7/mirror/pull"])
def test_other_webhooks_are_none_of_its_business(world: World, url: str) -> None:
    hook(world, url)
    assert "unmanaged" not in world.pull(True, **PENDING)


def test_beside_ours_it_is_named_and_not_adopted(world: World, theirs: Project) -> None:
    world.pull()
    hook(world, trigger(world, theirs))
    calls = len(world.pull() and world.sandbox.calls.all())
    (one,) = world.pull()["unmanaged"]
    assert (one["variable"], one["value"]) == ("", None)
    world.sandbox.bitbucket.repository("acme", "shop").hooks.popitem()
    assert "unmanaged" not in world.pull()
    assert len(world.sandbox.calls.all()) == calls, "it costs a request"


def test_one_to_the_same_project_is_taken_with_its_description(world: World) -> None:
    made = hook(world, trigger(world, world.project), "Start GitLab")
    result = world.pull()
    assert "unmanaged" not in result
    (token,) = world.live_tokens()
    assert list(world.sandbox.bitbucket.repository("acme", "shop").hooks) == [made.uuid]
    assert made.description == f"Start GitLab (token {token.id})" and token.secret in made.url
    assert not world.pull()["changed"]
    world.pull(hook_description="Ours", token_days=365, token_renew_before_days=200)
    assert made.description.startswith("Ours (token ")


@pytest.mark.parametrize(("description", "kept"), [("Theirs", True), ("GitLab mirror (token 7)", False)])
def test_a_teardown_keeps_a_webhook_that_is_not_ours(world: World, description: str, kept: bool) -> None:
    made = hook(world, trigger(world, world.project), description)
    result = world(PullLink, state="absent", unmarked="keep")
    assert (made.uuid in world.sandbox.bitbucket.repository("acme", "shop").hooks) is kept
    assert ([one["where"] for one in result.get("kept", [])] == [made.uuid]) is kept
    assert world(PullLink, state="absent")["changed"] is kept


def test_one_with_the_description_of_the_variable_is_ours(world: World) -> None:
    hook(world, trigger(world, world.project), "Start it (token 7)")
    assert world(PullLink, state="absent", unmarked="keep", hook_description="Start it")["changed"]


# -- mirrors -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adopted", [True, False])
def test_rules_of_an_adopted_mirror_stay(world: World, adopted: bool) -> None:
    world.pull()
    mirror = world.project.mirror
    mirror.branch_regex, mirror.overwrite, mirror.trigger_builds = "^main$", False, False
    result = world.pull(adopted=adopted, verify="never")
    changed = {one["path"] for one in result["drift"]}
    rules = {"mirror.mirror_branch_regex", "mirror.mirror_overwrites_diverged_branches"}
    assert changed == {"mirror.mirror_trigger_builds", *(() if adopted else rules)}
    assert mirror.trigger_builds and (mirror.branch_regex == "^main$") is adopted and mirror.overwrite is not adopted


def test_what_is_set_counts_for_an_adopted_mirror_too(world: World) -> None:
    world.pull()
    mirror = world.project.mirror
    mirror.branch_regex, mirror.overwrite = "^main$", False
    assert not world.pull(adopted=True)["changed"]
    world.pull(adopted=True, branch_regex="", overwrite_diverged=True)
    assert (mirror.branch_regex or "", mirror.overwrite) == ("", True)


def test_a_new_mirror_of_an_adopted_project_has_the_defaults(world: World) -> None:
    world.pull(adopted=True)
    assert world.project.mirror.overwrite and world.project.mirror.trigger_builds


@pytest.mark.parametrize(("topics", "unmarked", "enabled"), [([], "keep", True), (["repobridge"], "keep", False)])
def test_a_teardown_keeps_the_mirror_of_an_adopted_project(
    world: World, topics: list[str], unmarked: str, enabled: bool
) -> None:
    world.pull()
    world.project.settings["topics"] = topics
    result = world(PullLink, state="absent", unmarked=unmarked)
    assert world.project.mirror.enabled is enabled
    assert ("gitlab_pull_mirror" in [one["kind"] for one in result.get("kept", [])]) is enabled
    assert world(PullLink, state="absent")["changed"] is enabled


def test_only_refs_that_the_mirror_takes_are_compared() -> None:
    takes = mirrored_by({"mirror_branch_regex": "^(main|release/.*)$"})
    assert takes("refs/heads/main") and takes("refs/heads/release/1") and takes("refs/tags/v1")
    assert not takes("refs/heads/feature/cart")
    for everything in ({}, {"mirror_branch_regex": None}, {"mirror_branch_regex": ""}):
        assert mirrored_by(everything)("refs/heads/feature/cart")
    for unknown in ({"mirror_branch_regex": "(?P<"}, {"only_mirror_protected_branches": True}):
        assert not mirrored_by(unknown)("refs/heads/main") and mirrored_by(unknown)("refs/tags/v1")


# -- pushes --------------------------------------------------------------------------------------------------------------


def variable(world: World, key: str, secured: bool = True) -> None:
    made = PipelineVariable(key, "glpat-of-somebody", secured)
    world.sandbox.bitbucket.repository("acme", "shop").pipelines.variables[made.uuid] = made


def test_variables_of_another_push_are_named(world: World) -> None:
    for key in ("MY_GITLAB_TOKEN", "COLOUR"):
        variable(world, key)
    variable(world, "GITLAB_HOST", secured=False)
    result = world.push(True)
    assert [(one["kind"], one["name"], one["variable"]) for one in result["unmanaged"]] == [
        ("bitbucket_pipeline_variables", "MY_GITLAB_TOKEN", "")
    ]
    assert "glpat-of-somebody" not in str(result)
    world.push()
    assert "unmanaged" not in world.push()


def test_a_teardown_leaves_them(world: World) -> None:
    world.push()
    variable(world, "MY_GITLAB_TOKEN")
    kept: dict[str, Any] = world.sandbox.bitbucket.repository("acme", "shop").pipelines.variables
    world(PushLink, state="absent", mirror="push")
    assert [one.key for one in kept.values()] == ["MY_GITLAB_TOKEN"]
