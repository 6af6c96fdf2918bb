# SPDX-License-Identifier: GPL-3.0-or-later
"""gitlab_ci_pull (PullLink) and gitlab_ci_push (PushLink): what they create, and how a token is renewed without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.pull import PullLink
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.push import PushLink
from tests.sandbox.sandbox import ALL_SCOPES, Sandbox

Result = dict[str, Any]
PIPELINES = ("admin:repository:bitbucket", "read:pipeline:bitbucket", "admin:pipeline:bitbucket")
SHOP = {"workspace": "acme", "repository": "shop", "project": "acme/shop"}


class World:
    """A sandbox in which ``acme/shop`` is in Bitbucket and in GitLab."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        sandbox.populate()
        sandbox.gitlab.pipelines.enabled = False
        group = sandbox.gitlab.find_namespace("acme")
        assert group
        self.project = sandbox.gitlab.create_project(group, "shop")
        jdoe = sandbox.bitbucket.users["jdoe"]
        self.token = sandbox.bitbucket.create_api_token(jdoe, (*ALL_SCOPES, *PIPELINES)).secret
        self.bitbucket = {"api_url": sandbox.bitbucket.url, "site_url": sandbox.bitbucket.url, "api_token": self.token}
        self.bitbucket["username"] = jdoe.email
        self.gitlab = {"api_url": sandbox.gitlab.url, "api_token": sandbox.gitlab_token.secret}
        self.progress: list[str] = []

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        given = {**SHOP, "bitbucket": self.bitbucket, "gitlab": self.gitlab, **params}
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        self.sandbox.calls.clear()
        context = Context(check_mode=check_mode, progress=self.progress.append)
        return execute(operation, validation.validated_parameters, context)

    def pull(self, check_mode: bool = False, **params: Any) -> Result:
        user = {"auth_user": "x-bitbucket-api-token-auth", "auth_password": self.token}
        url = self.sandbox.bitbucket.clone_url("acme", "shop")
        result = self(PullLink, check_mode, **{"url": url, **user, **params})
        assert not result.get("failed"), result["msg"]
        return result

    def push(self, check_mode: bool = False, **params: Any) -> Result:
        result = self(PushLink, check_mode, **{"main_branch": "main", **params})
        assert not result.get("failed"), result["msg"]
        return result

    def live_tokens(self) -> list[Any]:
        return [token for token in self.sandbox.gitlab.tokens.of_project(self.project) if not token.revoked]

    def order(self) -> list[str]:
        """What changed something, as service, method and the last part of the path that is no id."""
        calls = [call for call in self.sandbox.calls.all() if call.method not in ("GET", "HEAD")]
        return [f"{call.service} {call.method} {_last_word(call.path)}" for call in calls]


def _last_word(path: str) -> str:
    return next(part for part in reversed(path.split("/")) if part.replace("_", "").isalpha())


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("REPOBRIDGE_POLL_INTERVAL", "0.01")
    with Sandbox() as sandbox:
        yield World(sandbox)


def test_a_second_run_changes_nothing_and_reads_each_thing_once(world: World) -> None:
    first = world.pull()
    assert [action["kind"] for action in first["actions"]] == [
        "gitlab_pull_mirror",
        "gitlab_project_access_token",
        "bitbucket_webhook",
    ]
    assert not world.pull()["changed"]
    assert [call.service for call in world.sandbox.calls.all()] == ["gitlab", "bitbucket", "gitlab"]


def test_a_token_is_renewed_first_used_then_and_revoked_last(world: World) -> None:
    world.pull()
    (old,) = world.live_tokens()
    world.pull(token_days=20, token_renew_before_days=5)
    assert world.live_tokens() == [old], "what is valid for long enough is not renewed"
    world.pull(token_days=365, token_renew_before_days=200)
    assert world.order() == ["gitlab POST access_tokens", "bitbucket PUT hooks", "gitlab DELETE access_tokens"]
    (new,) = world.live_tokens()
    (hook,) = world.sandbox.bitbucket.hooks("acme", "shop")
    assert new is not old and new.secret in hook.url and hook.description.endswith(f"(token {new.id})")


def test_no_token_is_in_a_result(world: World) -> None:
    results = [world.pull(), world.push(), world.pull(token_days=365, token_renew_before_days=200)]
    secrets = [token.secret for token in world.sandbox.gitlab.tokens.of_project(world.project)]
    assert len(secrets) == 3
    assert not [secret for secret in (*secrets, world.token) if secret in str(results)]


def test_a_token_that_no_webhook_carries_is_replaced(world: World) -> None:
    world.pull()
    world.sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    world.pull()
    (token,), (hook,) = world.live_tokens(), world.sandbox.bitbucket.hooks("acme", "shop")
    assert token.secret in hook.url


