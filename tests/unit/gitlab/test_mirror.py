# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull mirrors: changed for a reason only, waited for, taken out of a pause; and the editions that have none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.urls import normalised_repository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.mirror import PullMirror
from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.credentials import Credential
from tests.sandbox.gitlab import GitLab, User
from tests.sandbox.gitlab import Project as Shop

from .conftest import Runner

WRONG = "0123456789-not-the-token"


class Source:
    """The repository to follow, and who may read it."""

    def __init__(self, bitbucket: Bitbucket, token: Credential) -> None:
        self.bitbucket, self.token = bitbucket, token
        self.options: dict[str, Any] = {
            "project": "acme/shop",
            "url": f"{bitbucket.url}/acme/shop.git",
            "auth_user": "x-bitbucket-api-token-auth",
            "auth_password": token.secret,
            "mirror_trigger_builds": True,
        }


@pytest.fixture
def source(run: Runner) -> Source:
    bitbucket = Bitbucket(run.server)
    run.server.add(bitbucket)
    bitbucket.create_workspace("acme")
    bitbucket.create_repository("acme", "shop", {"README.md": "# Shop\n"}, branches={"dev": {"dev.txt": "dev\n"}})
    user = bitbucket.create_user("jdoe")
    bitbucket.grant(user, "admin", "acme", "shop")
    return Source(bitbucket, bitbucket.create_api_token(user, ("read:repository:bitbucket",)))


@pytest.fixture
def mirrored(run: Runner, source: Source, shop: Shop) -> Shop:
    run.ok(PullMirror, **source.options)
    return shop


def puts(run: Runner) -> int:
    return len([call for call in run.calls if call.startswith("PUT ")])


def test_a_new_mirror_is_waited_for_until_it_holds_what_the_source_has(
    run: Runner, gitlab: GitLab, source: Source, shop: Shop
) -> None:
    made = run.ok(PullMirror, **source.options)
    assert run.calls[:3] == [
        "GET /projects/acme/shop/mirror/pull",
        "GET /projects/acme/shop",
        "PUT /projects/acme/shop/mirror/pull",
    ]
    assert {"refs/heads/main", "refs/heads/dev"} <= set(gitlab.refs(shop))
    assert made["resource"]["update_status"] == "finished"
    assert made["resource"]["url"] == source.options["url"]
    assert made["resource"]["trigger_url"] == f"{gitlab.api_url}/projects/{shop.id}/mirror/pull"
    assert source.token.secret not in repr(made)
    again = run.ok(PullMirror, **source.options)
    assert (again["changed"], run.calls) == (False, ["GET /projects/acme/shop/mirror/pull"])


def test_check_mode_foretells_it_and_touches_nothing(run: Runner, source: Source, shop: Shop) -> None:
    result = run.ok(PullMirror, check_mode=True, **source.options)
    assert result["changed"]
    assert result["diff"]["after"]["auth_password"] == "********"
    assert not run.writes()
    pending = run.ok(PullMirror, check_mode=True, **{**source.options, "project": "pending:gitlab_project:acme/shop"})
    assert pending["resource"]["id"] == "pending:gitlab_pull_mirror:acme/shop"
    assert not run.calls


def test_only_what_differs_is_sent_and_no_credentials_with_it(run: Runner, source: Source, mirrored: Shop) -> None:
    changed = run.ok(PullMirror, **{**source.options, "mirror_overwrites_diverged_branches": True})
    assert [d["path"] for d in changed["drift"]] == ["mirror_overwrites_diverged_branches"]
    (call,) = [c for c in run.server.calls.all("gitlab")[-len(run.calls) :] if c.method == "PUT"]
    assert b"auth" not in call.body
    assert b"url" not in call.body
    assert mirrored.mirror.password == source.token.secret


@pytest.mark.parametrize("change", [str.upper, lambda url: url.removesuffix(".git"), lambda url: url + "/"])
def test_what_means_nothing_in_a_url_is_no_difference(change: Any) -> None:
    url = "https://bitbucket.org/acme/shop.git"
    changed = change(url) if change is not str.upper else url.replace("https://bitbucket", "HTTPS://Bitbucket")
    assert normalised_repository(changed) == normalised_repository(url)
    assert normalised_repository("https://bitbucket.org:443/acme/shop") == normalised_repository(url)
    assert normalised_repository("https://bitbucket.org:8443/acme/shop") != normalised_repository(url)
    assert normalised_repository("https://bitbucket.org/acme/Shop.git") != normalised_repository(url)


