# SPDX-License-Identifier: GPL-3.0-or-later
"""Project access tokens: made once, renewed without a gap, revoked only when the new one is in its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.shown_once import today
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.access_token import ProjectAccessToken
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.session import Session
from tests.sandbox.gitlab import GitLab, Token
from tests.sandbox.gitlab import Project as Shop

from .conftest import Runner

OPTIONS: dict[str, Any] = {"project": "acme/shop", "name": "hook", "scopes": ["api"], "access_level": "maintainer"}
LIST = "GET /projects/acme/shop/access_tokens"
MAKE = "POST /projects/acme/shop/access_tokens"


def live(gitlab: GitLab, shop: Shop) -> list[Token]:
    return [token for token in gitlab.tokens.of_project(shop) if gitlab.tokens.active(token)]


def test_a_new_token_is_told_once(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    made = run.ok(ProjectAccessToken, **OPTIONS, description="Starts the mirror")
    assert run.calls == [LIST, MAKE]
    (token,) = live(gitlab, shop)
    assert made["token"] == token.secret
    assert token.secret not in repr({**made, "token": None})
    assert (token.access_level, token.description) == (40, "Starts the mirror")
    assert token.expires_on == today() + timedelta(days=90)
    again = run.ok(ProjectAccessToken, **OPTIONS)
    assert (again["changed"], again["token"], again["resource"]["id"], run.calls) == (False, None, token.id, [LIST])


def test_check_mode_gives_an_id_and_a_value_that_stand_for_it(run: Runner, shop: Shop) -> None:
    result = run.ok(ProjectAccessToken, check_mode=True, **OPTIONS)
    assert (result["token"], result["resource"]["id"]) == ("pending:gitlab_project_access_token:hook",) * 2
    assert not run.writes()
    pending = {**OPTIONS, "project": "pending:gitlab_project:acme/shop"}
    assert run.ok(ProjectAccessToken, check_mode=True, **pending)["changed"]
    assert not run.calls


def test_renewal_leaves_the_old_one_until_the_new_one_is_in_its_place(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    old = gitlab.create_project_token(shop, name="hook", expires_on=today() + timedelta(days=30))
    foretold = run.ok(ProjectAccessToken, check_mode=True, **OPTIONS)
    assert [d["path"] for d in foretold["drift"]] == ["expires_at"]
    assert foretold["token"].startswith("pending:")
    made = run.ok(ProjectAccessToken, **OPTIONS, in_use=old.id, revoke_others=True)
    assert [action["action"] for action in made["actions"]] == ["renew"]
    assert made["token"]
    assert len(live(gitlab, shop)) == 2
    done = run.ok(ProjectAccessToken, **OPTIONS, in_use=made["resource"]["id"], revoke_others=True)
    assert [action["action"] for action in done["actions"]] == ["revoke"]
    assert done["token"] is None
    assert [token.secret for token in live(gitlab, shop)] == [made["token"]]
    assert not run.ok(ProjectAccessToken, **OPTIONS, in_use=made["resource"]["id"], revoke_others=True)["changed"]
    assert run.calls == [LIST]


def test_a_token_with_more_days_left_stays(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    gitlab.create_project_token(shop, name="hook", expires_on=today() + timedelta(days=31))
    assert not run.ok(ProjectAccessToken, **OPTIONS)["changed"]
    assert run.ok(ProjectAccessToken, **OPTIONS, renew_before_days=31)["changed"]


def test_a_token_of_an_earlier_run_whose_value_is_lost_is_replaced(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    """The run was cut off after the token had been made and before it was put where it is used."""
    lost = run.ok(ProjectAccessToken, **OPTIONS)["resource"]["id"]
    made = run.ok(ProjectAccessToken, **OPTIONS, in_use=0, revoke_others=True)
    assert made["token"]
    assert made["drift"] == [{"path": "id", "expected": 0, "actual": lost}]
    run.ok(ProjectAccessToken, **OPTIONS, in_use=made["resource"]["id"], revoke_others=True)
    assert [token.secret for token in live(gitlab, shop)] == [made["token"]]


@pytest.mark.parametrize(
    "change", [{"scopes": ["api", "read_repository"]}, {"access_level": "developer"}, {"renew": True}]
)
def test_a_change_makes_a_new_one(run: Runner, gitlab: GitLab, shop: Shop, change: dict[str, Any]) -> None:
    first = run.ok(ProjectAccessToken, **OPTIONS)
    second = run.ok(ProjectAccessToken, **{**OPTIONS, **change})
    assert [d["path"] for d in second["drift"]] == ["renewed" if "renew" in change else next(iter(change))]
    assert second["resource"]["id"] != first["resource"]["id"]
    assert second["token"] != first["token"]


def test_what_the_task_does_not_say_a_renewed_one_takes_over(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    gitlab.create_project_token(shop, ("read_api",), 20, "hook")
    run.ok(ProjectAccessToken, project="acme/shop", name="hook", create=False, renew=True)
    new = max(live(gitlab, shop), key=lambda token: token.id)
    assert (new.scopes, new.access_level) == (("read_api",), 20)


def test_the_order_of_scopes_means_nothing(run: Runner, shop: Shop) -> None:
    run.ok(ProjectAccessToken, **{**OPTIONS, "scopes": ["read_api", "api"]})
    assert not run.ok(ProjectAccessToken, **{**OPTIONS, "scopes": ["api", "read_api", "api"]})["changed"]


def test_a_token_whose_value_went_with_a_lost_answer_is_revoked(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    kept = gitlab.create_project_token(shop, name="hook", expires_on=today() + timedelta(days=5))
    run.server.faults.add("apply_then_drop", match="POST .*/access_tokens$")
    made = run.ok(ProjectAccessToken, **OPTIONS)
    assert {token.secret for token in live(gitlab, shop)} == {kept.secret, made["token"]}
    assert [action["action"] for action in made["actions"]] == ["renew"]


def test_absent_revokes_all_of_the_name_and_no_other(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    for name in ("hook", "hook", "hook-2"):
        gitlab.create_project_token(shop, name=name)
    run.ok(ProjectAccessToken, project="acme/shop", name="hook", state="absent")
    assert [token.name for token in live(gitlab, shop)] == ["hook-2"]
    assert not run.ok(ProjectAccessToken, project="acme/shop", name="hook", state="absent")["changed"]
    assert not run.ok(ProjectAccessToken, project="acme/gone", name="hook", state="absent")["changed"]


def test_one_that_is_revoked_or_over_does_not_count(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    gitlab.revoke(gitlab.create_project_token(shop, name="hook"))
    gitlab.create_project_token(shop, name="hook", expires_on=today())
    assert [a["action"] for a in run.ok(ProjectAccessToken, **OPTIONS)["actions"]] == ["create"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scopes": None}, "scopes and access_level must be given"),
        ({"access_level": None}, "scopes and access_level must be given"),
        ({"valid_days": 366}, "1 to 365"),
        ({"valid_days": 30}, "renew_before_days must be less"),
        ({"expires_at": "31.1.2027"}, "must be a date"),
        ({"expires_at": "2027-02-31"}, "must be a date"),
    ],
)
def test_bad_input_is_refused_before_the_first_call(run: Runner, options: dict[str, Any], words: str) -> None:
    given = {name: value for name, value in {**OPTIONS, **options}.items() if value is not None}
    assert words in run.fails(ProjectAccessToken, **given)
    assert not run.calls


def test_a_bot_is_told_that_it_takes_a_person(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    run.common["api_token"] = gitlab.create_project_token(shop, name="other").secret
    message = run.fails(ProjectAccessToken, **OPTIONS)
    assert "of a user" in message
    assert "Premium" in message


def test_a_fixed_end_is_kept(run: Runner, shop: Shop) -> None:
    end = (today() + timedelta(days=10)).isoformat()
    assert run.ok(ProjectAccessToken, **OPTIONS, expires_at=end)["resource"]["expires_at"] == end
    assert not run.ok(ProjectAccessToken, **OPTIONS, expires_at=end)["changed"]
    assert run.ok(ProjectAccessToken, **OPTIONS)["changed"]


def test_an_older_gitlab_that_lists_dead_ones_too(
    run: Runner, gitlab: GitLab, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gitlab.revoke(gitlab.create_project_token(shop, name="hook"))
    listing = Session.listing
    monkeypatch.setattr(
        Session, "listing", lambda self, path, **options: listing(self, path, **{**options, "query": {}})
    )
    assert [a["action"] for a in run.ok(ProjectAccessToken, **OPTIONS)["actions"]] == ["create"]
