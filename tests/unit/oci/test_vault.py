# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_vault and oci_vault_key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault
from tests.sandbox.oci import Oci

from .conftest import Runner


@pytest.fixture
def options(cloud: Oci) -> dict[str, Any]:
    return {"name": "bridge", "compartment_id": cloud.compartment_id}


@pytest.fixture
def vault(run: Runner, options: dict[str, Any]) -> dict[str, Any]:
    return run.ok(Vault, **options)["resource"]


@pytest.fixture
def key_options(options: dict[str, Any], vault: dict[str, Any]) -> dict[str, Any]:
    return {**options, "management_endpoint": vault["management_endpoint"]}


def days_until(when: str, cloud: Oci) -> float:
    return (datetime.fromisoformat(when) - cloud.server.clock.datetime()).total_seconds() / 86400


class TestVault:
    def test_is_made_waited_for_and_then_found_with_one_call(self, run: Runner, options: dict[str, Any]) -> None:
        made = run.ok(Vault, **options)
        assert made["changed"]
        assert made["resource"]["lifecycle_state"] == "ACTIVE"
        assert made["resource"]["management_endpoint"].startswith("http://127.0.0.1")
        assert made["actions"] == [{"action": "create", "kind": "oci_vault", "name": "bridge", "call": "CreateVault"}]
        again = run.ok(Vault, **options)
        assert not again["changed"]
        assert again["resource"]["id"] == made["resource"]["id"]
        assert again["resource"]["management_endpoint"] == made["resource"]["management_endpoint"]
        assert run.calls == ["GET /20180608/vaults"]

    def test_is_found_among_many(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        """The list has no filter by name and comes in pages."""
        made = run.ok(Vault, **options)
        for number in range(12):
            run.ok(Vault, **{**options, "name": f"other-{number}"})
        assert run.ok(Vault, **options)["resource"]["id"] == made["resource"]["id"]
        assert run.calls == ["GET /20180608/vaults"]

    def test_check_mode_on_nothing_shows_ids_for_the_key(
        self, run: Runner, cloud: Oci, options: dict[str, Any]
    ) -> None:
        planned = run.ok(Vault, check_mode=True, **options)
        assert planned["changed"]
        assert planned["resource"]["id"] == planned["resource"]["management_endpoint"] == "pending:oci_vault:bridge"
        assert planned["diff"] == {
            "before": {},
            "after": {"compartment_id": cloud.compartment_id, "display_name": "bridge", "vault_type": "DEFAULT"},
        }
        assert not cloud.all("vault")
        key = run.ok(Key, True, **options, management_endpoint=planned["resource"]["management_endpoint"])
        assert key["resource"]["id"] == "pending:oci_vault_key:bridge"
        assert run.calls == []

    def test_tags_are_compared_whole_and_mended(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        run.ok(Vault, **options, freeform_tags={"team": "build"})
        cloud.find("vault", display_name="bridge")["freeformTags"] = {"team": "build", "by": "hand"}
        planned = run.ok(Vault, check_mode=True, **options, freeform_tags={"team": "build"})
        assert planned["diff"]["before"] == {"freeform_tags": {"team": "build", "by": "hand"}}
        assert planned["diff"]["after"] == {"freeform_tags": {"team": "build"}}
        assert run.writes() == []
        run.ok(Vault, **options, freeform_tags={"team": "build"})
        assert cloud.find("vault", display_name="bridge")["freeformTags"] == {"team": "build"}
        assert not run.ok(Vault, **options, freeform_tags={"team": "build"})["changed"]

    def test_another_type_is_an_error_in_check_mode_too(self, run: Runner, options: dict[str, Any]) -> None:
        run.ok(Vault, **options)
        for check_mode in (True, False):
            assert "vault_type cannot be changed" in run.fails(
                Vault, check_mode, **options, vault_type="VIRTUAL_PRIVATE"
            )
        assert run.writes() == []

    def test_two_of_one_name_are_an_error_that_lists_both(
        self, run: Runner, cloud: Oci, options: dict[str, Any]
    ) -> None:
        run.ok(Vault, **options)
        other = run.ok(Vault, **{**options, "name": "other"})["resource"]
        cloud.find("vault", display_name="other")["displayName"] = "bridge"
        message = run.fails(Vault, **options)
        assert other["id"] in message
        assert "2 match" in message

    def test_a_vault_in_creation_is_waited_for(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        cloud.server.faults.add("status", match="GET /20180608/vaults/", status=500, times=None)
        run(Vault, **options)  # made, but the run ends before it is ready
        cloud.server.faults.clear()
        again = run.ok(Vault, **options)
        assert not again["changed"]
        assert again["resource"]["lifecycle_state"] == "ACTIVE"
        assert len(cloud.all("vault")) == 1

    @pytest.mark.parametrize("days", [7, 30])
    def test_is_deleted_on_the_day_asked_for(self, run: Runner, cloud: Oci, options: dict[str, Any], days: int) -> None:
        run.ok(Vault, **options)
        gone = run.ok(Vault, **options, state="absent", deletion_days=days)
        assert gone["changed"]
        assert gone["resource"]["lifecycle_state"] in ("SCHEDULING_DELETION", "PENDING_DELETION")
        assert days_until(gone["resource"]["time_of_deletion"], cloud) == pytest.approx(days, abs=0.05)
        assert not run.ok(Vault, **options, state="absent")["changed"]
        assert run.calls == ["GET /20180608/vaults"]

    def test_the_service_decides_when_no_day_is_given(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        run.ok(Vault, **options)
        gone = run.ok(Vault, **options, state="absent")
        assert days_until(gone["resource"]["time_of_deletion"], cloud) == pytest.approx(30, abs=0.05)

    @pytest.mark.parametrize("days", [6, 31])
    def test_days_out_of_range_are_refused_before_the_first_call(
        self, run: Runner, options: dict[str, Any], days: int
    ) -> None:
        assert "between 7 and 30" in run.fails(Vault, **options, state="absent", deletion_days=days)
        assert run.calls == []

    @pytest.mark.parametrize("settled", [False, True], ids=["SCHEDULING_DELETION", "PENDING_DELETION"])
    def test_one_that_waits_for_its_deletion_is_brought_back(
        self, run: Runner, cloud: Oci, options: dict[str, Any], settled: bool
    ) -> None:
        made = run.ok(Vault, **options)
        cloud.server.clock.tick_seconds = 0.5  # so that it is still being scheduled when the next task comes
        run.ok(Vault, **options, state="absent")
        if settled:
            cloud.server.clock.advance(60)
        planned = run.ok(Vault, check_mode=True, **options)
        assert [action["call"] for action in planned["actions"]] == ["CancelVaultDeletion"]
        assert run.writes() == []
        back = run.ok(Vault, **options)
        assert back["changed"]
        assert back["resource"]["id"] == made["resource"]["id"]
        assert back["resource"]["lifecycle_state"] == "ACTIVE"
        assert len(cloud.all("vault", live=False)) == 1

    def test_a_lost_answer_makes_no_second_vault(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        run.common["max_retries"] = 0
        cloud.server.faults.add("apply_then_drop", match="POST /20180608/vaults")
        assert run.ok(Vault, **options)["resource"]["lifecycle_state"] == "ACTIVE"
        assert len(cloud.all("vault", live=False)) == 1

    def test_create_false_takes_only_what_is_there(self, run: Runner, options: dict[str, Any]) -> None:
        assert "does not exist" in run.fails(Vault, **options, create=False)
        made = run.ok(Vault, **options)
        assert run.ok(Vault, **options, create=False)["resource"]["id"] == made["resource"]["id"]


class TestKey:
    def test_is_made_for_secrets_and_found_with_one_call(
        self, run: Runner, cloud: Oci, key_options: dict[str, Any]
    ) -> None:
        made = run.ok(Key, **key_options)
        assert made["resource"]["lifecycle_state"] == "ENABLED"
        assert (made["resource"]["algorithm"], made["resource"]["length"]) == ("AES", 32)
        assert cloud.find("key", display_name="bridge")["keyShape"] == {"algorithm": "AES", "length": 32}
        assert cloud.find("key", display_name="bridge")["protectionMode"] == "HSM", "the service's own choice"
        again = run.ok(Key, **key_options)
        assert not again["changed"]
        assert again["resource"]["id"] == made["resource"]["id"]
        assert len(run.calls) == 1
        assert run.calls[0].endswith("/20180608/keys")

    def test_by_the_vaults_ocid_costs_one_call_more(
        self, run: Runner, options: dict[str, Any], vault: dict[str, Any]
    ) -> None:
        made = run.ok(Key, **options, vault_id=vault["id"])
        assert made["resource"]["vault_id"] == vault["id"]
        assert not run.ok(Key, **options, vault_id=vault["id"])["changed"]
        assert len(run.calls) == 2

    def test_what_a_key_is_can_be_chosen(self, run: Runner, cloud: Oci, key_options: dict[str, Any]) -> None:
        shape = {"algorithm": "ECDSA", "curve_id": "NIST_P384", "protection_mode": "SOFTWARE"}
        run.ok(Key, **key_options, **shape)
        assert cloud.find("key", display_name="bridge")["keyShape"] == {
            "algorithm": "ECDSA",
            "length": 48,
            "curveId": "NIST_P384",
        }
        assert not run.ok(Key, **key_options, **shape, length=48)["changed"]
        assert len(run.calls) == 2, "length and curve are not in a listing"

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"length": 16}, "length"),
            ({"algorithm": "RSA"}, "algorithm"),
            ({"protection_mode": "SOFTWARE"}, "protection_mode"),
        ],
    )
    def test_what_a_key_is_can_not_be_changed(
        self, run: Runner, cloud: Oci, key_options: dict[str, Any], other: dict[str, Any], field: str
    ) -> None:
        run.ok(Key, **key_options)
        assert f"{field} cannot be changed" in run.fails(Key, **key_options, **other)
        assert len(cloud.all("key")) == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"length": 256},
            {"algorithm": "RSA", "length": 32},
            {"curve_id": "NIST_P256"},
            {"rotation_interval_days": 30},
            {"deletion_days": 1},
        ],
    )
    def test_bad_input_is_refused_before_the_first_call(
        self, run: Runner, key_options: dict[str, Any], wrong: dict[str, Any]
    ) -> None:
        run.fails(Key, **key_options, **wrong)
        assert run.calls == []

    def test_a_disabled_key_is_enabled(self, run: Runner, cloud: Oci, key_options: dict[str, Any]) -> None:
        run.ok(Key, **key_options)
        cloud.find("key", display_name="bridge")["lifecycleState"] = "DISABLED"
        planned = run.ok(Key, check_mode=True, **key_options)
        assert planned["drift"] == [{"path": "lifecycle_state", "expected": "ENABLED", "actual": "DISABLED"}]
        mended = run.ok(Key, **key_options)
        assert [action["call"] for action in mended["actions"]] == ["EnableKey"]
        assert mended["resource"]["lifecycle_state"] == "ENABLED"
        assert not any(call.startswith("PUT") for call in run.calls)

    def test_rotation_and_tags_are_managed_where_set(
        self, run: Runner, cloud: Oci, key_options: dict[str, Any]
    ) -> None:
        managed = {"auto_rotation": True, "rotation_interval_days": 90, "freeform_tags": {"a": "b"}}
        run.ok(Key, **key_options, **managed)
        assert not run.ok(Key, **key_options, **managed)["changed"]
        key = cloud.find("key", display_name="bridge")
        key.update(lifecycleState="DISABLED", freeformTags={}, autoKeyRotationDetails={"rotationIntervalInDays": 60})
        mended = run.ok(Key, **key_options, **managed)
        assert [action["action"] for action in mended["actions"]] == ["enable", "update"]
        assert {d["path"] for d in mended["drift"]} == {
            "freeform_tags",
            "auto_key_rotation_details.rotation_interval_in_days",
            "lifecycle_state",
        }
        assert key["autoKeyRotationDetails"] == {"rotationIntervalInDays": 90}
        assert key["freeformTags"] == {"a": "b"}
        assert not run.ok(Key, **key_options, **managed)["changed"]

    def test_one_that_waits_for_its_deletion_is_brought_back(
        self, run: Runner, cloud: Oci, key_options: dict[str, Any]
    ) -> None:
        made = run.ok(Key, **key_options)
        run.ok(Key, **key_options, state="absent", deletion_days=7)
        assert not run.ok(Key, **key_options, state="absent")["changed"]
        back = run.ok(Key, **key_options)
        assert back["resource"]["id"] == made["resource"]["id"]
        assert back["resource"]["lifecycle_state"] == "ENABLED"
        assert [action["call"] for action in back["actions"]] == ["CancelKeyDeletion"]
        assert len(cloud.all("key", live=False)) == 1
