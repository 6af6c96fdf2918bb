# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the sandbox's Upsun with the vendor's own description of its API.

At least one exchange with every endpoint is recorded, then each answer and each JSON request is validated, what is
embedded in an answer included. Set ``REPOBRIDGE_SPECS`` to the folder that has ``upsun.openapi.json``, see
https://docs.upsun.com/api/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.description import SPECS, problems, with_nulls
from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.world import World as DataCenter
from tests.sandbox.calls import Call
from tests.sandbox.server import Server
from tests.sandbox.upsun import Upsun
from tests.sandbox.upsun.world import World

SPEC = SPECS / "upsun.openapi.json"
ROOT = "#/components"
# The vendor's CLI calls these, the description does not have them.
NOT_DESCRIBED = {
    ("POST", "/projects/{}/integrations/{}/validate"),
    ("GET", "/projects/{}/integrations/{}/activities"),
    ("GET", "/projects/{}/integrations/{}/activities/{}"),
    ("GET", "/projects/{}/integrations/{}/activities/{}/log"),
    ("POST", "/projects/{}/integrations/{}/activities/{}/cancel"),
    ("GET", "/projects/{}/environments/{}/activities/{}/log"),
    ("GET", "/projects/{}/activities/{}/log"),
}
# In the description's text for all resources, in no schema (sections "HAL Links" and "_embedded Objects").
HAL = ("_links", "_embedded")

pytestmark = pytest.mark.skipif(
    not SPEC.is_file(), reason=f"Upsun's description of the API is not there: {SPEC} (REPOBRIDGE_SPECS says where)"
)


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    """Updates need none of the fields the description requires: the vendor's CLI sends what changes."""
    spec = json.loads(SPEC.read_text())
    for name, schema in spec["components"]["schemas"].items():
        if name.endswith("IntegrationPatch"):
            schema.pop("required", None)
    mended: dict[str, Any] = with_nulls(spec)
    return mended


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Server() as server:
        source = Bitbucket(server)
        server.add(source)
        yield World.build(Upsun(server, source.url), BitbucketWorld.build(source))


@pytest.fixture(scope="module")
def dc(world: World) -> DataCenter:
    service = BitbucketDataCenter(world.upsun.server)
    world.upsun.server.add(service)
    return DataCenter.build(service)


@pytest.fixture(scope="module")
def calls(world: World, dc: DataCenter) -> list[Call]:
    """Exchanges with every endpoint, good ones and refusals."""
    found = world.integrate()
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.settle()
    place = f"integrations/{found.id}"
    me, place_of_all = world.call("GET", "/users/me").json()["id"], world.project.organization.id
    for path in (
        "/organizations",
        f"/organizations/{place_of_all}",
        f"/users/{me}/extended-access",
        f"/ref/projects?in={world.project.id}&sig=x",
        f"/ref/organizations?in={place_of_all}&sig=x",
    ):
        world.call("GET", path)
    for path in (
        "",
        "capabilities",
        "integrations",
        place,
        f"{place}/activities",
        f"{place}/activities?count=1",
        "activities",
        "environments",
        "environments/main",
        "environments/feature%2Flogin",
        "environments/pr-1",
        "environments/pr-1/activities",
        "environments/pr-1/deployments",
        "environments/pr-1/deployments/current",
        "git/refs",
        "git/refs/heads%2Fmain",
        "environments/none",
        "integrations/none",
    ):
        world.call("GET", path)
    by_integration = world.upsun.activities_of(world.project, "fetch")[-1]
    by_environment = world.upsun.activities_of(world.project, "environment.activate")[-1]
    for where, one in (
        (place, by_integration),
        ("environments/pr-1", by_environment),
        (".", by_environment),
    ):
        path = f"{where}/activities/{one.id}".removeprefix("./")
        world.call("GET", path)
        world.call("GET", f"{path}/log")
        world.call("POST", f"{path}/cancel")
    _changes(world, place)
    _data_center(world, dc)
    return [call for call in world.upsun.server.calls.all("upsun") if not call.is_git]


