# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests: opened, followed, merged and declined, by the API and by git."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox import git
from tests.sandbox.bitbucket.world import World

PULLS = "repositories/acme/app/pullrequests"
BRANCHES = "repositories/acme/app/refs/branches"
EVENTS = [f"pullrequest:{name}" for name in ("created", "updated", "push", "fulfilled", "rejected")]


def opened(world: World, by: Any = "owner", **more: Any) -> requests.Response:
    body = {"title": "Login", "source": {"branch": {"name": "feature/login"}}, **more}
    return world.call("POST", PULLS, by, json=body)


def heads(world: World) -> dict[str, str]:
    refs = world.bitbucket.refs("acme", "app")
    return {name.removeprefix("refs/heads/"): sha for name, sha in refs.items() if name.startswith("refs/heads/")}


def message(answer: requests.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["message"])


@pytest.fixture
def hook(world: World, receiver: Any) -> Any:
    body = {"url": receiver.url, "events": EVENTS}
    assert world.call("POST", "repositories/acme/app/hooks", json=body).status_code == 201
    return receiver


def told(world: World) -> list[tuple[str, dict[str, Any]]]:
    deliveries = world.bitbucket.wait_for_deliveries()
    return [(delivery.event, delivery.payload["pullrequest"]) for delivery in deliveries]


def test_opening_needs_a_title_and_a_source_only(world: World) -> None:
    answer = opened(world)
    assert answer.status_code == 201
    pull, before = answer.json(), heads(world)
    assert answer.headers["Location"] == pull["links"]["self"]["href"]
    assert (pull["id"], pull["state"], pull["author"]["nickname"]) == (1, "OPEN", "olivia")
    assert pull["destination"]["branch"]["name"] == "main"
    assert world.get(f"{PULLS}/1").json() == pull
    assert before == heads(world)


def test_hashes_in_pull_requests_are_short(world: World) -> None:
    """Twelve characters, where all other answers have forty: who compares has to compare beginnings."""
    pull = opened(world).json()
    for side, branch in (("source", "feature/login"), ("destination", "main")):
        short = pull[side]["commit"]["hash"]
        assert len(short) == 12 and heads(world)[branch].startswith(short)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "title: This field is required."),
        ({"source": None}, "source: This field is required."),
        ({"source": {"name": "feature/login"}}, "source.branch.name: This field is required."),
        ({"source": {"branch": {"name": "none"}}}, "source: branch not found: none"),
        ({"destination": {"branch": {"name": "none"}}}, "destination: branch not found: none"),
        ({"destination": {"branch": {"name": "feature/login"}}}, "There are no changes to be pulled"),
        ({"reviewers": [{"uuid": "{none}"}]}, "reviewers: Malformed reviewers list: {none} is not a user"),
    ],
)
def test_what_is_refused(world: World, change: dict[str, Any], words: str) -> None:
    assert message(opened(world, **change)) == words
    assert world.get(PULLS).json()["values"] == []


def test_author_is_no_reviewer(world: World) -> None:
    refused = opened(world, reviewers=[{"uuid": world.owner.uuid}])
    assert message(refused) == "reviewers: olivia is the author and cannot be included as a reviewer."


def test_second_one_between_the_same_branches_changes_the_first(world: World) -> None:
    opened(world)
    again = opened(world, title="Log in")
    assert (again.json()["id"], again.json()["title"]) == (1, "Log in")
    assert world.get(PULLS).json()["size"] == 1


