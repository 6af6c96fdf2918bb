# SPDX-License-Identifier: GPL-3.0-or-later
"""A mirror, and all that it uses, made by hand in the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.adopt import fragment
from tests.sandbox.sandbox import Sandbox

from .adoption import adopt, audited, found_by, plan_of, started, unmanaged
from .here import run_here
from .scenarios.oci_devops import OciDevops
from .test_suite import foreseen_by_both

pytestmark = pytest.mark.any_core


NAMES = {
    "oci_devops_vault_name": "Team vault",
    "oci_devops_key_name": "team-key",
    "oci_devops_secret_name": "bitbucket-token",
    "oci_devops_dynamic_group_name": "devops-readers",
    "oci_devops_policy_name": "devops-reads-secrets",
    "oci_devops_topic_name": "devops-mail",
    "oci_devops_project_name": "code",
    "oci_devops_log_group_name": "team-logs",
    "oci_devops_log_name": "code-log",
    "oci_devops_connection_name": "Bitbucket of acme",
    "oci_devops_repository_name": "shop-mirror",
}


def by_hand(sandbox: Sandbox, environment: dict[str, str], folder: Path, **more: Any) -> None:
    """What the vendor's procedure leads to: the same calls in the console, without the collection's tags."""
    place = {"oci_devops_compartment_id": sandbox.oci.compartment_id, "bitbucket_workspace": "acme"}
    hosts = {"all": {"children": {"oci_devops": {"hosts": {"shop": {**place, **NAMES, **more}}}}}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inventory.yml").write_text(yaml.safe_dump(hosts))
    run_here("repobridge.bitbucket.site", folder / "inventory.yml", environment, folder / "run", extra={}).ok()
    for kind in sandbox.oci.store.kinds:
        for resource in sandbox.oci.all(kind):
            if "freeformTags" in resource:
                resource["freeformTags"] = {}
            if resource.get("description"):
                resource["description"] = "Ask Jane"


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


def ids(scenario: OciDevops) -> dict[str, list[str]]:
    kinds = scenario.expected()
    return {kind: sorted(one.get("id") or one["topicId"] for one in scenario.sandbox.oci.all(kind)) for kind in kinds}


def test_it_is_found_adopted_and_kept(oci: OciDevops) -> None:
    by_hand(oci.sandbox, oci.environment, oci.folder / "hand")
    before, made = ids(oci), oci.made()
    oci.sandbox.calls.clear()
    plan = plan_of(oci)
    assert unmanaged(plan) == NAMES
    assert plan["managed"] == {"managed": 0, "unmanaged": 11, "ignored": 0, "share": 0.0}
    checked = foreseen_by_both(oci, oci.site)
    planned = {(one["kind"], one["name"], one["variable"]) for one in plan["findings"] if one["status"] == "unmanaged"}
    assert found_by(checked) == planned
    report, text = audited(oci)
    assert report["managed"] == plan["managed"] and report["targets"][0]["hosts"] == {"shop": "missing"}
    assert yaml.safe_load(text) == yaml.safe_load(fragment({"findings": plan["findings"]}))
    rules = [{"kind": "oci_*", "name": "*", "reason": "known", "until": "2999-12-31"}]
    ignored, _none = audited(oci, repobridge_ignore_unmanaged=rules)
    assert ignored["managed"] == {"managed": 0, "unmanaged": 0, "ignored": 11, "share": 1.0}
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


def test_hosts_that_share_the_foundation_adopt_it_together(oci: OciDevops) -> None:
    by_hand(oci.sandbox, oci.environment, oci.folder / "hand")
    inventory = yaml.safe_load(oci.inventory.read_text())
    inventory["all"]["children"]["oci_devops"]["hosts"] = {"shop": None, "stock": None}
    oci.inventory.write_text(yaml.safe_dump(inventory))
    plan = plan_of(oci)
    found = {
        host: {one["variable"] for one in plan["findings"] if one["host"] == host and one["status"] == "unmanaged"}
        for host in ("shop", "stock")
    }
    assert found == {"shop": set(NAMES), "stock": set(NAMES) - {"oci_devops_repository_name"}}
    assert plan["managed"]["unmanaged"] == len(NAMES)
    adopt(oci, plan)
    then = plan_of(oci)
    assert [(one["host"], one["status"], one["kind"]) for one in then["findings"]] == [
        ("stock", "missing", "oci_devops_mirror_repository")
    ]
    before = ids(oci)
    oci.run_here(oci.site).ok()
    after = ids(oci)
    assert len(after.pop("repository")) == 2 and set(before.pop("repository")) < set(ids(oci)["repository"])
    assert after == before
    # The mirror of the collection goes, the foundation and the mirror made by hand stay.
    oci.run_here(oci.teardown)
    assert oci.made()["repository"] == ["shop-mirror"] and ids(oci)["connection"] == before["connection"]
