# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories, refs, commits, pages, partial answers, queries, limits, and what has been removed."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.bitbucket.world import World
from tests.sandbox.server import Server


def test_absent_and_not_permitted_look_the_same(world: World) -> None:
    stranger = world.bitbucket.create_user("sam")
    token = world.bitbucket.create_api_token(stranger, ["read:repository:bitbucket"])
    absent, hidden = world.get("repositories/acme/nothing"), world.get("repositories/acme/app", token)
    anonymous = world.get("repositories/acme/app", None)
    assert absent.status_code == hidden.status_code == anonymous.status_code == 404
    assert absent.json() == hidden.json() == anonymous.json()
    assert "either does not exist or you do not have access" in absent.json()["error"]["message"]


def test_repository_names_itself_in_the_sandbox(world: World) -> None:
    answer = world.get("repositories/acme/app").json()
    root = world.bitbucket.url
    assert answer["uuid"].startswith("{") and answer["uuid"].endswith("}")
    links = {link["name"]: link["href"] for link in answer["links"]["clone"]}
    assert links["https"] == root.replace("://", "://olivia@") + "/acme/app.git"  # the user's name, as in real answers
    assert links["ssh"] == "git@127.0.0.1:acme/app.git"
    token = world.bitbucket.create_access_token("repository", "acme", "app")
    by_token = world.get("repositories/acme/app", token).json()["links"]["clone"]
    assert by_token[0] == {"name": "https", "href": f"{root}/acme/app.git"}
    assert answer["mainbranch"] == {"type": "branch", "name": "main"}
    assert answer["is_private"] is True


def test_uuids_take_the_place_of_slugs(world: World) -> None:
    repository = world.bitbucket.repository("acme", "app")
    for workspace in (repository.workspace.uuid, "acme", "{}"):
        assert world.get(f"repositories/{workspace}/{repository.uuid}").json()["full_name"] == "acme/app"


def test_empty_repository_has_no_main_branch_until_the_first_commit(world: World) -> None:
    world.bitbucket.create_repository("acme", "empty")
    assert world.get("repositories/acme/empty").json()["mainbranch"] is None
    assert world.get("repositories/acme/empty/refs").json()["values"] == []
    assert world.get("repositories/acme/empty/commits").json()["values"] == []
    world.bitbucket.commit("acme", "empty", "trunk", {"a": "b"})
    assert world.get("repositories/acme/empty").json()["mainbranch"]["name"] == "trunk"


def test_refs_are_those_of_git(world: World) -> None:
    answer = world.get("repositories/acme/app/refs").json()
    found = {(ref["type"], ref["name"]): ref["target"]["hash"] for ref in answer["values"]}
    refs = world.bitbucket.refs("acme", "app")
    assert found == {
        ("branch", "main"): refs["refs/heads/main"],
        ("branch", "feature/login"): refs["refs/heads/feature/login"],
        ("tag", "v1"): refs["refs/tags/v1"],
    }


def test_annotated_tag_leads_to_the_commit(world: World) -> None:
    tag_object = world.bitbucket.tag("acme", "app", "v2", "main", message="Second")
    answer = world.get("repositories/acme/app/refs/tags/v2").json()
    assert answer["target"]["hash"] == world.bitbucket.refs("acme", "app")["refs/heads/main"] != tag_object
    assert answer["message"] == "Second\n"
    assert world.get("repositories/acme/app/refs/tags/v1").json()["message"] is None


def test_branch_with_a_slash_is_found_encoded_and_not(world: World) -> None:
    for name in ("feature%2Flogin", "feature/login"):
        assert world.get(f"repositories/acme/app/refs/branches/{name}").json()["name"] == "feature/login"
    assert world.get("repositories/acme/app/refs/branches/feature").status_code == 404
    assert world.get("repositories/acme/app/refs/branches/*").status_code == 404
    world.bitbucket.delete_branch("acme", "app", "feature/login")
    assert world.get("repositories/acme/app/refs/branches/feature/login").status_code == 404


