# SPDX-License-Identifier: GPL-3.0-or-later
"""The role if Upsun cannot add the webhook, or if data exists already: one webhook, and changes only after
confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.sandbox import Sandbox

from . import examples
from .playbook import Run
from .scenarios.upsun import UpsunCloud, UpsunOwnToken, integration

pytestmark = pytest.mark.any_core


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[UpsunCloud]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = UpsunCloud(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


def hooks(scenario: UpsunCloud) -> list[Any]:
    return scenario.sandbox.bitbucket.hooks("acme", "shop")


def done(run: Run) -> list[tuple[str, str]]:
    """What was done; a look for a webhook that is missing foretells its creation, which comes once all the same."""
    return list(dict.fromkeys((action, kind) for action, kind, _ in run.actions))


@pytest.fixture
def refused(scenario: UpsunCloud) -> UpsunCloud:
    """Bitbucket lets Upsun add no webhook, once."""
    scenario.sandbox.faults.add("status", match="^bitbucket POST .*/hooks$", status=403, times=1)
    return scenario


def test_a_webhook_that_upsun_could_not_add_is_added_by_hand(refused: UpsunCloud) -> None:
    run = refused.run(refused.site).ok()
    assert done(run) == [("create", "upsun_integration"), ("create", "bitbucket_webhook")]
    (hook,) = hooks(refused)
    assert hook.description == f"Upsun: {refused.sandbox.upsun_project.id}"
    assert {"repo:push", "pullrequest:created", "pullrequest:fulfilled"} <= set(hook.events)
    assert not any("comment" in event or "approv" in event for event in hook.events)
    refused.verify()
    assert refused.run_here(refused.site).ok().changed == 0


def test_a_success_of_upsuns_that_hides_a_failed_webhook_is_seen(refused: UpsunCloud) -> None:
    """Upsun's documentation warns of it: only Bitbucket knows."""
    refused.sandbox.upsun.synchronization.hides_failed_hooks = True
    run = refused.run_here(refused.site).ok()
    assert ("create", "bitbucket_webhook") in done(run)
    assert len(hooks(refused)) == 1
    refused.verify()


def test_it_goes_when_upsun_adds_its_own(refused: UpsunCloud) -> None:
    """A new consumer makes Upsun look after its webhook again, and it does not know of the one that is there."""
    refused.run_here(refused.site).ok()
    sandbox = refused.sandbox
    consumer = sandbox.bitbucket.create_oauth_consumer("acme", sandbox.upsun_consumer.scopes)
    refused.extra["upsun_consumer_key"], refused.secret = consumer.key, consumer.secret
    run = refused.run_here(refused.site).ok()
    assert ("delete", "bitbucket_webhook") in done(run)
    (hook,) = hooks(refused)
    assert hook.uuid == integration(sandbox).hook_id
    refused.verify()
    assert refused.run_here(refused.site).ok().changed == 0


def test_a_webhook_that_somebody_deleted_is_found_by_the_audit_and_added(scenario: UpsunCloud) -> None:
    scenario.run_here(scenario.site).ok()
    hooks(scenario)
    scenario.sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    audit = scenario.run(scenario.audit, repobridge_fail_on_drift=True)
    assert audit.failures and "create bitbucket_webhook" in " ".join(audit.output.split())
    run = scenario.run_here(scenario.site).ok()
    assert done(run) == [("create", "bitbucket_webhook")]
    scenario.verify()


def test_what_upsun_listens_to_beyond_is_left_alone(scenario: UpsunCloud) -> None:
    scenario.run_here(scenario.site).ok()
    hooks(scenario)[0].events = [*hooks(scenario)[0].events, "repo:fork"]
    assert scenario.run_here(scenario.site).ok().changed == 0


def test_two_webhooks_with_its_address_are_an_error_that_names_both(scenario: UpsunCloud) -> None:
    scenario.run_here(scenario.site).ok()
    bitbucket, first = scenario.sandbox.bitbucket, hooks(scenario)[0]
    second = type(first)(**{**vars(first), "uuid": "{0d7a2b1c-0000-4000-8000-000000000000}"})
    bitbucket.repository("acme", "shop").hooks[second.uuid] = second
    (failure,) = scenario.run_here(scenario.site).failures
    assert first.uuid in failure["msg"] and second.uuid in failure["msg"]


def test_the_consumer_can_be_the_credential_of_the_run_too(scenario: UpsunCloud) -> None:
    for name in ("BITBUCKET_USERNAME", "BITBUCKET_API_TOKEN"):
        del scenario.environment[name]
    consumer = scenario.sandbox.upsun_consumer
    scenario.environment.update(BITBUCKET_CLIENT_ID=consumer.key, BITBUCKET_CLIENT_SECRET=consumer.secret)
    scenario.inventory.write_text(
        "\n".join(line for line in scenario.inventory_text().splitlines() if "upsun_consumer" not in line)
    )
    scenario.run_here(scenario.site).ok()
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0
    scenario.run_here(scenario.teardown).ok()
    assert not any(scenario.made().values())


