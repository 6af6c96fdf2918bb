# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the sandbox's GitLab with GitLab's own description of its REST API (the Community Edition's, October 2025).

At least one exchange with every endpoint is recorded, then each answer and each JSON request is validated. Set
``REPOBRIDGE_SPECS`` to the folder that has ``gitlab-ce.swagger.v2.yaml``, see https://docs.gitlab.com/api/openapi/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.description import SPECS, problems
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.calls import Call
from tests.sandbox.gitlab import GitLab, Job
from tests.sandbox.gitlab.features import MIRROR_NAMES
from tests.sandbox.gitlab.world import World
from tests.sandbox.server import Server

yaml = pytest.importorskip("yaml")

SPEC = SPECS / "gitlab-ce.swagger.v2.yaml"
CI = "job: {script: [echo]}\n"
# The file is of the Community Edition and has a few holes; the documentation has these.
NOT_DESCRIBED = {
    ("GET", "/api/v4/user"),
    ("GET", "/api/v4/license"),
    ("GET", "/api/v4/projects/{}/mirror/pull"),
    ("PUT", "/api/v4/projects/{}/mirror/pull"),
    ("POST", "/api/v4/projects/{}/mirror/pull"),
}
# https://docs.gitlab.com/api/project_access_tokens/#rotate-a-project-access-token: 200, where the file has 201.
OTHER_STATUS = {r"/access_tokens/\d+/rotate$": 200, r"/personal_access_tokens/self/rotate$": 200}

pytestmark = pytest.mark.skipif(
    not SPEC.is_file(), reason=f"GitLab's description of the API is not there: {SPEC} (REPOBRIDGE_SPECS says where)"
)


def _mended(spec: dict[str, Any]) -> dict[str, Any]:
    """The description without its known mistakes: ``string`` is also what its generator wrote where it knew no type."""
    definitions = spec["definitions"]
    for name, definition in definitions.items():
        for field, schema in definition.get("properties", {}).items():
            if field in (*MIRROR_NAMES, "access_level", "notification_level") or name in (
                "API_Entities_Group",
                "API_Entities_GroupDetail",
            ):
                schema.pop("type", None)
            elif field == "expires_at" and schema.get("format") == "date-time":
                schema["format"] = "date"  # a day, in the documentation's examples and in real answers
    for name in ("API_Entities_Ci_Job", "API_Entities_Ci_JobBasic"):
        for schema in definitions.get(name, {}).get("properties", {}).get("project", {}).get("properties", {}).values():
            schema["type"] = "boolean"
    return spec


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return _mended(yaml.load(SPEC.read_text(), Loader=loader))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def world(server: Server) -> World:
    source, service = Bitbucket(server), GitLab(server)
    server.add(source)
    server.add(service)
    service.pipelines.enabled = False
    return World.build(service, BitbucketWorld.build(source))


@pytest.fixture(scope="module")
def calls(server: Server, world: World) -> list[Call]:
    """Exchanges with every endpoint, good ones and refusals."""
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": CI, "README.md": "x\n"})
    world.gitlab.commit(world.project, "topic", {"b": "1"})
    pipeline = world.project.pipelines[0]
    _tokens(world)
    _variables(world)
    _places(world)
    git.tag(world.project.git_path, "v1", "main", "First")
    for path in (
        "",
        "import",
        "members",
        "members/all",
        "repository/branches",
        "repository/branches/topic",
        "repository/tags",
        "repository/tags/v1",
        "repository/tags/none",
        "repository/commits",
        "repository/commits/main",
        "repository/files/README.md?ref=main",
        "repository/files/README.md/raw?ref=main",
        "protected_branches",
        "protected_branches/main",
        "protected_branches/none",
        "pipelines",
        "pipelines/latest",
        f"pipelines/{pipeline.id}",
        f"pipelines/{pipeline.id}/jobs",
        "jobs",
        "pipelines/1",
        "ci/lint",
        "ci/lint?content_ref=none",
    ):
        world.call("GET", path)
    _jobs(world)
    world.call("POST", "ci/lint", json={"content": CI})
    world.call("POST", "ci/lint", json={"content": "[]"})
    world.call("POST", "protected_branches", json={"name": "release/*", "push_access_level": 40})
    world.call("PATCH", "protected_branches/main", json={"allow_force_push": True})
    world.call("POST", "repository/branches", json={"branch": "trial", "ref": "main"})
    world.call("POST", "repository/branches", json={"branch": "trial", "ref": "main"})
    world.call("DELETE", "repository/branches/trial")
    world.call("DELETE", "repository/branches/main")
    world.call("DELETE", "protected_branches/main")
    for method in ("GET", "POST", "PUT"):
        world.call(method, "mirror/pull", json=world.mirror_attributes())
    return server.calls.all("gitlab")


