# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests: opened, followed, merged with the right version, declined, by the API and by git."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox import git
from tests.sandbox.bitbucket_dc.world import World

APP = "projects/ACME/repos/app"
PULLS = f"{APP}/pull-requests"
EVENTS = [f"pr:{name}" for name in ("opened", "modified", "from_ref_updated", "merged", "declined", "deleted")]
PLACE = {"slug": "app", "project": {"key": "ACME"}}


def ref(name: str) -> dict[str, Any]:
    return {"id": f"refs/heads/{name}", "repository": PLACE}


def opened(world: World, by: Any = "token", **more: Any) -> requests.Response:
    return world.call(
        "POST", PULLS, by, json={"title": "Login", "fromRef": ref("feature/login"), "toRef": ref("main"), **more}
    )


def heads(world: World) -> dict[str, str]:
    refs = world.dc.refs("ACME", "app")
    return {name.removeprefix("refs/heads/"): sha for name, sha in refs.items() if name.startswith("refs/heads/")}


def exception(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["errors"][0]["exceptionName"]).rpartition(".")[2]


@pytest.fixture
def hook(world: World, receiver: Any) -> Any:
    body = {"name": "CI", "url": receiver.url, "events": EVENTS}
    assert world.call("POST", f"{APP}/webhooks", json=body).status_code == 201
    return receiver


def told(world: World) -> list[str]:
    return [delivery.event for delivery in world.dc.wait_for_deliveries()]


def test_opened_between_whole_hashes(world: World) -> None:
    answer = opened(world)
    pull = answer.json()
    assert answer.status_code == 201
    assert (pull["id"], pull["version"], pull["state"], pull["open"]) == (1, 0, "OPEN", True)
    assert pull["fromRef"]["latestCommit"] == heads(world)["feature/login"]
    assert pull["toRef"]["latestCommit"] == heads(world)["main"]
    assert pull["author"] == {**pull["author"], "role": "AUTHOR", "approved": False, "status": "UNAPPROVED"}
    assert pull["properties"]["mergeResult"]["outcome"] == "CLEAN"
    assert world.get(f"{PULLS}/1").json() == pull
    where = git.refs(world.app.path, "refs/pull-requests")
    assert where == {"refs/pull-requests/1/from": heads(world)["feature/login"]}


@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        ({"title": None}, 400, "None"),
        ({"fromRef": None}, 400, "None"),
        ({"toRef": {"id": "refs/heads/main"}}, 400, "None"),  # without its repository
        ({"fromRef": ref("none")}, 404, "NoSuchBranchException"),
        ({"fromRef": ref("main")}, 409, "InvalidPullRequestTargetException"),
        ({"fromRef": ref("same")}, 409, "EmptyPullRequestException"),
        ({"reviewers": [{"user": {"name": "olivia"}}]}, 409, "InvalidPullRequestReviewersException"),
    ],
)
def test_what_is_refused(world: World, change: dict[str, Any], status: int, name: str) -> None:
    world.call("POST", f"{APP}/branches", json={"name": "same", "startPoint": "main"})
    assert exception(opened(world, **change), status) == name
    assert world.get(f"{PULLS}?state=ALL").json()["values"] == []


def test_second_one_between_the_same_branches_is_refused(world: World) -> None:
    opened(world)
    answer = opened(world)
    assert exception(answer, 409) == "DuplicatePullRequestException"
    assert answer.json()["errors"][0]["existingPullRequest"]["id"] == 1


def test_merge_takes_the_version(world: World, hook: Any) -> None:
    opened(world)
    before = heads(world)
    missing = world.call("POST", f"{PULLS}/1/merge")
    assert exception(missing, 409) == "PullRequestOutOfDateException"
    assert (missing.json()["errors"][0]["currentVersion"], missing.json()["errors"][0]["expectedVersion"]) == (0, -1)
    merged = world.call("POST", f"{PULLS}/1/merge?version=0", json={"message": "Merge it"}).json()
    (commit,) = git.log(world.app.path, "-1", heads(world)["main"])
    assert commit.parents == (before["main"], before["feature/login"]) and commit.message.strip() == "Merge it"
    assert (merged["state"], merged["version"], merged["closed"]) == ("MERGED", 1, True)
    assert merged["properties"]["mergeCommit"]["id"] == commit.sha
    assert told(world) == ["pr:opened", "pr:merged"]
    again = world.call("POST", f"{PULLS}/1/merge?version=1")
    assert exception(again, 409) == "IllegalPullRequestStateException"


