# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects, imports, paging, limits, faults and what the installation says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gitlab
import pytest

from tests.sandbox.gitlab.world import World

Build = Callable[[str], World]


def create(world: World, **given: Any) -> Any:
    return world.call("POST", "/projects", json={"namespace_id": world.group.id, **given})


def with_credentials(world: World, password: str | None = None) -> str:
    user = world.source_token.git_user
    return world.source_url.replace("://", f"://{user}:{password or world.source_token.secret}@")


def wait_for_import(world: World, number: int) -> str:
    for _ in range(10):
        state = world.call("GET", f"/projects/{number}/import").json()["import_status"]
        if state in ("finished", "failed"):
            return str(state)
    return "never"


def test_created_empty_and_found_by_id_and_by_path(world: World) -> None:
    answer = create(world, name="My Shop", path="shop", issues_access_level="disabled", wiki_enabled=False)
    assert answer.status_code == 201
    made = answer.json()
    assert made["path_with_namespace"] == "acme/shop" and made["empty_repo"] and made["visibility"] == "private"
    assert made["issues_access_level"] == "disabled" and made["issues_enabled"] is False
    assert made["wiki_access_level"] == "disabled" and made["import_status"] == "none"
    for name in (made["id"], "acme%2Fshop"):
        assert world.call("GET", f"/projects/{name}").json()["id"] == made["id"]
    assert world.call("GET", "/projects/acme/shop").status_code == 501  # a path of the project "acme"
    assert world.call("GET", "/projects/acme%2Fnone").json() == {"message": "404 Project Not Found"}


def test_what_creation_refuses(world: World) -> None:
    assert "at least one parameter" in create(world).json()["error"]
    answer = create(world, path="app")
    assert answer.status_code == 400 and answer.json()["message"]["path"] == ["has already been taken"]
    assert create(world, name="x", visibility="secret").json() == {"error": "visibility does not have a valid value"}
    assert create(world, name="x", namespace_id=999).json() == {"message": {"namespace": ["is not valid"]}}
    assert create(world, name="x", visibility="public").status_code == 400  # in a private group
    assert create(world, path="-x").status_code == 400
    stranger = world.gitlab.create_token(world.gitlab.create_user("stranger"))
    body = {"name": "x", "namespace_id": world.group.id}
    assert world.call("POST", "/projects", stranger, json=body).status_code == 400


def test_updated(world: World) -> None:
    answer = world.call("PUT", "", json={"description": "what", "builds_access_level": "private", "name": "App"})
    assert answer.status_code == 200 and answer.json()["description"] == "what" and answer.json()["name"] == "App"
    assert world.call("PUT", "", json={"unknown": 1}).status_code == 400
    assert world.call("PUT", "", world.developer_token, json={"description": "x"}).status_code == 403


def test_deleted_later_but_out_of_the_way_at_once(world: World) -> None:
    assert world.call("DELETE", "").status_code == 202
    assert world.call("GET", "/projects/acme%2Fapp").status_code == 404
    marked = world.call("GET", "").json()
    assert marked["marked_for_deletion_on"] and marked["path"] == f"app-deletion_scheduled-{world.project.id}"
    assert create(world, path="app").status_code == 201
    assert world.call("DELETE", "").status_code == 400
    world.gitlab.clock.advance(31 * 24 * 3600)
    assert world.call("GET", "").status_code == 404


def test_deleted_for_good_and_restored(world: World) -> None:
    world.call("DELETE", "")
    assert world.call("POST", "restore").json()["path"] == "app"
    world.call("DELETE", "")
    params = {"permanently_remove": "true", "full_path": world.project.full_path}
    assert world.call("DELETE", "", params=params).status_code == 202
    assert world.call("GET", "").status_code == 404


def test_import_url_is_tried_with_git(world: World) -> None:
    answer = create(world, path="bad", import_url=with_credentials(world, "wrong"))
    assert answer.status_code == 422
    assert answer.json() == {"message": "Unable to access repository with the URL and credentials provided"}
    assert world.gitlab.find_project("acme/bad") is None
    made = create(world, path="good", import_url=with_credentials(world)).json()
    assert made["import_status"] == "scheduled"
    assert wait_for_import(world, made["id"]) == "finished"
    project = world.gitlab.find_project(made["id"])
    assert project and world.gitlab.refs(project) == world.source.bitbucket.refs("acme", "app")


def test_import_url_takes_no_at_sign_in_credentials(world: World) -> None:
    """The REST user name of an API token is an e-mail address."""
    email = world.source_token.email or ""
    for user in (email, email.replace("@", "%40")):
        url = world.source_url.replace("://", f"://{user}:{world.source_token.secret}@")
        assert create(world, path="x", import_url=url).status_code == 422


@pytest.mark.parametrize(("edition", "mirrored"), [("premium", True), ("ee_free", None), ("ce", None)])
def test_a_mirror_at_creation_is_silently_none_without_a_licence(
    build: Build, edition: str, mirrored: bool | None
) -> None:
    world = build(edition)
    answer = create(world, path="m", import_url=with_credentials(world), mirror=True, mirror_trigger_builds=True)
    assert answer.status_code == 201
    assert wait_for_import(world, answer.json()["id"]) == "finished"
    assert world.call("GET", "/projects/acme%2Fm").json().get("mirror") is mirrored


