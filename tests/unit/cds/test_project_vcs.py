# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_project_vcs and cds_vcs_repository: a project's own access to Bitbucket, whose token CDS never gives back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project_vcs import ProjectVcs
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.vcs_repository import VcsRepository
from tests.sandbox.bitbucket.world import ALL_SCOPES
from tests.sandbox.cds import keypairs

from .conftest import MIDDLE, NEW, OLD, Runner

HERE = "/v2/project/DEMO/vcs"
ONE = f"{HERE}/bb"


@pytest.fixture
def vcs(run: Runner) -> dict[str, Any]:
    owner, token = run.world.bitbucket.owner, run.world.bitbucket.token
    key = keypairs.generate(run.cds.accounts.next_id(), "proj-ssh-demo", "ssh")
    run.cds.projects["DEMO"].keys[key.name] = key
    return {"name": "bb", "vcs_username": owner.email, "vcs_token": token.secret, "ssh_key": "proj-ssh-demo"}


def stored(run: Runner) -> Any:
    return run.cds.projects["DEMO"].vcs["bb"]


def another_token(run: Runner) -> str:
    return run.bitbucket.create_api_token(run.world.bitbucket.owner, ALL_SCOPES).secret


class TestServer:
    @pytest.mark.parametrize("run", ["v0.53.1", "v0.55.1", NEW], indirect=True)
    def test_a_life(self, run: Runner, vcs: dict[str, Any]) -> None:
        assert run.ok(ProjectVcs, check_mode=True, **vcs)["resource"]["id"] == "pending:cds_project_vcs:bb"
        made = run.ok(ProjectVcs, **vcs, description="Ours")
        assert run.calls == [f"GET {ONE}", f"POST {HERE}"]
        assert vcs["vcs_token"] not in json.dumps(made)
        assert made["resource"]["vcs_username"] == vcs["vcs_username"], "which the answer to a POST does not have in it"
        assert stored(run).auth["token"] == vcs["vcs_token"]

        again = run.ok(ProjectVcs, **vcs, description="Ours")
        assert (again["changed"], run.calls, again["resource"]["description"]) == (False, [f"GET {ONE}"], "Ours")

        assert run.ok(ProjectVcs, **vcs, push_run_url=False)["resource"]["vcs_username"] == vcs["vcs_username"]
        assert run.calls == [f"GET {ONE}", f"PUT {ONE}"]
        assert stored(run).options["disableStatusDetails"] and stored(run).description.startswith("Ours [repobridge:")
        assert stored(run).auth["token"] == vcs["vcs_token"]

        assert run.ok(ProjectVcs, name="bb", state="absent")["changed"]
        assert not run.ok(ProjectVcs, name="bb", state="absent")["changed"]

    @pytest.mark.parametrize(
        ("option", "theirs"),
        [
            ("webhooks", "disableWebhooks"),
            ("push_status", "disableStatus"),
            ("push_run_url", "disableStatusDetails"),
            ("polling", "disablePolling"),
        ],
    )
    def test_options_say_what_they_do(self, run: Runner, vcs: dict[str, Any], option: str, theirs: str) -> None:
        run.ok(ProjectVcs, **vcs)
        assert not run.ok(ProjectVcs, **vcs, **{option: True})["changed"]
        assert run.ok(ProjectVcs, **vcs, **{option: False})["changed"]
        assert [name for name, value in stored(run).options.items() if value] == [theirs]

    def test_a_new_token_is_sent_and_tried(self, run: Runner, vcs: dict[str, Any]) -> None:
        run.ok(ProjectVcs, **vcs)
        new = {**vcs, "vcs_token": another_token(run)}
        result = run.ok(ProjectVcs, **new)
        assert result["drift"] == [{"path": "vcs_token", "expected": "********", "actual": "********"}]
        assert run.calls[1:] == [f"PUT {ONE}", "GET /project/DEMO/repositories_manager/bb/repos"]
        assert stored(run).auth["token"] == new["vcs_token"]
        assert not run.ok(ProjectVcs, **new)["changed"]
        assert not run.ok(ProjectVcs, **vcs, update_secret="on_create")["changed"]

    def test_a_bad_token_is_never_taken_in_silence(self, run: Runner, vcs: dict[str, Any]) -> None:
        bad = {**vcs, "vcs_token": "ATATT-not-a-token"}
        said = run.fails(ProjectVcs, **bad)
        assert "500" in said and "API token" in said, "CDS has no better word for it"
        assert "bb" not in run.cds.projects["DEMO"].vcs
        run.ok(ProjectVcs, **vcs)
        assert "run again with valid ones" in run.fails(ProjectVcs, **bad)
        assert run.ok(ProjectVcs, **vcs)["changed"]

    @pytest.mark.parametrize(("run", "needed"), [("v0.55.1", True), (NEW, False)], indirect=["run"])
    def test_a_change_without_the_token(self, run: Runner, vcs: dict[str, Any], needed: bool) -> None:
        run.ok(ProjectVcs, **vcs)
        change: dict[str, Any] = {"name": "bb", "create": False, "polling": False}
        if needed:
            assert "deletes it when" in run.fails(ProjectVcs, **change)
        else:
            run.ok(ProjectVcs, **change)
        assert stored(run).auth["token"] == vcs["vcs_token"]

    def test_another_user_needs_the_token_in_any_case(self, run: Runner, vcs: dict[str, Any]) -> None:
        run.ok(ProjectVcs, **vcs)
        assert "vcs_token is missing" in run.fails(ProjectVcs, name="bb", create=False, vcs_username="x@example.com")

    @pytest.mark.parametrize("run", [OLD, "0.50.0"], indirect=True)
    def test_older_versions_say_what_to_use(self, run: Runner, vcs: dict[str, Any]) -> None:
        said = run.fails(ProjectVcs, **vcs)
        assert "supported since 0.51.0" in said and "cds_repositories_manager" in said and not run.calls

    @pytest.mark.parametrize("run", ["0.52.0"], indirect=True)
    def test_a_key_that_would_be_ignored(self, run: Runner, vcs: dict[str, Any]) -> None:
        assert "ssh_key (sshKeyName)" in run.fails(ProjectVcs, **vcs)

    def test_who_made_the_project_may_still_not(self, run: Runner, vcs: dict[str, Any]) -> None:
        """Rights in the old API are none in the new one."""
        eve = run.cds.create_user("eve")
        run.cds.create_project("EVE", eve)
        run.login(eve)
        assert "rbac import" in run.fails(ProjectVcs, project="EVE", **vcs)

    @pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_lost_answers(self, run: Runner, vcs: dict[str, Any], kind: str, method: str) -> None:
        if method != "POST":
            run.ok(ProjectVcs, **vcs)
        run.server.faults.add(kind, match=f"cds {method} .*/vcs", times=1)
        wanted: dict[str, Any] = {"POST": {}, "PUT": {"polling": False}, "DELETE": {"state": "absent"}}[method]
        result = run.ok(ProjectVcs, **vcs, **wanted)
        assert len(result["actions"]) == 1
        assert not run.ok(ProjectVcs, **vcs, **wanted)["changed"]

    @pytest.mark.parametrize(("run", "key"), [(MIDDLE, None), (NEW, "proj-none")], indirect=["run"])
    def test_a_key_that_is_missing(self, run: Runner, vcs: dict[str, Any], key: str | None) -> None:
        assert "proj-ssh-demo" in run.fails(ProjectVcs, **{**vcs, "ssh_key": key})

    def test_bad_input(self, run: Runner) -> None:
        assert "vcs_username and vcs_token must be given" in run.fails(ProjectVcs, name="bb")
        assert "letters, digits" in run.fails(ProjectVcs, name="b/b", create=False)


