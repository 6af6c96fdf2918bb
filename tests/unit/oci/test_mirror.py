# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_devops_mirror_repository and oci_devops_mirror_info, with what Oracle's own collection gets wrong tested by name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci import mirror_run
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror import MirrorRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror_info import MirrorInfo

from .conftest import World

LIST = "GET /20210630/repositories"
RULE = "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0;INTERVAL=1"
URL = "https://bitbucket.org/acme/shop.git"


@pytest.fixture
def connection(world: World) -> str:
    options = {"name": "bitbucket", "project_id": world.project, "secret_id": world.secret}
    return str(world.run.ok(Connection, **options, username="jdoe")["resource"]["id"])


@pytest.fixture
def place(world: World) -> dict[str, Any]:
    return {"name": "shop", "project_id": world.project}


@pytest.fixture
def options(place: dict[str, Any], connection: str) -> dict[str, Any]:
    return {**place, "connection_id": connection, "repository_url": URL}


def runs(world: World) -> list[dict[str, Any]]:
    """The mirror's runs, the oldest first."""
    return list(world.cloud.find("repository", name="shop")["_mirrors"])


def posts(world: World) -> int:
    return len([call for call in world.sandbox.calls.all("oci") if call.path.endswith("/actions/mirror")])


def push(world: World, name: str) -> None:
    world.sandbox.bitbucket.tag("acme", "shop", name, "main")


def refs(world: World, place: dict[str, Any]) -> dict[str, str]:
    return dict(world.run.ok(MirrorInfo, **place)["refs"])


