# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-ups made by hand are found, adopted by the written fragment, and converge without recreating anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.adopt import fragment
from tests.sandbox.sandbox import Sandbox

from . import by_hand
from .playbook import Run
from .scenario import Scenario
from .scenarios.cds import Cds
from .scenarios.gitlab_ci import GitlabCi
from .scenarios.oci_devops import OciDevops
from .scenarios.upsun import UpsunCloud
from .test_plan import PLAY
from .test_suite import foreseen_by_both

pytestmark = pytest.mark.any_core


def started(kind: type[Scenario], folder: Path) -> Scenario:
    sandbox = Sandbox(root=folder / "sandbox")
    made = kind(sandbox, folder)
    sandbox.start()
    return made


@pytest.fixture
def oci(tmp_path: Path) -> Iterator[OciDevops]:
    scenario = started(OciDevops, tmp_path)
    assert isinstance(scenario, OciDevops)
    scenario.inventory.write_text(
        yaml.safe_dump(
            {
                "all": {
                    "children": {
                        "oci_devops": {
                            "hosts": {"shop": None},
                            "vars": {
                                "bitbucket_workspace": "acme",
                                "oci_devops_compartment_id": scenario.sandbox.oci.compartment_id,
                            },
                        }
                    }
                }
            }
        )
    )
    yield scenario
    scenario.sandbox.stop()


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[GitlabCi]:
    scenario = started(GitlabCi, tmp_path)
    assert isinstance(scenario, GitlabCi)
    inventory = {"gitlab_ci": {"hosts": {"shop": None}, "vars": {"bitbucket_workspace": "acme"}}}
    scenario.inventory.write_text(yaml.safe_dump({"all": {"children": inventory}}))
    yield scenario
    scenario.sandbox.stop()


@pytest.fixture
def upsun(tmp_path: Path) -> Iterator[UpsunCloud]:
    scenario = started(UpsunCloud, tmp_path)
    assert isinstance(scenario, UpsunCloud)
    yield scenario
    scenario.sandbox.stop()


@pytest.fixture
def cds(tmp_path: Path) -> Iterator[Cds]:
    scenario = started(Cds, tmp_path)
    assert isinstance(scenario, Cds)
    yield scenario
    scenario.sandbox.stop()


def plan_of(scenario: Scenario, **extra: Any) -> dict[str, Any]:
    (scenario.folder / "plan.yml").write_text(PLAY)
    run = scenario.run(str(scenario.folder / "plan.yml"), **extra).ok()
    (one,) = (one["result"] for one in run.results if one["action"] == "repobridge.bitbucket.plan")
    return dict(one)


def unmanaged(plan: dict[str, Any]) -> dict[str, Any]:
    """Variable and value of what the plan has found."""
    return {one["variable"]: one["value"] for one in plan["findings"] if one["status"] == "unmanaged"}


def found_by(run: Run) -> set[tuple[str, str, str]]:
    return {
        (one["kind"], one["name"], one["variable"])
        for result in run.results
        for one in result["result"].get("unmanaged") or ()
    }


def adopt(scenario: Scenario, plan: dict[str, Any]) -> None:
    """Use the fragment beside the inventory, as its comment says."""
    text = fragment({"findings": plan["findings"], "finished": "2026-11-29T16:00:00Z"})
    folder = scenario.folder / "inventories"
    folder.mkdir()
    (folder / "1.yml").write_text(scenario.inventory.read_text())
    (folder / "2.yml").write_text(text)
    scenario.inventory = folder


def ids(scenario: OciDevops) -> dict[str, list[str]]:
    kinds = scenario.expected()
    return {kind: sorted(one.get("id") or one["topicId"] for one in scenario.sandbox.oci.all(kind)) for kind in kinds}


def test_a_mirror_in_oci_made_by_hand(oci: OciDevops) -> None:
    by_hand.oci_devops(oci.sandbox, oci.environment, oci.folder / "hand")
    before, made = ids(oci), oci.made()
    oci.sandbox.calls.clear()
    plan = plan_of(oci)
    assert unmanaged(plan) == by_hand.OCI_NAMES
    assert plan["managed"] == {"managed": 0, "unmanaged": 11, "ignored": 0, "share": 0.0}
    checked = foreseen_by_both(oci, oci.site)
    planned = {(one["kind"], one["name"], one["variable"]) for one in plan["findings"] if one["status"] == "unmanaged"}
    assert found_by(checked) == planned
    adopt(oci, plan)
    clean = plan_of(oci)
    assert (clean["findings"], clean["managed"]["share"]) == ([], 1.0)
    assert oci.run(oci.site).ok().changed == 0
    assert (ids(oci), oci.made()) == (before, made)
    kept = oci.run(oci.teardown)
    assert kept.returncode == 0 and not kept.actions
    assert "oci_devops_mirror_repository shop-mirror" in kept.output and "is kept" in kept.output
    assert (ids(oci), oci.made()) == (before, made)
    oci.run(oci.teardown, repobridge_teardown_adopted=True)
    assert not any(oci.made().values())


