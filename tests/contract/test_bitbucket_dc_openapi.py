# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the sandbox's Bitbucket Data Center with Atlassian's own description of version 9.2.

At least one exchange with every endpoint is recorded, then each answer and each JSON request is validated. Set
``REPOBRIDGE_SPECS`` to the folder that has ``bitbucket-dc-9.2.openapi.json``, see
https://developer.atlassian.com/server/bitbucket/rest/v902/intro/
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.description import SPECS, operation, problems, unasked
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.world import World
from tests.sandbox.calls import Call
from tests.sandbox.server import Server

SPEC = SPECS / "bitbucket-dc-9.2.openapi.json"
APP = "projects/ACME/repos/app"
TOKENS = "/rest/access-tokens/latest"
HOOK = {
    "name": "CI",
    "url": "http://127.0.0.1:9/",
    "events": ["repo:refs_changed"],
    "active": True,
    "configuration": {"secret": "s"},
    "credentials": {"username": "u", "password": "p"},
    "sslVerificationRequired": True,
}
# What the description forgets, by method and end of the path: the creation's real status; no delivery yet, described
# for repositories only.
FORGOTTEN = {("POST", "/webhooks", 201), ("GET", "/latest", 204)}

pytestmark = pytest.mark.skipif(
    not SPEC.is_file(), reason=f"Atlassian's description of the API is not there: {SPEC} (REPOBRIDGE_SPECS says where)"
)


def _mended(spec: dict[str, Any]) -> dict[str, Any]:
    """The description without its known mistakes: where it differs from recorded real answers, those count."""
    spec = copy.deepcopy(spec)
    schemas = spec["components"]["schemas"]
    for name in ("RestAccessToken", "RestRawAccessToken"):
        schemas[name]["properties"]["createdDate"] = {"type": "integer"}  # milliseconds, as all times
    schemas["FileListResource"] = {"type": "string"}  # described as nothing
    return spec


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return _mended(json.loads(SPEC.read_text()))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        running.add(BitbucketDataCenter(running))
        yield running


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    return World.build(server.services["bitbucket-dc"])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def calls(server: Server, world: World) -> list[Call]:
    """Exchanges with every endpoint, good ones and refusals."""
    world.owner.permission = "PROJECT_CREATE"
    world.dc.create_user("rita")
    _places(world)
    _tokens(world)
    _hooks(world)
    _builds(world)
    _content(world)
    _pull_requests(world)
    stranger = world.dc.create_token(world.dc.create_user("sam"), ["REPO_READ"])
    for path in (APP, f"{APP}/webhooks", "projects/NONE", f"{APP}/commits/{'0' * 40}"):
        world.get(path, stranger)
    return server.calls.all("bitbucket-dc")


def _places(world: World) -> None:
    world.call("POST", "projects", world.owner, json={"key": "NEW", "name": "New", "description": "d", "public": False})
    world.call("POST", "projects", world.owner, json={"key": "NEW", "name": "New"})
    world.call("PUT", "projects/NEW", world.owner, json={"description": "more"})
    world.call("POST", "projects/NEW/repos", world.owner, json={"name": "one", "scmId": "git"})
    world.call("PUT", "projects/NEW/repos/one", world.owner, json={"description": "more"})
    for path in (
        "application-properties",
        "projects",
        "projects?limit=1",
        "projects/NEW",
        "projects/NEW/repos",
        "repos?permission=REPO_ADMIN",
        "repos?permission=NONE",
        APP,
        f"{APP}/default-branch",
        f"{APP}/branches/default",
        "projects/NEW/repos/one/branches/default",
        "users",
        "users/olivia",
        "users/nobody",
    ):
        world.get(path, world.owner)
    world.call("PUT", f"{APP}/default-branch", json={"id": "refs/heads/main"})
    for place in ("projects/ACME", APP):
        users = f"{place}/permissions/users"
        name = "REPO_READ" if place == APP else "PROJECT_READ"
        world.call("PUT", f"{users}?name=rita&permission={name}")
        world.call("PUT", f"{users}?name=rita&permission=NONE")
        world.get(users)
        world.call("DELETE", f"{users}?name=rita")
    world.call("DELETE", "projects/NEW", world.owner)
    world.call("DELETE", "projects/NEW/repos/one", world.owner)
    world.call("DELETE", "projects/NEW/repos/one", world.owner)
    world.call("DELETE", "projects/NEW", world.owner)


