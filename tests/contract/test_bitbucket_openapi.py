# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the sandbox's Bitbucket with Atlassian's own description of Bitbucket Cloud.

At least one exchange with every endpoint is recorded, then each answer (and each JSON request that the description
covers) is validated. Set ``REPOBRIDGE_SPECS`` to the folder that has ``bitbucket-cloud.openapi.json``, see
https://developer.atlassian.com/cloud/bitbucket/rest/
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.description import SPECS, operation, problems, unasked
from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World
from tests.sandbox.calls import Call
from tests.sandbox.server import Server

SPEC = SPECS / "bitbucket-cloud.openapi.json"
HTTP_METHODS = ("get", "post", "put", "delete")
SUBSCRIPTION = {"url": "https://ci.example.com/", "events": ["repo:push"], "description": "CI", "active": True}

pytestmark = pytest.mark.skipif(
    not SPEC.is_file(), reason=f"Atlassian's description of the API is not there: {SPEC} (REPOBRIDGE_SPECS says where)"
)


def _mended(spec: dict[str, Any]) -> dict[str, Any]:
    """The description without its known mistakes: where it differs from recorded real answers, those count."""
    spec = copy.deepcopy(spec)
    schemas = spec["components"]["schemas"]
    error = schemas["error"]["properties"]["error"]["properties"]
    error["fields"] = {"type": "object"}  # in every answer to an invalid body
    error["detail"] = {}  # an object on missing scopes
    attributes = schemas["commit_file"]["properties"]["attributes"]
    schemas["commit_file"]["properties"]["attributes"] = {"type": "array", "items": attributes}
    summary = schemas["base_commit"]["allOf"][1]["properties"]["summary"]["properties"]
    summary["type"] = {"type": "string"}  # "rendered" in recorded answers
    pull = schemas["pullrequest"]["allOf"][1]["properties"]
    for text in (pull["summary"], *pull["rendered"]["properties"].values()):
        text["properties"]["type"] = {"type": "string"}
    for commit in (pull["merge_commit"], schemas["pullrequest_endpoint"]["properties"]["commit"]):
        commit["additionalProperties"] = {}  # type and links in recorded answers
    _allow_more_links(schemas["pullrequest"])
    for subject in schemas["subject_types"]["properties"].values():  # as in the description's own example
        subject["properties"] = {"links": {"type": "object", "properties": subject["properties"]}}
    for name in ("repository", "project", "commit", "base_commit", "branch", "tag", "ref", "user", "account", "team"):
        _allow_more_links(schemas.get(name, {}))
    return spec


