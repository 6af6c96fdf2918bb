# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull mirrors: really fetched, throttled, paused, and every trap of the documented procedure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import gitlab
import pytest

from tests.sandbox import git
from tests.sandbox.gitlab.world import World

Build = Callable[[str], World]


def words(answer: object) -> str:
    return str(answer.json()["message"])  # type: ignore[attr-defined]


def test_put_stores_and_fetches_branches_and_tags(world: World) -> None:
    answer = world.call("PUT", "mirror/pull", json=world.mirror_attributes())
    assert answer.status_code == 200
    assert answer.json()["update_status"] == "scheduled"
    assert world.gitlab.wait_for_mirror(world.project) == "finished"
    assert world.gitlab.refs(world.project) == world.source.bitbucket.refs("acme", "app")
    state = world.call("GET", "mirror/pull").json()
    assert state["enabled"] and state["last_error"] is None and state["last_successful_update_at"]
    assert world.call("GET", "").json()["import_status"] == "finished"


def test_a_client_that_polls_sees_scheduled_started_finished(world: World) -> None:
    world.call("PUT", "mirror/pull", json=world.mirror_attributes())
    seen = [world.call("GET", "mirror/pull").json()["update_status"] for _ in range(3)]
    assert seen == ["started", "finished", "finished"] or seen[-1] == "finished"


def test_credentials_are_never_told(world: World) -> None:
    answer = world.mirror()
    assert answer.json()["url"].startswith("http://*****:*****@127.0.0.1")
    text = answer.text + world.call("GET", "mirror/pull").text + world.call("GET", "").text
    assert world.source_token.secret not in text and "auth_user" not in text and "auth_password" not in text


def test_put_validates_the_url_with_git(world: World) -> None:
    answer = world.mirror(auth_password="wrong")
    assert answer.status_code == 400
    assert answer.json() == {
        "message": {"import_url": ["Unable to access repository with the URL and credentials provided"]}
    }
    world.gitlab.mirroring.validate_url = False
    assert world.mirror(auth_password="wrong").status_code == 200
    state = world.call("GET", "mirror/pull").json()
    assert state["update_status"] == "failed" and "fetch remote" in state["last_error"]
    assert "wrong" not in state["last_error"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nowhere", "Only allowed schemes are http, https, ssh, git"),
        ("file:///etc/passwd", "Only allowed schemes"),
        ("https://", "Hostname or IP address invalid"),
        ("https:///acme/app.git", "Hostname or IP address invalid"),
        ("https://-x/acme/app.git", "Hostname or IP address invalid"),
        ("https://bitbucket.example.com/acme/an app.git", "URI is invalid"),
        ("https://[::1/acme/app.git", "URI is invalid"),
        ("https://bitbucket.example.com:port/acme/app.git", "URI is invalid"),
    ],
)
@pytest.mark.parametrize("enabled", [True, False])
def test_what_is_no_url_is_refused_when_it_is_set(world: World, enabled: bool, url: str, words: str) -> None:
    answer = world.call("PUT", "mirror/pull", json={"enabled": enabled, "url": url})
    assert answer.status_code == 400
    assert answer.json()["message"]["import_url"][0].startswith(f"is blocked: {words}")
    for refused in (
        world.call("PUT", "", json={"import_url": url}),
        world.call("POST", "/projects", json={"path": "copy", "namespace_id": world.group.id, "import_url": url}),
    ):
        assert refused.status_code == 400 and "is blocked" in refused.json()["message"]["import_url"][0]
    assert world.project.mirror.url is None and world.gitlab.find_project("acme/copy") is None


def test_the_rest_user_name_is_no_git_user(world: World) -> None:
    assert world.mirror(auth_user=world.source_token.email).status_code == 400
    assert world.mirror(auth_user="x-bitbucket-api-token-auth").status_code == 200


def test_partial_updates_and_missing_parameters(world: World) -> None:
    assert world.call("PUT", "mirror/pull", json={}).status_code == 400
    assert world.call("PUT", "mirror/pull", json={"enabled": True}).json() == {"error": "url is missing"}
    assert world.call("PUT", "mirror/pull", json={"enabled": "maybe"}).json() == {"error": "enabled is invalid"}
    world.mirror()
    answer = world.call("PUT", "mirror/pull", json={"mirror_trigger_builds": False}).json()
    assert answer["enabled"] and answer["mirror_trigger_builds"] is False
    assert answer["update_status"] == "scheduled"  # a PUT is never without effect


def test_disabling_forgets_the_credentials(world: World) -> None:
    world.mirror()
    answer = world.call("PUT", "mirror/pull", json={"enabled": False}).json()
    assert answer["enabled"] is False and "*" not in answer["url"]
    assert world.call("GET", "mirror/pull").status_code == 400
    assert world.call("PUT", "mirror/pull", json={"enabled": True}).status_code in (200, 400)
    assert world.project.mirror.password == ""