def _jobs(world: World) -> None:
    """A job that has run, without anything to run it."""
    pipeline = world.project.pipelines[0]
    now = world.gitlab.clock.datetime()
    pipeline.jobs.append(Job(77, "job", "test", now, "failed", False, "trace\n", now, now, "script_failure"))
    pipeline.started_at = pipeline.finished_at = now
    for path in (f"pipelines/{pipeline.id}/jobs", "jobs", "jobs/77", "jobs/77/trace", "jobs/78"):
        world.call("GET", path)
    world.call("POST", "pipeline", json={"ref": "main"})
    world.call("POST", f"pipelines/{pipeline.id}/cancel")


def _tokens(world: World) -> None:
    day = (world.gitlab.tokens.today() + timedelta(days=30)).isoformat()
    body = {"name": "x", "scopes": ["api"], "expires_at": day, "access_level": 40, "description": "d"}
    made = world.call("POST", "access_tokens", json=body).json()
    world.call("POST", "access_tokens", json={"name": "x"})
    world.call("GET", "access_tokens")
    world.call("GET", f"access_tokens/{made['id']}")
    new = world.call("POST", f"access_tokens/{made['id']}/rotate", json={"expires_at": day}).json()
    world.call("POST", "access_tokens/self/rotate", None, headers={"PRIVATE-TOKEN": new["token"]})
    world.call("DELETE", f"access_tokens/{new['id']}")
    personal = world.gitlab.create_token(world.owner)
    world.call("GET", "/personal_access_tokens")
    world.call("GET", "/personal_access_tokens/self", personal)
    new = world.call("POST", "/personal_access_tokens/self/rotate", personal).json()
    world.call("DELETE", "/personal_access_tokens/self", None, headers={"PRIVATE-TOKEN": new["token"]})


def _variables(world: World) -> None:
    variable = {"key": "NAME", "value": "long-enough", "masked_and_hidden": True, "description": "d", "raw": True}
    world.call("POST", "variables", json=variable)
    world.call("POST", "variables", json=variable)
    world.call("GET", "variables")
    world.call("GET", "variables/NAME")
    world.call("PUT", "variables/NAME", json={"value": "other-value", "filter": {"environment_scope": "*"}})
    world.call("DELETE", "variables/NAME")
    world.call("DELETE", "variables/NAME")


def _places(world: World) -> None:
    for path in (
        "/metadata",
        "/version",
        "/user",
        "/license",
        "/namespaces",
        f"/namespaces/{world.group.id}",
        "/groups",
        f"/groups/{world.group.id}",
        f"/groups/{world.group.id}/projects?include_subgroups=true",
        "/projects",
        "/projects?simple=true&membership=true&min_access_level=30",
        "/projects?min_access_level=abc",
        "/projects?pagination=keyset&order_by=id",
        "/projects/9999",
    ):
        world.call("GET", path)
    world.call("GET", "/user", None)
    world.call("POST", "/groups", json={"name": "Team", "path": "team"})
    made = world.call("POST", "/projects", json={"name": "Two", "namespace_id": world.group.id}).json()
    world.call("PUT", f"/projects/{made['id']}", json={"description": "d", "issues_access_level": "disabled"})
    world.call("DELETE", f"/projects/{made['id']}")
    world.call("POST", f"/projects/{made['id']}/restore")