def test_only_open_ones_are_listed_unless_states_are_named(world: World) -> None:
    for number, branch in enumerate(("a", "b", "c"), 1):
        world.bitbucket.commit("acme", "app", branch, {branch: branch})
        world.bitbucket.open_pull_request("acme", "app", branch)
        if number < 3:
            end = world.bitbucket.merge_pull_request if number == 1 else world.bitbucket.decline_pull_request
            end("acme", "app", number)
    found = world.get(f"{PULLS}?pagelen=1").json()
    assert [one["id"] for one in found["values"]] == [3] and "next" not in found
    assert "reviewers" not in found["values"][0]
    both = world.get(f"{PULLS}?state=MERGED&state=DECLINED&pagelen=1").json()
    assert both["size"] == 2 and [one["id"] for one in both["values"]] == [2]
    assert [one["id"] for one in world.get(both["next"]).json()["values"]] == [1]
    assert world.get(f"{PULLS}?state=CLOSED").status_code == 400
    assert [one["id"] for one in world.get(PULLS, params={"q": 'source.branch.name="c"'}).json()["values"]] == [3]


def test_scopes(world: World) -> None:
    def token(*names: str) -> Any:
        return world.bitbucket.create_api_token(world.owner, [f"{name}:bitbucket" for name in names])

    assert opened(world, token("write:pullrequest")).status_code == 403  # write does not include read
    assert opened(world, token("read:pullrequest", "write:pullrequest")).status_code == 201
    assert world.get(PULLS, token("read:repository")).status_code == 403
    old = world.bitbucket.create_access_token("repository", "acme", "app", scopes=["pullrequest"])
    assert world.get(f"{PULLS}/1", old).status_code == 200
    assert world.call("POST", f"{PULLS}/1/decline", old).status_code == 403


def test_readers_open_and_decline_their_own_but_merge_nothing(world: World) -> None:
    rita = world.bitbucket.create_user("rita")
    world.bitbucket.grant(rita, "read", "acme", "app")
    token = world.bitbucket.create_api_token(rita, world.token.scopes)
    assert opened(world, token).json()["author"]["nickname"] == "rita"
    assert world.call("POST", f"{PULLS}/1/merge", token).status_code == 403
    assert world.call("PUT", f"{PULLS}/1", token, json={"title": "Mine"}).status_code == 200
    assert world.call("POST", f"{PULLS}/1/decline", token).json()["state"] == "DECLINED"
    opened(world)
    assert world.call("POST", f"{PULLS}/2/decline", token).status_code == 403
    assert world.call("PUT", f"{PULLS}/2", token, json={"title": "Mine"}).status_code == 403


def test_update_without_title_is_refused(world: World) -> None:
    opened(world)
    assert message(world.call("PUT", f"{PULLS}/1", json={"description": "x"})) == "title: This field is required."
    changed = world.call("PUT", f"{PULLS}/1", json={"title": "Log in", "description": "x"}).json()
    assert (changed["title"], changed["description"], changed["close_source_branch"]) == ("Log in", "x", False)


def test_merge_is_one_of_git(world: World, hook: Any) -> None:
    opened(world)
    before = heads(world)
    merged = world.call("POST", f"{PULLS}/1/merge", json={"type": "x", "message": "Merge it"}).json()
    after = heads(world)
    repository = world.bitbucket.repository("acme", "app").path
    (commit,) = git.log(repository, "-1", after["main"])
    assert commit.parents == (before["main"], before["feature/login"]) and commit.message.strip() == "Merge it"
    assert world.bitbucket.read("acme", "app", "login.py", "main") == b"pass\n"
    assert after["feature/login"] == before["feature/login"]
    assert (merged["state"], merged["closed_by"]["nickname"]) == ("MERGED", "olivia")
    assert after["main"].startswith(merged["merge_commit"]["hash"])
    assert [event for event, _ in told(world)] == ["pullrequest:created", "pullrequest:fulfilled"]
    assert message(world.call("POST", f"{PULLS}/1/merge")) == "This pull request is already closed."


