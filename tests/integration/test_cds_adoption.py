# SPDX-License-Identifier: GPL-3.0-or-later
"""An application and a workflow of CDS for the same repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .adoption import adopt, plan_of, started, unmanaged
from .scenarios.cds import Cds
from .test_suite import foreseen_by_both

pytestmark = pytest.mark.any_core


@pytest.fixture
def cds(tmp_path: Path) -> Iterator[Cds]:
    scenario = started(Cds, tmp_path)
    assert isinstance(scenario, Cds)
    yield scenario
    scenario.sandbox.stop()


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
