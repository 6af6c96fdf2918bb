# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to every generation of CDS, and what the answers that are none become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds import client
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.info import CdsInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project_vcs import ProjectVcs
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.version import Version

from .conftest import MIDDLE, NEW, OLD, Runner, every_generation

ALONE: dict[str, Any] = {"session_token": None, "version": None, "username": None}


@pytest.mark.parametrize(
    ("text", "links", "consumers", "project_vcs"),
    [
        ("0.41.0", True, False, False),
        ("0.43.0", True, False, False),
        ("0.44.0", True, True, False),
        ("0.51.0", True, True, True),
        ("v0.53.0", True, True, True),
        ("v0.53.1", False, True, True),
        ("v0.57.0+cds.1234", False, True, True),
        ("snapshot", False, True, True),
    ],
)
def test_what_a_version_can_do(text: str, links: bool, consumers: bool, project_vcs: bool) -> None:
    version = Version(text)
    assert (version.links, version.consumers, version.project_vcs) == (links, consumers, project_vcs)


@pytest.mark.parametrize(
    ("run", "integration", "login"),
    [
        (OLD, "repositories_manager", "password"),
        (MIDDLE, "repositories_manager", "token"),
        (NEW, "project_vcs", "token"),
    ],
    indirect=["run"],
)
def test_info(run: Runner, integration: str, login: str) -> None:
    told = run.ok(CdsInfo, **{**ALONE, "project": None})
    assert (told["version"], told["integration"], told["login"]) == (run.cds.version.text, integration, login)
    assert run.calls == ["GET /mon/version"] and "session_token" not in told


@every_generation
def test_a_session_serves_the_tasks_that_follow(run: Runner) -> None:
    login = {"username": "root", "password": run.world.admin.password}
    if run.cds.version.has_consumers:
        login = {"token": run.cds.create_consumer(run.world.admin, scopes=("Project",)).token}
    session = run.ok(CdsInfo, **{**ALONE, **login}, sign_in=True)["session_token"]
    assert len(run.calls) == 2
    run.common.update(session_token=session, username="root", version=run.cds.version.text)
    assert not run.ok(Project)["changed"]
    assert run.calls == ["GET /project/DEMO"]


def test_user_and_password_are_fine_for_new_ones_too(run: Runner) -> None:
    login = {"username": "root", "password": run.world.admin.password}
    assert not run.ok(Project, **{**ALONE, **login})["changed"]
    assert run.calls == ["GET /mon/version", "POST /auth/consumer/local/signin", "GET /project/DEMO"]


def test_the_cookie_of_a_session_is_never_sent_back(run: Runner) -> None:
    """With it CDS takes the caller for a browser and wants a token against other sites."""
    run.ok(
        Project,
        **{**ALONE, "token": run.cds.create_consumer(run.world.admin, scopes=("Project",)).token},
        description="Ours",
    )
    calls = [call for call in run.server.calls.all() if call.service == "cds"]
    assert not any("jwt_token" in call.request_text() for call in calls)


@pytest.mark.parametrize(
    ("run", "login", "words"),
    [
        (NEW, {"token": "a-wrong-one"}, "may be wrong or expired"),
        (OLD, {"username": "root", "password": "a-wrong-one"}, "Check username and password"),
        (OLD, {"token": "some-token"}, "exist since 0.44"),
        (NEW, {}, "either with token or with username and password"),
        (NEW, {"token": "x", "password": "y", "username": "z"}, "either with token"),
        (NEW, {"password": "y"}, "username is missing"),
        (NEW, {"session_token": "an-old-session"}, "session has expired"),
    ],
    indirect=["run"],
)
def test_who_can_not_sign_in(run: Runner, login: dict[str, str], words: str) -> None:
    assert words in run.fails(Project, **{**ALONE, **login})


def test_the_token_of_a_service_opens_nothing_else(run: Runner) -> None:
    said = run.fails(Project, **{**ALONE, "token": run.cds.service_token("vcs", "cds-vcs")})
    assert "belong to a service" in said and "missing service payload" in said


def test_an_old_session_needs_the_user_beside_it(build: Callable[..., Runner]) -> None:
    old = build(OLD)
    assert "username is missing" in old.fails(Project, username=None)


def test_what_is_no_cds_says_so(run: Runner) -> None:
    run.server.faults.add("login_page", times=None)
    said = run.fails(CdsInfo, api_url=run.bitbucket.url, version=None)
    assert "from a proxy or login page" in said and "at /cdsapi of its address" in said


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_a_lost_sign_in_is_asked_for_again(run: Runner, kind: str) -> None:
    run.server.faults.add(kind, match="cds POST .*signin", times=1)
    run.ok(Project, **{**ALONE, "token": run.cds.create_consumer(run.world.admin, scopes=("Project",)).token})


@pytest.mark.parametrize("run", [MIDDLE, NEW], indirect=True)
def test_yaml_that_is_labelled_json_is_an_error_that_says_so(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """CDS answers with it when the Accept header is another one, as after a proxy that rewrites it."""
    server = {"name": "bb", "vcs_username": "jane@example.com", "vcs_token": "the-token", "ssh_key": "proj-ssh-demo"}
    run.world.post("/project/DEMO/keys", json={"name": "proj-ssh-demo", "type": "ssh"})
    answer = run.world.post("/v2/project/DEMO/vcs", json=run.world.vcs_body())
    assert answer.status_code == 201
    monkeypatch.setattr(client, "ACCEPT", "application/json")
    said = run.fails(ProjectVcs, **server)
    assert "the response 200 is application/json" in said
    assert "Accept" in said


def test_no_secret_is_in_what_a_failure_says(run: Runner) -> None:
    secret = "a-canary-of-a-token"
    for params in ({"token": secret}, {"username": "root", "password": secret}, {"session_token": secret}):
        assert secret not in repr(run(Project, **{**ALONE, **params}))
