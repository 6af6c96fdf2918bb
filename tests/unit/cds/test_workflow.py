# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_workflow and cds_repository_webhook: what a push starts, and what it reports."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.webhook import RepositoryWebhook
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.workflow import Workflow
from tests.sandbox.cds.api import workflows
from tests.sandbox.cds.model import Hook

from .conftest import MIDDLE, NEW, OLD, Runner, connected, every_generation

WF = "/project/DEMO/workflows/wf"
BUILD: dict[str, Any] = {
    "name": "wf",
    "definition": {"workflow": {"build": {"pipeline": "build", "application": "app"}}},
    "pipelines": [{"name": "build", "jobs": [{"job": "Build", "steps": [{"script": "make"}]}]}],
}
KEEP = 'return git_branch_exist == "true"'


@pytest.fixture
def app(run: Runner) -> None:
    """An application that is attached to acme/app."""
    run.world.attach(connected(run))


def workflow(run: Runner) -> Any:
    return run.cds.projects["DEMO"].workflows["wf"]


def hooks(run: Runner) -> Any:
    return run.bitbucket.hooks("acme", "app")


class TestWorkflow:
    @every_generation
    def test_a_life(self, run: Runner) -> None:
        run.cds.create_application(run.cds.projects["DEMO"], "app")
        assert run.ok(Workflow, check_mode=True, **BUILD)["resource"]["id"] == "pending:cds_workflow:wf"
        run.ok(Workflow, **BUILD)
        assert run.calls == [
            f"GET {WF}",
            "GET /project/DEMO/pipeline/build",
            "POST /project/DEMO/import/pipeline",
            "POST /project/DEMO/import/workflows",
            f"GET {WF}",
        ]
        assert not run.ok(Workflow, **BUILD)["changed"] and run.calls == [f"GET {WF}"]

        run.ok(Workflow, name="wf", pipelines=[{"name": "build"}], state="absent")
        assert run.calls == [f"GET {WF}", f"DELETE {WF}", "DELETE /project/DEMO/pipeline/build"]
        assert not run.cds.projects["DEMO"].pipelines
        assert not run.ok(Workflow, name="wf", state="absent")["changed"]

    def test_one_that_is_there_belongs_to_its_people(self, run: Runner) -> None:
        run.cds.create_workflow(run.cds.projects["DEMO"], "wf", "")
        other = {"workflow": {"deploy": {"pipeline": "deploy"}}}
        assert not run.ok(Workflow, name="wf", definition=other)["changed"]

    def test_and_so_does_a_pipeline(self, run: Runner) -> None:
        run.cds.create_application(run.cds.projects["DEMO"], "app")
        run.cds.projects["DEMO"].pipelines["build"] = 77
        run.ok(Workflow, **BUILD)
        assert "POST /project/DEMO/import/pipeline" not in run.calls
        assert run.cds.projects["DEMO"].pipelines["build"] == 77

    def test_the_name_of_one_that_is_being_deleted_is_waited_for(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It can't be seen any more, and is in the way for a while."""
        monkeypatch.setattr(workflows, "DELETION_SECONDS", 60.0)
        run.cds.create_application(run.cds.projects["DEMO"], "app")
        run.ok(Workflow, **BUILD)
        run.ok(Workflow, name="wf", state="absent")
        run.ok(Workflow, **BUILD)
        assert not workflow(run).to_delete
        assert run.calls.count("POST /project/DEMO/import/workflows") > 1

    def test_an_application_that_is_missing_is_named_and_not_waited_for(self, run: Runner) -> None:
        assert "has no application app" in run.fails(Workflow, **BUILD)

    @pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
    def test_lost_answers(self, run: Runner, kind: str) -> None:
        run.cds.create_application(run.cds.projects["DEMO"], "app")
        for what in ("import/pipeline", "import/workflows"):
            run.server.faults.add(kind, match=f"cds POST .*{what}", times=1)
        run.ok(Workflow, **BUILD)
        assert not run.ok(Workflow, **BUILD)["changed"]

    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"name": "wf"}, "definition must be given"),
            ({**BUILD, "name": "other", "definition": {"name": "wf"}}, "another workflow, wf"),
            ({"name": "wf", "definition": {"hooks": {"build": []}, "workflow": {}}, "pipelines": [{}]}, "a pipeline"),
            ({"name": "wf", "definition": {"hooks": {"build": [{}]}}}, "cds_repository_webhook"),
        ],
    )
    def test_bad_input(self, run: Runner, params: Any, words: str) -> None:
        assert words in run.fails(Workflow, **params)
        assert not run.calls