def test_version_in_the_body_counts_as_well(world: World) -> None:
    opened(world)
    assert world.call("POST", f"{PULLS}/1/merge", json={"version": 0}).status_code == 200


@pytest.mark.parametrize("kind", ["project", "repository"])
def test_tokens_without_a_user_merge_nothing(world: World, kind: str) -> None:
    """A merge makes a commit, and a commit needs an e-mail address."""
    owner: Any = world.app if kind == "repository" else world.app.project
    opened(world)
    answer = world.call("POST", f"{PULLS}/1/merge?version=0", world.dc.create_token(owner, ["REPO_ADMIN"]))
    assert exception(answer, 403) == "AuthorisationException"


def test_conflicts_are_told_before_and_refused(world: World) -> None:
    world.dc.commit("ACME", "app", "main", {"login.py": "other\n"})
    assert opened(world).json()["properties"]["mergeResult"]["outcome"] == "CONFLICTED"
    state = world.get(f"{PULLS}/1/merge").json()
    assert (state["canMerge"], state["conflicted"]) == (False, True)
    answer = world.call("POST", f"{PULLS}/1/merge?version=0")
    assert exception(answer, 409) == "PullRequestMergeVetoedException"
    assert answer.json()["errors"][0]["conflicted"] is True


def test_drafts_are_vetoed(world: World) -> None:
    opened(world, draft=True)
    state = world.get(f"{PULLS}/1/merge").json()
    assert (state["canMerge"], state["conflicted"], len(state["vetoes"])) == (False, False, 1)
    assert exception(world.call("POST", f"{PULLS}/1/merge?version=0"), 409) == "PullRequestMergeVetoedException"
    assert world.get(f"{PULLS}?draft=false").json()["values"] == []


def test_question_whether_it_can_be_merged_makes_the_merge_fetchable(world: World) -> None:
    opened(world)
    world.get(f"{PULLS}/1")
    assert "refs/pull-requests/1/merge" not in git.refs(world.app.path, "refs/pull-requests")
    world.get(f"{PULLS}/1/merge")
    merge = git.refs(world.app.path, "refs/pull-requests")["refs/pull-requests/1/merge"]
    assert git.log(world.app.path, "-1", merge)[0].parents == (heads(world)["main"], heads(world)["feature/login"])
    assert heads(world).keys() == {"main", "feature/login"}


@pytest.mark.parametrize(("strategy", "parents"), [("squash", 1), ("rebase-no-ff", 2), ("ff-only", None), ("x", None)])
def test_strategies(world: World, strategy: str, parents: int | None) -> None:
    world.dc.commit("ACME", "app", "main", {"other.py": "1"})
    opened(world)
    answer = world.call("POST", f"{PULLS}/1/merge?version=0", json={"strategyId": strategy})
    if parents is None:
        assert exception(answer, 409) == "PullRequestMergeVetoedException"
    else:
        assert len(git.log(world.app.path, "-1", heads(world)["main"])[0].parents) == parents


def test_update_takes_the_version_and_keeps_what_it_does_not_name(world: World, hook: Any) -> None:
    opened(world, description="Why")
    assert exception(world.call("PUT", f"{PULLS}/1", json={"title": "x"}), 409) == "PullRequestOutOfDateException"
    changed = world.call("PUT", f"{PULLS}/1", json={"title": "Log in", "version": 0}).json()
    assert (changed["title"], changed["description"], changed["version"]) == ("Log in", "Why", 1)
    assert told(world) == ["pr:opened", "pr:modified"]
    assert world.dc.deliveries[-1].payload["previousTitle"] == "Login"


def test_declined_reopened_and_deleted(world: World, hook: Any) -> None:
    opened(world)
    declined = world.call("POST", f"{PULLS}/1/decline?version=0").json()
    assert (declined["state"], declined["version"]) == ("DECLINED", 1)
    reopened = world.call("POST", f"{PULLS}/1/reopen?version=1").json()
    assert (reopened["state"], reopened["version"], "closedDate" in reopened) == ("OPEN", 2, False)
    assert world.call("DELETE", f"{PULLS}/1", json={"version": 1}).status_code == 409
    assert world.call("DELETE", f"{PULLS}/1", json={"version": 2}).status_code == 204
    assert exception(world.get(f"{PULLS}/1"), 404) == "NoSuchPullRequestException"
    assert told(world) == ["pr:opened", "pr:declined", "pr:deleted"]
    assert opened(world).json()["id"] == 2  # numbers are not given twice