def _operation(spec: dict[str, Any], call: Call) -> dict[str, Any] | None:
    """The described operation a call is one of; the template with the fewest variables counts."""
    for template in sorted(spec["paths"], key=lambda one: (one.count("{"), -len(one))):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, call.path) and call.method.lower() in spec["paths"][template]:
            found: dict[str, Any] = spec["paths"][template][call.method.lower()]
            return found
    return None


def _answer_schema(operation: dict[str, Any], call: Call) -> dict[str, Any]:
    responses = operation["responses"]
    schema: dict[str, Any] = responses.get(str(call.status), responses.get("201", {})).get("schema", {})
    if "$ref" in schema and json.loads(call.answer).__class__ is list:  # lists described as one of their items
        return {"type": "array", "items": schema}
    return schema


def test_every_endpoint_has_been_asked(world: World, calls: list[Call]) -> None:
    adapter = world.gitlab.wsgi.app.app.url_map.bind("localhost")  # type: ignore[attr-defined]
    described = {
        (rule.endpoint, method)
        for rule in world.gitlab.wsgi.app.app.url_map.iter_rules()  # type: ignore[attr-defined]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v4")
    }
    asked = {(adapter.match(call.path, call.method)[0], call.method) for call in calls}
    assert described - asked == set()


def test_every_endpoint_is_in_the_description(spec: dict[str, Any], calls: list[Call]) -> None:
    unknown = {(call.method, re.sub(r"/\d+", "/{}", call.path)) for call in calls if _operation(spec, call) is None}
    assert unknown - NOT_DESCRIBED == set()


def test_successes_have_a_described_status(spec: dict[str, Any], calls: list[Call]) -> None:
    undescribed = []
    for call in calls:
        found = _operation(spec, call)
        if found is None or call.status is None or call.status >= 300 or str(call.status) in found["responses"]:
            continue
        if not any(re.search(path, call.path) and call.status == status for path, status in OTHER_STATUS.items()):
            undescribed.append(call.line)
    assert undescribed == []


def test_answers_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    wrong, validated = {}, 0
    for call in calls:
        found = _operation(spec, call)
        is_json = call.answer_headers.get("Content-Type", "").startswith("application/json")
        if found is None or not is_json or call.status is None or call.status >= 300:
            continue
        schema = _answer_schema(found, call)
        validated += bool(schema)
        complaints = problems(spec, schema, json.loads(call.answer), "#/definitions")
        if complaints:
            wrong[call.line] = complaints
    assert wrong == {}, json.dumps(wrong, indent=1)
    assert validated > 35


def test_refusals_have_one_of_the_two_shapes(calls: list[Call]) -> None:
    refusals = [json.loads(call.answer) for call in calls if call.status and call.status >= 400]
    assert len(refusals) > 5
    assert [one for one in refusals if not set(one) & {"message", "error"}] == []


def test_requests_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    validated = 0
    for call in calls:
        found = _operation(spec, call)
        if found is None or call.headers.get("Content-Type") != "application/json" or (call.status or 500) >= 300:
            continue
        bodies = [one["schema"] for one in found.get("parameters", []) if one["in"] == "body"]
        for schema in bodies:
            assert problems(spec, schema, json.loads(call.body), "#/definitions") == [], call.line
            known = spec["definitions"][schema["$ref"].rpartition("/")[2]]["properties"]
            assert set(json.loads(call.body)) <= set(known), call.line
            validated += 1
    assert validated >= 8


def test_a_wrong_answer_would_be_noticed(spec: dict[str, Any]) -> None:
    schema = {"$ref": "#/definitions/API_Entities_Ci_Variable"}
    assert problems(spec, schema, {"key": "A", "hidden": "no"}, "#/definitions")
    token = {"$ref": "#/definitions/API_Entities_ResourceAccessToken"}
    assert problems(spec, token, {"access_level": 33}, "#/definitions")