def test_a_mirror_in_gitlab_made_by_hand(gitlab: GitlabCi) -> None:
    sandbox = gitlab.sandbox
    number = by_hand.gitlab_mirror(sandbox, gitlab.token.secret, mirror_branch_regex="^main$")
    (hook,) = sandbox.bitbucket.hooks("acme", "shop")
    plan = plan_of(gitlab)
    assert unmanaged(plan) == {"gitlab_ci_project_path": "acme/storefront"}
    kinds = {one["kind"]: one for one in plan["findings"] if one["status"] == "unmanaged"}
    assert set(kinds) == {"gitlab_project", "bitbucket_webhook"}
    assert kinds["bitbucket_webhook"]["name"] == "Tell GitLab"
    assert hook.url.partition("=")[2] not in str(plan)
    sandbox.calls.clear()
    assert found_by(foreseen_by_both(gitlab, gitlab.site)) == {
        (one["kind"], one["name"], one["variable"]) for one in kinds.values()
    }
    adopt(gitlab, plan)
    then = plan_of(gitlab)
    assert {(one["status"], one["action"], one["kind"]) for one in then["findings"]} == {
        ("missing", "create", "gitlab_project_variables"),
        ("missing", "create", "gitlab_project_access_token"),
        ("drift", "update", "gitlab_ci_files"),
        ("drift", "update", "gitlab_pull_mirror"),  # so that GitLab fetches the commit with the files
        ("drift", "update", "bitbucket_webhook"),
    }
    gitlab.run(gitlab.site).ok()
    project = sandbox.gitlab.find_project("acme/storefront")
    assert project and project.id == number and sandbox.gitlab.find_project("acme/shop") is None
    # Only what the inventory says was changed.
    assert project.settings["description"] == "Ask Jane" and project.settings["wiki_access_level"] == "enabled"
    assert project.mirror.branch_regex == "^main$"
    (after,) = sandbox.bitbucket.hooks("acme", "shop")
    assert after.uuid == hook.uuid and after.description.startswith("Tell GitLab (token ")
    assert plan_of(gitlab)["findings"] == []
    kept = gitlab.run(gitlab.teardown)
    assert kept.returncode == 0
    assert sandbox.gitlab.find_project("acme/storefront") and not project.marked_for_deletion_on
    assert project.mirror.enabled and [one.uuid for one in sandbox.bitbucket.hooks("acme", "shop")] == [hook.uuid]
    for name in ("gitlab_project acme/storefront", "bitbucket_webhook", "gitlab_pull_mirror acme/storefront"):
        assert name in kept.output
    gitlab.run(gitlab.teardown, repobridge_teardown_adopted=True)
    assert project.marked_for_deletion_on and not sandbox.bitbucket.hooks("acme", "shop")


def test_an_integration_of_another_upsun_project(upsun: UpsunCloud) -> None:
    sandbox = upsun.sandbox
    legacy = sandbox.upsun.create_project("Legacy", sandbox.upsun_admin)
    made = {
        "upsun_project": legacy.id,
        "upsun_build_pull_requests": False,
        "upsun_environment_init_resources": "minimum",
    }
    upsun.run_here(upsun.site, **made).ok()
    sandbox.upsun.wait()
    integration = legacy.source
    assert integration
    hooks = {hook.uuid: hook.url for hook in sandbox.bitbucket.hooks("acme", "shop")}
    sandbox.calls.clear()
    plan = plan_of(upsun)
    assert unmanaged(plan) == {"upsun_adopted": True, **made}
    assert all(url not in str(plan) for url in hooks.values())
    foreseen_by_both(upsun, upsun.site)
    adopt(upsun, plan)
    assert plan_of(upsun)["findings"] == []
    assert upsun.run(upsun.site).ok().changed == 0
    assert sandbox.upsun_project.source is None and legacy.source is integration
    kept = upsun.run(upsun.teardown)
    assert kept.returncode == 0 and "upsun_integration" in kept.output and "is kept" in kept.output
    assert legacy.source is integration
    assert {hook.uuid: hook.url for hook in sandbox.bitbucket.hooks("acme", "shop")} == hooks
    upsun.run(upsun.teardown, repobridge_teardown_adopted=True)
    assert legacy.source is None


def test_an_application_and_a_workflow_of_cds_made_by_hand(cds: Cds) -> None:
    names = {"cds_application": "storefront", "cds_workflow": "build-storefront"}
    cds.run_here(cds.site, **names).ok()
    made = cds.made()
    plan = plan_of(cds)
    assert unmanaged(plan) == {**names, "cds_adopted": True}
    cds.sandbox.calls.clear()
    foreseen_by_both(cds, cds.site)
    adopt(cds, plan)
    assert plan_of(cds)["findings"] == []
    assert cds.run(cds.site).ok().changed == 0
    assert cds.made() == made
    kept = cds.run(cds.teardown)
    for name in ("cds_application_repository storefront", "cds_workflow build-storefront", "is kept"):
        assert name in kept.output
    assert cds.made()["application"] == made["application"] and cds.made()["workflow"] == made["workflow"]