@pytest.mark.parametrize(
    ("strategy", "parents", "linear"),
    [
        ("squash", 1, True),
        ("rebase_fast_forward", 1, True),
        ("rebase_merge", 2, False),
        ("fast_forward", None, False),
        ("squash_fast_forward", None, False),
    ],
)
def test_strategies(world: World, strategy: str, parents: int | None, linear: bool) -> None:
    world.bitbucket.commit("acme", "app", "feature/login", {"more.py": "1"}, "More")
    world.bitbucket.commit("acme", "app", "main", {"other.py": "1"}, "Meanwhile")
    opened(world)
    before = heads(world)["main"]
    answer = world.call("POST", f"{PULLS}/1/merge", json={"merge_strategy": strategy})
    repository = world.bitbucket.repository("acme", "app").path
    if parents is None:
        assert "fast-forward is not possible" in message(answer) and heads(world)["main"] == before
        return
    (commit,) = git.log(repository, "-1", heads(world)["main"])
    assert len(commit.parents) == parents
    assert bool(git.log(repository, "--merges", heads(world)["main"])) is not linear
    for path in ("login.py", "more.py", "other.py"):
        assert world.bitbucket.read("acme", "app", path, "main") is not None


def test_fast_forward_makes_no_commit(world: World) -> None:
    opened(world)
    world.call("POST", f"{PULLS}/1/merge", json={"merge_strategy": "fast_forward"})
    assert heads(world)["main"] == heads(world)["feature/login"]


def test_conflicts_are_not_merged(world: World) -> None:
    world.bitbucket.commit("acme", "app", "main", {"login.py": "other\n"})
    opened(world)
    before = heads(world)
    answer = world.call("POST", f"{PULLS}/1/merge")
    assert message(answer) == "You can't merge until you resolve all merge conflicts."
    assert heads(world) == before and world.get(f"{PULLS}/1").json()["state"] == "OPEN"


def test_drafts_are_not_merged(world: World) -> None:
    opened(world, draft=True)
    assert "draft" in message(world.call("POST", f"{PULLS}/1/merge"))
    world.call("PUT", f"{PULLS}/1", json={"title": "Login", "draft": False})
    assert world.call("POST", f"{PULLS}/1/merge").status_code == 200


@pytest.mark.parametrize(
    ("at_creation", "at_merge", "gone"), [(True, None, True), (True, False, False), (False, True, True)]
)
def test_source_branch_goes_if_that_was_said(
    world: World, at_creation: bool, at_merge: bool | None, gone: bool
) -> None:
    opened(world, close_source_branch=at_creation)
    body = {} if at_merge is None else {"close_source_branch": at_merge}
    world.call("POST", f"{PULLS}/1/merge", json=body)
    assert ("feature/login" not in heads(world)) is gone


def test_merge_that_nobody_waits_for(world: World) -> None:
    opened(world)
    answer = world.call("POST", f"{PULLS}/1/merge?async=true")
    assert answer.status_code == 202
    assert world.get(answer.headers["Location"]).json()["task_status"] == "PENDING"
    world.bitbucket.clock.advance(60)
    done = world.get(answer.headers["Location"]).json()
    assert (done["task_status"], done["merge_result"]["state"]) == ("SUCCESS", "MERGED")
    assert world.get(f"{PULLS}/1/merge/task-status/none").status_code == 400


def test_declined_for_a_reason(world: World, hook: Any) -> None:
    opened(world)
    declined = world.call("POST", f"{PULLS}/1/decline", json={"reason": "No"}).json()
    assert (declined["state"], declined["reason"]) == ("DECLINED", "No")
    assert [event for event, _ in told(world)] == ["pullrequest:created", "pullrequest:rejected"]
    assert opened(world).json()["id"] == 2  # the branches are free again


def test_push_to_the_source_is_followed(world: World, hook: Any, tmp_path: Path) -> None:
    opened(world)
    url = world.bitbucket.clone_url("acme", "app").replace("://", f"://olivia:{world.token.secret}@")
    env = git.environment()
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "-q", "-b", "feature/login", url, str(work)], env=env, check=True)
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "More"], cwd=work, env=env, check=True)
    subprocess.run(["git", "push", "-q"], cwd=work, env=env, check=True)
    head = heads(world)["feature/login"]
    assert head.startswith(world.get(f"{PULLS}/1").json()["source"]["commit"]["hash"])
    (_, (event, pull), (pushed, _)) = told(world)
    assert (event, pushed) == ("pullrequest:updated", "pullrequest:push")
    assert head.startswith(pull["source"]["commit"]["hash"])