@pytest.mark.usefixtures("app")
class TestWebhook:
    @pytest.fixture(autouse=True)
    def _workflow(self, run: Runner, app: None) -> None:
        run.cds.create_workflow(run.cds.projects["DEMO"], "wf", "app")

    @every_generation
    def test_a_life(self, run: Runner) -> None:
        foretold = run.ok(RepositoryWebhook, check_mode=True, workflow="wf", report_status=True)
        assert foretold["resource"]["id"] == "pending:cds_repository_webhook:wf" and not run.writes()
        made = run.ok(RepositoryWebhook, workflow="wf", report_status=True)
        assert run.calls == [f"GET {WF}", f"PUT {WF}"]
        (hook,) = hooks(run)
        assert made["resource"]["id"] == hook.uuid and hook.events == ["repo:push"]
        secret = workflow(run).hooks[0].uuid
        assert secret in hook.url and secret not in json.dumps(made)

        again = run.ok(RepositoryWebhook, workflow="wf", events=["repo:push"], report_status=True)
        assert (again["changed"], run.calls) == (False, [f"GET {WF}"])
        assert again["resource"]["report_status"] and secret not in json.dumps(again)

        assert run.ok(RepositoryWebhook, workflow="wf", state="absent")["changed"]
        assert not hooks(run) and not workflow(run).hooks
        assert not run.ok(RepositoryWebhook, workflow="wf", state="absent")["changed"]

    @every_generation
    def test_other_hooks_of_the_workflow_stay(self, run: Runner) -> None:
        other = Hook("WebHook", {"method": "POST"}, "0b3f7d2e-0000-4000-8000-000000000000")
        workflow(run).hooks.append(other)
        run.ok(RepositoryWebhook, workflow="wf")
        run.ok(RepositoryWebhook, workflow="wf", state="absent")
        assert [hook.uuid for hook in workflow(run).hooks] == [other.uuid]

    @pytest.mark.parametrize("run", [MIDDLE, NEW], indirect=True)
    def test_events(self, run: Runner) -> None:
        wanted = ["repo:push", "pullrequest:created"]
        run.ok(RepositoryWebhook, workflow="wf", events=wanted)
        assert sorted(hooks(run)[0].events) == sorted(wanted)
        assert not run.ok(RepositoryWebhook, workflow="wf", events=list(reversed(wanted)))["changed"]
        run.ok(RepositoryWebhook, workflow="wf", events=["repo:push"])
        assert [hook.events for hook in hooks(run)] == [["repo:push"]]

    @every_generation
    def test_one_that_is_gone_in_bitbucket_is_made_again(self, run: Runner) -> None:
        """CDS does not look, so somebody has to tell it; and it never makes a second one."""
        run.ok(RepositoryWebhook, workflow="wf")
        run.bitbucket.repository("acme", "app").hooks.clear()
        assert not run.ok(RepositoryWebhook, workflow="wf")["changed"]
        result = run.ok(RepositoryWebhook, workflow="wf", recreate=True)
        (hook,) = hooks(run)
        assert result["resource"]["id"] == hook.uuid and len(workflow(run).hooks) == 1
        assert not run.ok(RepositoryWebhook, workflow="wf")["changed"]

    @every_generation
    def test_it_moves_with_the_application(self, run: Runner) -> None:
        """CDS leaves the webhook where it is when an application is attached to another repository."""
        run.bitbucket.create_repository("acme", "other")
        run.ok(RepositoryWebhook, workflow="wf")
        server = next(iter(run.cds.projects["DEMO"].applications.values())).vcs_server
        run.world.attach(server, repository="acme/other")
        moved = run.ok(RepositoryWebhook, workflow="wf")
        assert [drift["path"] for drift in moved["drift"]] == ["repository"]
        assert not hooks(run) and len(run.bitbucket.hooks("acme", "other")) == 1
        assert not run.ok(RepositoryWebhook, workflow="wf")["changed"]

    @pytest.mark.parametrize("run", ["0.46.0", MIDDLE, NEW], indirect=True)
    def test_reports_can_be_switched_one_by_one(self, run: Runner) -> None:
        run.ok(RepositoryWebhook, workflow="wf", report_status=True, comment_pull_requests=False)
        (notification,) = workflow(run).notifications
        assert notification.type == "vcs"
        template = notification.settings["template"]
        assert (template["disable_status"], template["disable_comment"]) == (False, True)
        changed = run.ok(RepositoryWebhook, workflow="wf", report_status=False)
        assert [drift["path"] for drift in changed["drift"]] == ["report_status"]
        assert len(workflow(run).notifications) == 1
        assert not run.ok(RepositoryWebhook, workflow="wf", report_status=False, comment_pull_requests=False)["changed"]

    def test_nothing_is_reported_without_a_notification(self, run: Runner) -> None:
        """A workflow that was made before its application was attached has none."""
        run.ok(RepositoryWebhook, workflow="wf")
        assert run.ok(RepositoryWebhook, check_mode=True, workflow="wf", report_status=True)["changed"]
        assert not run.ok(RepositoryWebhook, check_mode=True, workflow="wf", report_status=False)["changed"]

    @pytest.mark.parametrize("run", ["0.48.0", NEW], indirect=True)
    def test_which_runs_are_kept(self, run: Runner) -> None:
        run.ok(RepositoryWebhook, workflow="wf", retention_policy=KEEP)
        assert workflow(run).retention_policy == KEEP
        assert not run.ok(RepositoryWebhook, workflow="wf", retention_policy=KEEP)["changed"]
        run.ok(RepositoryWebhook, workflow="wf", events=["repo:push", "repo:fork"])
        assert workflow(run).retention_policy == KEEP

    @pytest.mark.parametrize(
        ("run", "params", "words"),
        [
            (OLD, {"events": ["repo:push", "pullrequest:created"]}, "supported since 0.42.0"),
            (OLD, {"comment_pull_requests": True}, "supported since 0.42.0"),
            ("0.45.0", {"report_status": False}, "supported since 0.46.0"),
            ("0.47.0", {"retention_policy": KEEP}, "supported since 0.48.0"),
        ],
        indirect=["run"],
    )
    def test_what_would_be_ignored_is_refused(self, run: Runner, params: Any, words: str) -> None:
        assert words in run.fails(RepositoryWebhook, workflow="wf", **params)
        assert not run.calls

    def test_a_workflow_that_is_none(self, run: Runner) -> None:
        assert "cds_workflow" in run.fails(RepositoryWebhook, workflow="none")
        assert not run.ok(RepositoryWebhook, workflow="none", state="absent")["changed"]
        pending = run.ok(RepositoryWebhook, check_mode=True, workflow="pending:cds_workflow:wf")
        assert pending["resource"]["id"] == "pending:cds_repository_webhook:wf" and not run.calls

    def test_one_without_an_attached_application(self, run: Runner) -> None:
        run.cds.create_workflow(run.cds.projects["DEMO"], "plain", "")
        assert "cds_application_repository" in run.fails(RepositoryWebhook, workflow="plain")
        assert not run.writes()

    def test_no_hooks_service(self, run: Runner) -> None:
        run.cds.services.remove("cds-hooks")
        assert "500" in run.fails(RepositoryWebhook, workflow="wf")
        assert not hooks(run)

    def test_two_of_them_are_told_and_none_is_touched(self, run: Runner) -> None:
        run.ok(RepositoryWebhook, workflow="wf")
        first = workflow(run).hooks[0]
        workflow(run).hooks.append(Hook(first.model, {**first.config, "webHookID": "{another}"}, "another-uuid"))
        said = run.fails(RepositoryWebhook, workflow="wf")
        assert "{another}" in said and first.config["webHookID"] in said and first.uuid not in said
        assert not run.writes()

    @pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
    def test_lost_answers(self, run: Runner, kind: str) -> None:
        run.server.faults.add(kind, match="cds PUT .*workflows", times=1)
        run.ok(RepositoryWebhook, workflow="wf", report_status=True)
        assert len(hooks(run)) == 1
        assert not run.ok(RepositoryWebhook, workflow="wf", report_status=True)["changed"]

    @pytest.mark.parametrize(
        ("params", "words"),
        [({"events": []}, "at least one event"), ({"retention_policy": "run_days_before < 3"}, "begin with return")],
    )
    def test_bad_input(self, run: Runner, params: Any, words: str) -> None:
        assert words in run.fails(RepositoryWebhook, workflow="wf", **params)
        assert not run.calls
