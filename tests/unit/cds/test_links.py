# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of the target cds, against the sandbox's CDS and Bitbucket: projects with their access, and repositories."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.cds.projects import Projects
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.cds.repository import RepositoryLink
from tests.sandbox.cds import keypairs

from .conftest import MIDDLE, NEW, OLD, Runner, every_generation

Values = dict[str, Any]
PIPELINES = [{"name": "app-build", "jobs": [{"job": "Build", "steps": [{"script": ["make"]}]}]}]
DEFINITION = {"workflow": {"build": {"pipeline": "app-build", "application": "app"}}}


def connection(run: Runner) -> Values:
    names = ("api_url", "max_retries", "timeout", "username", "session_token", "version")
    return {name: run.common[name] for name in names}


def project(run: Runner, key: str = "DEMO", **more: Any) -> Values:
    if "proj-ssh-demo" not in run.world.project.keys:  # a project that was created by the API has one
        key_of_project = keypairs.generate(run.cds.accounts.next_id(), "proj-ssh-demo", "ssh")
        run.world.project.keys["proj-ssh-demo"] = key_of_project
    credential = {"vcs_username": run.world.bitbucket.owner.email, "vcs_token": run.world.bitbucket.token.secret}
    return {
        "place": key,
        "cds": connection(run),
        "project": key,
        "ssh_key": f"proj-ssh-{key.lower()}",
        **credential,
        "link_timeout": 2,
        "link_delay": 0.05,
        **more,
    }


def agree(run: Runner) -> threading.Thread:
    """Somebody who opens the address as soon as there is one."""

    def watch() -> None:
        for _look in range(400):
            if run.cds.states:
                _until, data = next(iter(run.cds.states.values()))
                with run.bitbucket.browser(run.world.bitbucket.owner) as browser:
                    browser.grant(data["url"])
                return
            threading.Event().wait(0.02)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def with_access(run: Runner) -> Values:
    if run.cds.version.has_vcs_servers:
        run.world.link()
    result = run.ok(
        Projects, projects=[project(run, ssh_key=None if run.cds.version.has_vcs_servers else "proj-ssh-demo")]
    )
    access: Values = result["projects"]["DEMO"]
    return access


def repository(run: Runner, access: Values, **more: Any) -> Values:
    owner, token = run.world.bitbucket.owner, run.world.bitbucket.token
    bitbucket = {
        "api_url": run.bitbucket.api_url.removesuffix("/2.0"),
        "username": owner.email,
        "api_token": token.secret,
    }
    return {
        "cds": connection(run),
        "bitbucket": {**bitbucket, "bitbucket_edition": "cloud"},
        "workspace": "acme",
        "repository": "app",
        "access": access,
        "definition": DEFINITION,
        "pipelines": PIPELINES,
        **more,
    }


# -- projects ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "way", "made"),
    [(OLD, "repositories_manager", "link"), (MIDDLE, "repositories_manager", "link"), (NEW, "project_vcs", "vcs")],
    indirect=["run"],
)
def test_the_version_decides_how_a_project_gets_to_bitbucket(run: Runner, way: str, made: str) -> None:
    thread = agree(run) if made == "link" else None
    given = [project(run, ssh_key=None if made == "link" else "proj-ssh-demo")]
    result = run.ok(Projects, projects=given)
    if thread:
        thread.join()
    assert result["projects"]["DEMO"] == {"project": "DEMO", "version": run.cds.version.text, "integration": way}
    assert [drift["path"] for drift in result["drift"]] == [f"DEMO.{made}"]
    again = run.ok(Projects, projects=given)
    assert not again["changed"] and not run.writes() and len(run.calls) == 2


def test_a_session_serves_all_projects_of_a_cds_and_is_in_no_other_result(run: Runner) -> None:
    consumer = run.cds.create_consumer(run.world.admin, scopes=("Project",))
    cds = {**connection(run), "session_token": None, "version": None, "token": consumer.token}
    given = [project(run, key, cds=cds) for key in ("DEMO", "OTHER", "DEMO")]
    login = run.ok(Projects, projects=given, sign_in=True)
    assert [call.partition(" ")[2] for call in run.calls] == ["/mon/version", "/auth/consumer/builtin/signin"]
    assert set(login["sessions"]) == {"DEMO", "OTHER"}
    made = run.ok(Projects, projects=given, sessions=login["sessions"], known=login["projects"])
    assert not any("signin" in call for call in run.calls)
    assert [action["name"] for action in made["actions"]] == ["bitbucketcloud", "OTHER", "bitbucketcloud"]
    assert login["sessions"]["DEMO"] not in str(made)


def test_check_mode_names_a_project_that_does_not_exist_by_a_pending_id(run: Runner) -> None:
    checked = run.ok(Projects, check_mode=True, projects=[project(run, "FRESH")])
    assert checked["projects"]["FRESH"]["project"].startswith("pending:")
    assert [drift["path"] for drift in checked["drift"]] == ["FRESH.project", "FRESH.vcs"]
    assert not run.writes()