def test_the_webhook_is_corrected_without_a_new_token(world: World) -> None:
    world.pull()
    (hook,) = world.sandbox.bitbucket.hooks("acme", "shop")
    hook.active, (token,) = False, world.live_tokens()
    result = world.pull()
    assert result["drift"] == [{"path": "webhook.active", "expected": True, "actual": False}]
    assert hook.active and world.live_tokens() == [token] and token.secret in hook.url


def test_check_mode_lists_all_that_is_to_be_created(world: World) -> None:
    foretold = world.pull(check_mode=True)
    assert not world.order()
    assert foretold["actions"] == world.pull()["actions"]
    foretold = world.push(check_mode=True)
    assert not world.order()
    assert foretold["actions"] == world.push()["actions"]


def test_refs_that_differ_are_named(world: World) -> None:
    world.pull()
    world.sandbox.bitbucket.commit("acme", "shop", "new", {"a": "b"})
    result = world(
        PullLink,
        url=world.sandbox.bitbucket.clone_url("acme", "shop"),
        auth_user="x-bitbucket-api-token-auth",
        auth_password=world.token,
        verify="always",
    )
    assert result["failed"] and "refs/heads/new" in result["msg"] and "run again" in result["msg"]


@pytest.mark.parametrize(("known", "why"), [(True, "chosen by"), (None, "assumed, because")])
def test_what_was_chosen_for_the_operator_is_said(world: World, known: bool | None, why: str) -> None:
    world.pull(mirror="auto", pull_mirroring=known)
    assert [line for line in world.progress if line.startswith(f"acme/shop: pull, {why}")]
    world.progress.clear()
    world.pull(mirror="auto", pull_mirroring=known)
    assert not world.progress


def test_the_step_gets_the_new_token_before_the_old_one_goes(world: World) -> None:
    world.push()
    world.push(token_days=365, token_renew_before_days=200)
    assert world.order() == [
        "gitlab POST access_tokens",
        "bitbucket POST variables",
        "bitbucket DELETE variables",
        "gitlab DELETE access_tokens",
    ]
    variables = world.sandbox.bitbucket.repository("acme", "shop").pipelines.variables.values()
    assert [one.key for one in variables] == [f"GITLAB_PUSH_TOKEN_{token.id}" for token in world.live_tokens()]


def test_a_token_in_clear_is_replaced(world: World) -> None:
    world.push()
    (variable,) = world.sandbox.bitbucket.repository("acme", "shop").pipelines.variables.values()
    variable.secured = False
    world.push()
    (variable,) = world.sandbox.bitbucket.repository("acme", "shop").pipelines.variables.values()
    (token,) = world.live_tokens()
    assert variable.secured and variable.key.endswith(f"_{token.id}")


def test_all_of_it_is_removed_and_again_is_nothing(world: World) -> None:
    world.pull()
    world.push()
    for link in (PullLink, PushLink):
        assert world(link, state="absent")["changed"]
        assert not world(link, state="absent")["changed"]
    repository = world.sandbox.bitbucket.repository("acme", "shop")
    assert not repository.hooks and not repository.pipelines.variables and not repository.pipelines.enabled
    assert not world.live_tokens() and not world.project.mirror.enabled


@pytest.mark.parametrize(
    ("more", "looked"),
    [
        ({"mirror": "pull"}, False),
        ({"mirror": "auto", "pull_mirroring": True}, False),
        ({"mirror": "auto", "pull_mirroring": False}, True),
        ({"mirror": "auto"}, False),
        ({"mirror": "auto", "removed": ["push_to_gitlab.content"]}, True),
    ],
)
def test_pipelines_is_looked_at_only_where_it_was_used(world: World, more: dict[str, Any], looked: bool) -> None:
    world(PushLink, state="absent", **more)
    assert bool([call for call in world.sandbox.calls.all() if call.service == "bitbucket"]) is looked


def test_pipelines_of_somebody_else_stay_on(world: World) -> None:
    world.push()
    world(PushLink, state="absent", kept=["bitbucket-pipelines.yml"])
    assert world.sandbox.bitbucket.repository("acme", "shop").pipelines.enabled


def test_a_redirect_is_an_error_of_the_link(world: World) -> None:
    result = world(
        PullLink,
        url="https://bitbucket.org/acme/shop.git",
        auth_user="u",
        auth_password="p",
        gitlab={**world.gitlab, "api_token": "wrong"},
    )
    assert result["failed"] and result["error"]["module"] == "gitlab_ci_pull" and "401" in result["msg"]