def test_pages_are_ten_long_a_hundred_at_most_and_linked(world: World) -> None:
    for number in range(12):
        world.bitbucket.create_repository("acme", f"r{number:02}")
    first = world.get("repositories/acme").json()
    assert (first["pagelen"], first["page"], first["size"], len(first["values"])) == (10, 1, 13, 10)
    second = world.get(first["next"]).json()
    assert len(second["values"]) == 3 and "next" not in second and "previous" in second
    assert world.get("repositories/acme?pagelen=100").json()["pagelen"] == 100
    assert world.get("repositories/acme?pagelen=101").status_code == 400


def test_next_of_commits_is_no_number(world: World) -> None:
    first = world.get("repositories/acme/app/commits?pagelen=1").json()
    assert "page=" not in first["next"] and "size" not in first
    second = world.get(first["next"]).json()
    assert second["values"][0]["hash"] == first["values"][0]["parents"][0]["hash"]


def test_commits_include_and_exclude(world: World) -> None:
    only = world.get("repositories/acme/app/commits?include=feature/login&exclude=main").json()["values"]
    assert [commit["message"].strip() for commit in only] == ["Start feature/login"]
    assert world.get("repositories/acme/app/commits/main").json()["values"][0]["message"].strip() == "Initial commit"
    assert world.get("repositories/acme/app/commit/0000000").status_code == 404


def test_times_of_git_have_no_fraction_and_others_do(world: World) -> None:
    world.bitbucket.tag("acme", "app", "v9", "main", message="Nine")
    (commit, *_) = world.get("repositories/acme/app/commits").json()["values"]
    tag = world.get("repositories/acme/app/refs/tags/v9").json()
    for date in (commit["date"], tag["date"], tag["target"]["date"]):
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\+00:00", date)
    assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{6}\+00:00", world.get("repositories/acme/app").json()["created_on"])


def test_fields_leave_what_is_asked_for_and_next_has_to_be_asked_for(world: World) -> None:
    world.bitbucket.create_repository("acme", "second")
    path = "repositories/acme?pagelen=1&fields="
    assert world.get(path + "values.full_name,values.mainbranch.name").json() == {
        "values": [{"full_name": "acme/app", "mainbranch": {"name": "main"}}]
    }
    assert set(world.get(path + "values.slug,next").json()) == {"values", "next"}
    plus = world.get(path + "%2Bvalues.owner").json()
    assert "size" in plus and "owner" in plus["values"][0]
    assert "links" not in world.get(path + "-values.links").json()["values"][0]


def test_a_plus_that_is_not_encoded_is_a_space(world: World) -> None:
    assert set(world.get(f"{world.bitbucket.api_url}/repositories/acme?fields=+size").json()) == {"size"}


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ('name ~ "P"', ["app", "people"]),
        ('name = "app"', ["app"]),
        ('full_name = "acme/people"', ["people"]),
        ('name ~ "p" AND project.key = "HR"', ["people"]),
        ('name = "app" OR (project.key = "HR" AND is_private = true)', ["app", "people"]),
        ('name !~ "p"', ["other"]),
        ("parent = null", ["app", "people", "other"]),
    ],
)
def test_query_language(world: World, query: str, slugs: list[str]) -> None:
    world.bitbucket.create_repository("acme", "people", project="HR")
    world.bitbucket.create_repository("acme", "other")
    answer = world.get("repositories/acme", params={"q": query})
    assert [repository["slug"] for repository in answer.json()["values"]] == slugs


@pytest.mark.parametrize("query", ["name", "name ~", 'nme = "x"', "(name = 1", "name = 1 name"])
def test_bad_query_is_400(world: World, query: str) -> None:
    assert world.get("repositories/acme", params={"q": query}).status_code == 400


def test_sort_by_name_counts_numbers(world: World) -> None:
    for name in ("v10", "v9"):
        world.bitbucket.tag("acme", "app", name, "main")
    names = [tag["name"] for tag in world.get("repositories/acme/app/refs/tags?sort=name").json()["values"]]
    assert names == ["v1", "v9", "v10"]
    names = [tag["name"] for tag in world.get("repositories/acme/app/refs/tags").json()["values"]]
    assert names == ["v1", "v10", "v9"]


