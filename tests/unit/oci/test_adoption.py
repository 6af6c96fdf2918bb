# SPDX-License-Identifier: GPL-3.0-or-later
"""What existing mirrors of the same workspace use, and the mark of what the collection has created."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Resource
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.adoption import (
    MARK,
    same_repository,
    workspace_of,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.foundation_info import FoundationInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror import MirrorRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault

from .conftest import World

SHOP, STOCK = "https://bitbucket.org/acme/shop.git", "https://bitbucket.org/acme/stock.git"


@pytest.fixture
def by_hand(world: World) -> World:
    """A foundation called "bridge" with a mirror of the shop, without our tags."""
    world.build()
    given = {"project_id": world.project, "secret_id": world.secret, "username": "jdoe"}
    link = world.run.ok(Connection, name="theirs", **given)["resource"]["id"]
    mirror = {"project_id": world.project, "connection_id": link, "repository_url": SHOP}
    world.run.ok(MirrorRepository, name="shop-copy", **mirror)
    for kind in world.cloud.store.kinds:
        for one in world.cloud.all(kind):
            one.update({"freeformTags": {}} if "freeformTags" in one else {})
    return world


def found(world: World, kind: type[Resource], **params: Any) -> list[tuple[str, str, Any]]:
    """What is unmanaged if one called "ours" is missing: kind, variable, value."""
    given = {"name": "ours", "serves": SHOP, "compartment_id": world.cloud.compartment_id, **params}
    given = {**given, "compartment_id": None} if kind is Policy else given
    result = world.run.ok(kind, check_mode=True, **{k: v for k, v in given.items() if k in kind.spec.options})
    return [(one["kind"], one["variable"], one["value"]) for one in result.get("unmanaged", [])]


def test_a_mirror_leads_to_all_that_it_uses(by_hand: World) -> None:
    pending = "pending:oci_devops_project:ours"
    vault = {"vault_id": "pending:oci_vault:ours", "key_id": "pending:oci_vault_key:ours", "content": "x"}
    assert found(by_hand, Vault) == [("oci_vault", "name", "bridge")]
    assert found(by_hand, Key, management_endpoint="pending:oci_vault:ours") == [("oci_vault_key", "name", "bridge")]
    assert found(by_hand, Secret, **vault) == [("oci_vault_secret", "name", "bridge")]
    assert found(by_hand, Topic) == [("oci_notification_topic", "name", "bridge")]
    topic = {"notification_topic_id": by_hand.topic}
    assert found(by_hand, Project, **topic) == [("oci_devops_project", "name", "bridge")]
    link = {"project_id": pending, "secret_id": by_hand.secret, "username": "jdoe"}
    assert found(by_hand, Connection, **link) == [("oci_devops_connection", "name", "theirs")]
    mirror = {"project_id": pending, "connection_id": "pending:oci_devops_connection:ours", "repository_url": SHOP}
    assert found(by_hand, MirrorRepository, **mirror) == [("oci_devops_mirror_repository", "name", "shop-copy")]


def test_in_another_project_that_is_named_too(by_hand: World) -> None:
    own = by_hand.run.ok(
        Project, name="ours", compartment_id=by_hand.cloud.compartment_id, notification_topic_id=by_hand.topic
    )["resource"]["id"]
    link = {"project_id": own, "secret_id": by_hand.secret, "username": "jdoe"}
    kind = "oci_devops_connection"
    assert found(by_hand, Connection, **link) == [(kind, "name", "theirs"), (kind, "project_id", by_hand.project)]
    same = {**link, "project_id": by_hand.project}
    assert found(by_hand, Connection, **same) == [(kind, "name", "theirs")]


def test_a_mirror_is_one_of_the_same_repository_and_a_foundation_of_the_workspace(by_hand: World) -> None:
    pending = {"project_id": "pending:p:o", "connection_id": "pending:c:o", "repository_url": STOCK, "serves": STOCK}
    assert found(by_hand, MirrorRepository, **pending) == []
    assert found(by_hand, Vault, serves=STOCK) == [("oci_vault", "name", "bridge")]
    assert found(by_hand, Vault, serves="https://bitbucket.org/others/shop.git") == []
    assert found(by_hand, Vault, serves="https://git.example.com/acme/shop.git") == []


def test_what_exists_looks_for_nothing_and_nobody_else_does(by_hand: World) -> None:
    assert found(by_hand, Vault, name="bridge") == []
    assert len(by_hand.run.calls) == 1
    assert found(by_hand, Vault, serves=None) == []
    assert len(by_hand.run.calls) == 1


def test_a_search_that_is_forbidden_finds_nothing(by_hand: World, tmp_path: Any) -> None:
    by_hand.run.as_user("reader", ["devops.list_repositories"], tmp_path)
    assert found(by_hand, Vault) == []


def test_groups_and_policies_that_allow_the_same(by_hand: World) -> None:
    place = by_hand.cloud.compartment_id
    rule = f"Any {{ALL {{resource.type = 'devopsrepository', resource.compartment.id = '{place}'}}}}"
    other = rule.replace(place, "ocid1.compartment.oc1..other")
    assert found(by_hand, DynamicGroup, matching_rule=rule) == [("oci_dynamic_group", "name", "bridge")]
    assert found(by_hand, DynamicGroup, matching_rule=other) == []
    same = ["Allow dynamic-group ours to read secret-family in compartment devops"]
    assert found(by_hand, Policy, statements=same) == [("oci_policy", "name", "bridge")]
    more = ["Allow dynamic-group ours to manage all-resources in tenancy"]
    assert found(by_hand, Policy, statements=more) == []


def test_only_what_carries_the_mark_is_deleted_with_keep(by_hand: World) -> None:
    place = {"compartment_id": by_hand.cloud.compartment_id, "state": "absent", "unmarked": "keep"}
    kept = by_hand.run.ok(Topic, name="bridge", **place)
    assert (kept["changed"], kept["kept"][0]["name"]) == (False, "bridge") and not by_hand.run.writes()
    by_hand.run.ok(Topic, name="ours", compartment_id=by_hand.cloud.compartment_id)
    assert by_hand.cloud.find("topic", name="ours")["freeformTags"] == MARK
    assert by_hand.run.ok(Topic, name="ours", **place)["changed"]


def test_defaults_of_the_caller_are_not_for_adopted_policies(by_hand: World) -> None:
    given: dict[str, Any] = {"name": "bridge", "statements": ["Allow any-user to inspect users in tenancy"]}
    assert not by_hand.run.ok(Policy, **given, defaults=["statements"])["changed"]
    by_hand.cloud.find("policy", name="bridge")["freeformTags"] = dict(MARK)
    assert by_hand.run.ok(Policy, **given, defaults=["statements"])["changed"]


def test_adopted_mirrors_are_users_of_a_foundation_that_is_to_be_deleted(by_hand: World) -> None:
    given = {
        "compartment_id": by_hand.cloud.compartment_id,
        "project_name": "bridge",
        "connection_name": "theirs",
        "users_of": "project",
        "ignored_users": ["shop-copy"],
    }
    assert by_hand.run.ok(FoundationInfo, **given)["foundation"]["users"] == []
    assert by_hand.run.ok(FoundationInfo, **given, unmarked="keep")["foundation"]["users"] == ["shop-copy"]
    by_hand.cloud.find("repository")["freeformTags"] = dict(MARK)
    assert by_hand.run.ok(FoundationInfo, **given, unmarked="keep")["foundation"]["users"] == []


def test_addresses_are_compared_without_what_means_nothing() -> None:
    assert same_repository(SHOP, "https://jdoe@BitBucket.org/Acme/Shop/")
    assert not same_repository(SHOP, STOCK)
    assert workspace_of(SHOP) == workspace_of(STOCK) == ("bitbucket.org", "acme")
    assert workspace_of(None) != workspace_of(SHOP)
