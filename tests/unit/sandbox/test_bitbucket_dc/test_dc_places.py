# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects, repositories, permissions, branches, tags, commits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.bitbucket_dc.world import World

APP = "projects/ACME/repos/app"


def test_repository_says_where_it_is(world: World) -> None:
    app = world.get("projects/acme/repos/APP").json()  # found in any case
    assert (app["slug"], app["project"]["key"], app["archived"]) == ("app", "ACME", False)
    assert app["links"]["self"] == [{"href": f"{world.dc.url}/projects/ACME/repos/app/browse"}]


def test_permission_of_a_credential_is_asked_by_a_search(world: World) -> None:
    def found(by: Any, permission: str, **more: str) -> list[str]:
        query = {"projectkey": "ACME", "permission": permission, **more}
        return [one["slug"] for one in world.get("repos", by, params=query).json()["values"]]

    world.dc.create_repository("ACME", "open", {"a": "b"}, public=True)
    reader = world.dc.create_token(world.app, ["REPO_READ"])
    assert found("token", "REPO_ADMIN") == ["app", "open"]
    assert found("token", "REPO_ADMIN", name="app") == ["app"]
    assert found(reader, "REPO_ADMIN") == []
    assert found(reader, "REPO_READ", name="app") == ["app"]
    assert found(None, "REPO_READ") == []  # nobody has the permission, though everybody may read
    assert [one["slug"] for one in world.get("repos", None).json()["values"]] == ["open"]
    assert world.get("repos?permission=READ").status_code == world.get("repos?visibility=x").status_code == 400


def test_projects_are_seen_by_who_sees_something_in_them(world: World) -> None:
    sam = world.dc.create_user("sam")
    assert world.get("projects", sam).json()["values"] == []
    assert world.get("projects/ACME", sam).status_code == 401
    world.dc.grant(sam, "REPO_READ", "ACME", "app")
    assert [one["key"] for one in world.get("projects", sam).json()["values"]] == ["ACME"]
    assert world.get("projects/ACME", sam).status_code == 200
    assert world.get("projects?permission=PROJECT_READ", sam).json()["values"] == []


def test_projects_and_repositories_are_made_by_who_may(world: World) -> None:
    assert world.call("POST", "projects", world.owner, json={"key": "NEW", "name": "New"}).status_code == 401
    world.owner.permission = "PROJECT_CREATE"
    made = world.call("POST", "projects", world.owner, json={"key": "new", "name": "New"})
    assert made.status_code == 201 and made.json()["key"] == "NEW"
    again = world.call("POST", "projects", world.owner, json={"key": "NEW", "name": "Other"})
    assert again.status_code == 409
    assert world.call("POST", "projects", world.owner, json={"key": "9", "name": "Nine"}).status_code == 400
    made = world.call("POST", "projects/NEW/repos", world.owner, json={"name": "My App"})
    assert (made.status_code, made.json()["slug"]) == (201, "my-app")
    again = world.call("POST", "projects/NEW/repos", world.owner, json={"name": "my app"})
    assert again.status_code == 409
    assert world.call("DELETE", "projects/NEW", world.owner).status_code == 409  # not empty
    world.call("DELETE", "projects/NEW/repos/my-app", world.owner)
    assert world.call("DELETE", "projects/NEW", world.owner).status_code == 204
    changed = world.call("PUT", "projects/ACME", json={"description": "All"}).json()
    assert (changed["name"], changed["description"]) == ("Acme", "All")
    changed = world.call("PUT", APP, json={"description": "One", "defaultBranch": "feature/login"})
    assert changed.status_code == 201 and changed.json()["description"] == "One"
    assert world.get(f"{APP}/default-branch").json()["displayId"] == "feature/login"


def test_permissions_are_granted_and_taken(world: World) -> None:
    sam = world.dc.create_user("sam")
    users = f"{APP}/permissions/users"
    assert world.call("PUT", f"{users}?name=sam&permission=REPO_WRITE").status_code == 204
    (only,) = world.get(users).json()["values"]
    assert (only["user"]["name"], only["permission"]) == ("sam", "REPO_WRITE")
    assert world.get(APP, sam).status_code == 200
    assert world.get(users, sam).status_code == 401
    assert world.call("DELETE", f"{users}?name=sam").status_code == 204
    assert world.get(APP, sam).status_code == 401
    assert world.call("PUT", f"{users}?name=sam&permission=PROJECT_READ").status_code == 400
    assert world.call("PUT", f"{users}?name=none&permission=REPO_READ").status_code == 404
    own = "projects/ACME/permissions/users?name=olivia"
    assert world.call("PUT", f"{own}&permission=PROJECT_READ").status_code == 403
    assert world.call("DELETE", own).status_code == 409


