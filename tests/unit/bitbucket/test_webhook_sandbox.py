# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_webhook against the sandbox: whole lives, changes by hand, lost answers, missing permissions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.cloud.webhooks import CloudWebhooks
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.webhook import Webhook
from tests.sandbox.bitbucket import Bitbucket, User

from .conftest import EVERYTHING, SandboxRunner

HERE = "/2.0/repositories/acme/shop/hooks"
CI: dict[str, Any] = {
    "workspace": "acme",
    "repository": "shop",
    "url": "https://ci.example.com/hook",
    "description": "CI",
    "events": ["repo:push", "pullrequest:created"],
    "secret": "hushhush",
}


@pytest.fixture(autouse=True)
def _login(run: SandboxRunner, ada: User) -> None:
    run.login(ada)


def writes(run: SandboxRunner) -> list[str]:
    return [call for call in run.calls if not call.startswith("GET ")]


def test_a_life(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    assert run.ok(Webhook, check_mode=True, **CI)["changed"] and run.calls == [f"GET {HERE}"]
    made = run.ok(Webhook, **CI)
    assert run.calls == [f"GET {HERE}", f"POST {HERE}", f"GET {HERE}"]  # whether another run has created one as well
    (hook,) = bitbucket.hooks("acme", "shop")
    assert (hook.uuid, hook.secret, sorted(hook.events)) == (made["resource"]["id"], "hushhush", sorted(CI["events"]))

    for check_mode in (True, False):
        assert not run.ok(Webhook, check_mode=check_mode, **CI)["changed"]
        assert run.calls == [f"GET {HERE}"]

    assert run.ok(Webhook, **{**CI, "secret": "new secret"})["changed"]
    assert bitbucket.hooks("acme", "shop")[0].secret == "new secret"
    assert not run.ok(Webhook, **{**CI, "secret": "new secret"})["changed"]

    gone = run.ok(Webhook, state="absent", **CI)
    assert gone["changed"] and gone["resource"] == {} and gone["diff"]["after"] == {}
    assert not bitbucket.hooks("acme", "shop")
    assert not run.ok(Webhook, state="absent", **CI)["changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("events", ["repo:push"]), ("active", False), ("description", "by hand"), ("secret", None)],
)
def test_a_change_by_hand_is_found_and_mended(run: SandboxRunner, bitbucket: Bitbucket, field: str, value: Any) -> None:
    run.ok(Webhook, **CI, active=True)
    hook = bitbucket.hooks("acme", "shop")[0]
    right = getattr(hook, field)
    setattr(hook, field, value)
    found = run.ok(Webhook, check_mode=True, **CI, active=True)
    assert field in [drift["path"] for drift in found["drift"]] and not writes(run)
    run.ok(Webhook, **CI, active=True)
    now = getattr(bitbucket.hooks("acme", "shop")[0], field)
    assert now == right or (field == "description" and now.startswith("CI [repobridge:"))
    assert not run.ok(Webhook, **CI, active=True)["changed"]


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_an_answer_that_is_lost(run: SandboxRunner, bitbucket: Bitbucket, kind: str, method: str) -> None:
    if method != "POST":
        run.ok(Webhook, **CI)
    run.server.faults.add(kind, match=f"bitbucket {method} ")
    wanted = {"POST": {}, "PUT": {"events": ["repo:fork"]}, "DELETE": {"state": "absent"}}[method]
    result = run.ok(Webhook, **{**CI, **wanted})
    assert result["changed"] and len(result["actions"]) == 1
    hooks = bitbucket.hooks("acme", "shop")
    assert len(hooks) == (0 if method == "DELETE" else 1)
    assert not run.ok(Webhook, **{**CI, **wanted})["changed"]


def test_of_a_workspace(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    ours = {**CI, "repository": None}
    run.ok(Webhook, **ours)
    here = "/2.0/workspaces/acme/hooks"
    assert run.calls == [f"GET {here}", f"POST {here}", f"GET {here}"]
    assert len(bitbucket.hooks("acme")) == 1 and not bitbucket.hooks("acme", "shop")
    assert not run.ok(Webhook, **ours)["changed"]


def test_an_access_token_will_do(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    token = bitbucket.create_access_token("repository", "acme", "shop", scopes=["pullrequest", "webhook"]).secret
    run.common.update(username=None, api_token=None, access_token=token)
    run.ok(Webhook, **CI)
    assert not run.ok(Webhook, **CI)["changed"]


def test_a_consumer_will_do(run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
    consumer = bitbucket.create_oauth_consumer("acme", ["pullrequest", "webhook"], user=ada)
    run.common.update(username=None, api_token=None, client_id=consumer.key, client_secret=consumer.secret)
    run.ok(Webhook, **CI)
    assert run.calls == ["POST /site/oauth2/access_token", f"GET {HERE}", f"POST {HERE}", f"GET {HERE}"]


def test_the_scope_that_is_missing_is_named(run: SandboxRunner, ada: User) -> None:
    run.login(ada, tuple(scope for scope in EVERYTHING if scope != "write:webhook:bitbucket"))
    message = run.fails(Webhook, **CI)
    assert "lacks write:webhook:bitbucket" in message and "id.atlassian.com" in message


def test_a_reader_is_told_of_the_permission(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    eve = bitbucket.create_user("eve")
    bitbucket.grant(eve, "read", "acme", "shop")
    run.login(eve)
    assert "need admin" in run.fails(Webhook, **CI)


def test_duplicates_are_reported_and_one_can_be_taken_away(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    run.ok(Webhook, **CI)
    run.ok(Webhook, **{**CI, "description": "twin", "match_by": "description"})
    uuids = [hook.uuid for hook in bitbucket.hooks("acme", "shop")]
    message = run.fails(Webhook, **CI)
    assert all(uuid in message for uuid in uuids) and not writes(run)
    run.ok(Webhook, workspace="acme", repository="shop", uuid=uuids[1], state="absent")
    assert [hook.uuid for hook in bitbucket.hooks("acme", "shop")] == uuids[:1]


def test_the_events_are_those_of_the_service(bitbucket: Bitbucket) -> None:
    from tests.sandbox.bitbucket import events

    assert set(events.REPOSITORY) | set(events.WORKSPACE) <= CloudWebhooks.events


def test_an_endpoint_without_a_query_leaves_the_query_alone(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    """For a task that does not know the token in the address: it looks for the webhook, or mends its other fields."""
    address = "https://gitlab.example.com/api/v4/projects/7/mirror/pull"
    ours = {"workspace": "acme", "repository": "shop", "match_by": "endpoint", "events": ["repo:push"], "active": True}
    note = "GitLab mirror (token 17)"
    made = run.ok(Webhook, **ours, secret_url=f"{address}?private_token=glpat-0123456789abcdef", description=note)
    assert made["actions"][0]["name"] == "GitLab mirror"  # what is in parentheses is a note
    found = run.ok(Webhook, **ours, secret_url=address)
    assert not found["changed"] and found["resource"]["description"] == note
    (hook,) = bitbucket.hooks("acme", "shop")
    hook.active = False
    mended = run.ok(Webhook, **ours, secret_url=address)
    assert [drift["path"] for drift in mended["drift"]] == ["active"]
    assert bitbucket.hooks("acme", "shop")[0].url.endswith("?private_token=glpat-0123456789abcdef")


def test_a_note_in_parentheses_is_no_part_of_the_description_to_find_by(
    run: SandboxRunner, bitbucket: Bitbucket
) -> None:
    for url, description in (("https://a.example.com/", "Mirror (token 7)"), ("https://b.example.com/", "Mirror two")):
        run.ok(Webhook, **{**CI, "url": url, "description": description})
    place = {name: CI[name] for name in ("workspace", "repository")}
    run.ok(Webhook, **place, description="Mirror", match_by="description", state="absent")
    assert [hook.description.partition(" [")[0] for hook in bitbucket.hooks("acme", "shop")] == ["Mirror two"]


def test_events_beyond_those_that_are_asked_for_are_left_only_on_request(
    run: SandboxRunner, bitbucket: Bitbucket
) -> None:
    run.ok(Webhook, **{**CI, "events": ["repo:push", "repo:fork"]})
    (hook,) = bitbucket.hooks("acme", "shop")
    more = {**CI, "more_events": True}
    assert not run.ok(Webhook, **{**more, "events": ["repo:push"]})["changed"]
    run.ok(Webhook, **{**more, "events": ["repo:push", "pullrequest:created"]})
    assert sorted(hook.events) == ["pullrequest:created", "repo:fork", "repo:push"]
    run.ok(Webhook, **{**CI, "events": ["repo:push"]})
    assert hook.events == ["repo:push"]


def test_others_to_the_same_address_are_named_with_the_list_that_is_read_anyway(
    run: SandboxRunner, bitbucket: Bitbucket
) -> None:
    run.ok(Webhook, **{**CI, "description": "By hand", "secret": None})
    (theirs,) = bitbucket.hooks("acme", "shop")
    run.ok(Webhook, **{**CI, "url": "https://ci.example.com/another", "description": "Another"})
    wanted = {**CI, "match_by": "description", "url": "https://ci.example.com/hook?job=shop"}
    for check_mode in (True, False):
        (one,) = run.ok(Webhook, check_mode=check_mode, **wanted)["unmanaged"]
        assert (one["name"], one["where"], one["variable"], one["value"]) == (
            "By hand",
            theirs.uuid,
            "uuid",
            theirs.uuid,
        )
        assert run.calls.count(f"GET {HERE}") == (1 if check_mode else 2)
    again = run.ok(Webhook, **wanted)
    assert not again["changed"] and [one["where"] for one in again["unmanaged"]] == [theirs.uuid]
    assert run.calls == [f"GET {HERE}"]


@pytest.mark.parametrize("more", [{}, {"match_by": "endpoint"}])
def test_by_its_address_it_is_that_one_and_no_other(run: SandboxRunner, more: dict[str, str]) -> None:
    run.ok(Webhook, **{**CI, "description": "By hand", "url": "https://ci.example.com/hook?job=stock"})
    assert "unmanaged" not in run.ok(Webhook, check_mode=True, **{**CI, **more})