def test_of_protected_only_and_regex_the_regex_wins(world: World) -> None:
    answer = world.mirror(only_mirror_protected_branches=True, mirror_branch_regex="^main$").json()
    assert answer["mirror_branch_regex"] == "^main$" and not answer["only_mirror_protected_branches"]
    assert "refs/heads/feature/login" not in world.gitlab.refs(world.project)
    answer = world.call("PUT", "mirror/pull", json={"only_mirror_protected_branches": True}).json()
    assert answer["mirror_branch_regex"] is None and answer["only_mirror_protected_branches"] is True


@pytest.mark.parametrize("place", ["query", "header", "bearer"])
def test_the_trigger_takes_the_token_in_three_places(world: World, place: str) -> None:
    world.mirror()
    secret = world.token.secret
    options = {
        "query": {"params": {"private_token": secret}},
        "header": {"headers": {"PRIVATE-TOKEN": secret}},
        "bearer": {"headers": {"Authorization": f"Bearer {secret}"}},
    }[place]
    assert world.call("POST", "mirror/pull", None, json={"push": {}}, **options).status_code == 200


def test_any_signature_makes_the_token_worthless(world: World) -> None:
    """The webhook's ``secret`` breaks the trigger: Bitbucket signs, GitLab takes it for GitHub's."""
    world.mirror()
    body = b"{}"
    signature = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()

    def ask() -> int:
        params = {"private_token": world.token.secret}
        headers = {"X-Hub-Signature": signature}
        return world.call("POST", "mirror/pull", None, data=body, params=params, headers=headers).status_code

    assert ask() == 404
    world.project.visibility = "internal"
    assert ask() == 404
    world.project.visibility = "public"
    assert ask() == 401


def test_triggers_are_throttled_to_one_in_five_minutes(world: World) -> None:
    world.mirror()
    first = world.project.mirror.last_update_at
    world.source.bitbucket.commit("acme", "app", "main", {"a": "1"})
    for _ in range(3):
        assert world.call("POST", "mirror/pull").status_code == 200
    world.gitlab.clock.advance(60)
    assert world.project.mirror.last_update_at == first
    world.gitlab.clock.advance(300)
    world.gitlab.wait_for_mirror(world.project)
    assert world.gitlab.refs(world.project) == world.source.bitbucket.refs("acme", "app")


def test_a_trigger_after_five_quiet_minutes_fetches_at_once(world: World) -> None:
    world.mirror()
    world.gitlab.clock.advance(310)
    world.source.bitbucket.commit("acme", "app", "main", {"a": "1"})
    world.call("POST", "mirror/pull")
    assert world.project.mirror.status == "scheduled"
    assert world.gitlab.wait_for_mirror(world.project) == "finished"
    assert world.gitlab.refs(world.project) == world.source.bitbucket.refs("acme", "app")


def test_without_a_trigger_every_half_hour(world: World) -> None:
    world.mirror()
    world.source.bitbucket.commit("acme", "app", "main", {"a": "1"})
    world.gitlab.clock.advance(1790)
    assert world.gitlab.refs(world.project) != world.source.bitbucket.refs("acme", "app")
    world.gitlab.clock.advance(30)
    world.gitlab.wait_for_mirror(world.project)
    assert world.gitlab.refs(world.project) == world.source.bitbucket.refs("acme", "app")


def test_fourteen_failures_pause_and_put_resumes(world: World) -> None:
    world.mirror()
    world.source.bitbucket.revoke(world.source_token)
    for _ in range(16):
        world.gitlab.clock.advance(3600)
        world.gitlab.wait_for_mirror(world.project)
    assert world.project.mirror.failures == 14
    answer = world.call("POST", "mirror/pull")
    assert answer.status_code == 403 and words(answer) == "Mirroring for the project is on pause"
    new = world.source.bitbucket.create_api_token(world.source.owner, world.source_token.scopes)
    assert world.call("PUT", "mirror/pull", json={"auth_password": new.secret}).status_code == 200
    assert world.gitlab.wait_for_mirror(world.project) == "finished"
    assert world.call("POST", "mirror/pull").status_code == 200


def test_branches_deleted_upstream_stay(world: World) -> None:
    world.mirror()
    world.source.bitbucket.delete_branch("acme", "app", "feature/login")
    world.call("PUT", "mirror/pull", json={"enabled": True})
    world.gitlab.wait_for_mirror(world.project)
    assert "refs/heads/feature/login" in world.gitlab.refs(world.project)


def test_a_diverged_branch_stays_unless_overwritten(world: World) -> None:
    world.mirror()
    own = world.gitlab.commit(world.project, "main", {"own": "1"}, by=world.owner)
    world.source.bitbucket.commit("acme", "app", "main", {"theirs": "1"})
    world.call("PUT", "mirror/pull", json={"enabled": True})
    assert world.gitlab.wait_for_mirror(world.project) == "failed"
    assert world.gitlab.refs(world.project)["refs/heads/main"] == own
    assert "has diverged from its upstream counterpart" in str(world.project.mirror.last_error)
    world.call("PUT", "mirror/pull", json={"mirror_overwrites_diverged_branches": True})
    assert world.gitlab.wait_for_mirror(world.project) == "finished"
    assert world.gitlab.refs(world.project) == world.source.bitbucket.refs("acme", "app")


