# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_webhook against Data Center."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.data_center.webhooks import (
    DataCenterWebhooks,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.webhook import Webhook
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.model import Webhook as Stored

from .dc import SHOP, DcRunner

HOOKS = f"{SHOP}/webhooks"
URL = "https://ci.example.com/hook"
SECRET = "a-secret-of-the-build-server"
HOOK: dict[str, Any] = {"url": URL, "description": "CI", "events": ["repo:push"], "secret": SECRET}


def stored(dc: BitbucketDataCenter) -> Stored:
    (hook,) = dc.hooks("ACME", "shop")
    return hook


def test_a_life(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    foretold = dc_run.ok(Webhook, check_mode=True, **HOOK)
    assert foretold["changed"] and dc_run.calls == [f"GET {HOOKS}"]
    assert foretold["resource"]["id"] == "pending:bitbucket_webhook:CI"

    made = dc_run.ok(Webhook, **HOOK)
    assert dc_run.calls == [f"GET {HOOKS}", f"POST {HOOKS}", f"GET {HOOKS}"] and made["diff"] == foretold["diff"]
    hook = stored(dc)
    assert (hook.url, hook.secret, hook.active, hook.events) == (URL, SECRET, True, ["repo:refs_changed"])
    assert hook.ssl_verification_required and hook.name.startswith("CI [repobridge:")
    assert made["resource"]["id"] == str(hook.id) and SECRET not in str(made)
    assert made["actions"][0]["call"].startswith("POST /rest/api/latest/projects/{projectKey}/repos/{repositorySlug}/")

    for check_mode in (True, False):
        assert not dc_run.ok(Webhook, check_mode=check_mode, **HOOK)["changed"]
        assert dc_run.calls == [f"GET {HOOKS}"]

    gone = dc_run.ok(Webhook, url=URL, state="absent")
    assert gone["changed"] and not dc.hooks("ACME", "shop") and dc_run.writes() == [f"DELETE {HOOKS}/{hook.id}"]
    assert not dc_run.ok(Webhook, url=URL, state="absent")["changed"]


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("active", False, "active"),
        ("events", ["pr:opened"], "events"),
        ("name", "Other", "description"),
        ("ssl_verification_required", False, "skip_cert_verification"),
    ],
)
def test_a_change_by_hand_is_found_and_mended_and_the_secret_stays(
    dc_run: DcRunner, dc: BitbucketDataCenter, field: str, value: Any, path: str
) -> None:
    wanted = {**HOOK, "active": True, "skip_cert_verification": False, "update_secret": "on_create"}
    dc_run.ok(Webhook, **wanted)
    before = getattr(stored(dc), field)
    setattr(stored(dc), field, value)
    assert [drift["path"] for drift in dc_run.ok(Webhook, check_mode=True, **wanted)["drift"]] == [path]
    dc_run.ok(Webhook, **wanted)
    assert getattr(stored(dc), field) == before
    assert stored(dc).secret == SECRET  # a PUT without it would have taken it away