def _allow_more_links(schema: dict[str, Any]) -> None:
    """Recorded answers have links the description does not name (a repository's branches, tags, source …)."""
    for part in [schema, *schema.get("allOf", [])]:
        links = part.get("properties", {}).get("links", {})
        if "additionalProperties" in links:
            links["additionalProperties"] = {
                "type": "object",
                "required": ["href"],
                "properties": {"href": {"type": "string"}},
                "maxProperties": 2,
            }


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return _mended(json.loads(SPEC.read_text()))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        running.add(Bitbucket(running))
        yield running


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    return World.build(server.services["bitbucket"])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def calls(server: Server, world: World) -> list[Call]:
    """Exchanges with every endpoint, good ones and refusals."""
    app = "repositories/acme/app"
    world.bitbucket.tag("acme", "app", "v2", "main", message="Second")
    sha = world.bitbucket.refs("acme", "app")["refs/heads/main"]
    for path in (
        "user",
        "user/emails",
        "user/workspaces",
        "user/workspaces/acme/permission",
        "workspaces/acme",
        "workspaces/nowhere",
        "user/workspaces/acme/permissions/repositories",
        "repositories/acme",
        "repositories/acme?pagelen=1",
        app,
        f"{app}/refs",
        f"{app}/refs/branches",
        f"{app}/refs/branches/feature/login",
        f"{app}/refs/tags",
        f"{app}/refs/tags/v1",
        f"{app}/refs/tags/v2",
        f"{app}/refs/tags/v3",
        f"{app}/commit/{sha}",
        f"{app}/commits",
        f"{app}/commits/main",
        f"{app}/commits?pagelen=1",
        f"{app}/src",
        f"{app}/src/{sha}/",
        f"{app}/src/{sha}",
        f"{app}/src/{sha}/README.md",
        f"{app}/src/{sha}/bin/run?format=meta",
        f"{app}/src/{sha}/bin/?format=meta",
        "hook_events",
        "hook_events/repository",
        "hook_events/workspace",
        "hook_events/team",
        "repositories",
        "workspaces",
        "snippets",
        "user/permissions/repositories",
        "user/permissions/workspaces",
        "repositories/acme/absent",
        "repositories/acme?pagelen=1000",
    ):
        world.get(path)
    for place in (app, "workspaces/acme"):
        hook = world.call("POST", f"{place}/hooks", json={**SUBSCRIPTION, "secret": "s"}).json()
        one = f"{place}/hooks/{quote(hook['uuid'])}"
        world.get(f"{place}/hooks")
        world.get(one)
        world.call("PUT", one, json=SUBSCRIPTION)
        world.call("PUT", one, json={})
        world.call("DELETE", one)
    status = {"key": "ci", "state": "INPROGRESS", "url": "https://ci.example.com/1", "refname": "main", "name": "CI"}
    statuses = f"{app}/commit/{sha}/statuses"
    world.call("POST", f"{statuses}/build", json=status)
    world.call("POST", f"{statuses}/build", json={**status, "key": "k" * 41})
    world.call("PUT", f"{statuses}/build/ci", json={**status, "state": "FAILED"})
    world.get(f"{statuses}/build/ci")
    world.get(statuses)
    world.call("POST", f"{app}/src", data={"/a.txt": "a", "message": "One", "parents": sha})
    world.call("POST", f"{app}/src", data={"/a.txt": "a", "message": "Late", "parents": sha})
    _pull_requests(world, app)
    _pipelines(world, app)
    reader = world.bitbucket.create_api_token(world.owner, ["read:user:bitbucket"])
    for path in ("user", app, f"{app}/hooks"):
        world.get(path, reader)
    world.get(app, None)
    return server.calls.all("bitbucket")


def _pull_requests(world: World, app: str) -> None:
    tip = {"type": "commit", "hash": world.bitbucket.refs("acme", "app")["refs/heads/feature/login"]}
    reviewer = world.bitbucket.create_user("rita")
    for number, end in enumerate(("merge", "decline", "merge?async=true"), 1):
        name = f"branch/{number}"
        world.call("POST", f"{app}/refs/branches", json={"name": name, "target": tip})
        world.bitbucket.commit("acme", "app", name, {name: name})
        pull = {
            "title": name,
            "source": {"branch": {"name": name}},
            "reviewers": [{"type": "user", "uuid": reviewer.uuid}],
        }
        world.call("POST", f"{app}/pullrequests", json=pull)
        one = f"{app}/pullrequests/{number}"
        world.get(one)
        world.call("PUT", one, json={"title": "Changed", "description": "More"})
        world.call("PUT", one, json={})
        status = {"key": "ci", "state": "SUCCESSFUL", "url": "https://ci.example.com/1", "refname": name}
        sha = world.bitbucket.refs("acme", "app")[f"refs/heads/{name}"]
        world.call("POST", f"{app}/commit/{sha}/statuses/build", json=status)
        world.get(f"{one}/statuses")
        world.get(f"{one}/commits")
        world.get(f"{app}/pullrequests")
        ended = world.call("POST", f"{one}/{end}")
        for _ in range(3 if ended.status_code == 202 else 0):
            world.get(ended.headers["Location"])
        world.get(one)
        world.call("DELETE", f"{app}/refs/branches/{name}")
    world.call("POST", f"{app}/pullrequests/1/comments", json={"content": {"raw": "Fine."}})
    world.call("POST", f"{app}/pullrequests/1/comments", json={})
    world.get(f"{app}/pullrequests/1/comments")
    world.get(f"{app}/pullrequests?state=MERGED&state=DECLINED")
    world.get(f"{app}/pullrequests/99")