def test_listing(world: World) -> None:
    for number, branch in enumerate(("a", "b", "c"), 1):
        world.dc.commit("ACME", "app", branch, {branch: branch})
        world.dc.open_pull_request("ACME", "app", branch, title=f"Title {branch}")
        if number < 3:
            (world.dc.merge_pull_request if number == 1 else world.dc.decline_pull_request)("ACME", "app", number)

    def found(**query: str) -> list[int]:
        return [one["id"] for one in world.get(PULLS, params=query).json()["values"]]

    assert found() == [3]
    assert found(state="ALL", order="OLDEST") == [1, 2, 3]
    assert found(state="MERGED") == [1]
    assert found(state="ALL", at="refs/heads/main", filterText="title b") == [2]
    assert found(direction="OUTGOING", at="refs/heads/c") == [3]
    assert found(direction="OUTGOING", at="refs/heads/main") == []
    assert world.get(f"{PULLS}?state=CLOSED").status_code == 400


def test_push_to_the_source_is_followed(world: World, hook: Any) -> None:
    opened(world)
    before = heads(world)["feature/login"]
    after = world.dc.commit("ACME", "app", "feature/login", {"more": "1"})
    assert world.get(f"{PULLS}/1").json()["fromRef"]["latestCommit"] == after
    assert git.refs(world.app.path, "refs/pull-requests")["refs/pull-requests/1/from"] == after
    assert told(world) == ["pr:opened", "pr:from_ref_updated"]
    assert world.dc.deliveries[-1].payload["previousFromHash"] == before
    commits = world.get(f"{PULLS}/1/commits").json()["values"]
    assert [one["id"] for one in commits] == [after, before]


def test_merge_pushed_with_git_is_noticed(world: World, hook: Any) -> None:
    opened(world)
    with world.dc.changes(world.app):
        git.run(world.app.path, "update-ref", "refs/heads/main", heads(world)["feature/login"])
    assert world.get(f"{PULLS}/1").json()["state"] == "MERGED"
    assert told(world) == ["pr:opened", "pr:merged"]


@pytest.mark.parametrize("branch", ["feature/login", "target"])
def test_without_one_of_its_branches_it_is_declined(world: World, hook: Any, branch: str) -> None:
    world.call("POST", f"{APP}/branches", json={"name": "target", "startPoint": "main"})
    opened(world, toRef=ref("target"))
    world.dc.delete_branch("ACME", "app", branch)
    assert world.get(f"{PULLS}/1").json()["state"] == "DECLINED"
    assert told(world) == ["pr:opened", "pr:declined"]


def test_who_may_what(world: World) -> None:
    rita = world.dc.create_user("rita")
    world.dc.grant(rita, "REPO_READ", "ACME", "app")
    assert opened(world, rita).json()["author"]["user"]["name"] == "rita"
    assert world.call("POST", f"{PULLS}/1/merge?version=0", rita).status_code == 401
    assert world.call("PUT", f"{PULLS}/1", rita, json={"title": "Mine", "version": 0}).status_code == 200
    assert world.call("POST", f"{PULLS}/1/decline?version=1", rita).status_code == 200
    opened(world)
    assert world.call("PUT", f"{PULLS}/2", rita, json={"title": "Mine", "version": 0}).status_code == 401
    assert world.call("DELETE", f"{PULLS}/2", rita, json={"version": 0}).status_code == 401
    assert opened(world, None).status_code == 401


def test_payload(world: World, hook: Any) -> None:
    opened(world)
    (delivery,) = world.dc.wait_for_deliveries()
    assert set(delivery.payload) == {"eventKey", "date", "actor", "pullRequest"}
    assert delivery.payload["actor"]["name"] == "olivia" and delivery.payload["date"].endswith("+0000")
    assert delivery.payload["pullRequest"]["fromRef"]["displayId"] == "feature/login"