def test_one_of_several_projects_that_fails_does_not_keep_the_others(run: Runner) -> None:
    bad = project(run, "OTHER", existing=True)
    result = run.ok(Projects, projects=[bad, project(run)])
    assert "OTHER" in result["projects"]["OTHER"]["error"] and set(result["projects"]["OTHER"]) == {"error"}
    assert run.world.project.vcs
    assert "OTHER" in run.fails(Projects, projects=[bad])
    access = result["projects"]["OTHER"]
    assert access["error"].rstrip(".") in run.fails(RepositoryLink, **repository(run, access))


def test_a_credential_that_cds_could_not_keep_is_refused(run: Runner) -> None:
    said = run.fails(Projects, projects=[project(run, vcs_token=None)])
    assert "CDS needs a Bitbucket credential that does not expire after hours" in said and "cds_vcs_token" in said


def test_a_project_goes_only_with_all_who_share_it(run: Runner) -> None:
    with_access(run)
    both = [project(run, state="absent"), project(run, state="present")]
    assert not run.ok(Projects, projects=both, state="absent")["changed"]
    gone = run.ok(Projects, projects=[project(run, state="absent")], state="absent")
    assert [action["kind"] for action in gone["actions"]] == ["cds_project_vcs", "cds_project"]
    assert "DEMO" not in run.cds.projects
    assert not run.ok(Projects, projects=[project(run, state="absent")], state="absent")["changed"]


def test_without_anybody_in_a_browser_the_error_has_the_address_and_the_way_on(middle: Runner) -> None:
    said = middle.fails(Projects, projects=[project(middle, ssh_key=None, link_timeout=0.2)])
    state, (_until, data) = next(iter(middle.cds.states.items()))
    assert data["url"] in said and state in said and "cds_link_code" in said


# -- repositories ------------------------------------------------------------------------------------------------------


@every_generation
def test_a_repository_is_built_and_its_workflow_is_read_once(run: Runner) -> None:
    access = with_access(run)
    checked = run.ok(RepositoryLink, check_mode=True, **repository(run, access))
    assert not run.writes()
    made = run.ok(RepositoryLink, **repository(run, access))
    assert checked["actions"] == made["actions"]
    assert made["resource"]["verified"] is True
    again = run.ok(RepositoryLink, **repository(run, access))
    assert not again["changed"] and not run.writes()
    assert sum("/workflows/" in call for call in run.calls) == 1, run.calls


def test_a_webhook_that_was_deleted_is_created_again_and_one_that_was_changed_set_back(run: Runner) -> None:
    access = with_access(run)
    run.ok(RepositoryLink, **repository(run, access))
    hooks = run.bitbucket.repository("acme", "app").hooks
    next(iter(hooks.values())).active = False
    found = run.ok(RepositoryLink, **repository(run, access))
    assert [drift["path"] for drift in found["drift"]] == ["webhook in Bitbucket.active"]
    hooks.clear()
    checked = run.ok(RepositoryLink, check_mode=True, **repository(run, access))
    assert [drift["path"] for drift in checked["drift"]] == ["new webhook.id"] and not hooks
    assert run.ok(RepositoryLink, **repository(run, access))["resource"]["verified"] is True
    assert len(hooks) == 1


def test_a_workflow_of_somebody_else_must_exist_and_stays(run: Runner) -> None:
    access = with_access(run)
    said = run.fails(RepositoryLink, **repository(run, access, existing_workflow=True, definition=None))
    assert "has no workflow app" in said
    run.ok(RepositoryLink, **repository(run, access))
    run.ok(RepositoryLink, **repository(run, access, existing_workflow=True, state="absent"))
    assert [*run.world.project.workflows] == ["app"] and "app" in run.world.project.applications
    assert not run.bitbucket.repository("acme", "app").hooks


def test_what_cds_would_refuse_is_refused_before_anything_is_created(run: Runner) -> None:
    hooked = {**DEFINITION, "hooks": {"build": []}}
    assert "must not contain hooks" in run.fails(
        RepositoryLink, **repository(run, {"project": "DEMO"}, definition=hooked)
    )
    assert not run.calls


def test_runs_of_deleted_branches_go_unless_the_operator_says_otherwise(run: Runner) -> None:
    access = with_access(run)
    run.ok(RepositoryLink, **repository(run, access))
    assert "git_branch_exist" in run.world.project.workflows["app"].retention_policy
    run.ok(RepositoryLink, **repository(run, access, retention_policy="return true"))
    assert run.world.project.workflows["app"].retention_policy == "return true"


@every_generation
def test_absent_removes_all_parts_and_what_is_gone_is_fine(run: Runner) -> None:
    access = with_access(run)
    run.ok(RepositoryLink, **repository(run, access))
    gone = repository(run, access, state="absent")
    run.ok(RepositoryLink, **gone)
    assert not run.world.project.applications and not run.bitbucket.repository("acme", "app").hooks
    assert not run.ok(RepositoryLink, **gone)["changed"]
    assert run.ok(RepositoryLink, **{**gone, "access": {**access, "project": "NOSUCH"}})["resource"] == {
        "project_exists": False
    }