def test_merge_pushed_with_git_is_noticed(world: World, hook: Any) -> None:
    """Nobody told Bitbucket: the destination has all of the source's commits, so the pull request is merged."""
    opened(world)
    repository = world.bitbucket.repository("acme", "app")
    with world.bitbucket.changes(repository, world.token):
        git.run(repository.path, "update-ref", "refs/heads/main", heads(world)["feature/login"])
    assert world.get(f"{PULLS}/1").json()["state"] == "MERGED"
    assert [event for event, _ in told(world)] == ["pullrequest:created", "pullrequest:fulfilled"]


def test_deleted_source_leaves_the_pull_request_open(world: World) -> None:
    opened(world)
    assert [one["message"] for one in world.get(f"{PULLS}/1/commits").json()["values"]] == ["Start feature/login"]
    assert world.call("DELETE", f"{BRANCHES}/feature/login").status_code == 204
    assert world.get(f"{PULLS}/1").json()["state"] == "OPEN"
    assert world.get(f"{PULLS}/1/commits").json()["values"] == []
    assert message(world.call("POST", f"{PULLS}/1/merge")) == "source: branch not found: feature/login"


def test_payloads_name_the_pull_request_its_repository_and_who_did_it(world: World, hook: Any) -> None:
    opened(world)
    (delivery,) = world.bitbucket.wait_for_deliveries()
    assert set(delivery.payload) == {"pullrequest", "repository", "actor"}
    assert delivery.payload["pullrequest"] == world.get(f"{PULLS}/1").json()
    assert delivery.payload["repository"]["full_name"] == "acme/app"
    assert delivery.payload["actor"]["nickname"] == "olivia"


def test_statuses_of_the_source_branch_are_seen(world: World) -> None:
    """``refname`` ties a status to the pull request: another branch's is not shown."""
    opened(world)
    commit = f"repositories/acme/app/commit/{heads(world)['feature/login']}/statuses/build"
    for key, refname in (("mine", "feature/login"), ("any", None), ("other", "main")):
        body = {"key": key, "state": "SUCCESSFUL", "url": "https://ci.example.com/", "refname": refname}
        world.call("POST", commit, json=body)
    shown = world.get(f"{PULLS}/1/statuses").json()["values"]
    assert {status["key"] for status in shown} == {"mine", "any"}
    world.bitbucket.commit("acme", "app", "feature/login", {"x": "y"})
    assert world.get(f"{PULLS}/1/statuses").json()["values"] == []


def test_branches_by_api(world: World) -> None:
    sha = heads(world)["main"]
    made = world.call("POST", BRANCHES, json={"name": "feature/new", "target": {"hash": sha[:8]}})
    assert made.status_code == 201 and made.json()["target"]["hash"] == sha
    again = world.call("POST", BRANCHES, json={"name": "feature/new", "target": {"hash": sha}})
    assert message(again) == 'Branch "feature/new" already exists.'
    assert again.json()["error"]["data"] == {"key": "BRANCH_ALREADY_EXISTS"}
    for name in ("feature/new/deeper", "a..b", "-x"):
        assert world.call("POST", BRANCHES, json={"name": name, "target": {"hash": sha}}).status_code == 400
    assert world.call("POST", BRANCHES, json={"name": "b", "target": {"hash": "f" * 40}}).status_code == 404
    assert world.call("DELETE", f"{BRANCHES}/feature/new").status_code == 204
    assert world.call("DELETE", f"{BRANCHES}/feature/new").status_code == 404
    assert world.call("DELETE", f"{BRANCHES}/main").status_code == 400
