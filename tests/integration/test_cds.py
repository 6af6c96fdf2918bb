# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the target cds only: the complete loop in every version, the step in the browser, a project for several
repositories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox.sandbox import Sandbox

from .playbook import Run
from .scenario import Scenario
from .scenarios.cds import Cds, CdsLinked, CdsOldest

pytestmark = pytest.mark.any_core

DAY = 24 * 3600.0
every_generation = pytest.mark.parametrize("kind", [CdsOldest, CdsLinked, Cds], ids=lambda kind: kind.name)


class Alone(CdsLinked):
    """With nobody at the browser."""

    def run(self, playbook: str, *arguments: str, **extra: object) -> Run:
        return Scenario.run(self, playbook, *arguments, **extra)

    def run_here(self, playbook: str, *arguments: str, **extra: object) -> Run:
        return Scenario.run_here(self, playbook, *arguments, **extra)


class Kept(CdsLinked):
    """A current engine whose services the play keeps running."""

    version = Cds.version

    def expected(self) -> dict[str, list[str]]:
        return {**Cds.expected(self), "server": []}

    def secrets(self) -> dict[str, tuple[str, ...]]:
        return Cds.secrets(self)


class Two(Cds):
    """Two repositories of a workspace, and so one project."""

    def inventory_text(self) -> str:
        return super().inventory_text().replace("        shop:\n", "        shop:\n        stock:\n")

    def expected(self) -> dict[str, list[str]]:
        one = super().expected()
        return {
            kind: names
            if kind in ("project", "access")
            else [*names, *(name.replace("shop", "stock") for name in names)]
            for kind, names in one.items()
        }


@pytest.fixture
def scenario(kind: type[Cds], tmp_path: Path) -> Iterator[Cds]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = kind(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


def push(scenario: Cds, branch: str) -> str:
    """A commit whose run is over; its hash."""
    sandbox = scenario.sandbox
    commit = sandbox.bitbucket.commit("acme", "shop", branch, {f"{branch}.txt": f"{sandbox.clock.now()}\n"})
    settle(scenario, 60)
    return commit


def settle(scenario: Cds, seconds: float) -> None:
    """Let webhooks arrive, what they cause happen, and time pass."""
    scenario.sandbox.bitbucket.wait_for_deliveries()
    for _ in range(2):
        scenario.sandbox.clock.advance(seconds)


def runs(scenario: Cds) -> list[tuple[str, str]]:
    return [(run.branch, run.status) for run in scenario.sandbox.cds.workflow_runs("ACME", "shop")]


@every_generation
def test_a_push_is_built_and_shown_and_goes_with_its_branch(scenario: Cds) -> None:
    """Bitbucket's webhook, CDS's run, the status on the commit; and a day after its branch is deleted the run is gone."""
    scenario.run_here(scenario.site).ok()
    sandbox = scenario.sandbox
    sandbox.cds.runs.results.append("Fail")
    failed, passed = push(scenario, "main"), push(scenario, "feature/cart")
    statuses = sandbox.bitbucket.repository("acme", "shop").statuses
    assert {sha: one.state for (sha, _key), one in statuses.items()} == {failed: "FAILED", passed: "SUCCESSFUL"}
    assert runs(scenario) == [("feature/cart", "Success"), ("main", "Fail")]

    sandbox.bitbucket.delete_branch("acme", "shop", "feature/cart")
    settle(scenario, DAY / 4)
    assert len(runs(scenario)) == 2, "it is kept for a day"
    settle(scenario, DAY)
    assert runs(scenario) == [("main", "Fail")]


@pytest.mark.parametrize("kind", [Cds, CdsOldest], ids=lambda kind: kind.name)
def test_a_webhook_that_somebody_took_away_is_missed_and_made_again(scenario: Cds) -> None:
    scenario.run_here(scenario.site).ok()
    scenario.sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    found = scenario.run_here(scenario.site, "--check").ok()
    assert [drift["path"] for drift in found.drift["cds_repository"]] == ["new webhook.id"]
    assert scenario.run(scenario.audit, repobridge_fail_on_drift=True).returncode != 0
    scenario.run_here(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", [Cds], ids=lambda kind: kind.name)
def test_a_webhook_that_is_there_twice_is_told(scenario: Cds) -> None:
    scenario.run_here(scenario.site).ok()
    hook = scenario.sandbox.bitbucket.hooks("acme", "shop")[0]
    twin = replace(hook, uuid="{0b3f7d2e-0000-4000-8000-000000000000}")
    scenario.sandbox.bitbucket.repository("acme", "shop").hooks[twin.uuid] = twin
    failed = scenario.run_here(scenario.site)
    (failure,) = failed.failures
    assert twin.uuid in failure["msg"] and "/admin/webhooks" in failure["msg"]
    assert hook.url.rpartition("/")[2] not in failed.output


@pytest.mark.parametrize("kind", [Alone], ids=lambda kind: kind.name)
def test_without_somebody_at_the_browser_the_run_says_where_to_go(scenario: Alone) -> None:
    failed = scenario.run(scenario.site, cds_link_timeout=0.3)
    (failure,) = [one for one in failed.failures if "granted" in one["msg"]]
    states = [data["url"] for _until, data in scenario.sandbox.cds.states.values()]
    assert states[-1] in failure["msg"] and "cds_link_code" in failure["msg"]
    # The code that the browser could not bring to CDS does it as well.
    state, (_until, data) = list(scenario.sandbox.cds.states.items())[-1]
    with scenario.sandbox.bitbucket.browser(scenario.user) as browser:
        code = browser.answer(data["url"]).partition("code=")[2].partition("&")[0]
    done = scenario.run_here(scenario.site, cds_link_code=code, cds_link_request_token=state).ok()
    assert code not in done.output
    assert scenario.made() == scenario.expected()


@pytest.mark.parametrize("kind", [Two], ids=["two"])
def test_repositories_of_a_workspace_share_a_project(scenario: Two) -> None:
    """One session, one project, one VCS server; what one of them leaves behind is the others' until they go, too."""
    checked = scenario.run(scenario.site, "--check").ok()
    done = scenario.run(scenario.site).ok()
    assert sorted(checked.actions) == sorted(done.actions)
    assert [name for action, kind, name in done.actions if kind in ("cds_project", "cds_project_vcs")] == [
        "ACME",
        "bitbucketcloud",
    ]
    scenario.sandbox.calls.clear()
    assert scenario.run_here(scenario.site).ok().changed == 0
    paths = [call.path for call in scenario.sandbox.calls.all() if call.service == "cds"]
    assert sum(path.endswith("/signin") for path in paths) == 1 and len(paths) == 10
    scenario.run_here(scenario.teardown, "--limit", "stock").ok()
    assert scenario.made() == Cds.expected(scenario)
    scenario.run_here(scenario.site).ok()
    scenario.run_here(scenario.teardown).ok()
    assert not any(scenario.made().values())


@pytest.mark.parametrize("kind", [Kept], ids=["kept"])
def test_services_of_a_current_engine_are_waited_for_and_found_well(scenario: Kept) -> None:
    """The hooks service of 0.57.0 reports a goroutine that has ended; that must not hold up a run."""
    scenario.run_here(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0
