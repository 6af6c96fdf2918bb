# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_vault_secret, with what Oracle's own collection gets wrong tested by name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault
from tests.sandbox.oci import Oci

from .conftest import Runner

OLD, NEW = "the-first-password", "the-second-password"
BUNDLE = "POST /20190301/secretbundles/actions/getByName"
LIST = "GET /20180608/secrets"


@pytest.fixture
def options(run: Runner, cloud: Oci) -> dict[str, Any]:
    place = {"name": "bridge", "compartment_id": cloud.compartment_id}
    vault = run.ok(Vault, **place)["resource"]
    key = run.ok(Key, **place, management_endpoint=vault["management_endpoint"])["resource"]
    return {"name": "token", "compartment_id": cloud.compartment_id, "vault_id": vault["id"], "key_id": key["id"]}


@pytest.fixture
def secret(run: Runner, options: dict[str, Any]) -> dict[str, Any]:
    return run.ok(Secret, **options, content=OLD)["resource"]


def contents(cloud: Oci, secret: dict[str, Any]) -> list[str]:
    return [content.decode() for content in cloud.secret_contents(secret["id"])]


def assert_hidden(result: dict[str, Any], *secrets: str) -> None:
    text = json.dumps(result)
    for value in secrets:
        assert value not in text
        assert base64.b64encode(value.encode()).decode() not in text