def test_another_secret_is_sent_once(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc_run.ok(Webhook, **HOOK)
    changed = dc_run.ok(Webhook, **{**HOOK, "secret": "another-secret"})
    assert [drift["path"] for drift in changed["drift"]] == ["secret"] and "another-secret" not in str(changed)
    assert stored(dc).secret == "another-secret"
    assert not dc_run.ok(Webhook, **{**HOOK, "secret": "another-secret"})["changed"]


def test_a_secret_nobody_gives_is_not_lost(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc_run.ok(Webhook, **HOOK)
    message = dc_run.fails(Webhook, url=URL, active=False)
    assert "deletes with any change" in message and stored(dc).secret == SECRET and stored(dc).active
    assert not dc_run.writes()
    assert dc_run.ok(Webhook, url=URL, active=False, secret="")["changed"]
    assert not stored(dc).secret and stored(dc).name == "CI"
    assert not dc_run.ok(Webhook, url=URL, active=False, secret="")["changed"]


def test_a_server_that_tells_the_secret_keeps_it_and_nobody_sees_it(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc.shows_secrets = True
    dc_run.ok(Webhook, **HOOK, update_secret="on_create")
    result = dc_run.ok(Webhook, url=URL, active=False)
    assert stored(dc).secret == SECRET and not stored(dc).active and SECRET not in str(result)
    assert result["resource"]["secret_set"]


def test_no_secret_sends_no_configuration(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc_run.ok(Webhook, url=URL)  # an empty one would be answered with 500
    assert stored(dc).configuration == {} and stored(dc).name == "ci.example.com"
    assert not dc_run.ok(Webhook, url=URL, description="")["changed"]


def test_one_that_logs_in_is_left_alone(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc_run.ok(Webhook, url=URL)
    stored(dc).credentials = {"username": "ci", "password": "hook-password"}
    assert not dc_run.ok(Webhook, url=URL)["changed"]
    assert "does not return the password" in dc_run.fails(Webhook, url=URL, active=False)
    assert stored(dc).credentials == {"username": "ci", "password": "hook-password"}


def test_a_projects_own(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    path = "/rest/api/latest/projects/ACME/webhooks"
    dc_run.ok(Webhook, **{**HOOK, "repository": None})
    assert dc_run.calls == [f"GET {path}", f"POST {path}", f"GET {path}"]
    (hook,) = dc.hooks("ACME")
    assert hook.url == URL
    assert dc_run.ok(Webhook, **HOOK)["changed"], "that of the project is not the repository's"
    assert not dc_run.ok(Webhook, **{**HOOK, "repository": None})["changed"]
    dc_run.ok(Webhook, repository=None, url=URL, state="absent")
    assert not dc.hooks("ACME") and stored(dc)


def test_by_its_number(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    for _ in range(2):
        dc_run.dc  # noqa: B018
        dc_run.ok(Webhook, **HOOK) if not dc.hooks("ACME", "shop") else None
    hook = stored(dc)
    assert not dc_run.ok(Webhook, id=str(hook.id))["changed"]
    dc_run.ok(Webhook, id=str(hook.id), url="https://ci.example.com/moved", secret=SECRET)
    assert stored(dc).url == "https://ci.example.com/moved"
    assert "has no webhook 99" in dc_run.fails(Webhook, id="99")


def test_the_deliveries_are_signed_with_it(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc_run.ok(Webhook, **HOOK)
    assert stored(dc).secret == SECRET and "repo:refs_changed" in stored(dc).events


class TestEvents:
    def test_both_names_are_one(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc_run.ok(Webhook, url=URL, events=["repo:push", "pullrequest:created", "pullrequest:fulfilled"])
        native = ["repo:refs_changed", "pr:opened", "pr:merged"]
        assert set(stored(dc).events) == set(native)
        assert not dc_run.ok(Webhook, url=URL, events=native)["changed"] and not dc_run.warnings

    def test_an_update_of_a_pull_request_is_a_push_too(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc_run.ok(Webhook, url=URL, events=["pullrequest:updated"])
        assert set(stored(dc).events) == {"pr:modified", "pr:from_ref_updated"}

    def test_what_only_cloud_has_is_refused_before_any_call(self, dc_run: DcRunner) -> None:
        message = dc_run.fails(Webhook, url=URL, events=["repo:push", "repo:commit_status_created"])
        assert "repo:commit_status_created" in message and not dc_run.calls

    def test_they_are_those_of_the_service(self) -> None:
        from tests.sandbox.bitbucket_dc import events

        known = {*events.REPOSITORY, *events.PROJECT}
        assert known <= DataCenterWebhooks.events
        mapped = DataCenterWebhooks.native([*_of_cloud()])
        assert set(mapped) <= DataCenterWebhooks.events


def _of_cloud() -> list[str]:
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.data_center import webhooks

    return list(webhooks._OF_CLOUD)


def test_history_is_refused(dc_run: DcRunner) -> None:
    assert "does not support history_enabled" in dc_run.fails(Webhook, url=URL, history_enabled=True)
    assert not dc_run.calls


def test_reading_is_not_enough(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc_run.token(dc.users["ada"], "REPO_WRITE")
    result = dc_run(Webhook, **HOOK)
    assert result["error"]["kind"] == "forbidden" and "webhooks need admin" in result["msg"]


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_an_answer_that_is_lost(dc_run: DcRunner, dc: BitbucketDataCenter, kind: str) -> None:
    dc_run.server.faults.add(kind, match="bitbucket-dc POST ")
    result = dc_run.ok(Webhook, **HOOK)
    assert result["changed"] and len(result["actions"]) == 1 and stored(dc).secret == SECRET


def test_more_than_a_page(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc.page_limit = 2
    for number in range(5):
        dc_run.ok(Webhook, url=f"{URL}/{number}")
    assert not dc_run.ok(Webhook, url=f"{URL}/4")["changed"] and len(dc_run.calls) == 3
