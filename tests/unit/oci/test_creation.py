# SPDX-License-Identifier: GPL-3.0-or-later
"""A creation has one result, even if it is sent several times; of two existing resources the one in use is selected."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.adoption import MARK
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.creation import token
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log_group import LogGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror import MirrorRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault
from tests.sandbox.oci import Oci

from .conftest import Runner, World

VAULTS = "/20180608/vaults"
RULE = "ALL {resource.type = 'devopsconnection'}"
STATEMENT = "Allow any-user to read secret-family in tenancy"


@pytest.fixture
def place(cloud: Oci) -> dict[str, Any]:
    return {"name": "bridge", "compartment_id": cloud.compartment_id}


def tokens(cloud: Oci, path: str) -> list[str]:
    """The retry tokens of the creations at a path."""
    sent = [call for call in cloud.server.calls.all("oci") if (call.method, call.path) == ("POST", path)]
    return [value for call in sent for name, value in call.headers.items() if name.lower() == "opc-retry-token"]


def not_listed(cloud: Oci, path: str, times: int = 1) -> None:
    """The next lists are those of the last time: what was created since is not in them."""
    cloud.server.faults.add("stale", match=f"GET {path}[?]", times=times)


class TestOneCreation:
    def test_the_token_stands_for_tenancy_place_kind_and_name(self, run: Runner, cloud: Oci, place: Any) -> None:
        other = cloud.add_compartment("other")["id"]
        for change in ({}, {"name": "another"}, {"compartment_id": other}):
            run.ok(Vault, **{**place, **change})
        vaults = tokens(cloud, VAULTS)
        run.ok(Topic, **place)
        assert len({*vaults, *tokens(cloud, "/20181201/topics")}) == 4
        assert {len(one) for one in vaults} == {64}

    def test_a_second_run_gets_the_first_ones_vault_although_no_list_shows_it(
        self, run: Runner, cloud: Oci, place: Any
    ) -> None:
        run.ok(Vault, True, **place)
        first = run.ok(Vault, **place)
        not_listed(cloud, VAULTS)
        second = run.ok(Vault, **place)
        assert second["resource"]["id"] == first["resource"]["id"]
        assert len(cloud.all("vault", live=False)) == 1
        assert len(set(tokens(cloud, VAULTS))) == 1 and len(tokens(cloud, VAULTS)) == 2

    def test_other_options_within_the_day_change_the_one_that_exists(self, run: Runner, cloud: Oci, place: Any) -> None:
        """The token is invalid for another body; what the first one created is read and compared."""
        run.ok(Vault, True, **place)
        run.ok(Vault, **place)
        not_listed(cloud, VAULTS)
        changed = run.ok(Vault, **place, freeform_tags={"team": "build"})
        assert changed["changed"] and changed["resource"]["freeform_tags"] == {"team": "build", **MARK}
        assert [vault["freeformTags"] for vault in cloud.all("vault", live=False)] == [{"team": "build", **MARK}]

    def test_what_was_deleted_is_created_anew_within_the_day(self, run: Runner, cloud: Oci, place: Any) -> None:
        """Again and again, also more often than there are derived tokens; each with one call for each deletion before."""
        kinds: dict[type[Operation], tuple[str, dict[str, Any], str]] = {
            Topic: ("topic", place, "/20181201/topics"),
            Policy: ("policy", {"name": "bridge", "statements": [STATEMENT]}, "/20160918/policies"),
            DynamicGroup: ("dynamic_group", {"name": "bridge", "matching_rule": RULE}, "/20160918/dynamicGroups"),
            LogGroup: ("log_group", place, "/20200531/logGroups"),
        }
        for operation, (kind, options, path) in kinds.items():
            for round_ in range(14 if operation is Policy else 3):
                made = run.ok(operation, **options)
                assert made["changed"] and [action["action"] for action in made["actions"]] == ["create"]
                assert len(cloud.all(kind)) == 1
                assert len([call for call in run.calls if call == f"POST {path}"]) == min(round_, 12) + 1
                run.ok(operation, **options, state="absent")
                cloud.server.clock.advance(60)
                assert not cloud.all(kind)

    def test_a_response_about_one_that_was_renamed_is_not_taken(self, run: Runner, cloud: Oci, place: Any) -> None:
        """The service may go on to replay; then the list never shows what the creation was answered with."""
        cloud.server.clock.advance(-3600)
        first = run.ok(Vault, **place)["resource"]
        cloud.server.clock.advance(3600)
        cloud.find("vault")["displayName"] = "renamed"
        second = run.ok(Vault, **place)["resource"]
        assert second["id"] != first["id"]
        assert sorted(vault["displayName"] for vault in cloud.all("vault")) == ["bridge", "renamed"]
        assert not run.ok(Vault, **place)["changed"]

    def test_a_creation_that_failed_is_not_failed_for_the_rest_of_the_day(
        self, run: Runner, cloud: Oci, place: Any
    ) -> None:
        """The token is answered with the work request of the first time."""
        cloud.server.clock.advance(-3600)
        run.ok(LogGroup, **place)
        cloud.server.clock.advance(3600)
        cloud.store.kinds["log_group"].clear()
        cloud.all("log_work_request")[-1]["status"] = "FAILED"
        assert run.ok(LogGroup, **place)["changed"]
        assert len(cloud.all("log_group")) == 1

    def test_a_creation_that_fails_now_is_an_error_and_sent_once(self, run: Runner, cloud: Oci, place: Any) -> None:
        cloud.server.clock.tick_seconds = 0
        message = run.fails(LogGroup, **place, wait_timeout=0.05)
        assert "create was still ACCEPTED" in message
        cloud.all("log_work_request")[-1]["status"] = "FAILED"
        cloud.store.kinds["log_group"].clear()
        assert "the work request is FAILED" in run.fails(LogGroup, **place)
        assert run.writes() == ["POST /20200531/logGroups"]

    def test_an_outage_at_a_creation_is_repeated_with_its_token(self, run: Runner, cloud: Oci, place: Any) -> None:
        run.common["max_retries"] = 0
        cloud.server.faults.add("status", match=f"POST {VAULTS}", status=500)
        assert "500" in run.fails(Vault, **place)
        run.ok(Vault, **place)
        assert len(set(tokens(cloud, VAULTS))) == 1

    def test_a_token_is_as_long_as_oci_takes(self) -> None:
        assert len(token(["x" * 1000], 3)) == 64
        assert token(["a", "b"], 0) != token(["a", "b"], 1) != token(["ab"], 1)


class TestTheOneInUse:
    """Two of one name, as earlier versions made them in two runs at the same time."""

    @staticmethod
    def twin(cloud: Oci, kind: str, **change: Any) -> str:
        """Another resource like the one that exists; its OCID."""
        first = cloud.find(kind)
        other = {**first, "id": f"{first['id']}-twin", **change}
        cloud.store.add(kind, other)
        return str(other["id"])

    def test_of_a_vault_by_its_keys_then_by_its_secrets_then_by_the_connection(self, world: World) -> None:
        run, cloud, place = world.run, world.cloud, world.place
        used = cloud.find("vault")["id"]
        other = self.twin(cloud, "vault", _short="othervault", managementEndpoint=f"{cloud.url}/vaults/othervault")
        assert run.ok(Vault, **place)["resource"]["id"] == used
        assert len(run.warnings) == 1 and other in run.warnings[0] and f"{used} is in use" in run.warnings[0]
        # A key in the other one is less than a secret here.
        key = self.twin(cloud, "key", vaultId=other)
        assert run.ok(Vault, **place)["resource"]["id"] == used
        # A secret there is as much as the secret here, and less than one that a connection reads.
        secret = self.twin(cloud, "secret", vaultId=other, keyId=key)
        assert f"{used}, {other}" in run.fails(Vault, **place) or f"{other}, {used}" in run.fails(Vault, **place)
        connection = {"name": "bitbucket", "project_id": world.project, "username": "ada", "secret_id": secret}
        run.ok(Connection, **connection)
        assert run.ok(Vault, **place)["resource"]["id"] == other
        assert not run.ok(Vault, **place)["changed"]

    def test_two_of_which_none_is_in_use_are_an_error(self, run: Runner, cloud: Oci, place: Any) -> None:
        run.ok(Vault, **place)
        self.twin(cloud, "vault", _short="othervault", managementEndpoint=f"{cloud.url}/vaults/othervault")
        for state in ("present", "absent"):
            assert "2 match" in run.fails(Vault, **place, state=state)
        assert not run.writes() and not run.warnings

    def test_who_may_not_look_gets_the_error(self, world: World, tmp_path: Any) -> None:
        cloud = world.cloud
        self.twin(cloud, "vault", _short="othervault", managementEndpoint=f"{cloud.url}/vaults/othervault")
        world.run.as_user("few", ["list_secrets", "list_keys"], tmp_path)
        assert "2 match" in world.run.fails(Vault, **world.place)

    def test_of_a_key_by_the_secret_that_it_encrypts(self, world: World) -> None:
        run, cloud = world.run, world.cloud
        options = {**world.place, "vault_id": cloud.find("vault")["id"]}
        used, other = cloud.find("key")["id"], self.twin(cloud, "key")
        assert run.ok(Key, **options)["resource"]["id"] == used
        assert other in run.warnings[0]
        cloud.find("secret")["lifecycleState"] = "PENDING_DELETION"
        assert "2 match" in run.fails(Key, **options)

    def test_of_a_connection_by_the_repository_that_is_mirrored_over_it(self, world: World) -> None:
        run, cloud = world.run, world.cloud
        options = {"name": "bitbucket", "project_id": world.project, "username": "ada", "secret_id": world.secret}
        used = run.ok(Connection, **options)["resource"]["id"]
        other = self.twin(cloud, "connection")
        assert "2 match" in run.fails(Connection, **options)
        run.ok(
            MirrorRepository,
            name="shop",
            project_id=world.project,
            connection_id=used,
            repository_url="https://bitbucket.org/acme/shop.git",
        )
        assert run.ok(Connection, **options)["resource"]["id"] == used
        assert other in run.warnings[-1]

    def test_everything_else_has_a_name_of_its_own(self, world: World) -> None:
        """The service refuses a second one, so there is nothing to choose."""
        assert [
            kind for kind in (Secret, Topic, Project, Policy, DynamicGroup, LogGroup) if "in_use" in vars(kind)
        ] == []