def _tokens(world: World) -> None:
    for place in ("users/olivia", "projects/ACME", APP):
        body = {"name": "CI", "permissions": ["REPO_READ"], "expiryDays": 30}
        token = world.call("PUT", f"{TOKENS}/{place}", world.owner, json=body).json()
        one = f"{TOKENS}/{place}/{token['id']}"
        world.call("PUT", f"{TOKENS}/{place}", world.owner, json={"name": "CI"})
        world.get(f"{TOKENS}/{place}", world.owner)
        world.get(one, world.owner)
        world.call("POST", one, world.owner, json={"name": "New"})
        world.call("DELETE", one, world.owner)
        world.get(one, world.owner)


def _hooks(world: World) -> None:
    for place in ("projects/ACME", APP):
        one = f"{place}/webhooks/{world.call('POST', f'{place}/webhooks', json=HOOK).json()['id']}"
        world.call("POST", f"{place}/webhooks", json={})
        world.get(f"{place}/webhooks?statistics=true")
        world.get(one)
        world.call("PUT", one, json=HOOK)
        world.get(f"{one}/latest")
        world.dc.commit("ACME", "app", "main", {"pushed": place})
        world.dc.wait_for_deliveries()
        for path in ("latest", "statistics", "statistics/summary"):
            world.get(f"{one}/{path}")
        world.call("POST", f"{place}/webhooks/test?url=http://127.0.0.1:9/", json={"username": "u", "password": "p"})
        world.get(f"{APP}/webhooks/search")
        world.call("DELETE", one)
        world.call("DELETE", one)


def _builds(world: World) -> None:
    sha = world.dc.refs("ACME", "app")["refs/heads/main"]
    builds = f"{APP}/commits/{sha}/builds"
    body = {
        "key": "ci",
        "state": "SUCCESSFUL",
        "url": "https://ci.example.com/1",
        "name": "CI",
        "description": "Fine",
        "parent": "plan",
        "ref": "refs/heads/main",
        "buildNumber": "3",
        "duration": 5,
        "testResults": {"failed": 0, "skipped": 1, "successful": 2},
    }
    world.call("POST", builds, json=body)
    world.call("POST", builds, json={"key": "ci"})
    world.get(f"{builds}?key=ci")
    world.get(builds)
    old = {"key": "old", "state": "FAILED", "url": "https://ci.example.com/2"}
    world.call("POST", f"/rest/build-status/latest/commits/{sha}", json=old)
    world.get(f"/rest/build-status/latest/commits/{sha}")
    world.call("DELETE", f"{builds}?key=ci")


def _content(world: World) -> None:
    utils, git_tags = f"/rest/branch-utils/latest/{APP}/branches", f"/rest/git/latest/{APP}/tags"
    world.call("POST", f"{APP}/branches", json={"name": "one", "startPoint": "main"})
    world.call("POST", utils, json={"name": "two", "startPoint": "main"})
    world.call("POST", utils, json={"name": "two", "startPoint": "main"})
    world.call("DELETE", utils, json={"name": "two"})
    world.call("POST", f"{APP}/tags", json={"name": "v2", "startPoint": "main", "message": "Two"})
    world.call("POST", git_tags, json={"name": "v3", "startPoint": "main"})
    world.call("DELETE", f"{git_tags}/v3")
    sha = world.dc.refs("ACME", "app")["refs/heads/main"]
    form = {"branch": "main", "message": "Edit", "sourceCommitId": sha}
    for _ in range(2):
        world.call("PUT", f"{APP}/browse/README.md", data=form, files={"content": "new"})
    for path in (
        "branches",
        "branches?limit=1",
        "tags",
        "tags/v1",
        "tags/v2",
        "tags/none",
        "commits",
        f"commits/{sha}",
        "browse",
        "browse/README.md",
        "raw/README.md",
        "raw/none",
        "files",
        "files/src",
    ):
        world.get(f"{APP}/{path}")


