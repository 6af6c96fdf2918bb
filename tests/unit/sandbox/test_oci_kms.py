# SPDX-License-Identifier: GPL-3.0-or-later
"""Vaults, keys, secrets and bundles: the traps, by name."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import oci
import pytest

from tests.unit.sandbox.oci_support import Tenancy, refused, running, text_content

KMS = oci.key_management.models
VAULT = oci.vault.models
DAY = 24 * 3600


@pytest.fixture
def tenancy(tmp_path: Path) -> Iterator[Tenancy]:
    with running(tmp_path) as one:
        yield one


@pytest.fixture
def secret(tenancy: Tenancy) -> Any:
    vault = tenancy.vault()
    return tenancy.secret(vault, tenancy.key(vault), "first")


def update(tenancy: Tenancy, secret: Any, **what: Any) -> None:
    tenancy.secrets.update_secret(secret.id, VAULT.UpdateSecretDetails(**what))
    tenancy.poll(lambda: tenancy.secrets.get_secret(secret.id), "ACTIVE")


def content(tenancy: Tenancy, secret: Any, **which: Any) -> str:
    bundle = tenancy.bundles.get_secret_bundle(secret.id, **which).data
    return base64.b64decode(bundle.secret_bundle_content.content).decode()


def test_a_vault_takes_a_while(tenancy: Tenancy) -> None:
    made = tenancy.vaults.create_vault(
        KMS.CreateVaultDetails(compartment_id=tenancy.cloud.compartment_id, display_name="v", vault_type="DEFAULT")
    ).data
    assert made.lifecycle_state == "CREATING"
    details = KMS.CreateKeyDetails(
        compartment_id=tenancy.cloud.compartment_id,
        display_name="k",
        key_shape=KMS.KeyShape(algorithm="AES", length=32),
    )
    with refused(409, "IncorrectState"):
        tenancy.keys(made).create_key(details)
    assert tenancy.poll(lambda: tenancy.vaults.get_vault(made.id), "ACTIVE", tries=3)


def test_list_vaults_has_no_filter_and_pages(tenancy: Tenancy) -> None:
    tenancy.cloud.default_page = 2
    for name in "abc":
        tenancy.vaults.create_vault(
            KMS.CreateVaultDetails(compartment_id=tenancy.cloud.compartment_id, display_name=name, vault_type="DEFAULT")
        )
    first = tenancy.vaults.list_vaults(tenancy.cloud.compartment_id)
    assert [v.display_name for v in first.data] == ["c", "b"] and first.has_next_page
    every = oci.pagination.list_call_get_all_results(tenancy.vaults.list_vaults, tenancy.cloud.compartment_id).data
    assert [v.display_name for v in every] == ["c", "b", "a"]
    assert tenancy.vaults.list_vaults(tenancy.cloud.tenancy_id).data == []


def test_vault_names_are_not_unique_and_a_pending_vault_can_be_brought_back(tenancy: Tenancy) -> None:
    one, two = tenancy.vault(), tenancy.vault()
    assert one.id != two.id
    tenancy.vaults.schedule_vault_deletion(one.id, KMS.ScheduleVaultDeletionDetails())
    with refused(409, "IncorrectState"):
        tenancy.vaults.update_vault(one.id, KMS.UpdateVaultDetails(display_name="x"))
    tenancy.poll(lambda: tenancy.vaults.get_vault(one.id), "PENDING_DELETION")
    tenancy.vaults.cancel_vault_deletion(one.id)
    tenancy.poll(lambda: tenancy.vaults.get_vault(one.id), "ACTIVE")
    tenancy.server.clock.advance(40 * DAY)
    assert tenancy.vaults.get_vault(one.id).data.lifecycle_state == "ACTIVE"


@pytest.mark.parametrize("days", [6, 31])
def test_a_vault_is_deleted_in_7_to_30_days(tenancy: Tenancy, days: int) -> None:
    vault = tenancy.vault()
    with refused(400, "InvalidParameter", "between 7 and 30 days"):
        tenancy.vaults.schedule_vault_deletion(
            vault.id, KMS.ScheduleVaultDeletionDetails(time_of_deletion=datetime.now(UTC) + timedelta(days=days))
        )


def test_a_deleted_vault_takes_its_secrets(tenancy: Tenancy, secret: Any) -> None:
    when = datetime.now(UTC) + timedelta(days=7)
    tenancy.vaults.schedule_vault_deletion(secret.vault_id, KMS.ScheduleVaultDeletionDetails(time_of_deletion=when))
    tenancy.server.clock.advance(8 * DAY)
    assert tenancy.vaults.get_vault(secret.vault_id).data.lifecycle_state == "DELETED"
    assert tenancy.cloud.all("secret") == []


def test_an_update_of_a_vault_passes_through_updating(tenancy: Tenancy) -> None:
    vault = tenancy.vault()
    assert tenancy.vaults.update_vault(vault.id, KMS.UpdateVaultDetails(display_name="n")).data.display_name == "n"
    assert tenancy.poll(lambda: tenancy.vaults.get_vault(vault.id), "ACTIVE").display_name == "n"


def test_keys_belong_to_their_vaults_endpoint(tenancy: Tenancy) -> None:
    one, two = tenancy.vault(), tenancy.vault("other")
    key = tenancy.key(one)
    assert [k.id for k in tenancy.keys(one).list_keys(tenancy.cloud.compartment_id).data] == [key.id]
    assert tenancy.keys(two).list_keys(tenancy.cloud.compartment_id).data == []
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.keys(two).get_key(key.id)
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.client(oci.key_management.KmsManagementClient, tenancy.cloud.url).get_key(key.id)


def test_key_lengths_are_bytes(tenancy: Tenancy) -> None:
    with refused(400, "InvalidParameter", "bytes"):
        tenancy.key(tenancy.vault(), length=256)


def test_a_key_can_be_disabled_rotated_and_deleted(tenancy: Tenancy) -> None:
    vault = tenancy.vault()
    key, client = tenancy.key(vault), tenancy.keys(vault)
    version = client.create_key_version(key.id).data
    assert client.get_key(key.id).data.current_key_version == version.id
    assert len(client.list_key_versions(key.id).data) == 2
    client.disable_key(key.id)
    tenancy.poll(lambda: client.get_key(key.id), "DISABLED")
    with refused(409, "IncorrectState", "ENABLED"):
        tenancy.secret(vault, key, "x")
    client.enable_key(key.id)
    tenancy.poll(lambda: client.get_key(key.id), "ENABLED")
    client.schedule_key_deletion(key.id, KMS.ScheduleKeyDeletionDetails())
    tenancy.poll(lambda: client.get_key(key.id), "PENDING_DELETION")
    client.cancel_key_deletion(key.id)
    tenancy.poll(lambda: client.get_key(key.id), "ENABLED")


def test_a_secret_needs_a_symmetric_key_of_its_vault(tenancy: Tenancy) -> None:
    vault, other = tenancy.vault(), tenancy.vault("other")
    with refused(400, "InvalidParameter", "symmetric"):
        tenancy.secret(vault, tenancy.key(vault, "RSA", 256), "x")
    with refused(400, "InvalidParameter", "not in the vault"):
        tenancy.secret(vault, tenancy.key(other), "x")


def test_a_new_content_makes_a_new_version(tenancy: Tenancy, secret: Any) -> None:
    update(tenancy, secret, secret_content=text_content("second"))
    update(tenancy, secret, secret_content=text_content("third", name="v3"))
    assert tenancy.secrets.get_secret(secret.id).data.current_version_number == 3
    assert content(tenancy, secret) == content(tenancy, secret, stage="LATEST") == "third"
    assert content(tenancy, secret, stage="PREVIOUS") == "second"
    assert content(tenancy, secret, version_number=1) == "first"
    assert content(tenancy, secret, secret_version_name="v3") == "third"
    stages = {v.version_number: set(v.stages) for v in tenancy.secrets.list_secret_versions(secret.id).data}
    assert stages == {1: {"DEPRECATED"}, 2: {"PREVIOUS"}, 3: {"CURRENT", "LATEST"}}
    assert tenancy.cloud.secret_contents(secret.id) == [b"first", b"second", b"third"]


def test_a_pending_content_is_made_current_by_number(tenancy: Tenancy, secret: Any) -> None:
    update(tenancy, secret, secret_content=text_content("next", stage="PENDING"))
    assert (content(tenancy, secret), content(tenancy, secret, stage="PENDING")) == ("first", "next")
    update(tenancy, secret, current_version_number=2)
    assert (content(tenancy, secret), content(tenancy, secret, stage="PREVIOUS")) == ("next", "first")


def test_a_constant_version_name_is_refused(tenancy: Tenancy, secret: Any) -> None:
    update(tenancy, secret, secret_content=text_content("second", name="same"))
    with refused(400, "InvalidParameter", "already exists"):
        update(tenancy, secret, secret_content=text_content("third", name="same"))


def test_content_rules_and_version_number_exclude_each_other(tenancy: Tenancy, secret: Any) -> None:
    rules = [VAULT.SecretReuseRule(is_enforced_on_deleted_secret_versions=True)]
    with refused(400, "InvalidParameter", "same time"):
        update(tenancy, secret, secret_content=text_content("second"), secret_rules=rules)
    with refused(400, "InvalidParameter", "same time"):
        update(tenancy, secret, secret_content=text_content("second"), current_version_number=1)


def test_a_reuse_rule_refuses_old_content_but_not_a_rollback(tenancy: Tenancy, secret: Any) -> None:
    update(tenancy, secret, secret_rules=[VAULT.SecretReuseRule(is_enforced_on_deleted_secret_versions=True)])
    update(tenancy, secret, secret_content=text_content("second"))
    with refused(400, "InvalidParameter", "reuse rule"):
        update(tenancy, secret, secret_content=text_content("first"))
    update(tenancy, secret, current_version_number=1)
    assert content(tenancy, secret) == "first"


def test_an_update_while_updating_is_an_incorrect_state(tenancy: Tenancy, secret: Any) -> None:
    tenancy.server.clock.tick_seconds = 1
    tenancy.secrets.update_secret(secret.id, VAULT.UpdateSecretDetails(description="a"))
    with refused(409, "IncorrectState"):
        tenancy.secrets.update_secret(secret.id, VAULT.UpdateSecretDetails(description="b"))


def test_a_pending_secret_is_there_and_not_there(tenancy: Tenancy, secret: Any) -> None:
    """Its name is taken (400), its bundle is gone (404), it can be brought back."""
    tenancy.secrets.schedule_secret_deletion(
        secret.id, VAULT.ScheduleSecretDeletionDetails(time_of_deletion=datetime.now(UTC) + timedelta(days=2))
    )
    tenancy.poll(lambda: tenancy.secrets.get_secret(secret.id), "PENDING_DELETION")
    with refused(400, "InvalidParameter", "already exists"):
        tenancy.secrets.create_secret(
            VAULT.CreateSecretDetails(
                compartment_id=tenancy.cloud.compartment_id,
                secret_name="bitbucket",
                vault_id=secret.vault_id,
                key_id=secret.key_id,
                secret_content=text_content("x"),
            )
        )
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.bundles.get_secret_bundle_by_name("bitbucket", secret.vault_id)
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.bundles.get_secret_bundle(secret.id)
    with refused(409, "IncorrectState"):
        tenancy.secrets.update_secret(secret.id, VAULT.UpdateSecretDetails(description="x"))
    listed = tenancy.secrets.list_secrets(tenancy.cloud.compartment_id, name="bitbucket").data
    assert [s.lifecycle_state for s in listed] == ["PENDING_DELETION"]
    assert tenancy.secrets.list_secrets(tenancy.cloud.compartment_id, lifecycle_state="ACTIVE").data == []
    tenancy.secrets.cancel_secret_deletion(secret.id)
    tenancy.poll(lambda: tenancy.secrets.get_secret(secret.id), "ACTIVE")
    assert content(tenancy, secret) == "first"


def test_a_deleted_secret_still_blocks_its_name(tenancy: Tenancy, secret: Any) -> None:
    tenancy.secrets.schedule_secret_deletion(secret.id, VAULT.ScheduleSecretDeletionDetails())
    tenancy.server.clock.advance(31 * DAY)
    assert tenancy.secrets.get_secret(secret.id).data.lifecycle_state == "DELETED"
    with refused(400, "InvalidParameter", "already exists"):
        tenancy.secrets.create_secret(
            VAULT.CreateSecretDetails(
                compartment_id=tenancy.cloud.compartment_id,
                secret_name="bitbucket",
                vault_id=secret.vault_id,
                key_id=secret.key_id,
                secret_content=text_content("x"),
            )
        )


@pytest.mark.parametrize("hours", [20, 24 * 31])
def test_a_secret_is_deleted_in_1_to_30_days(tenancy: Tenancy, secret: Any, hours: int) -> None:
    when = datetime.now(UTC) + timedelta(hours=hours)
    with refused(400, "InvalidParameter", "between 1 and 30 days"):
        tenancy.secrets.schedule_secret_deletion(secret.id, VAULT.ScheduleSecretDeletionDetails(time_of_deletion=when))


def test_a_stale_etag_is_refused(tenancy: Tenancy, secret: Any) -> None:
    etag = tenancy.secrets.get_secret(secret.id).headers["etag"]
    update(tenancy, secret, description="changed")
    with refused(412, "NoEtagMatch"):
        tenancy.secrets.update_secret(secret.id, VAULT.UpdateSecretDetails(description="mine"), if_match=etag)


def test_oracle_adds_tags(tenancy: Tenancy, secret: Any) -> None:
    assert secret.defined_tags["Oracle-Tags"]["CreatedBy"] == "sandbox@example.com"
    update(tenancy, secret, defined_tags={"ops": {"team": "a"}})
    assert set(tenancy.secrets.get_secret(secret.id).data.defined_tags) == {"Oracle-Tags", "ops"}


def test_a_user_who_may_not_read_bundles(tenancy: Tenancy, secret: Any, tmp_path: Path) -> None:
    user = tenancy.cloud.create_user("writer@example.com", denied=["get_secret_bundle*"])
    config = oci.config.from_file(str(tenancy.cloud.write_config(tmp_path / "writer", user)))
    client = tenancy.client(oci.secrets.SecretsClient, config=config)
    with refused(404, "NotAuthorizedOrNotFound"):
        client.get_secret_bundle(secret.id)
    assert tenancy.client(oci.vault.VaultsClient, config=config).get_secret(secret.id).data.id == secret.id


def vault_details(tenancy: Tenancy, name: str = "v") -> Any:
    return KMS.CreateVaultDetails(compartment_id=tenancy.cloud.compartment_id, display_name=name, vault_type="DEFAULT")


def test_a_retry_token_makes_nothing_twice(tenancy: Tenancy) -> None:
    details = vault_details(tenancy)
    tenancy.server.faults.add("apply_then_drop", match="POST")
    with pytest.raises(oci.exceptions.RequestException):
        tenancy.vaults.create_vault(details, opc_retry_token="t")
    made = tenancy.vaults.create_vault(details, opc_retry_token="t").data
    assert [v["id"] for v in tenancy.cloud.all("vault")] == [made.id]
    assert tenancy.vaults.create_vault(details, opc_retry_token="other").data.id != made.id
    tenancy.poll(lambda: tenancy.vaults.get_vault(made.id), "ACTIVE")
    tenancy.vaults.schedule_vault_deletion(made.id, KMS.ScheduleVaultDeletionDetails())
    with refused(409, "InvalidatedRetryToken"):
        tenancy.vaults.create_vault(details, opc_retry_token="t")


def test_a_retry_token_belongs_to_the_tenancy_and_to_one_request_for_a_day(tenancy: Tenancy, tmp_path: Path) -> None:
    made = tenancy.vaults.create_vault(vault_details(tenancy), opc_retry_token="t").data
    other = tenancy.cloud.create_user("other@example.com")
    config = oci.config.from_file(str(tenancy.cloud.write_config(tmp_path / "other", other)))
    client = tenancy.client(oci.key_management.KmsVaultClient, config=config)
    assert client.create_vault(vault_details(tenancy), opc_retry_token="t").data.id == made.id
    with refused(409, "InvalidatedRetryToken"):
        client.create_vault(vault_details(tenancy, "another"), opc_retry_token="t")
    tenancy.server.clock.advance(DAY + 1)
    assert client.create_vault(vault_details(tenancy, "another"), opc_retry_token="t").data.id != made.id
    with refused(400, "InvalidParameter", "64"):
        client.create_vault(vault_details(tenancy), opc_retry_token="t" * 65)


def test_creations_at_the_same_time_with_one_token_are_one(tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked and found no token lets the others look, unless they have to wait for its creation."""
    replay, others = tenancy.cloud.retry_tokens.replay, threading.Semaphore(0)

    def look(endpoint: str) -> Any:
        found = replay(endpoint)
        others.release()
        if found is None:
            others.acquire()
            others.acquire(timeout=0.5)
        return found

    monkeypatch.setattr(tenancy.cloud.retry_tokens, "replay", look)
    with ThreadPoolExecutor(8) as pool:
        clients = [tenancy.client(oci.key_management.KmsVaultClient) for _ in range(8)]
        made = pool.map(lambda c: c.create_vault(vault_details(tenancy), opc_retry_token="t").data.id, clients)
    assert len(set(made)) == 1 == len(tenancy.cloud.all("vault"))


def test_limits_of_lists_are_the_services_own(tenancy: Tenancy) -> None:
    here, vault = tenancy.cloud.compartment_id, tenancy.vault()
    lists = {
        100: (tenancy.vaults.list_vaults, tenancy.keys(vault).list_keys),
        50: (tenancy.topics.list_topics,),
    }
    for most, methods in lists.items():
        for method in methods:
            method(here, limit=most)
            with refused(400, "InvalidParameter", f"between 1 and {most}"):
                method(here, limit=most + 1)


def test_throttling_and_a_wrong_state_can_be_asked_for(tenancy: Tenancy) -> None:
    tenancy.server.faults.add("status", match="GET", status=429, headers={"Retry-After": "2"})
    tenancy.server.faults.add("status", match="GET", status=409)
    with refused(429, "TooManyRequests"):
        tenancy.vaults.list_vaults(tenancy.cloud.compartment_id)
    with refused(409, "IncorrectState"):
        tenancy.vaults.list_vaults(tenancy.cloud.compartment_id)