def _pipelines(world: World, app: str) -> None:
    """Pipelines with a file that is right and one that is not; variables, secured ones too."""
    config, variables = f"{app}/pipelines_config", f"{app}/pipelines_config/variables"
    world.get(config)
    world.call("PUT", config, json={"type": "repository_pipelines_configuration", "enabled": True})
    world.call("PUT", config, json={"type": "repository_pipelines_configuration"})
    world.get(config)
    given = {"type": "pipeline_variable", "key": "COLOUR", "value": "green", "secured": False}
    world.call("POST", variables, json=given)
    made = world.call("POST", variables, json={**given, "key": "TOKEN", "secured": True}).json()
    world.call("POST", variables, json=given)
    one = f"{variables}/{quote(made['uuid'])}"
    for path in (variables, f"{variables}?pagelen=1", one, f"{variables}/nothing"):
        world.get(path)
    world.call("PUT", one, json={**given, "key": "TOKEN", "value": "red", "secured": True})
    for text in ("pipelines: {default: [step: {script: [echo $TOKEN]}]}\n", "nothing: here\n"):
        world.bitbucket.commit("acme", "app", "main", {"bitbucket-pipelines.yml": text})
        world.bitbucket.wait_for_pipelines()
    run = world.get(f"{app}/pipelines").json()["values"][0]
    place = f"{app}/pipelines/{quote(run['uuid'])}"
    step = world.get(f"{place}/steps").json()["values"][0]
    for path in (place, f"{place}/steps/{quote(step['uuid'])}", f"{place}/steps/{quote(step['uuid'])}/log"):
        world.get(path)
    world.get(f"{app}/pipelines/99")
    world.call("DELETE", one)


def _operation(spec: dict[str, Any], call: Call) -> tuple[str, dict[str, Any]] | None:
    return operation(spec, call.method, call.path.removeprefix("/2.0"), "path|name|revision")


def _problems(spec: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    return problems(spec, schema, value, "#/components")


def _answer_schema(operation: dict[str, Any], call: Call) -> dict[str, Any]:
    """The schema for an answer; every refusal has the one error shape, described for that status or not."""
    if call.status is not None and call.status >= 400:
        return {"$ref": "#/components/schemas/error"}
    if "format=meta" in call.query:  # described only in words
        kind = json.loads(call.answer)["type"]
        return {"$ref": "#/components/schemas/" + {"commit_directory": "treeentry"}.get(kind, kind)}
    content = operation["responses"].get(str(call.status), {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def test_every_endpoint_has_been_asked(world: World, calls: list[Call]) -> None:
    assert unasked(world.bitbucket.wsgi.app.url_map, calls, "/2.0") == set()  # type: ignore[attr-defined]


def test_every_endpoint_is_in_the_description(spec: dict[str, Any], calls: list[Call]) -> None:
    assert [call.line for call in calls if _operation(spec, call) is None and call.status != 404] == []


def test_successes_have_a_described_status(spec: dict[str, Any], calls: list[Call]) -> None:
    undescribed = []
    for call in calls:
        found = _operation(spec, call)
        if found and call.status and call.status < 300:
            responses = found[1]["responses"]
            if str(call.status) not in responses and "default" not in responses:
                undescribed.append(call.line)
    assert undescribed == []


def test_answers_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    found_wrong, validated = {}, 0
    for call in calls:
        found = _operation(spec, call)
        if found is None or not call.answer_headers.get("Content-Type", "").startswith("application/json"):
            continue  # files and plain-text refusals
        schema = _answer_schema(found[1], call)
        validated += bool(schema)
        wrong = _problems(spec, schema, json.loads(call.answer))
        if wrong:
            found_wrong[call.line] = wrong
    assert found_wrong == {}, json.dumps(found_wrong, indent=1)
    assert validated > 50


def test_requests_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    """Where they are described; writes of webhooks and branches are not: these are held against what they write."""
    validated = 0
    for call in calls:
        found = _operation(spec, call)
        is_json = call.headers.get("Content-Type") == "application/json"
        if found is None or call.method not in ("POST", "PUT") or not is_json:
            continue
        if "requestBody" not in found[1]:
            kind = "webhook_subscription" if "/hooks" in call.path else "branch"
            schema = {"$ref": f"#/components/schemas/{kind}"}
        else:
            body = found[1]["requestBody"]
            if "$ref" in body:
                body = spec["components"]["requestBodies"][body["$ref"].rpartition("/")[2]]
            schema = body["content"]["application/json"]["schema"]
        assert _problems(spec, schema, {"type": "any", **json.loads(call.body)}) == [], call.line
        validated += 1
    assert validated > 8


def test_a_wrong_answer_would_be_noticed(spec: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/webhook_subscription"}
    assert _problems(spec, schema, {"type": "webhook_subscription", "events": []})
    assert _problems(spec, schema, {"events": ["repo:push"]})
    assert _problems(spec, {"$ref": "#/components/schemas/paginated_branches"}, {"values": [], "extra": 1})