class TestRepository:
    def test_is_made_and_then_found_with_one_call(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(MirrorRepository, **options, schedule_type="default", description="ours")
        assert (made["resource"]["lifecycle_state"], made["resource"]["repository_type"]) == ("ACTIVE", "MIRRORED")
        assert made["resource"]["http_url"].endswith("/repositories/shop")
        assert "mirror" not in made
        again = world.run.ok(MirrorRepository, **options, schedule_type="default", description="ours")
        assert (again["changed"], again["drift"]) == (False, [])
        assert again["resource"]["id"] == made["resource"]["id"]
        assert world.run.calls == [LIST]

    def test_check_mode_shows_a_full_diff(self, world: World, options: dict[str, Any]) -> None:
        planned = world.run.ok(MirrorRepository, True, **options, schedule_type="custom", custom_schedule=RULE)
        assert planned["resource"]["id"] == "pending:oci_devops_mirror_repository:shop"
        assert planned["diff"]["after"] == {
            **options,
            "repository_type": "MIRRORED",
            "schedule_type": "custom",
            "custom_schedule": RULE,
        }
        assert world.run.calls == [LIST]

    def test_every_field_is_found_and_mended_in_place(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(MirrorRepository, **options)["resource"]
        other = {"name": "other", "project_id": world.project, "secret_id": world.secret, "username": "jdoe"}
        wanted = {
            **options,
            "connection_id": world.run.ok(Connection, **other)["resource"]["id"],
            "repository_url": "https://bitbucket.org/acme/stock.git",
            "schedule_type": "custom",
            "custom_schedule": RULE,
            "default_branch": "feature/cart",
            "description": "theirs",
        }
        planned = world.run.ok(MirrorRepository, True, **wanted)
        assert {d["path"] for d in planned["drift"]} == {
            *("connection_id", "repository_url", "schedule_type", "custom_schedule", "default_branch", "description")
        }
        assert world.run.writes() == []
        changed = world.run.ok(MirrorRepository, **wanted)
        assert changed["resource"]["id"] == made["id"]
        assert changed["diff"] == planned["diff"]
        assert not world.run.ok(MirrorRepository, **wanted)["changed"]
        config = world.cloud.find("repository", name="shop")["mirrorRepositoryConfig"]
        assert config["triggerSchedule"] == {"scheduleType": "CUSTOM", "customSchedule": RULE}

    def test_only_the_schedule_changes_and_the_rest_of_the_mirror_stays(
        self, world: World, options: dict[str, Any]
    ) -> None:
        world.run.ok(MirrorRepository, **options, schedule_type="custom", custom_schedule=RULE)
        world.run.ok(MirrorRepository, name="shop", project_id=world.project, schedule_type="none")
        assert world.cloud.find("repository", name="shop")["mirrorRepositoryConfig"] == {
            "connectorId": options["connection_id"],
            "repositoryUrl": URL,
            "triggerSchedule": {"scheduleType": "NONE"},
        }

    @pytest.mark.parametrize(
        "url",
        [
            "https://bitbucket.org/acme/shop",
            "https://bitbucket.org/acme/shop/",
            "https://jdoe@bitbucket.org/acme/shop.git",
        ],
    )
    def test_another_spelling_is_the_same_address(self, world: World, options: dict[str, Any], url: str) -> None:
        world.run.ok(MirrorRepository, **options)
        assert not world.run.ok(MirrorRepository, **{**options, "repository_url": url})["changed"]

    def test_a_user_name_in_the_address_is_not_sent(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(MirrorRepository, **{**options, "repository_url": "https://jdoe@bitbucket.org/acme/shop.git"})
        assert world.cloud.find("repository", name="shop")["mirrorRepositoryConfig"]["repositoryUrl"] == URL

    def test_a_rule_in_another_order_is_the_same(self, world: World, options: dict[str, Any]) -> None:
        options["schedule_type"] = "custom"
        world.run.ok(MirrorRepository, **options, custom_schedule=RULE)
        same = "RRULE:INTERVAL=1;FREQ=DAILY;BYSECOND=0;BYMINUTE=0;BYHOUR=2"
        assert not world.run.ok(MirrorRepository, **options, custom_schedule=same)["changed"]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"repository_url": "https://jdoe:ATATT-secret@bitbucket.org/acme/shop.git"}, "contains a credential"),
            ({"repository_url": "git@bitbucket.org:acme/shop.git"}, "https address"),
            ({"repository_url": "https://bitbucket.org/"}, "https address"),
            ({"schedule_type": "custom", "custom_schedule": "0 2 * * *"}, "is a cron expression"),
            ({"schedule_type": "custom", "custom_schedule": "at night"}, "not a recurrence rule"),
            ({"schedule_type": "default", "custom_schedule": RULE}, "requires schedule_type: custom"),
        ],
    )
    def test_bad_input_is_refused_before_the_first_call(
        self, world: World, options: dict[str, Any], wrong: dict[str, Any], words: str
    ) -> None:
        message = world.run.fails(MirrorRepository, **{**options, **wrong})
        assert words in message
        assert "ATATT-secret" not in message
        assert world.run.calls == []

    def test_a_repository_that_is_no_mirror_is_left_alone(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(MirrorRepository, **options)
        world.cloud.find("repository", name="shop")["repositoryType"] = "HOSTED"
        for state in ("present", "absent"):
            assert "HOSTED, not a mirror" in world.run.fails(MirrorRepository, **options, state=state)
        assert world.run.writes() == []

    def test_in_a_pending_project_nothing_is_read(self, world: World) -> None:
        pending = {"project_id": "pending:oci_devops_project:x", "connection_id": "pending:oci_devops_connection:x"}
        planned = world.run.ok(MirrorRepository, True, name="shop", repository_url=URL, **pending, sync=True)
        assert [action["call"] for action in planned["actions"]] == ["CreateRepository"]
        assert world.run.calls == []

    def test_a_lost_answer_makes_no_second_one(self, world: World, options: dict[str, Any]) -> None:
        world.sandbox.faults.add("apply_then_drop", match=f"POST {LIST[4:]}", times=2)
        assert world.run.ok(MirrorRepository, **options)["changed"]
        assert len(world.cloud.all("repository")) == 1

    def test_is_taken_away_by_name_and_keeps_the_connection(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(MirrorRepository, **options)
        words = world.run.fails(Connection, name="bitbucket", project_id=world.project, state="absent")
        assert "mirrored repositories shop (ocid1.devopsrepository." in words
        assert world.run.ok(MirrorRepository, name="shop", project_id=world.project, state="absent")["changed"]
        assert not world.cloud.all("repository")
        assert world.cloud.all("connection")
        assert not world.run.ok(MirrorRepository, name="shop", project_id=world.project, state="absent")["changed"]


class TestSync:
    def test_a_mirror_run_reports_its_status(
        self, world: World, place: dict[str, Any], options: dict[str, Any]
    ) -> None:
        """oracle.oci's action returns the repository, whatever came of the run."""
        world.run.ok(MirrorRepository, **options, sync=True)
        push(world, "v2.0")
        result = world.run.ok(MirrorRepository, **place, sync=True)
        assert result["changed"]
        assert result["actions"] == [
            {"action": "sync", "kind": "oci_devops_mirror_repository", "name": "shop", "call": "MirrorRepository"}
        ]
        last = runs(world)[-1]
        assert (result["mirror"]["status"], result["mirror"]["work_request_id"]) == ("PASSED", last["workRequestId"])
        assert result["mirror"]["time_started"] < result["mirror"]["time_ended"]
        assert "refs/tags/v2.0" in refs(world, place)

    def test_of_a_new_mirror_the_services_own_first_run_counts(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(MirrorRepository, **options, sync=True)
        assert made["mirror"]["status"] == "PASSED"
        assert [action["action"] for action in made["actions"]] == ["create"]
        assert (len(runs(world)), posts(world)) == (1, 0)

    def test_a_first_run_that_comes_late_is_waited_for(
        self, world: World, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = world.cloud.mirrors.start
        late = lambda repository: world.cloud.later(30, lambda: start(repository))  # noqa: E731
        monkeypatch.setattr(world.cloud.mirrors, "start", late)
        assert world.run.ok(MirrorRepository, **options, sync=True)["mirror"]["status"] == "PASSED"
        assert (len(runs(world)), posts(world)) == (1, 0)

    def test_one_that_never_comes_is_started(
        self, world: World, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        start = world.cloud.mirrors.start
        monkeypatch.setattr(mirror_run, "_FIRST_RUN", 0.05)
        with monkeypatch.context() as patch:
            patch.setattr(world.cloud.mirrors, "start", lambda repository: None)
            world.run.ok(MirrorRepository, **options)
        monkeypatch.setattr(world.cloud.mirrors, "start", start)
        assert world.run.ok(MirrorRepository, **options, sync=True)["mirror"]["status"] == "PASSED"
        assert (len(runs(world)), posts(world)) == (1, 1)

    def test_a_run_in_the_queue_is_waited_for(
        self, world: World, place: dict[str, Any], options: dict[str, Any]
    ) -> None:
        world.run.ok(MirrorRepository, **options, sync=True)
        world.cloud.mirrors.start(world.cloud.find("repository", name="shop"))
        usual, world.sandbox.clock.tick_seconds = world.sandbox.clock.tick_seconds, 1
        result = world.run.ok(MirrorRepository, **place, sync=True)
        world.sandbox.clock.tick_seconds = usual
        assert result["mirror"]["work_request_id"] == runs(world)[-1]["workRequestId"]
        assert (result["changed"], result["actions"]) == (False, [])
        assert (len(runs(world)), posts(world)) == (2, 0)

    def test_after_a_run_that_has_begun_another_is_started(
        self, world: World, place: dict[str, Any], options: dict[str, Any]
    ) -> None:
        """What was pushed since it began may not be in it."""
        world.run.ok(MirrorRepository, **options, sync=True)
        world.cloud.mirrors.start(world.cloud.find("repository", name="shop"))
        world.sandbox.clock.tick_seconds = 1
        world.sandbox.clock.advance(6)
        assert runs(world)[-1]["mirrorStatus"] == "RUNNING"
        result = world.run.ok(MirrorRepository, **place, sync=True)
        assert (len(runs(world)), posts(world)) == (3, 1)
        assert result["mirror"]["work_request_id"] == runs(world)[-1]["workRequestId"]
        assert runs(world)[1]["timeEnded"] <= runs(world)[2]["timeStarted"]

    @pytest.mark.parametrize(("fault", "calls"), [("drop", 2), ("apply_then_drop", 1)])
    def test_a_lost_answer_never_starts_two(
        self, world: World, place: dict[str, Any], options: dict[str, Any], fault: str, calls: int
    ) -> None:
        """The call has no retry token: a POST repeated blindly starts a second run."""
        world.run.ok(MirrorRepository, **options, sync=True)
        world.sandbox.faults.add(fault, match="actions/mirror")
        result = world.run.ok(MirrorRepository, **place, sync=True)
        assert (len(runs(world)), posts(world)) == (2, calls)
        assert result["mirror"]["work_request_id"] == runs(world)[-1]["workRequestId"]
        assert [action["action"] for action in result["actions"]] == ["sync"]

    @pytest.mark.parametrize(("status", "calls"), [(500, 3), (503, 3), (429, 2), (409, 2), (400, 1)])
    def test_a_refusal_is_repeated_and_an_outage_looked_at_before_it_is(
        self, world: World, place: dict[str, Any], options: dict[str, Any], status: int, calls: int
    ) -> None:
        """A 5xx may have been applied: the mirror's record says whether. The others say that nothing was."""
        world.run.ok(MirrorRepository, **options, sync=True)
        world.sandbox.faults.add("status", match="actions/mirror", status=status, times=None)
        assert str(status) in world.run.fails(MirrorRepository, **place, sync=True)
        assert (len(runs(world)), posts(world)) == (1, calls)
        between = [call for call in world.run.calls if call.endswith("mirrorRecords/current")]
        assert len(between) == (3 if status >= 500 else 1)
        world.sandbox.faults.clear()
        world.sandbox.faults.add("status", match="actions/mirror", status=status, times=min(1, calls - 1))
        world.run.ok(MirrorRepository, **place, sync=True)
        assert len(runs(world)) == 2

    def test_a_failed_run_is_an_error_in_the_services_words(self, world: World, options: dict[str, Any]) -> None:
        world.cloud.rotate_by_hand(world.secret, b"ATATT-no-good")
        message = world.run.fails(MirrorRepository, **options, sync=True)
        assert "Authentication failed" in message
        assert "MIRROR_REPOSITORY" in message or "Synchronise the mirrored repository shop" in message
        assert "x-bitbucket-api-token-auth" in message
        world.cloud.rotate_by_hand(world.secret, world.token.secret.encode())
        assert world.run.ok(MirrorRepository, **options, sync=True)["mirror"]["status"] == "PASSED"

    def test_the_wait_ends_and_the_next_run_goes_on(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(MirrorRepository, **options, sync=True)
        world.sandbox.clock.tick_seconds = 0
        message = world.run.fails(MirrorRepository, **options, sync=True, wait_timeout=0.1)
        assert "synchronise was still ACCEPTED" in message
        world.sandbox.clock.tick_seconds = 1
        result = world.run.ok(MirrorRepository, **options, sync=True)
        assert result["mirror"]["status"] == "PASSED"
        assert posts(world) == 1

    def test_whoever_watches_hears_of_it(
        self, world: World, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "ansible_collections.repobridge.bitbucket.plugins.module_utils.core.waiting._PROGRESS_EVERY", 0
        )
        world.sandbox.clock.tick_seconds = 2
        world.run.ok(MirrorRepository, **options, sync=True)
        assert any("shop: synchronise: IN_PROGRESS, 50 %" in line for line in world.run.progress)

    def test_check_mode_says_that_it_would(self, world: World, place: dict[str, Any], options: dict[str, Any]) -> None:
        world.run.ok(MirrorRepository, **options, sync=True)
        planned = world.run.ok(MirrorRepository, True, **place, sync=True)
        assert (planned["changed"], [action["call"] for action in planned["actions"]]) == (True, ["MirrorRepository"])
        assert "mirror" not in planned
        assert world.run.writes() == []


class TestInfo:
    def test_refs_are_those_of_bitbucket_with_a_call_a_page(
        self, world: World, place: dict[str, Any], options: dict[str, Any]
    ) -> None:
        for number in range(12):  # more than a page of the service's own size
            push(world, f"v2.{number}")
        made = world.run.ok(MirrorRepository, **options, sync=True)
        info = world.run.ok(MirrorInfo, repository_id=made["resource"]["id"])
        assert [call.rpartition("/")[2] for call in world.run.calls] == ["current", "refs", "refs"]
        assert (info["mirror"]["status"], info["last_successful"]["status"]) == ("PASSED", "PASSED")
        assert info["mirror"]["work_request_id"] == made["mirror"]["work_request_id"]
        assert len(info["refs"]) == 15
        assert info["refs"]["refs/heads/main"] == info["refs"]["refs/tags/v1.0"] == info["refs"]["refs/tags/v2.11"]
        assert info["refs"]["refs/heads/feature/cart"] != info["refs"]["refs/heads/main"]
        named = world.run.ok(MirrorInfo, **place)
        assert len(world.run.calls) == 4
        assert named["repository"]["http_url"] == made["resource"]["http_url"]
        assert {**named, "repository": {}} == {**info, "repository": {}}

    def test_without_refs_one_call(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(MirrorRepository, **options, sync=True)
        assert world.run.ok(MirrorInfo, repository_id=made["resource"]["id"], refs=False)["refs"] == {}
        assert len(world.run.calls) == 1

    def test_a_failed_run_in_the_services_words_and_the_last_good_one(
        self, world: World, place: dict[str, Any], options: dict[str, Any]
    ) -> None:
        good = world.run.ok(MirrorRepository, **options, sync=True)["mirror"]
        world.cloud.rotate_by_hand(world.secret, b"ATATT-no-good")
        world.run.fails(MirrorRepository, **place, sync=True)
        info = world.run.ok(MirrorInfo, **place)
        assert info["mirror"]["status"] == "FAILED"
        assert "Authentication failed" in info["mirror"]["message"]
        assert info["last_successful"]["status"] == "PASSED"
        assert info["last_successful"]["work_request_id"] == good["work_request_id"]

    def test_a_pending_id_reads_nothing(self, world: World) -> None:
        for pending in (
            {"repository_id": "pending:oci_devops_mirror_repository:shop"},
            {"name": "shop", "project_id": "pending:oci_devops_project:x"},
        ):
            info = world.run.ok(MirrorInfo, True, **pending)
            assert info == {"changed": False, "repository": {}, "mirror": {}, "last_successful": {}, "refs": {}}
            assert world.run.calls == []
            assert "pending:" in world.run.fails(MirrorInfo, **pending)

    def test_a_repository_that_is_not_there(self, world: World, place: dict[str, Any]) -> None:
        assert "The repository shop does not exist" in world.run.fails(MirrorInfo, **place)
        assert "404" in world.run.fails(MirrorInfo, repository_id="ocid1.devopsrepository.oc1..nowhere")