def test_project_access_tokens_are_there_in_every_edition(build: Build) -> None:
    for edition in ("ce", "ee_free", "premium"):
        world = build(edition)
        day = world.gitlab.tokens.today().replace(year=world.gitlab.tokens.today().year + 1).isoformat()
        body = {"name": "x", "scopes": ["api"], "expires_at": day}
        assert world.call("POST", "access_tokens", json=body).status_code in (201, 400)


def test_metadata_user_and_license(build: Build) -> None:
    world = build("premium")
    assert world.call("GET", "/metadata", None).status_code == 401
    assert world.call("GET", "/version").json()["version"].endswith("-ee")
    assert world.call("GET", "/user").json()["username"] == "glenda"
    assert world.call("GET", "/license").status_code == 403
    admin = world.gitlab.create_token(world.gitlab.create_user("root", admin=True))
    assert world.call("GET", "/license", admin).json()["plan"] == "premium"
    assert build("ce").call("GET", "/license").status_code == 404


def test_namespaces_and_groups(world: World) -> None:
    made = world.call("POST", "/groups", json={"name": "Team", "path": "team", "parent_id": world.group.id}).json()
    assert made["full_path"] == "acme/team"
    assert world.call("GET", "/groups/acme%2Fteam").json()["id"] == made["id"]
    assert world.call("GET", f"/namespaces/{made['id']}").json()["kind"] == "group"
    assert {one["full_path"] for one in world.call("GET", "/namespaces").json()} == {"acme", "acme/team", "glenda"}
    assert world.call("POST", "/groups", json={"name": "T", "path": "acme"}).status_code == 400
    assert world.call("GET", "/groups/acme", world.developer_token).status_code == 404


def test_pages(world: World, gl: gitlab.Gitlab) -> None:
    for number in range(24):
        world.gitlab.create_project(world.group, f"p{number}", world.owner)
    answer = world.call("GET", "/projects", params={"per_page": "10", "page": "2"})
    assert len(answer.json()) == 10
    shown = {
        name: answer.headers[name] for name in ("X-Page", "X-Next-Page", "X-Prev-Page", "X-Total", "X-Total-Pages")
    }
    assert list(shown.values()) == ["2", "3", "1", "25", "3"]
    assert 'rel="next"' in answer.headers["Link"]
    assert len(world.call("GET", "/projects", params={"per_page": "1000"}).json()) == 25
    assert len(gl.projects.list(get_all=True, per_page=10)) == 25
    keyset = gl.projects.list(iterator=True, pagination="keyset", order_by="id", per_page=10)
    assert len(list(keyset)) == 25
    params = {"pagination": "keyset", "order_by": "name"}
    assert world.call("GET", "/projects", params=params).status_code == 405


def test_a_token_in_the_query_is_not_in_the_links(world: World) -> None:
    world.gitlab.create_project(world.group, "p", world.owner)
    answer = world.call("GET", "/projects", None, params={"per_page": "1", "private_token": world.token.secret})
    assert "page=2" in answer.headers["Link"] and world.token.secret not in answer.headers["Link"]


def test_rate_limits(world: World) -> None:
    answer = world.call("GET", "/user")
    assert answer.headers["RateLimit-Limit"] == "2000" and answer.headers["RateLimit-Remaining"] == "1999"
    world.gitlab.rate_limits.limit = 3
    statuses = [world.call("GET", "/user").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = world.call("GET", "/user")
    assert answer.text == "Retry later\n" and 0 < int(answer.headers["Retry-After"]) <= 60
    world.gitlab.clock.advance(61)
    assert world.call("GET", "/user").status_code == 200


@pytest.mark.parametrize("status", [409, 429, 500, 502, 503])
def test_outages_in_gitlab_s_words(world: World, status: int) -> None:
    answer, content_type = world.gitlab.fault_answer(status)
    assert answer and content_type.split(";")[0] in ("application/json", "text/plain", "text/html")


def test_what_is_in_the_repository(world: World, gl: gitlab.Gitlab) -> None:
    world.mirror()
    project = gl.projects.get(world.project.id)
    assert [one.name for one in project.branches.list(get_all=True)] == ["feature/login", "main"]
    assert project.branches.get("feature/login").commit["id"]
    assert project.branches.get("main").protected is True and project.default_branch == "main"
    assert [one.name for one in project.tags.list(get_all=True)] == ["v1"]
    assert project.commits.list(get_all=True)[0].title == "Initial commit"
    file = project.files.get("src/main.py", ref="main")
    assert file.decode() == b"print('hello')\n" and file.execute_filemode is False
    assert project.files.raw("bin/run", ref="main") == b"#!/bin/sh\n"
    with pytest.raises(gitlab.GitlabGetError):
        project.files.get("none", ref="main")