def _changes(world: World, place: str) -> None:
    world.call("POST", f"{place}/validate")
    world.call("POST", "integrations", json={"type": "bitbucket"})
    world.call("PATCH", place, json={"build_pull_requests": False, "pull_requests_max_pages": 3})
    world.call("PATCH", place, json={"app_credentials": {"key": world.consumer.key, "secret": world.consumer.secret}})
    world.settle()
    world.call("POST", "environments/feature%2Flogin/activate", json={"resources": {"init": "parent"}})
    world.settle()
    world.call("POST", "environments/feature%2Flogin/redeploy")
    world.settle()
    world.call("POST", "environments/feature%2Flogin/deactivate")
    world.settle()
    world.call("DELETE", "environments/feature%2Flogin")
    world.settle()
    world.call("DELETE", place)
    public = {"type": "bitbucket", "repository": "acme/app", "app_credentials": None, "fetch_branches": False}
    world.source.bitbucket.repository("acme", "app").is_private = False
    public_id = world.call("POST", "integrations", json=public).json()["_embedded"]["entity"]["id"]
    world.call("GET", "integrations")
    world.settle()
    world.call("DELETE", f"integrations/{public_id}")


def _data_center(world: World, dc: DataCenter) -> None:
    body = {
        "type": "bitbucket_server",
        "url": dc.dc.url,
        "username": dc.owner.name,
        "token": dc.token.secret,
        "project": "ACME",
        "repository": "app",
        "pull_requests_clone_parent_data": False,
        "environment_init_resources": "minimum",
    }
    place = f"integrations/{world.call('POST', 'integrations', json=body).json()['_embedded']['entity']['id']}"
    world.settle()
    world.call("PATCH", place, json={"type": "bitbucket_server", "token": dc.token.secret, "fetch_branches": False})
    world.settle()
    for path in ("integrations", place, f"{place}/activities"):
        world.call("GET", path)
    world.call("POST", f"{place}/validate")
    world.call("DELETE", place)


def _path(call: Call) -> str:
    return call.path.removeprefix("/api")


def _template(call: Call) -> str:
    """The path with its ids taken out."""
    parts, out = _path(call).split("/"), []
    for before, part in zip(["", *parts], parts, strict=False):
        holds_ids = before in (
            "projects",
            "integrations",
            "environments",
            "activities",
            "deployments",
            "refs",
            "users",
            "organizations",
        )
        out.append("{}" if holds_ids and part else part)
    return "/".join(out)


def _operation(spec: dict[str, Any], call: Call) -> dict[str, Any] | None:
    """The described operation a call is one of; the template with the fewest variables counts."""
    for template in sorted(spec["paths"], key=lambda one: (one.count("{"), -len(one))):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, _path(call).replace("feature/login", "x").replace("heads/main", "x")):
            found: dict[str, Any] | None = spec["paths"][template].get(call.method.lower())
            return found
    return None


def _schema(operation: dict[str, Any]) -> dict[str, Any]:
    responses = operation["responses"]
    content: dict[str, Any] = (responses.get("default") or responses["200"])["content"]
    return dict(content["application/json"]["schema"])