def test_branches(world: World) -> None:
    refs = world.dc.refs("ACME", "app")
    listed = world.get(f"{APP}/branches?orderBy=ALPHABETICAL").json()["values"]
    assert [(one["displayId"], one["isDefault"]) for one in listed] == [("feature/login", False), ("main", True)]
    assert listed[1]["latestCommit"] == refs["refs/heads/main"]
    some = world.get(f"{APP}/branches?filterText=LOGIN").json()["values"]
    assert [one["id"] for one in some] == ["refs/heads/feature/login"]  # the text may be anywhere in the name
    assert world.get(f"{APP}/branches/default").json()["displayId"] == "main"


def test_branches_are_made_and_deleted(world: World) -> None:
    utils = "/rest/branch-utils/latest/" + APP
    body = {"name": "feature/new", "startPoint": "main"}
    assert world.call("POST", f"{APP}/branches", json=body).status_code == 200
    assert world.call("POST", f"{utils}/branches", json={**body, "name": "feature/two"}).status_code == 201
    assert world.call("POST", f"{APP}/branches", json=body).status_code == 409
    assert world.call("POST", f"{APP}/branches", json={**body, "name": "feature/new/x"}).status_code == 400
    assert world.call("POST", f"{APP}/branches", json={"name": "x", "startPoint": "none"}).status_code == 404
    name = {"name": "refs/heads/feature/new"}
    assert world.call("DELETE", f"{utils}/branches", json={**name, "endPoint": "0" * 40}).status_code == 400
    assert world.call("DELETE", f"{utils}/branches", json={**name, "dryRun": True}).status_code == 204
    assert "refs/heads/feature/new" in world.dc.refs("ACME", "app")
    for _ in range(2):  # the second time there is none, which is fine
        assert world.call("DELETE", f"{utils}/branches", json=name).status_code == 204
    assert "refs/heads/feature/new" not in world.dc.refs("ACME", "app")
    assert world.call("DELETE", f"{utils}/branches", json={"name": "main"}).status_code == 400
    reader = world.dc.create_token(world.app, ["REPO_READ"])
    assert world.call("POST", f"{APP}/branches", reader, json=body).status_code == 401


def test_empty_repository_has_a_default_branch_that_does_not_exist(world: World) -> None:
    world.dc.create_repository("ACME", "empty")
    empty = "projects/ACME/repos/empty"
    assert world.get(f"{empty}/branches/default").status_code == 204
    assert world.get(f"{empty}/default-branch").json()["displayId"] == "main"
    for what in ("branches", "commits", "files"):
        assert world.get(f"{empty}/{what}").json()["values"] == []
    assert world.get(f"{empty}/browse").status_code == 404


def test_tags(world: World) -> None:
    sha = world.dc.refs("ACME", "app")["refs/heads/main"]
    plain = world.get(f"{APP}/tags/v1").json()
    assert (plain["displayId"], plain["latestCommit"], plain["hash"]) == ("v1", sha, None)
    made = world.call("POST", f"{APP}/tags", json={"name": "v2", "startPoint": "main", "message": "Two"})
    assert made.status_code == 200 and made.json()["latestCommit"] == sha != made.json()["hash"]
    assert world.call("POST", f"{APP}/tags", json={"name": "v2", "startPoint": "main"}).status_code == 409
    git_tags = f"/rest/git/latest/{APP}/tags"
    assert world.call("POST", git_tags, json={"name": "v3", "startPoint": sha}).status_code == 201
    assert world.call("DELETE", f"{git_tags}/v3").status_code == 204
    assert world.get(f"{APP}/tags/v3").status_code == world.call("DELETE", f"{git_tags}/v3").status_code == 404
    assert {one["displayId"] for one in world.get(f"{APP}/tags").json()["values"]} == {"v1", "v2"}


def test_commits(world: World) -> None:
    first = world.dc.refs("ACME", "app")["refs/heads/main"]
    second = world.dc.commit("ACME", "app", "main", {"a": "b"}, "More\n\nThan that")
    one = world.get(f"{APP}/commits/{second[:11]}").json()
    assert (one["id"], one["displayId"], one["parents"][0]["id"]) == (second, second[:11], first)
    assert one["message"] == "More\n\nThan that" and one["authorTimestamp"] > 10**12
    assert [c["id"] for c in world.get(f"{APP}/commits").json()["values"]] == [second, first]
    assert [c["id"] for c in world.get(f"{APP}/commits?since={first}").json()["values"]] == [second]
    assert [c["id"] for c in world.get(f"{APP}/commits?path=README.md").json()["values"]] == [first]
    page = world.get(f"{APP}/commits?limit=1&until=refs/heads/main").json()
    assert not page["isLastPage"] and page["nextPageStart"] == 1
    for name in ("main", "refs%2Fheads%2Fmain", "0" * 40):  # no names of refs here
        assert world.get(f"{APP}/commits/{name}").status_code == 404


@pytest.mark.parametrize("path", ["projects", f"{APP}/branches", f"{APP}/commits"])
def test_pages_have_one_shape(world: World, path: str) -> None:
    page = world.get(f"{path}?limit=100").json()
    assert (page["start"], page["limit"], page["isLastPage"]) == (0, 100, True)
    assert page["size"] == len(page["values"]) and "nextPageStart" not in page
    assert world.get(path).json()["limit"] == 25
