# SPDX-License-Identifier: GPL-3.0-or-later
"""upsun_repository (RepositoryLink): its number of requests, and the renewal of Upsun's token without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.upsun.repository import RepositoryLink
from tests.sandbox.sandbox import Sandbox

Result = dict[str, Any]


class World:
    """A sandbox with the shop in Bitbucket Data Center, and Jane's password."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        sandbox.populate()
        user = sandbox.bitbucket_dc_user
        self.bitbucket = {"bitbucket_url": sandbox.bitbucket_dc.url, "username": user.name, "password": user.password}
        self.upsun = {
            "api_token": sandbox.upsun_token.secret,
            "api_url": sandbox.upsun.api_url,
            "auth_url": sandbox.upsun.auth_url,
        }

    def __call__(self, check_mode: bool = False, **params: Any) -> Result:
        place = {"workspace": "ACME", "repository": "shop", "project": self.sandbox.upsun_project.id}
        given = {"bitbucket": self.bitbucket, "upsun": self.upsun, "poll_interval": 0.01, **place, **params}
        validation = ArgumentSpecValidator(RepositoryLink.spec.options, **RepositoryLink.spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        self.sandbox.calls.clear()
        return execute(RepositoryLink, validation.validated_parameters, Context(check_mode=check_mode))

    def ok(self, check_mode: bool = False, **params: Any) -> Result:
        result = self(check_mode, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def live_tokens(self) -> list[Any]:
        found = self.sandbox.bitbucket_dc.tokens.of(self.sandbox.bitbucket_dc_user)
        return [one for one in found if one.name.startswith("upsun-") and not one.revoked]

    def writes(self) -> list[str]:
        """What changed something, as service and method; Upsun's own calls of Bitbucket are left out."""
        reading = ("/oauth2/token", "/validate")
        calls = [c for c in self.sandbox.calls.all() if c.method not in ("GET", "HEAD")]
        return [
            f"{c.service} {c.method} {'tokens' if 'access-tokens' in c.path else c.path.split('/')[3]}"
            for c in calls
            if not c.path.endswith(reading) and "/webhooks" not in c.path
        ]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("REPOBRIDGE_POLL_INTERVAL", "0.01")
    with Sandbox() as sandbox:
        yield World(sandbox)


def test_with_nothing_to_do_the_api_token_is_exchanged_once_and_nothing_is_read_twice(world: World) -> None:
    world.ok()
    assert not world.ok()["changed"]
    calls = [f"{call.service} {call.method} {call.path}" for call in world.sandbox.calls.all()]
    assert len([call for call in calls if call.startswith("upsun-auth ")]) == 1
    assert len([call for call in calls if call.startswith("upsun ")]) == 2
    assert len(calls) == len(set(calls)), calls


def test_a_token_is_created_given_to_upsun_and_then_the_old_one_is_revoked(world: World) -> None:
    world.ok()
    (old,) = world.live_tokens()
    result = world.ok(server_token_renew_before_days=89, server_token_days=90)
    assert not result["changed"], "what is valid for long enough is not renewed"
    world.ok(server_token_renew_before_days=100, server_token_days=200)
    assert world.writes() == ["bitbucket-dc PUT tokens", "upsun PATCH integrations", "bitbucket-dc DELETE tokens"]
    (new,) = world.live_tokens()
    source = world.sandbox.upsun_project.source
    assert source and new is not old and source.secrets["token"] == new.secret


def test_an_event_that_is_missing_is_added_and_those_beyond_are_left(world: World) -> None:
    world.ok()
    (hook,) = world.sandbox.bitbucket_dc.hooks("ACME", "shop")
    needed = sorted(hook.events)
    hook.events = [event for event in needed if event != "repo:refs_changed"] + ["repo:forked"]
    result = world.ok()
    assert [one["path"] for one in result["drift"]] == ["webhook.events"]
    (hook,) = world.sandbox.bitbucket_dc.hooks("ACME", "shop")
    assert "repo:refs_changed" in hook.events and "repo:forked" in hook.events
    assert not world.ok()["changed"]


def test_no_token_is_in_a_result(world: World) -> None:
    results = [world.ok(), world.ok(server_token_renew_before_days=100, server_token_days=200)]
    secrets = [one.secret for one in world.sandbox.bitbucket_dc.tokens.of(world.sandbox.bitbucket_dc_user)]
    assert not [secret for secret in (*secrets, world.bitbucket["password"]) if secret in str(results)]


def test_check_mode_lists_all_that_is_to_be_created(world: World) -> None:
    foretold = world.ok(check_mode=True)
    assert not world.writes()
    assert foretold["actions"] == [a for a in world.ok()["actions"] if a["action"] == "create"]


def test_an_integration_of_another_type_is_left_without_consent(world: World) -> None:
    world.ok()
    source = world.sandbox.upsun_project.source
    assert source
    source.type = "github"
    result = world()
    assert result["failed"] and "replace" in result["msg"]
    world.ok(state="absent")
    assert source in world.sandbox.upsun_project.integrations.values() and not world.live_tokens()


def test_all_of_it_is_removed_and_again_is_nothing(world: World) -> None:
    world.ok()
    assert world.ok(state="absent")["changed"]
    assert not world.sandbox.upsun_project.source and not world.live_tokens()
    assert not world.sandbox.bitbucket_dc.hooks("ACME", "shop")
    assert not world.ok(state="absent")["changed"]