def _plain(value: Any) -> Any:
    """Without the parts of HAL."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in HAL}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _embedded(call: Call, answer: dict[str, Any]) -> Iterator[tuple[dict[str, str], Any]]:
    """What is in an answer beside the status, with the schema it is to follow."""
    inner = answer.get("_embedded", {})
    for one in inner.get("activities", []):
        yield {"$ref": f"{ROOT}/schemas/Activity"}, one
    if "entity" in inner:
        kind = next(
            schema
            for part, schema in (("/activities/", "Activity"), ("/environments/", "Environment"), ("/", "Integration"))
            if part in call.path
        )
        yield {"$ref": f"{ROOT}/schemas/{kind}"}, inner["entity"]


def _complaints(spec: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    return problems(spec, schema, _plain(value), ROOT, keep_nulls=True)


def test_every_endpoint_has_been_asked(world: World, calls: list[Call]) -> None:
    url_map = world.upsun.hosts["upsun"].wsgi.app.app.url_map
    adapter = url_map.bind("localhost")
    described = {
        (rule.endpoint, method)
        for rule in url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/api/")
    }
    asked = {
        (adapter.match(_path(call).replace("feature/login", "x"), call.method)[0], call.method)
        for call in calls
        if call.status != 404
    }
    assert described - asked == set()


def test_every_endpoint_is_in_the_description(spec: dict[str, Any], calls: list[Call]) -> None:
    unknown = {(call.method, _template(call)) for call in calls if _operation(spec, call) is None}
    assert unknown == NOT_DESCRIBED


def test_answers_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    wrong, validated = {}, 0
    for call in calls:
        found = _operation(spec, call)
        if found is None or call.status is None or call.status >= 300:
            continue
        answer = json.loads(call.answer)
        parts = [(_schema(found), answer), *(_embedded(call, answer) if isinstance(answer, dict) else ())]
        complaints = [one for schema, value in parts for one in _complaints(spec, schema, value)]
        validated += len(parts)
        if complaints:
            wrong[call.line] = complaints
    assert wrong == {}, json.dumps(wrong, indent=1)
    assert validated > 40


def test_activities_of_integrations_are_as_those_of_projects(spec: dict[str, Any], calls: list[Call]) -> None:
    lists = [json.loads(call.answer) for call in calls if re.search(r"/integrations/\w+/activities$", call.path)]
    assert lists and lists[0]
    for one in lists:
        assert _complaints(spec, {"$ref": f"{ROOT}/schemas/ActivityCollection"}, one) == []


def test_every_resource_has_links(calls: list[Call]) -> None:
    """``self`` on the region's host, operations with a path and the place for their schema."""
    for call in calls:
        answer = (
            json.loads(call.answer) if call.status == 200 and call.method == "GET" and "log" not in call.path else {}
        )
        for one in answer if isinstance(answer, list) else [answer]:
            links = one.get("_links", {})
            if not call.path.startswith(("/projects/", "/api/projects/")) or call.path.endswith("/capabilities"):
                continue  # these have links of another kind, or none
            assert all(set(link) == {"href", "meta"} for link in links.values()), call.line
            assert not one or "/api/projects/" in links["self"]["href"]


def test_refusals_have_a_code_and_a_title(calls: list[Call]) -> None:
    refusals = [call for call in calls if call.status and call.status >= 400]
    assert len(refusals) >= 5
    for call in refusals:
        body = json.loads(call.answer)
        assert body["code"] == call.status and body["message"] and body["title"]


def test_requests_are_as_described(spec: dict[str, Any], calls: list[Call]) -> None:
    validated = 0
    for call in calls:
        found = _operation(spec, call)
        if found is None or not call.body or (call.status or 500) >= 300 or "requestBody" not in found:
            continue
        schema = found["requestBody"]["content"]["application/json"]["schema"]
        body = json.loads(call.body)
        # An update fits the schemas of several types: it has to fit its own.
        if call.method == "PATCH":
            kind = "BitbucketServer" if "token" in body else "Bitbucket"
            schema = {"$ref": f"{ROOT}/schemas/{kind}IntegrationPatch"}
        assert problems(spec, schema, body, ROOT, keep_nulls=True) == [], call.line
        validated += 1
    assert validated >= 7


def test_a_wrong_answer_would_be_noticed(spec: dict[str, Any], calls: list[Call]) -> None:
    good = next(json.loads(call.answer) for call in calls if call.path.endswith("/environments/main"))
    schema = {"$ref": f"{ROOT}/schemas/Environment"}
    assert _complaints(spec, schema, good) == []
    for wrong in ({"status": "asleep"}, {"head_commit": 1}, {"is_pr": None}, {"more": 1}):
        assert _complaints(spec, schema, good | wrong)
    assert _complaints(spec, schema, {key: value for key, value in good.items() if key != "parent"})
