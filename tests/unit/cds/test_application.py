# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_application_repository: an application and the repository it is attached to."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.application import ApplicationRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.webhook import RepositoryWebhook

from .conftest import NEW, OLD, Runner, connected, every_generation

APP = "/project/DEMO/application/app"


def attach_path(server: str, verb: str = "attach") -> str:
    return f"POST /project/DEMO/repositories_manager/{server}/application/app/{verb}"


@every_generation
def test_a_life(run: Runner) -> None:
    server = connected(run)
    app: dict[str, Any] = {"application": "app", "vcs": server, "repository": "acme/app"}
    assert run.ok(ApplicationRepository, check_mode=True, **app)["changed"] and not run.writes()
    made = run.ok(ApplicationRepository, **app)
    assert run.calls == [f"GET {APP}", "POST /project/DEMO/applications", attach_path(server)]
    assert made["resource"]["repository"] == "acme/app"

    # Bitbucket's names have no case.
    assert not run.ok(ApplicationRepository, **{**app, "repository": "Acme/App"})["changed"]
    assert run.calls == [f"GET {APP}"]

    ssh = {"connection_type": "ssh", "ssh_key": "proj-ssh-demo"}
    assert run.ok(ApplicationRepository, **app, **ssh)["actions"][0]["action"] == "update"
    assert run.calls == [f"GET {APP}", f"PUT {APP}"]
    assert not run.ok(ApplicationRepository, **app, **ssh)["changed"]
    assert run.cds.projects["DEMO"].applications["app"].repository == "acme/app"

    assert run.ok(ApplicationRepository, application="app", state="absent")["changed"]
    assert run.calls == [f"GET {APP}", attach_path(server, "detach")]
    assert "app" in run.cds.projects["DEMO"].applications
    assert not run.ok(ApplicationRepository, application="app", state="absent")["changed"]

    assert run.ok(ApplicationRepository, application="app", state="absent", delete_application=True)["changed"]
    assert run.calls == [f"GET {APP}", f"DELETE {APP}"]
    assert not run.ok(ApplicationRepository, application="app", state="absent", delete_application=True)["changed"]


def test_another_repository_is_attached_anew(run: Runner) -> None:
    server = connected(run)
    run.bitbucket.create_repository("acme", "other")
    app: dict[str, Any] = {"application": "app", "vcs": server}
    run.ok(ApplicationRepository, **app, repository="acme/app", description="Ours")
    moved = run.ok(ApplicationRepository, **app, repository="acme/other")
    assert [action["action"] for action in moved["actions"]] == ["attach"]
    assert run.cds.projects["DEMO"].applications["app"].description == "Ours"
    # One that is attached elsewhere is not detached in the name of another repository.
    assert not run.ok(ApplicationRepository, **app, repository="acme/app", state="absent")["changed"]


@pytest.mark.parametrize("run", [OLD, NEW], indirect=True)
def test_a_repository_that_cds_does_not_see(run: Runner) -> None:
    server = connected(run)
    said = run.fails(ApplicationRepository, application="app", vcs=server, repository="acme/none")
    assert "acme/none" in said and "has no access to it" in said


@every_generation
def test_a_server_that_the_project_does_not_have(run: Runner) -> None:
    said = run.fails(ApplicationRepository, application="app", vcs="none", repository="acme/app")
    assert "Link the repositories manager" in said


def test_not_while_a_webhook_needs_it(run: Runner) -> None:
    server = connected(run)
    app: dict[str, Any] = {"application": "app", "vcs": server, "repository": "acme/app"}
    run.ok(ApplicationRepository, **app)
    run.cds.create_workflow(run.cds.projects["DEMO"], "wf", "app")
    run.ok(RepositoryWebhook, workflow="wf")
    said = run.fails(ApplicationRepository, **app, state="absent")
    assert "still a repository webhook" in said and "cds_repository_webhook" in said


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
@pytest.mark.parametrize("what", ["applications$", "attach"])
def test_lost_answers(run: Runner, kind: str, what: str) -> None:
    app: dict[str, Any] = {"application": "app", "vcs": connected(run), "repository": "acme/app"}
    run.server.faults.add(kind, match=f"cds POST .*{what}", times=1)
    assert run.ok(ApplicationRepository, **app)["resource"]["repository"] == "acme/app"
    assert not run.ok(ApplicationRepository, **app)["changed"]


def test_check_mode_from_nothing(run: Runner) -> None:
    result = run.ok(
        ApplicationRepository,
        check_mode=True,
        project="pending:cds_project:SHOP",
        application="shop",
        vcs="bb",
        repository="acme/app",
    )
    assert result["resource"]["id"] == "pending:cds_application_repository:shop" and not run.calls


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"application": "app"}, "vcs and repository must be given"),
        ({"application": "a/b", "create": False}, "letters, digits"),
        ({"application": "app", "vcs": "bb", "repository": "app"}, "example acme/shop"),
    ],
)
def test_bad_input(run: Runner, params: Any, words: str) -> None:
    assert words in run.fails(ApplicationRepository, **params)
    assert not run.calls
