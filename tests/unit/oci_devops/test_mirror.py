# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_devops_mirror: a mirror with every branch and tag of Bitbucket, and its number of requests."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.foundation_info import FoundationInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.oci_devops.mirror import MirrorLink
from tests.unit.oci.conftest import World

REPOSITORIES = "/20210630/repositories"


class Mirror:
    """The link with everything it needs; ``calls`` are those of the last run, by service."""

    def __init__(self, world: World) -> None:
        self.world = world
        user = world.token.user
        assert user
        options = {"name": "bitbucket", "project_id": world.project, "secret_id": world.secret}
        self.options: dict[str, Any] = {
            "workspace": "acme",
            "repository": "shop",
            "name": "shop",
            "project_id": world.project,
            "connection_id": world.run.ok(Connection, **options, username="jdoe")["resource"]["id"],
            "oci": dict(world.run.common),
            "bitbucket": {
                "api_url": world.sandbox.bitbucket.url,
                "site_url": world.sandbox.bitbucket.url,
                "username": user.email,
                "api_token": world.token.secret,
            },
            "schedule_type": "default",
            "sync": "when_behind",
            "state": "present",
        }
        self.calls: dict[str, int] = {}

    def __call__(self, check_mode: bool = False, **more: Any) -> dict[str, Any]:
        spec = MirrorLink.spec
        given = {name: value for name, value in {**self.options, **more}.items() if value is not None}
        validation = ArgumentSpecValidator(spec.options, **spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        params = validation.validated_parameters
        calls = self.world.sandbox.calls
        calls.clear()
        result = execute(MirrorLink, params, Context(check_mode=check_mode))
        made = [call.service for call in calls.all()]
        self.calls = {name: made.count(name) for name in sorted(set(made))}
        return result

    def ok(self, check_mode: bool = False, **more: Any) -> dict[str, Any]:
        result = self(check_mode, **more)
        assert not result.get("failed"), result["msg"]
        return result

    def push(self, name: str) -> None:
        self.world.sandbox.bitbucket.tag("acme", "shop", name, "main")


@pytest.fixture
def mirror(world: World) -> Mirror:
    return Mirror(world)


def did(result: dict[str, Any]) -> list[str]:
    return [action["action"] for action in result["actions"]]


def test_it_is_created_verified_and_then_costs_three_calls_of_oci(mirror: Mirror) -> None:
    made = mirror.ok()
    assert did(made)[0] == "create"
    assert made["resource"]["refs_equal"]
    assert made["resource"]["repository"]["name"] == "shop"
    again = mirror.ok()
    assert (again["changed"], again["drift"], again["actions"]) == (False, [], [])
    assert (again["resource"]["refs_equal"], again["resource"]["mirror"]["status"]) == (True, "PASSED")
    assert mirror.calls == {"bitbucket": 2, "oci": 3}


def test_what_the_caller_has_read_is_not_read_again(mirror: Mirror) -> None:
    mirror.ok()
    refs = mirror.world.sandbox.bitbucket.refs("acme", "shop")
    mirror.ok(refs=refs, repository_url=f"{mirror.world.sandbox.bitbucket.url}/acme/shop.git")
    assert mirror.calls == {"oci": 3}


def test_a_mirror_that_is_behind_is_brought_up_to_date(mirror: Mirror) -> None:
    mirror.ok()
    mirror.push("v2.0")
    foretold = mirror.ok(check_mode=True)
    assert (did(foretold), foretold["resource"]["refs_equal"]) == (["sync"], False)
    behind = mirror.ok(sync="never")
    assert (behind["changed"], behind["resource"]["refs_equal"]) == (False, False)
    done = mirror.ok()
    assert (did(done), done["resource"]["refs_equal"]) == (["sync"], True)
    assert did(mirror.ok()) == []
    assert did(mirror.ok(sync="always")) == ["sync"]


def test_what_still_differs_after_a_run_is_an_error_that_names_it(mirror: Mirror) -> None:
    mirror.ok()
    stock = f"{mirror.world.sandbox.bitbucket.url}/acme/stock.git"
    failed = mirror(name="wrong", repository_url=stock)
    assert failed["failed"]
    assert "The mirror wrong differs from Bitbucket in " in failed["msg"]
    assert "refs/tags/v1.0" in failed["msg"]


def test_drift_of_the_mirror_has_its_path(mirror: Mirror) -> None:
    mirror.ok(description="ours")
    mirror.world.cloud.find("repository", name="shop")["description"] = "changed by hand"
    found = mirror.ok(check_mode=True, description="ours")
    assert [drift["path"] for drift in found["drift"]] == ["repository.description"]
    assert found["diff"]["before"]["repository"]["description"] == "changed by hand"


def test_check_mode_goes_on_without_a_foundation_and_a_real_run_names_it(mirror: Mirror) -> None:
    pending = {
        "project_id": "pending:oci_devops_project:mirrors",
        "connection_id": "pending:oci_devops_connection:bitbucket",
    }
    assert did(mirror.ok(check_mode=True, **pending)) == ["create"]
    failed = mirror(**pending)
    assert failed["failed"]
    assert "the DevOps project mirrors and the connection bitbucket" in failed["msg"]
    assert "--tags foundation" in failed["msg"]
    assert mirror.calls == {}
    gone = mirror.ok(state="absent", **pending)
    assert (gone["changed"], mirror.calls) == (False, {})


def test_without_ids_it_says_where_they_come_from(mirror: Mirror) -> None:
    failed = mirror(project_id=None, connection_id=None)
    assert "project_id and connection_id must be given" in failed["msg"]
    assert "oci_devops_foundation_info" in failed["msg"]


def test_it_is_deleted(mirror: Mirror) -> None:
    mirror.ok()
    assert did(mirror.ok(state="absent")) == ["delete"]
    assert mirror.ok(state="absent")["changed"] is False
    assert mirror.calls == {"oci": 1}


class TestFoundation:
    @pytest.fixture
    def names(self, world: World) -> dict[str, Any]:
        compartment = world.cloud.compartment_id
        return {"compartment_id": compartment, "project_name": "bridge", "connection_name": "bitbucket"}

    def test_both_are_found_by_name_or_given(self, world: World, mirror: Mirror, names: dict[str, Any]) -> None:
        ids = {"project": world.project, "connection": mirror.options["connection_id"]}
        assert world.run.ok(FoundationInfo, **names)["foundation"] == ids
        assert len(world.run.calls) == 2
        given = {f"{name}_id": ident for name, ident in ids.items()}
        assert world.run.ok(FoundationInfo, **{**names, "project_name": "x"}, **given)["foundation"] == ids
        assert world.run.calls == []

    def test_what_is_missing_is_pending(self, world: World, names: dict[str, Any]) -> None:
        found = world.run.ok(FoundationInfo, **{**names, "connection_name": "none"})["foundation"]
        assert found == {"project": world.project, "connection": "pending:oci_devops_connection:none"}
        found = world.run.ok(FoundationInfo, **{**names, "project_name": "none"}, users_of="project")["foundation"]
        assert found == {
            "project": "pending:oci_devops_project:none",
            "connection": "pending:oci_devops_connection:bitbucket",
            "users": [],
        }
        assert len(world.run.calls) == 1

    def test_what_others_are_in_is_found_as_well(self, world: World, names: dict[str, Any]) -> None:
        found = world.run.ok(FoundationInfo, **names, vault_name="bridge", log_group_name="none")["foundation"]
        vault = world.cloud.find("vault", displayName="bridge")
        assert found["vault"] == {
            "id": vault["id"],
            "management_endpoint": vault["managementEndpoint"],
            "lifecycle_state": "ACTIVE",
        }
        assert found["log_group"] == "pending:oci_log_group:none"
        missing = world.run.ok(FoundationInfo, **names, vault_name="none")["foundation"]["vault"]
        assert missing["id"] == missing["management_endpoint"] == "pending:oci_vault:none"

    def test_users_are_listed_in_a_warning(self, world: World, mirror: Mirror, names: dict[str, Any]) -> None:
        mirror.ok()
        mirror.ok(repository="stock", name="stock")

        def users(**more: Any) -> list[str]:
            world.run.warnings.clear()
            return list(world.run.ok(FoundationInfo, **names, **more)["foundation"]["users"])

        assert users(users_of="project", ignored_users=["shop"]) == ["stock"]
        assert "other repositories use it: stock." in world.run.warnings[0]
        assert users(users_of="connection", known_users=["stock"], ignored_users=["shop"]) == ["stock"]
        assert users(users_of="project", ignored_users=["shop", "stock"]) == []
        assert not world.run.warnings
        other = {**mirror.options, "connection_id": "ocid1.devopsconnection.oc1..other"}
        assert users(users_of="connection", connection_id=other["connection_id"]) == []
        mirror.ok(name="shop", state="absent")
        assert users(users_of="project") == ["stock"]
