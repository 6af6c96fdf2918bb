# SPDX-License-Identifier: GPL-3.0-or-later
"""No input makes a handler of the sandbox fail, and nothing that it accepts breaks a later read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("hypothesis")
pytest.importorskip("oci")

from tests.sandbox.oci import auth
from tests.sandbox.sandbox import Sandbox
from tests.unit.sandbox.odd_input import Target, routes, walk
from tests.unit.sandbox.odd_worlds import BUILD

EXAMPLES = 5
_APP, _DC = "/2.0/repositories/acme/shop", "/rest/api/latest/projects/ACME/repos/shop"
_GITLAB = "/api/v4/projects/101"
# Method, path, body, status: what used to be an exception, at once or when the next one read.
CASES: dict[str, list[tuple[str, str, str, int]]] = {
    "bitbucket": [
        ("GET", f"{_APP}/src/main/a%00b", "", 400),
        ("GET", f"{_APP}/src/main/..%2F..%2Fetc", "", 400),
        ("GET", f"{_APP}/refs/branches/{'a' * 3000}", "", 404),
        ("GET", f"{_APP}/{'a' * 9000}", "", 414),
        ("GET", f"{_APP}/refs?pagelen=%C2%B32", "", 400),
        ("GET", f"{_APP}/refs?q=%FF", "", 400),
        ("GET", f"{_APP}/refs/tags", "", 200),
        ("POST", f"{_APP}/hooks", "[]", 400),
        ("POST", f"{_APP}/hooks", "[" * 20000, 400),
        ("POST", f"{_APP}/refs/branches", '{"name": "a\\u0000b", "target": {"hash": "main"}}', 400),
        ("POST", f"{_APP}/refs/branches", '{"name": "\\ud800", "target": {"hash": "main"}}', 400),
        ("PUT", f"{_APP}/pullrequests/1", '{"title": "x", "reviewers": [null]}', 400),
        ("PUT", f"{_APP}/pullrequests/1", '{"title": NaN}', 400),
        ("POST", f"{_APP}/pullrequests/1/merge", '{"merge_strategy": []}', 400),
    ],
    "bitbucket-dc": [
        ("GET", f"{_DC}/webhooks/%C2%B32", "", 404),
        ("GET", f"{_DC}/branches?start=1_0", "", 404),
        ("PUT", f"{_DC}/pull-requests/1", '{"version": 0, "title": "x", "reviewers": "x"}', 400),
        ("POST", f"{_DC}/pull-requests", '{"title": "x", "fromRef": {"id": "a", "repository": []}}', 400),
    ],
    "gitlab": [
        ("GET", "/api/v4/projects/%C2%B32", "", 404),
        ("GET", "/api/v4/projects?per_page=%C2%B32", "", 400),
        ("GET", "/api/v4/projects?pagination=keyset&id_after=x", "", 400),
        ("POST", f"{_GITLAB}/protected_branches", '{"name": null}', 422),
        ("GET", f"{_GITLAB}/repository/branches", "", 200),
        ("GET", f"{_GITLAB}/repository/tags", "", 200),
        ("GET", f"{_GITLAB}/repository/tags/of-a-tag", "", 200),
        ("GET", f"{_GITLAB}/repository/tags/of-a-blob", "", 200),
    ],
    "cds": [
        ("POST", "/project/DEMO/import/workflows", "a: 2026-02-30", 400),
        ("POST", "/project/DEMO/import/workflows", '{"version": "v2.0", "name": "x", "workflow": {"a": ["b"]}}', 400),
        ("POST", "/project/DEMO/import/application", '{"a": ' * 5000, 400),
    ],
    "oci": [("POST", "/v1/x509", "{}", 400), ("POST", "/v1/x509", '"x"', 400)],
}


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Target]]:
    """A populated sandbox, as a target for one of its services. What failed is in the target, so stopping it is silent."""
    running: list[Sandbox] = []

    def made(name: str) -> Target:
        sandbox = Sandbox(
            tick_seconds=0.01 if name.startswith("upsun") else 5.0
        ).start()  # or access tokens expire on the way
        running.append(sandbox)
        sandbox.populate()
        monkeypatch.setattr(auth, "verify", lambda *_arguments, **_more: sandbox.oci.user)
        return BUILD[name](sandbox)

    yield made
    for sandbox in running:
        sandbox.defects.clear()
        sandbox.stop()


def test_every_service_is_here(build: Callable[[str], Target]) -> None:
    """All but the door to a container engine, which passes on what it gets."""
    assert set(build("oci").server.services) - {"engine"} == set(BUILD)


@pytest.mark.parametrize("name", CASES)
def test_what_was_an_exception_is_refused(build: Callable[[str], Target], name: str) -> None:
    target = build(name)
    found = [
        (method, path[:200], body[:60], target.send(method, path, body.encode()))
        for method, path, body, _ in CASES[name]
    ]
    assert found == [(method, path[:200], body[:60], status) for method, path, body, status in CASES[name]]
    assert target.problems == []
    assert target.works()


@pytest.mark.parametrize("name", BUILD)
def test_no_input_is_an_exception(build: Callable[[str], Target], name: str) -> None:
    target = build(name)
    assert target.works()
    problems: list[str] = []
    for method, rule in routes(target.app):
        walk(target, method, rule, EXAMPLES)
        if not target.works():  # deleted, renamed or switched off: the next route gets a world of its own
            problems += target.problems
            target = build(name)
    problems += target.problems
    assert not problems, f"{len(problems)} times:\n" + "\n".join(problems[:20])