def test_a_new_url_takes_its_credentials_along(run: Runner, source: Source, mirrored: Shop) -> None:
    source.bitbucket.create_repository("acme", "stock", {"README.md": "# Stock\n"})
    source.bitbucket.grant(source.bitbucket.users["jdoe"], "admin", "acme", "stock")
    moved = {**source.options, "url": f"{source.bitbucket.url}/acme/stock.git"}
    message = run.fails(PullMirror, **moved)
    assert mirrored.mirror.password == source.token.secret
    assert "diverged" in message
    assert "mirror_overwrites_diverged_branches" in message
    changed = run.ok(PullMirror, **moved, mirror_overwrites_diverged_branches=True)
    assert [d["path"] for d in changed["drift"]] == ["mirror_overwrites_diverged_branches", "update_status"]
    assert mirrored.mirror.status == "finished"


def test_credentials_are_sent_always_only_on_request(run: Runner, source: Source, mirrored: Shop) -> None:
    other = source.bitbucket.create_api_token(source.bitbucket.users["jdoe"], ("read:repository:bitbucket",))
    options = {**source.options, "auth_password": other.secret}
    assert not run.ok(PullMirror, **options)["changed"]
    sent = run.ok(PullMirror, **options, update_secret="always")
    assert [d["path"] for d in sent["drift"]] == ["auth_password"]
    assert sent["drift"][0]["expected"] == "********"
    assert mirrored.mirror.password == other.secret


def test_credentials_that_do_not_work_are_refused_with_the_users_to_use(
    run: Runner, source: Source, shop: Shop
) -> None:
    message = run.fails(PullMirror, **{**source.options, "auth_password": WRONG})
    assert "Unable to access repository" in message
    assert "x-token-auth" in message
    assert WRONG not in message


def test_a_first_update_that_fails_says_why_and_the_next_run_mends_it(
    run: Runner, gitlab: GitLab, source: Source, shop: Shop
) -> None:
    gitlab.mirroring.validate_url = False
    result = run(PullMirror, **{**source.options, "auth_password": WRONG})
    assert result["failed"]
    assert "fetch remote" in result["error"]["words"]
    assert "The next run tries again" in result["msg"]
    mended = run.ok(PullMirror, **source.options)
    assert [d["path"] for d in mended["drift"]] == ["update_status"]
    assert mended["resource"]["update_status"] == "finished"


def test_a_pause_ends_with_a_run(run: Runner, gitlab: GitLab, source: Source, mirrored: Shop) -> None:
    mirrored.mirror.password = WRONG
    mirrored.mirror.failures = gitlab.mirroring.maximum_failures
    mirrored.mirror.status, mirrored.mirror.last_error = "failed", "13:fetch remote"
    silent = run.ok(PullMirror, **source.options, unpause=False)
    assert not silent["changed"]
    assert "13:fetch remote" in run.warnings[0]
    foretold = run.ok(PullMirror, check_mode=True, **source.options)
    assert [d["path"] for d in foretold["drift"]] == ["update_status"]
    run.ok(PullMirror, **source.options)
    assert (mirrored.mirror.failures, mirrored.mirror.status) == (0, "finished")
    assert mirrored.mirror.password == source.token.secret


def test_absent_forgets_the_credentials_and_present_waits_for_a_new_update(
    run: Runner, source: Source, mirrored: Shop
) -> None:
    gone = run.ok(PullMirror, project="acme/shop", state="absent")
    assert gone["actions"][0]["action"] == "delete"
    assert (mirrored.mirror.enabled, mirrored.mirror.password) == (False, "")
    assert not run.ok(PullMirror, project="acme/shop", state="absent")["changed"]
    before = mirrored.mirror.last_update_at
    run.ok(PullMirror, **source.options)
    assert mirrored.mirror.last_update_at != before


