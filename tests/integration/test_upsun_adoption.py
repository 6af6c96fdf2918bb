# SPDX-License-Identifier: GPL-3.0-or-later
"""A project of Upsun that follows the same repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .adoption import adopt, plan_of, started, unmanaged
from .scenarios.upsun import UpsunCloud
from .test_suite import foreseen_by_both

pytestmark = pytest.mark.any_core


@pytest.fixture
def upsun(tmp_path: Path) -> Iterator[UpsunCloud]:
    scenario = started(UpsunCloud, tmp_path)
    assert isinstance(scenario, UpsunCloud)
    yield scenario
    scenario.sandbox.stop()


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