class TestRepository:
    @pytest.fixture(autouse=True)
    def _server(self, run: Runner, vcs: dict[str, Any]) -> None:
        if run.cds.version.has_project_vcs:
            run.ok(ProjectVcs, **vcs)

    def test_a_life(self, run: Runner) -> None:
        """CDS keeps names in lower case and finds them in no other."""
        app: dict[str, Any] = {"vcs": "bb", "name": "Acme/App"}
        assert run.ok(VcsRepository, check_mode=True, **app)["changed"]
        made = run.ok(VcsRepository, **app)
        assert run.calls == [f"GET {ONE}/repository/acme/app", f"POST {ONE}/repository"]
        assert made["resource"]["name"] == "acme/app"
        assert not run.ok(VcsRepository, **app)["changed"]
        assert run.ok(VcsRepository, **app, state="absent")["changed"]
        assert not run.ok(VcsRepository, **app, state="absent")["changed"]

    def test_in_check_mode_a_server_that_is_not_there_yet_will_do(self, run: Runner) -> None:
        assert run.ok(VcsRepository, check_mode=True, vcs="later", name="acme/app")["changed"]
        assert "no VCS server later" in run.fails(VcsRepository, vcs="later", name="acme/app")

    def test_https_is_not_what_cds_looks_for(self, run: Runner, vcs: dict[str, Any]) -> None:
        """Its driver looks for a link named http, and Bitbucket's is named https."""
        run.ok(ProjectVcs, **{**vcs, "name": "plain", "ssh_key": None})
        said = run.fails(VcsRepository, vcs="plain", name="acme/app")
        assert "cannot be cloned using https" in said and "ssh_key of cds_project_vcs" in said

    def test_a_repository_that_is_none(self, run: Runner) -> None:
        assert "404" in run.fails(VcsRepository, vcs="bb", name="acme/none")

    @pytest.mark.parametrize("run", [OLD], indirect=True)
    def test_older_versions(self, run: Runner) -> None:
        assert "supported since 0.51.0" in run.fails(VcsRepository, vcs="bb", name="acme/app")

    def test_bad_input(self, run: Runner) -> None:
        assert "acme/shop" in run.fails(VcsRepository, name="app")