def test_a_project_that_follows_something_else_is_left_alone_by_teardown(scenario: UpsunCloud) -> None:
    scenario.run_here(scenario.site).ok()
    integration(scenario.sandbox).settings["repository"] = "acme/stock"
    assert scenario.run_here(scenario.teardown).ok().changed == 0
    assert scenario.sandbox.upsun_project.source


def test_environments_that_differ_are_named(scenario: UpsunCloud) -> None:
    scenario.run_here(scenario.site).ok()
    project = scenario.sandbox.upsun_project
    scenario.settle()
    project.environments["feature/cart"].parent = "pr-1"
    (failure,) = scenario.run_here(scenario.site, upsun_verify="always").failures
    assert "the parent of the environment feature/cart is pr-1, and should be main" in failure["msg"]
    scenario.run_here(scenario.site, upsun_verify="never").ok()


def test_without_fetching_only_pull_requests_are_verified(scenario: UpsunCloud) -> None:
    scenario.run_here(scenario.site, upsun_fetch_branches=False).ok()
    settings = integration(scenario.sandbox).settings
    assert (settings["fetch_branches"], settings["prune_branches"]) == (False, False)
    assert "feature/cart" not in scenario.sandbox.upsun_project.environments
    assert scenario.run_here(scenario.site, upsun_fetch_branches=False).ok().changed == 0
    scenario.run_here(scenario.site).ok()
    scenario.verify()


# -- a token that the role makes ----------------------------------------------------------------------------------------


@pytest.fixture
def own_token(tmp_path: Path) -> Iterator[UpsunOwnToken]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = UpsunOwnToken(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


def test_a_token_is_renewed_before_it_ends_and_upsun_has_the_new_one(own_token: UpsunOwnToken) -> None:
    scenario = own_token
    scenario.run_here(scenario.site).ok()
    (old,) = scenario.own_tokens()
    assert set(old.permissions) == {"PROJECT_READ", "REPO_ADMIN"}
    assert old.expires
    old.expires -= timedelta(days=50)
    assert scenario.run_here(scenario.site).ok().changed == 0
    old.expires -= timedelta(days=15)
    scenario.run_here(scenario.site).ok()
    (new,) = scenario.own_tokens()
    assert new.secret != old.secret and integration(scenario.sandbox).secrets["token"] == new.secret
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


def test_a_token_that_somebody_revoked_is_replaced(own_token: UpsunOwnToken) -> None:
    own_token.run_here(own_token.site).ok()
    own_token.own_tokens()[0].revoked = True
    own_token.run_here(own_token.site).ok()
    assert own_token.made() == own_token.expected()
    own_token.verify()


def test_the_other_bitbucket_takes_its_place_with_consent(own_token: UpsunOwnToken) -> None:
    """The project followed the Cloud until now."""
    scenario, consumer = own_token, own_token.sandbox.upsun_consumer
    task = {
        "repobridge.bitbucket.upsun_integration": {
            "project": scenario.sandbox.upsun_project.id,
            "type": "bitbucket",
            "repository": "acme/shop",
            "key": consumer.key,
            "secret": consumer.secret,
        }
    }
    playbook = scenario.folder / "before.yml"
    examples.write_playbook(playbook, [task], {"ansible_python_interpreter": "{{ ansible_playbook_python }}"})
    scenario.run(str(playbook)).ok()
    (failure,) = scenario.run_here(scenario.site).failures
    assert "already integrated with" in failure["msg"] and "replace" in failure["msg"]
    run = scenario.run_here(scenario.site, upsun_replace=True, upsun_confirm_overwrite=True).ok()
    assert {("delete", "upsun_integration"), ("create", "upsun_integration")} <= set(done(run))
    assert scenario.made()["integration"] == ["bitbucket_server shop"]
    scenario.verify()


@pytest.mark.parametrize("which", [0, -1], ids=["the oldest", "the newest"])
def test_tokens_that_a_run_left_are_revoked_whichever_upsun_has(own_token: UpsunOwnToken, which: int) -> None:
    scenario, host, user = own_token, own_token.host, own_token.sandbox.bitbucket_dc_user
    scenario.run_here(scenario.site).ok()
    name = scenario.own_tokens()[0].name
    for _ in range(2):
        scenario.sandbox.clock.advance(5)
        host.create_token(user, ("PROJECT_READ", "REPO_ADMIN"), name, 90)
    integration(scenario.sandbox).secrets["token"] = scenario.own_tokens()[which].secret
    scenario.run_here(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0