class TestContent:
    def test_is_made_with_its_content_and_then_read_with_one_call(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        assert secret["lifecycle_state"] == "ACTIVE"
        assert contents(cloud, secret) == [OLD]
        again = run.ok(Secret, **options, content=OLD)
        assert not again["changed"]
        assert run.calls == [BUNDLE]
        assert again["resource"]["id"] == secret["id"]
        assert again["resource"]["current_version_number"] == 1
        assert_hidden(again, OLD)

    def test_new_content_is_noticed_and_rotated_by_name(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        rotated = run.ok(Secret, **options, content=NEW)
        assert rotated["changed"]
        assert rotated["resource"]["id"] == secret["id"]
        assert rotated["resource"]["current_version_number"] == 2
        assert rotated["drift"] == [{"path": "content", "expected": "********", "actual": "********"}]
        assert contents(cloud, secret) == [OLD, NEW]
        assert_hidden(rotated, OLD, NEW)
        assert len(run.writes()) == 1

    def test_the_same_content_makes_no_new_version(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        for same in ({"content": OLD}, {"content_base64": base64.b64encode(OLD.encode()).decode()}):
            assert not run.ok(Secret, **options, **same)["changed"]
        assert contents(cloud, secret) == [OLD]

    def test_check_mode_shows_a_full_diff_and_sends_nothing(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        planned = run.ok(Secret, check_mode=True, **options, content=NEW, description="ours")
        assert planned["changed"]
        assert planned["diff"]["before"] == {"content": "********", "description": None}
        assert planned["diff"]["after"] == {"content": "******** (new)", "description": "ours"}
        assert planned["actions"] == [
            {"action": "update", "kind": "oci_vault_secret", "name": "token", "call": "UpdateSecret"}
        ]
        assert run.writes() == []
        assert_hidden(planned, OLD, NEW)

    def test_versions_can_be_made_for_ever(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        """A version's name must be unique in its secret, so none is sent."""
        for content in (NEW, "the-third-password", NEW):
            assert run.ok(Secret, **options, content=content)["changed"]
        assert contents(cloud, secret) == [OLD, NEW, "the-third-password", NEW]

    def test_bytes_that_are_no_text(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        data = bytes(range(256))
        text = base64.encodebytes(data).decode()  # with line breaks
        made = run.ok(Secret, **options, content_base64=text)
        assert cloud.secret_contents(made["resource"]["id"]) == [data]
        assert not run.ok(Secret, **options, content_base64=text)["changed"]

    @pytest.mark.parametrize(
        "wrong", [{"content": ""}, {"content_base64": "not base64!"}, {}, {"content": OLD, "key_id": None}]
    )
    def test_bad_input_is_refused_before_the_first_call(
        self, run: Runner, options: dict[str, Any], wrong: dict[str, Any]
    ) -> None:
        run.fails(Secret, **{**options, **wrong})
        assert run.calls == []

    def test_a_content_changed_by_hand_is_drift_and_never_shown(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        cloud.find("secret", secret_name="token")["_versions"][-1]["_content"] = b"typed-in-by-hand"
        cloud.find("secret", secret_name="token")["description"] = "it is typed-in-by-hand"
        result = run.ok(Secret, **options, content=OLD, description="ours")
        assert {d["path"] for d in result["drift"]} == {"content", "description"}
        assert_hidden(result, OLD, "typed-in-by-hand")

    def test_a_lost_answer_makes_no_second_version(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        for policy in ("on_change", "always"):
            before = len(contents(cloud, secret))
            cloud.server.faults.add("apply_then_drop", match="PUT /20180608/secrets")
            assert run.ok(Secret, **options, content=NEW + policy, update_secret=policy)["changed"]
            assert len(contents(cloud, secret)) == before + 1
            assert contents(cloud, secret)[-1] == NEW + policy

    def test_a_stale_bundle_after_a_lost_answer_makes_no_second_version(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = {"id": secret["id"], "secret_name": "token", "content": base64.b64encode(OLD.encode()).decode()}
        monkeypatch.setattr(Secret, "_bundle", lambda _self: old)
        cloud.server.faults.add("apply_then_drop", match="PUT /20180608/secrets")
        assert run.ok(Secret, **options, content=NEW)["changed"]
        assert contents(cloud, secret) == [OLD, NEW]

    def test_a_call_lost_before_it_was_applied_is_sent_again(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        for policy in ("on_change", "always"):
            cloud.server.faults.add("drop", match="PUT /20180608/secrets")
            run.ok(Secret, **options, content=NEW + policy, update_secret=policy)
        assert contents(cloud, secret) == [OLD, NEW + "on_change", NEW + "always"]

    def test_a_reuse_rule_has_its_remedy(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        run.ok(Secret, **options, content=NEW)
        cloud.find("secret", secret_name="token")["secretRules"] = [{"ruleType": "SECRET_REUSE_RULE"}]
        message = run.fails(Secret, **options, content=OLD)
        assert "make the earlier version current" in message
        assert OLD not in message


class TestUpdatePolicy:
    def test_on_create_leaves_the_content(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        assert not run.ok(Secret, **options, content=NEW, update_secret="on_create")["changed"]
        assert run.calls == [LIST]
        assert contents(cloud, secret) == [OLD]

    def test_on_create_gives_a_secret_brought_back_its_content(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        run.ok(Secret, **options, state="absent")
        back = run.ok(Secret, **options, content=NEW, update_secret="on_create")
        assert [action["action"] for action in back["actions"]] == ["restore", "update"]
        assert contents(cloud, secret) == [OLD, NEW]

    def test_always_sends_it_every_time(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        assert run.ok(Secret, **options, content=OLD, update_secret="always")["changed"]
        assert contents(cloud, secret) == [OLD, OLD]

    def test_without_the_right_to_read_the_permission_is_named(
        self, run: Runner, options: dict[str, Any], secret: dict[str, Any], tmp_path: Path
    ) -> None:
        run.as_user("writer", ["get_secret_bundle*"], tmp_path)
        message = run.fails(Secret, **options, content=OLD)
        assert "read secret-bundles" in message
        assert "update_secret to on_create or always" in message
        assert run.writes() == []
        assert not run.ok(Secret, **options, content=OLD, update_secret="on_create")["changed"]


class TestFields:
    def test_description_and_tags_cost_one_call_more_and_are_mended(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        managed = {"description": "ours", "freeform_tags": {"team": "build"}, "metadata": {"kind": "token"}}
        run.ok(Secret, **options, content=OLD, **managed)
        assert not run.ok(Secret, **options, content=OLD, **managed)["changed"]
        assert run.calls == [BUNDLE, LIST]
        cloud.find("secret", secret_name="token").update(description="theirs", metadata={"kind": "token", "by": "hand"})
        mended = run.ok(Secret, **options, content=OLD, **managed)
        assert {d["path"] for d in mended["drift"]} == {"description", "metadata"}
        assert contents(cloud, secret) == [OLD]
        assert cloud.find("secret", secret_name="token")["metadata"] == {"kind": "token"}

    def test_metadata_alone_comes_with_the_content(
        self, run: Runner, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        run.ok(Secret, **options, content=OLD, metadata={"kind": "token"})
        assert not run.ok(Secret, **options, content=OLD, metadata={"kind": "token"})["changed"]
        assert run.calls == [BUNDLE]
        assert not run.ok(Secret, **options, content=OLD, metadata={"kind": "token"}, update_secret="on_create")[
            "changed"
        ]
        assert len(run.calls) == 2

    def test_somebody_elses_secret_can_be_used_without_content(
        self, run: Runner, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        place = {name: options[name] for name in ("name", "compartment_id", "vault_id")}
        assert run.ok(Secret, **place, create=False)["resource"]["id"] == secret["id"]
        assert run.calls == [LIST]
        assert "does not exist" in run.fails(Secret, **{**place, "name": "other"}, create=False)


class TestDeletion:
    def test_is_scheduled_once(self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]) -> None:
        gone = run.ok(Secret, **options, state="absent", deletion_days=1)
        assert gone["changed"]
        assert gone["resource"]["time_of_deletion"]
        assert not run.ok(Secret, **options, state="absent")["changed"]
        assert run.calls == [LIST]

    def test_a_lost_answer_is_read_again(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        cloud.server.faults.add("apply_then_drop", match="scheduleDeletion")
        assert run.ok(Secret, **options, state="absent")["changed"]
        assert len(run.writes()) == 1

    @pytest.mark.parametrize("settled", [False, True], ids=["SCHEDULING_DELETION", "PENDING_DELETION"])
    @pytest.mark.parametrize("content", [OLD, NEW], ids=["same content", "new content"])
    def test_a_secret_waiting_for_deletion_is_brought_back(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any], settled: bool, content: str
    ) -> None:
        cloud.server.clock.tick_seconds = 0.5  # so that it is still being scheduled when the next task comes
        run.ok(Secret, **options, state="absent")
        if settled:
            cloud.server.clock.advance(60)
        planned = run.ok(Secret, check_mode=True, **options, content=content)
        assert "restore" in [action["action"] for action in planned["actions"]]
        assert run.writes() == []
        back = run.ok(Secret, **options, content=content)
        assert back["resource"]["id"] == secret["id"]
        assert "CancelSecretDeletion" in [action["call"] for action in back["actions"]]
        assert contents(cloud, secret) == list(dict.fromkeys([OLD, content]))
        assert len(cloud.all("secret", live=False)) == 1
        assert not run.ok(Secret, **options, content=content)["changed"]

    def test_a_lost_answer_to_the_restoration_is_read_again(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        run.ok(Secret, **options, state="absent")
        cloud.server.faults.add("apply_then_drop", match="cancelDeletion")
        run.ok(Secret, **options, content=NEW)
        assert contents(cloud, secret) == [OLD, NEW]

    def test_the_name_of_a_deleted_one_is_taken(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        run.ok(Secret, **options, state="absent", deletion_days=1)
        cloud.server.clock.advance(2 * 86400)
        for check_mode in (True, False):
            message = run.fails(Secret, check_mode, **options, content=OLD)
            assert "DELETED" in message
            assert "Use another name or vault" in message
        assert run.writes() == []
        assert not run.ok(Secret, **options, state="absent")["changed"]

    def test_the_name_of_one_in_another_compartment_is_taken(
        self, run: Runner, cloud: Oci, options: dict[str, Any], secret: dict[str, Any]
    ) -> None:
        elsewhere = {**options, "compartment_id": cloud.add_compartment("other")["id"]}
        assert "set compartment_id" in run.fails(Secret, **elsewhere, content=OLD, update_secret="on_create")
        assert "Set compartment_id" in run.fails(Secret, **elsewhere, content=OLD, description="ours")


class TestCreation:
    def test_check_mode_on_nothing_reads_nothing_for_a_pending_vault(self, run: Runner, cloud: Oci) -> None:
        place = {"name": "token", "compartment_id": cloud.compartment_id}
        pending = {"vault_id": "pending:oci_vault:bridge", "key_id": "pending:oci_vault_key:bridge"}
        planned = run.ok(Secret, True, **place, **pending, content=OLD)
        assert planned["resource"]["id"] == "pending:oci_vault_secret:token"
        assert planned["diff"]["after"]["content"] == "********"
        assert run.calls == []
        assert_hidden(planned, OLD)
        assert "pending:" in run.fails(Secret, **place, **pending, content=OLD)
        assert run.calls == []

    def test_a_lost_answer_makes_no_second_secret(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        run.common["max_retries"] = 0
        cloud.server.faults.add("apply_then_drop", match="POST /20180608/secrets$")
        made = run.ok(Secret, **options, content=OLD)
        assert len(cloud.all("secret", live=False)) == 1
        assert contents(cloud, made["resource"]) == [OLD]

    def test_the_content_goes_to_the_vault_service_only(self, run: Runner, cloud: Oci, options: dict[str, Any]) -> None:
        run.ok(Secret, **options, content=OLD)
        encoded = base64.b64encode(OLD.encode()).decode()
        assert [c.path for c in cloud.server.calls.all() if encoded in c.request_text()] == ["/20180608/secrets"]
        assert not [c for c in cloud.server.calls.all() if OLD in c.request_text()]
        assert OLD not in " ".join(run.progress)
