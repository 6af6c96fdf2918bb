# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_devops_project, oci_log_group and oci_log."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Resource
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log import Log
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log_group import LogGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic

from .conftest import World

PENDING_TOPIC = "pending:oci_notification_topic:bridge"


class TestProject:
    @pytest.fixture
    def options(self, world: World) -> dict[str, Any]:
        return {**world.place, "name": "mirrors", "notification_topic_id": world.topic, "description": "ours"}

    def test_is_made_waited_for_and_then_found_with_one_call(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(Project, **options)
        assert made["resource"]["lifecycle_state"] == "ACTIVE"
        assert made["actions"] == [
            {"action": "create", "kind": "oci_devops_project", "name": "mirrors", "call": "CreateProject"}
        ]
        again = world.run.ok(Project, **options)
        assert (again["changed"], again["drift"]) == (False, [])
        assert again["resource"]["id"] == made["resource"]["id"]
        assert world.run.calls == ["GET /20210630/projects"]

    def test_check_mode_on_nothing_reads_once_and_shows_all(self, world: World, options: dict[str, Any]) -> None:
        planned = world.run.ok(Project, True, **{**options, "notification_topic_id": PENDING_TOPIC})
        assert planned["resource"]["id"] == "pending:oci_devops_project:mirrors"
        assert planned["diff"] == {
            "before": {},
            "after": {
                "compartment_id": world.cloud.compartment_id,
                "name": "mirrors",
                "description": "ours",
                "notification_config": {"topic_id": PENDING_TOPIC},
            },
        }
        assert world.run.calls == ["GET /20210630/projects"]

    def test_another_topic_and_description_are_mended(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(Project, **options)
        topic = world.run.ok(Topic, **{**world.place, "name": "other"})["resource"]["id"]
        wanted = {**options, "notification_topic_id": topic, "description": "theirs"}
        planned = world.run.ok(Project, True, **wanted)
        assert world.run.writes() == []
        assert planned["drift"] == [
            {"path": "description", "expected": "theirs", "actual": "ours"},
            {"path": "notification_config.topic_id", "expected": topic, "actual": world.topic},
        ]
        world.run.ok(Project, **wanted)
        project = world.cloud.find("project", name="mirrors")
        assert (project["description"], project["notificationConfig"]["topicId"]) == ("theirs", topic)
        assert not world.run.ok(Project, **wanted)["changed"]

    def test_what_is_not_set_is_not_managed(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(Project, **options, freeform_tags={"team": "build"})
        alone = world.run.ok(Project, name="mirrors", compartment_id=world.cloud.compartment_id)
        assert (alone["changed"], alone["diff"]) == (False, {"before": {}, "after": {}})

    def test_a_new_one_without_a_topic_is_refused_with_nothing_made(
        self, world: World, options: dict[str, Any]
    ) -> None:
        del options["notification_topic_id"]
        assert "without notification_topic_id" in world.run.fails(Project, **options)
        assert world.run.writes() == []

    def test_is_not_deleted_while_something_is_in_it_and_says_what(self, world: World) -> None:
        world.run.ok(Connection, name="bb", project_id=world.project, username="jdoe", secret_id=world.secret)
        message = world.run.fails(Project, **world.place, state="absent")
        assert "connections bb (ocid1.devopsconnection." in message
        assert "Delete its content first" in message
        world.run.ok(Connection, name="bb", project_id=world.project, state="absent")
        assert world.run.ok(Project, **world.place, state="absent")["changed"]
        assert not world.run.ok(Project, **world.place, state="absent")["changed"]
        assert world.run.calls == ["GET /20210630/projects"]

    def test_a_name_that_is_being_given_up_is_waited_for(self, world: World) -> None:
        """A run that was cut off in the middle of the deletion."""
        world.sandbox.clock.tick_seconds = 0.1
        world.sandbox.faults.add("drop", match="GET /20210630/workRequests", times=2)
        world.run.fails(Project, **world.place, state="absent")
        assert world.cloud.find("project", live=False, name="bridge")["lifecycleState"] == "DELETING"
        world.sandbox.clock.tick_seconds = 2  # a creation would come before it is gone
        again = world.run.ok(Project, **world.place, notification_topic_id=world.topic)
        assert again["resource"]["id"] != world.project

    def test_after_a_lost_answer_to_the_deletion_it_is_waited_for(self, world: World) -> None:
        """One that is being deleted keeps its name, so that whoever comes next could not use it."""
        world.sandbox.clock.tick_seconds = 0.1
        world.sandbox.faults.add("apply_then_drop", match="DELETE /20210630/projects")
        gone = world.run.ok(Project, **world.place, state="absent", max_retries=0)
        assert [action["action"] for action in gone["actions"]] == ["delete"] and not gone["resource"]
        assert world.cloud.find("project", live=False, name="bridge")["lifecycleState"] == "DELETED"

    def test_a_lost_answer_to_the_creation_makes_no_second_one(self, world: World, options: dict[str, Any]) -> None:
        world.sandbox.faults.add("apply_then_drop", match="POST /20210630/projects", times=2)
        made = world.run.ok(Project, **options)
        assert made["changed"]
        assert len([p for p in world.cloud.all("project") if p["name"] == "mirrors"]) == 1


class TestLogGroup:
    def test_life(self, world: World) -> None:
        run, options = world.run, {**world.place, "description": "ours"}
        made = run.ok(LogGroup, **options)
        assert made["resource"]["id"].startswith("ocid1.loggroup.")
        assert not run.ok(LogGroup, **options)["changed"]
        assert run.calls == ["GET /20200531/logGroups"]
        world.cloud.all("log_group")[0]["description"] = "changed by hand"
        mended = run.ok(LogGroup, **options)
        assert mended["drift"] == [{"path": "description", "expected": "ours", "actual": "changed by hand"}]
        assert world.cloud.all("log_group")[0]["description"] == "ours"
        run.ok(LogGroup, **options, state="absent")
        assert not world.cloud.all("log_group")

    def test_names_the_logs_that_keep_it(self, world: World) -> None:
        group = world.run.ok(LogGroup, **world.place)["resource"]["id"]
        world.run.ok(Log, name="mirrors", log_group_id=group, resource=world.project)
        assert "logs mirrors (ocid1.log." in world.run.fails(LogGroup, **world.place, state="absent")


class TestLog:
    @pytest.fixture
    def options(self, world: World) -> dict[str, Any]:
        group = world.run.ok(LogGroup, **world.place)["resource"]["id"]
        compartment = world.cloud.compartment_id
        return {"name": "mirrors", "log_group_id": group, "compartment_id": compartment, "resource": world.project}

    def test_is_made_and_then_found_with_one_call(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(Log, **options, retention_duration=60)
        assert made["resource"]["id"].startswith("ocid1.log.")
        assert (made["resource"]["service"], made["resource"]["category"]) == ("devops", "all")
        again = world.run.ok(Log, **options, retention_duration=60)
        assert (again["changed"], again["drift"]) == (False, [])
        assert world.run.calls == [f"GET /20200531/logGroups/{options['log_group_id']}/logs"]

    def test_enabling_disabling_and_retention(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(Log, **options, is_enabled=True)
        off = world.run.ok(Log, **options, is_enabled=False, retention_duration=180)
        assert [d["path"] for d in off["drift"]] == ["is_enabled", "retention_duration"]
        assert (off["resource"]["lifecycle_state"], off["resource"]["retention_duration"]) == ("INACTIVE", 180)
        assert not world.run.ok(Log, **options, is_enabled=False)["changed"]

    def test_retention_is_checked_before_the_first_call(self, world: World, options: dict[str, Any]) -> None:
        assert "30, 60, 90" in world.run.fails(Log, **options, retention_duration=45)
        assert world.run.calls == []

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_never_a_second_one_of_a_source(self, world: World, options: dict[str, Any], check_mode: bool) -> None:
        world.run.ok(Log, **options)
        message = world.run.fails(Log, check_mode, **{**options, "name": "again"})
        assert "by the log mirrors (ocid1.log." in message
        assert options["log_group_id"] in message
        assert world.run.writes() == []

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_nor_in_another_log_group(self, world: World, options: dict[str, Any], check_mode: bool) -> None:
        world.run.ok(Log, **options)
        other = world.run.ok(LogGroup, **{**world.place, "name": "other"})["resource"]["id"]
        message = world.run.fails(Log, check_mode, **{**options, "log_group_id": other})
        assert f"by the log mirrors (ocid1.log.oc1.{world.cloud.region}" in message
        assert f"log group {options['log_group_id']}" in message
        assert len(world.cloud.all("log")) == 1

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_the_source_is_fixed(self, world: World, options: dict[str, Any], check_mode: bool) -> None:
        world.run.ok(Log, **options)
        assert "resource cannot be changed" in world.run.fails(Log, check_mode, **{**options, "resource": "ocid1.x.y"})
        assert world.run.writes() == []

    def test_in_a_pending_group_nothing_is_read(self, world: World) -> None:
        options = {
            "name": "mirrors",
            "log_group_id": "pending:oci_log_group:x",
            "resource": "pending:oci_devops_project:x",
        }
        planned = world.run.ok(Log, True, **options)
        assert planned["resource"]["id"] == "pending:oci_log:mirrors"
        assert world.run.calls == []

    def test_is_taken_away_by_name(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(Log, **options)
        gone = world.run.ok(Log, name="mirrors", log_group_id=options["log_group_id"], state="absent")
        assert gone["changed"]
        assert not world.cloud.all("log")


@pytest.mark.parametrize("kind", [Project, Topic, LogGroup])
def test_tags_that_oci_adds_itself_are_not_the_users(world: World, kind: type[Resource]) -> None:
    """Neither when nothing else differs, nor when the user's are changed or taken away."""
    more = {"notification_topic_id": world.topic} if kind is Project else {}
    options = {**world.place, "name": "tagged", **more}
    ours = {"Operations": {"CostCenter": "42"}}
    world.run.ok(kind, **options, defined_tags=ours)
    assert world.run.ok(kind, **options, defined_tags=ours)["drift"] == []
    for wanted in ({"Operations": {"CostCenter": "43"}}, {}):
        assert world.run.ok(kind, **options, defined_tags=wanted)["changed"]
        assert world.run.ok(kind, **options, defined_tags=wanted)["drift"] == []