def test_whoever_puts_becomes_the_mirror_user_and_a_revoked_bot_ends_the_mirror(world: World) -> None:
    bot = world.gitlab.create_project_token(world.project)
    assert world.mirror(bot).status_code == 200
    assert world.call("GET", "").json()["mirror_user_id"] == bot.user.id
    number = world.gitlab.tokens.rotate(bot, None).id
    assert world.call("GET", "mirror/pull").status_code == 200  # the bot stays when its token is rotated
    assert world.call("DELETE", f"access_tokens/{number}").status_code == 204
    answer = world.call("GET", "mirror/pull")
    assert answer.status_code == 400 and words(answer) == "The project is not mirrored"


def test_the_levels_and_tokens_that_may(world: World) -> None:
    world.mirror()
    weak = world.gitlab.create_project_token(world.project, access_level=30)
    strong = world.gitlab.create_project_token(world.project, access_level=40)
    reading = world.gitlab.create_token(world.owner, ["read_api"])
    assert world.call("POST", "mirror/pull", weak).status_code == 403
    assert world.call("POST", "mirror/pull", world.developer_token).status_code == 403
    assert world.call("POST", "mirror/pull", strong).status_code == 200
    answer = world.call("POST", "mirror/pull", reading)
    assert answer.status_code == 403 and answer.json()["error"] == "insufficient_scope"
    assert world.call("POST", "mirror/pull", None).status_code == 401
    stranger = world.gitlab.create_token(world.gitlab.create_user("stranger"))
    assert world.call("POST", "mirror/pull", stranger).status_code == 404


def test_a_fine_grained_token_with_the_one_permission(world: World) -> None:
    world.mirror()
    token = world.gitlab.create_granular_token(world.owner, ["create_pull_mirror"], [world.project])
    assert world.call("POST", "mirror/pull", token).status_code == 200
    answer = world.call("GET", "mirror/pull", token)
    assert answer.status_code == 403 and answer.json()["error"] == "insufficient_granular_scope"
    assert world.call("GET", "variables", token).status_code == 403
    assert world.call("GET", "/user", token).status_code == 403


def test_the_community_edition_has_no_such_endpoint(build: Build) -> None:
    world = build("ce")
    for method in ("GET", "PUT", "POST"):
        answer = world.call(method, "mirror/pull", json=world.mirror_attributes())
        assert answer.status_code == 404 and answer.json() == {"error": "404 Not Found"}
    assert world.call("PUT", "", json={"mirror": True}).status_code == 400
    assert "mirror" not in world.call("GET", "").json()
    assert world.call("GET", "/metadata").json()["enterprise"] is False


def test_without_a_licence_put_answers_200_and_does_nothing(build: Build) -> None:
    world = build("ee_free")
    answer = world.call("PUT", "mirror/pull", json=world.mirror_attributes())
    assert answer.status_code == 200 and answer.json()["enabled"] is False
    for method in ("GET", "POST"):
        answer = world.call(method, "mirror/pull")
        assert answer.status_code == 400 and words(answer) == "The project is not mirrored"
    assert world.call("PUT", "", json={"mirror": True, "import_url": world.source_url}).status_code == 200
    assert "mirror" not in world.call("GET", "").json()
    assert world.call("GET", "/metadata").json()["enterprise"] is True


def test_no_pull_request_in_a_body_of_bitbucket_s(world: World) -> None:
    """The whole way: a push to Bitbucket, its webhook, the fetch."""
    world.mirror()
    world.gitlab.clock.advance(310)
    url = f"{world.gitlab.api_url}/projects/{world.project.id}/mirror/pull?private_token={world.token.secret}"
    hook = {"url": url, "events": ["repo:push"], "description": "GitLab", "active": True}
    assert world.source.call("POST", "repositories/acme/app/hooks", json=hook).status_code == 201
    world.source.bitbucket.commit("acme", "app", "main", {"a": "1"})
    deliveries = world.source.bitbucket.wait_for_deliveries()
    assert deliveries[-1].attempts[-1].status == 200
    assert world.gitlab.wait_for_mirror(world.project) == "finished"
    assert world.gitlab.refs(world.project) == world.source.bitbucket.refs("acme", "app")


def test_python_gitlab_speaks_to_it(world: World, gl: gitlab.Gitlab) -> None:
    project = gl.projects.get("acme/app")
    with pytest.raises(gitlab.GitlabGetError, match="not mirrored"):
        project.pull_mirror.get()
    made = project.pull_mirror.create(world.mirror_attributes())
    assert made.update_status == "scheduled"
    world.gitlab.wait_for_mirror(world.project)
    assert project.pull_mirror.get().update_status == "finished"
    project.pull_mirror.start()


def test_url_rewrites_stand_for_the_real_address(world: World) -> None:
    real = world.source.bitbucket.url + "/"
    world.gitlab.url_rewrites["https://bitbucket.org/"] = real
    answer = world.mirror(url="https://bitbucket.org/acme/app.git")
    assert answer.json()["url"] == "https://*****:*****@bitbucket.org/acme/app.git"
    assert world.project.mirror.status == "finished"
    assert git.refs(world.project.git_path)