def _pull_requests(world: World) -> None:
    place = {"slug": "app", "project": {"key": "ACME"}}
    pulls = f"{APP}/pull-requests"
    for number, end in enumerate(("merge", "decline"), 1):
        world.dc.commit("ACME", "app", f"topic/{number}", {f"{number}": "x"})
        body = {
            "title": "One",
            "description": "Why",
            "fromRef": {"id": f"refs/heads/topic/{number}", "repository": place},
            "toRef": {"id": "refs/heads/main", "repository": place},
            "reviewers": [{"user": {"name": "rita"}}],
        }
        world.call("POST", pulls, json=body)
        world.call("POST", pulls, json=body)
        one = f"{pulls}/{number}"
        world.get(pulls)
        world.get(one)
        world.get(f"{one}/commits")
        world.get(f"{one}/merge")
        world.call("PUT", one, json={"title": "New", "version": 0})
        world.call("POST", f"{one}/{end}", json={"version": 0})
        world.call("POST", f"{one}/{end}", json={"version": 1})
        world.call("POST", f"{one}/reopen", json={"version": 2})
    world.call("DELETE", f"{pulls}/2", json={"version": 3})


def _operation(spec: dict[str, Any], call: Call) -> tuple[str, dict[str, Any]] | None:
    return operation(spec, call.method, call.path.removeprefix("/rest"))


def _problems(spec: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    return problems(spec, schema, value, "#/components")


def test_every_endpoint_has_been_asked(world: World, calls: list[Call]) -> None:
    assert unasked(world.dc.wsgi.app.url_map, calls, "/rest") == set()  # type: ignore[attr-defined]


def test_every_endpoint_is_in_the_description(spec: dict[str, Any], calls: list[Call]) -> None:
    assert [call.line for call in calls if _operation(spec, call) is None] == []


def test_every_status_is_described(spec: dict[str, Any], calls: list[Call]) -> None:
    """Of successes and of refusals; that 401 is not described everywhere does not mean that it cannot happen."""
    undescribed = []
    for call in calls:
        found = _operation(spec, call)
        forgotten = any(
            (method, status) == (call.method, call.status) and call.path.endswith(end)
            for method, end, status in FORGOTTEN
        )
        if found and not forgotten and call.status != 401 and str(call.status) not in found[1]["responses"]:
            undescribed.append(call.line)
    assert undescribed == []


def test_answers_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    found_wrong, validated = {}, 0
    for call in calls:
        found = _operation(spec, call)
        if found is None or not call.answer_headers.get("Content-Type", "").startswith("application/json"):
            continue  # files
        responses = found[1]["responses"]
        response = responses.get(str(call.status)) or (responses["200"] if call.status == 201 else {})
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        if (call.status or 0) >= 400:
            schema = {"$ref": "#/components/schemas/RestErrors"}
        validated += bool(schema)
        wrong = _problems(spec, schema, json.loads(call.answer))
        if wrong:
            found_wrong[call.line] = wrong
    assert found_wrong == {}, json.dumps(found_wrong, indent=1)
    assert validated > 100


def test_requests_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    validated = 0
    for call in calls:
        found = _operation(spec, call)
        if found is None or not call.body or call.headers.get("Content-Type") != "application/json":
            continue
        content = found[1]["requestBody"]["content"]
        schema = content.get("application/json", content.get("*/*"))["schema"]
        wrong = _problems(spec, schema, json.loads(call.body))
        if (call.status or 0) < 400:
            assert wrong == [], call.line
            validated += 1
    assert validated > 25


def test_answers_have_what_recorded_ones_have(world: World, calls: list[Call]) -> None:
    """The description requires nothing; these are the keys of answers that others have recorded."""
    pull = world.get(f"{APP}/pull-requests?state=ALL").json()["values"][0]
    keys = (
        "id version title description state open closed createdDate updatedDate fromRef toRef locked author reviewers"
    )
    assert {*keys.split(), "participants", "links"} <= set(pull)
    repository = set(pull["toRef"]["repository"])
    assert repository >= {
        *["slug", "id", "name", "scmId", "state", "statusMessage", "forkable", "project", "public", "links"]
    }
    user = set(pull["author"]["user"])
    assert user >= {*["name", "emailAddress", "id", "displayName", "active", "slug", "type", "links"]}
    page = world.get(f"{APP}/branches").json()
    assert set(page["values"][0]) == {"id", "displayId", "type", "latestCommit", "latestChangeset", "isDefault"}
    assert set(page) == {"size", "limit", "isLastPage", "values", "start"}


def test_a_wrong_answer_would_be_noticed(spec: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/RestBuildStatus"}
    assert _problems(spec, schema, {"key": "ci", "state": "STOPPED"})
    assert _problems(spec, schema, {"key": 1})
    assert _problems(spec, {"$ref": "#/components/schemas/RestErrors"}, {"errors": [{"message": 1}]})