def test_own_permissions(world: World) -> None:
    sam = world.bitbucket.create_user("sam")
    world.bitbucket.grant(sam, "write", "acme", "app")
    token = world.bitbucket.create_api_token(sam, ["read:repository:bitbucket", "read:workspace:bitbucket"])
    world.bitbucket.create_repository("acme", "hidden")
    path = "user/workspaces/acme/permissions/repositories"
    values = world.get(path, token, params={"q": 'repository.full_name="acme/app"'}).json()["values"]
    assert [(v["repository"]["name"], v["permission"]) for v in values] == [("app", "write")]
    assert world.get(path, token, params={"q": 'permission>"write"'}).json()["values"] == []
    assert world.get("user/workspaces/acme/permission", token).json()["permission"] == "member"
    assert world.get("user/workspaces/acme/permission").json()["permission"] == "owner"
    spaces = world.get("user/workspaces", token).json()["values"]
    assert [(s["workspace"]["slug"], s["administrator"]) for s in spaces] == [("acme", False)]
    assert world.get("workspaces/acme", token).json()["slug"] == "acme"
    assert world.get("workspaces/nowhere", token).status_code == 404
    assert world.get("repositories/acme?role=contributor", token).json()["size"] == 1
    assert world.get("repositories/acme?role=admin", token).json()["size"] == 0
    assert world.get("user/emails").json()["values"][0]["email"] == "olivia@example.com"


@pytest.mark.parametrize(
    "path",
    ["repositories", "workspaces", "user/permissions/repositories", "user/permissions/workspaces", "repositories?q=x"],
)
def test_removed_endpoints_are_410_with_the_announcement(world: World, path: str) -> None:
    answer = world.get(path)
    assert answer.status_code == 410
    error = answer.json()["error"]
    assert error["message"] == "CHANGE-2770 - Functionality has been deprecated"
    assert "CHANGE-2770" in error["data"]["announcement_url"]


def test_rate_limit_is_plain_text_without_retry_after_and_rolls(server: Server, world: World) -> None:
    server.clock.tick_seconds = 0
    world.bitbucket.rate_limits.limits["api-repositories"] = 2
    assert [world.get("repositories/acme/app").status_code for _ in range(3)] == [200, 200, 429]
    answer = world.get("repositories/acme/app")
    assert answer.text == "Rate limit for this resource has been exceeded"
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Retry-After" not in answer.headers and "X-RateLimit-Limit" not in answer.headers
    assert answer.headers["X-Credential-Type"] == "api_token"
    assert world.get("user").status_code == 200  # not counted there
    token = world.bitbucket.create_access_token("repository", "acme", "app")
    near = world.get("repositories/acme/app", token)
    assert near.status_code == 200  # another credential, another count
    assert (near.headers["X-RateLimit-Limit"], near.headers["X-RateLimit-NearLimit"]) == ("2", "false")
    server.clock.advance(3600)
    assert world.get("repositories/acme/app").status_code == 200


def test_anonymous_callers_have_sixty(server: Server, world: World) -> None:
    server.clock.tick_seconds = 0
    assert {world.get("hook_events", None).status_code for _ in range(60)} == {200}
    assert world.get("hook_events", None).status_code == 429


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "text/plain"), (401, "text/plain"), (503, "text/html"), (500, "application/json")]
)
def test_faults_are_in_bitbuckets_words(server: Server, world: World, status: int, kind: str) -> None:
    server.faults.add("status", match="GET /2.0/user", status=status)
    answer = world.get("user")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, kind)
    assert world.get("user").status_code == 200


def test_unknown_paths_and_methods_keep_the_envelope(world: World) -> None:
    assert world.get("nothing/here").json()["type"] == "error"
    assert world.call("PATCH", "user").status_code == 405