def test_regular_expression_and_protected_branches_take_turns(run: Runner, source: Source, mirrored: Shop) -> None:
    options = source.options
    mirror = mirrored.mirror
    run.ok(PullMirror, **options, mirror_branch_regex="^main$", only_mirror_protected_branches=False)
    assert (mirror.branch_regex, mirror.only_protected) == ("^main$", False)
    assert not run.ok(PullMirror, **options, mirror_branch_regex="^main$", only_mirror_protected_branches=False)[
        "changed"
    ]
    run.ok(PullMirror, **options, only_mirror_protected_branches=True)
    assert (mirror.branch_regex, mirror.only_protected) == (None, True)
    run.ok(PullMirror, **options, mirror_branch_regex="^dev$")
    run.ok(PullMirror, **options, mirror_branch_regex="", only_mirror_protected_branches=True)
    assert (mirror.branch_regex, mirror.only_protected) == (None, True)
    run.ok(PullMirror, **options, mirror_branch_regex="^dev$")
    run.ok(PullMirror, **options, mirror_branch_regex="")
    assert (mirror.branch_regex, mirror.only_protected) == (None, False)
    assert not run.ok(PullMirror, **options, mirror_branch_regex="")["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("gitlab", ["ce", "ee_free"], indirect=True)
def test_without_a_licence_it_says_so_and_changes_nothing(
    run: Runner, source: Source, shop: Shop, check_mode: bool
) -> None:
    result = run(PullMirror, check_mode=check_mode, **source.options)
    assert result["failed"]
    assert result["error"]["code"] == "pull_mirroring_unavailable"
    assert "Premium" in result["msg"]
    assert not run.writes()
    assert not run.ok(PullMirror, project="acme/shop", state="absent")["changed"]


def test_a_project_that_is_not_there_is_no_missing_licence(run: Runner, source: Source) -> None:
    result = run(PullMirror, **source.options)
    assert (result["error"]["status"], result["error"].get("code")) == (404, None)
    assert not run.ok(PullMirror, project="acme/shop", state="absent")["changed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "https://jdoe:secret-word@bitbucket.org/acme/shop.git"}, "not contain credentials"),
        ({"url": "git@bitbucket.org:acme/shop.git"}, "must begin with"),
        ({"url": None}, "url must be given"),
        ({"mirror_branch_regex": "x", "only_mirror_protected_branches": True}, "exclude each other"),
        ({"project": "shop"}, "is not a valid project"),
    ],
)
def test_bad_input_is_refused_before_the_first_call(
    run: Runner, source: Source, options: dict[str, Any], words: str
) -> None:
    given = {name: value for name, value in {**source.options, **options}.items() if value is not None}
    assert words in run.fails(PullMirror, **given)
    assert not run.calls


def test_a_developer_is_told_what_it_takes(run: Runner, gitlab: GitLab, source: Source, shop: Shop) -> None:
    bob = gitlab.create_user("bob")
    gitlab.grant(bob, 30, shop)
    run.login(bob)
    message = run.fails(PullMirror, **source.options)
    assert "403" in message
    assert "Maintainer" in message


def test_waiting_can_be_left_out(run: Runner, source: Source, shop: Shop) -> None:
    made = run.ok(PullMirror, **source.options, wait=False)
    assert len(run.calls) == 3
    assert made["resource"]["update_status"] in ("none", "scheduled", "started")
    run.ok(PullMirror, **source.options)
    assert shop.mirror.status == "finished"
    assert not puts(run)


def test_the_one_who_configures_becomes_the_mirror_user(run: Runner, ada: User, mirrored: Shop) -> None:
    assert mirrored.mirror.user is ada


@pytest.fixture
def unhurried(gitlab: GitLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that was asked for waits for the scheduler; until then the mirror shows the state of the one before."""
    monkeypatch.setattr(gitlab.mirroring, "force", lambda project: gitlab.mirroring._later(project, 20.0))


@pytest.mark.usefixtures("unhurried")
def test_the_state_of_an_earlier_update_is_not_taken_for_the_new_one(run: Runner, source: Source, shop: Shop) -> None:
    first = run.ok(PullMirror, **source.options)["resource"]["last_update_at"]
    second = run.ok(PullMirror, **{**source.options, "mirror_trigger_builds": False})["resource"]["last_update_at"]
    run.ok(PullMirror, project="acme/shop", state="absent")
    third = run.ok(PullMirror, **source.options)["resource"]["last_update_at"]
    assert first < second < third


@pytest.mark.parametrize("gitlab", ["ee_free"], indirect=True)
def test_a_put_that_did_nothing_is_seen(
    run: Runner, source: Source, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a licence GitLab may answer 200 and drop what it was sent."""
    monkeypatch.setattr(PullMirror, "_check_licence", lambda _self: None)
    assert run(PullMirror, **source.options)["error"]["code"] == "pull_mirroring_unavailable"
    assert puts(run) == 1


def test_an_expression_is_taken_away_by_both_ways_there_are(run: Runner, source: Source, mirrored: Shop) -> None:
    run.ok(PullMirror, **source.options, mirror_branch_regex="^dev$")
    run.ok(PullMirror, **source.options, mirror_branch_regex="")
    (*_others, call) = [c for c in run.server.calls.all("gitlab") if c.method == "PUT"]
    assert json.loads(call.body) == {
        "enabled": True,
        "mirror_branch_regex": "",
        "only_mirror_protected_branches": False,
    }
