# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_devops_connection, with what Oracle's own collection gets wrong tested by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci import validation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection import Connection
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.connection_kinds import KINDS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret
from tests.sandbox.sandbox import Sandbox

from .conftest import World

LIST = "GET /20210630/connections"
REST, GIT = "jane.doe@example.com", "jdoe"


@pytest.fixture
def options(world: World) -> dict[str, Any]:
    return {"name": "bitbucket", "project_id": world.project, "username": REST, "secret_id": world.secret}


def validations(world: World) -> int:
    return len([call for call in world.sandbox.calls.all("oci") if call.path.endswith("/actions/validate")])


class TestConnection:
    def test_is_made_and_then_found_with_one_call(self, world: World, options: dict[str, Any]) -> None:
        made = world.run.ok(Connection, **options, description="ours")
        assert made["resource"]["connection_type"] == "BITBUCKET_CLOUD_APP_PASSWORD"
        assert (made["resource"]["username"], made["resource"]["app_password"]) == (REST, world.secret)
        again = world.run.ok(Connection, **options, description="ours")
        assert (again["changed"], again["drift"]) == (False, [])
        assert again["resource"]["id"] == made["resource"]["id"]
        assert world.run.calls == [LIST]

    def test_a_changed_description_never_makes_a_second_connection(self, world: World, options: dict[str, Any]) -> None:
        """oracle.oci without the OCID posts another connection of the same name."""
        made = world.run.ok(Connection, **options, description="ours")
        changed = world.run.ok(Connection, **{**options, "username": GIT}, description="theirs")
        assert changed["resource"]["id"] == made["resource"]["id"]
        assert [action["call"] for action in changed["actions"]] == ["UpdateConnection"]
        (only,) = world.cloud.all("connection")
        assert (only["description"], only["username"], only["appPassword"]) == ("theirs", GIT, world.secret)

    def test_check_mode_shows_a_full_diff(self, world: World, options: dict[str, Any]) -> None:
        """oracle.oci has no diff, and of a creation an empty result."""
        planned = world.run.ok(Connection, True, **options, description="ours")
        assert planned["diff"]["after"] == {
            "project_id": world.project,
            "display_name": "bitbucket",
            "connection_type": "BITBUCKET_CLOUD_APP_PASSWORD",
            "description": "ours",
            "username": REST,
            "app_password": world.secret,
        }
        assert planned["resource"]["id"] == "pending:oci_devops_connection:bitbucket"
        world.run.ok(Connection, **options, description="ours")
        planned = world.run.ok(Connection, True, **{**options, "username": GIT}, description="theirs")
        assert planned["diff"] == {
            "before": {"description": "ours", "username": REST, "app_password": world.secret},
            "after": {"description": "theirs", "username": GIT, "app_password": world.secret},
        }
        assert world.run.writes() == []

    def test_no_call_to_anyone_but_oci(self, world: World, options: dict[str, Any]) -> None:
        """oracle.oci asks api.github.com in every task. That the service calls Bitbucket is the service's affair."""
        world.sandbox.calls.clear()
        world.run.ok(Connection, **options)
        world.run.ok(Connection, **options)
        assert {call.service for call in world.sandbox.calls.all()} == {"oci"}

    def test_two_of_one_name_are_an_error_that_lists_both(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(Connection, **options)
        world.run.ok(Connection, **{**options, "name": "other"})
        world.cloud.find("connection", display_name="other")["displayName"] = "bitbucket"
        for state in ("present", "absent"):
            message = world.run.fails(Connection, **options, state=state)
            assert all(connection["id"] in message for connection in world.cloud.all("connection"))
        assert world.run.writes() == []

    def test_on_a_pending_project_nothing_is_read(self, world: World) -> None:
        pending = {"project_id": "pending:oci_devops_project:x", "secret_id": "pending:oci_vault_secret:x"}
        planned = world.run.ok(Connection, True, name="bitbucket", username=REST, **pending, validate=True)
        assert planned["changed"]
        assert planned["validation"] == {}
        assert world.run.calls == []

    def test_the_credential_itself_is_refused_and_not_shown(self, world: World, options: dict[str, Any]) -> None:
        result = world.run(Connection, **{**options, "secret_id": world.token.secret})
        assert "never the credential itself" in result["msg"]
        assert world.token.secret not in str(result)
        assert world.run.calls == []

    def test_a_long_user_name_is_a_warning_once(self, world: World, options: dict[str, Any]) -> None:
        options["username"] = "a.very.long.name.of.somebody@example.com"
        world.run.ok(Connection, **options)
        assert "40 characters" in world.run.warnings[0]
        world.run.ok(Connection, **options)
        assert len(world.run.warnings) == 1

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_type_of_the_sdk(self, world: World, kind: str) -> None:
        all_options = {"username": GIT, "secret_id": world.secret, "base_url": "https://git.example.com"}
        options: dict[str, Any] = {"name": "c", "project_id": world.project, "connection_type": kind}
        assert "cannot be created without" in world.run.fails(Connection, **options)
        options.update({name: all_options[name] for name in KINDS[kind].needed})
        world.run.ok(Connection, **options)
        assert world.cloud.all("connection")[0]["connectionType"] == kind
        assert not world.run.ok(Connection, **options)["changed"]
        assert not world.run.ok(Connection, name="c", project_id=world.project)["changed"]
        world.run.ok(Connection, **options, description="theirs")
        assert world.cloud.all("connection")[0]["description"] == "theirs"

    def test_tls_and_address_of_a_server(self, world: World) -> None:
        options = {
            "name": "c",
            "project_id": world.project,
            "secret_id": world.secret,
            "connection_type": "BITBUCKET_SERVER_ACCESS_TOKEN",
            "base_url": "https://git.example.com",
            "ca_certificate_bundle_id": "ocid1.cabundle.oc1..x",
        }
        world.run.ok(Connection, **options)
        assert world.cloud.all("connection")[0]["tlsVerifyConfig"] == {
            "tlsVerifyMode": "CA_CERTIFICATE_VERIFY",
            "caCertificateBundleId": "ocid1.cabundle.oc1..x",
        }
        assert not world.run.ok(Connection, **{**options, "base_url": "https://git.example.com/"})["changed"]
        moved = world.run.ok(Connection, **{**options, "ca_certificate_bundle_id": "ocid1.cabundle.oc1..y"})
        assert [d["path"] for d in moved["drift"]] == ["tls_verify_config.ca_certificate_bundle_id"]

    def test_options_of_another_type_are_refused_before_the_first_call(self, world: World) -> None:
        options = {"name": "c", "project_id": world.project, "connection_type": "GITHUB_ACCESS_TOKEN"}
        assert "has no username" in world.run.fails(Connection, **options, username=GIT)
        assert world.run.calls == []

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_another_type_is_an_error(self, world: World, options: dict[str, Any], check_mode: bool) -> None:
        world.run.ok(Connection, **options)
        wanted = {"name": "bitbucket", "project_id": world.project, "connection_type": "GITLAB_ACCESS_TOKEN"}
        message = world.run.fails(Connection, check_mode, **wanted, secret_id=world.secret)
        assert "connection_type cannot be changed" in message

    def test_a_lost_answer_makes_no_second_one(self, world: World, options: dict[str, Any]) -> None:
        world.sandbox.faults.add("apply_then_drop", match="POST /20210630/connections", times=2)
        assert world.run.ok(Connection, **options)["changed"]
        assert len(world.cloud.all("connection")) == 1


class TestValidation:
    def test_passes_and_is_not_a_change_of_its_own(self, world: World, options: dict[str, Any]) -> None:
        world.run.ok(Connection, **options)
        result = world.run.ok(Connection, **options, validate=True)
        assert not result["changed"]
        assert result["actions"] == []
        assert result["validation"]["result"] == "PASS"
        assert result["validation"]["fresh"]

    def test_is_not_repeated_while_nothing_is_new(self, world: World, options: dict[str, Any]) -> None:
        first = world.run.ok(Connection, **options, validate=True)["validation"]
        again = world.run.ok(Connection, **options, validate=True)
        assert world.run.calls == [LIST]
        assert again["validation"] == {**first, "fresh": False}
        world.run.ok(Connection, **options, validate=True, description="theirs")
        assert validations(world) == 2

    def test_is_repeated_on_request(self, world: World, options: dict[str, Any]) -> None:
        """The secret has another content, which the connection does not show."""
        world.run.ok(Connection, **options, validate=True)
        world.cloud.rotate_by_hand(world.secret, b"ATATT-no-good")
        assert world.run.ok(Connection, **options, validate=True)["validation"]["result"] == "PASS"
        assert "401" in world.run.fails(Connection, **options, validate=True, revalidate=True)

    def test_a_change_by_someone_else_is_validated(self, world: World, options: dict[str, Any]) -> None:
        """Or by a run that was cut off between the change and the validation."""
        world.run.ok(Connection, **options, validate=True)
        world.sandbox.clock.advance(120)
        world.run.ok(Connection, **{**options, "username": GIT})
        assert "401" in world.run.fails(Connection, **{**options, "username": GIT}, validate=True)

    def test_a_refusal_by_the_host_is_final_and_in_its_words(self, world: World, options: dict[str, Any]) -> None:
        message = world.run.fails(Connection, **{**options, "username": GIT}, validate=True)
        assert "Bitbucket Cloud answered 401" in message
        assert "e-mail address" in message
        assert "fail_on_validation" in message
        assert validations(world) == 1
        # As long as it matters it is asked again.
        world.run.fails(Connection, **{**options, "username": GIT}, validate=True)
        assert validations(world) == 2

    def test_a_refusal_can_be_left_to_the_mirror(self, world: World, options: dict[str, Any]) -> None:
        options.update(username=GIT, validate=True, fail_on_validation=False)
        first = world.run.ok(Connection, **options)
        assert (first["validation"]["result"], first["validation"]["fresh"]) == ("FAIL", True)
        again = world.run.ok(Connection, **options)
        assert (again["validation"]["result"], again["validation"]["fresh"]) == ("FAIL", False)
        assert world.run.calls == [LIST]
        assert world.run.warnings == []

    def test_check_mode_reports_the_last_result(self, world: World, options: dict[str, Any]) -> None:
        known = world.run.ok(Connection, **options, validate=True)["validation"]
        checked = world.run.ok(Connection, True, **{**options, "username": GIT}, validate=True)
        assert checked["validation"] == {**known, "fresh": False}
        assert world.run.calls == [LIST]

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_a_type_that_oci_does_not_validate(self, world: World, check_mode: bool) -> None:
        options = {"name": "c", "project_id": world.project, "connection_type": "BITBUCKET_SERVER_ACCESS_TOKEN"}
        options |= {"base_url": "https://git.example.com", "secret_id": world.secret}
        world.run.ok(Connection, **options)
        result = world.run.ok(Connection, check_mode, **options, validate=True)
        assert result["validation"]["result"] == "SKIPPED"
        assert "BITBUCKET_SERVER_ACCESS_TOKEN" in result["validation"]["message"]
        assert world.run.calls == [LIST]

    def test_a_result_of_before_does_not_count(self, world: World, options: dict[str, Any]) -> None:
        """The answer to the call may still have the last result: its time tells."""
        world.run.ok(Connection, **options, validate=True)
        stale = world.cloud.all("connection")[0]["lastConnectionValidationResult"]
        world.cloud.rotate_by_hand(world.secret, b"ATATT-no-good")
        real = validation.Validator._ask

        def slow(self: Any, current: dict[str, Any]) -> Any:
            connection = self.connection
            answer = connection.session.get

            def first(method: Any, *args: Any, **more: Any) -> Any:
                out = answer(method, *args, **more)
                if method.__name__ == "validate_connection":
                    out[validation.LAST] = {
                        "result": "PASS",
                        "time_validated": current[validation.LAST]["time_validated"],
                    }
                return out

            connection.session.get = first
            return real(self, current)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(validation.Validator, "_ask", slow)
            result = world.run.ok(Connection, **options, validate=True, revalidate=True, fail_on_validation=False)
        assert result["validation"]["result"] == "FAIL"
        assert result["validation"]["time_validated"][:19] > stale["timeValidated"][:19]


class TestWaitingForIam:
    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[World]:
        with Sandbox(root=tmp_path / "sandbox") as sandbox:
            yield World(sandbox, tmp_path / "config").build(allowed=False)

    def test_a_policy_that_does_not_count_yet_is_waited_for(self, world: World, options: dict[str, Any]) -> None:
        world.allow()
        result = world.run.ok(Connection, **options, validate=True)
        assert result["validation"]["result"] == "PASS"
        assert validations(world) > 3

    def test_the_budget_ends_and_the_next_run_goes_on(self, world: World, options: dict[str, Any]) -> None:
        message = world.run.fails(Connection, **options, validate=True, validate_timeout=0.3)
        assert "Unable to read the secret" in message
        assert "devopsconnection" in message
        assert validations(world) > 1
        assert len(world.cloud.all("connection")) == 1
        world.allow()
        world.sandbox.clock.advance(60)
        again = world.run.ok(Connection, **options, validate=True, fail_on_validation=False)
        assert (again["changed"], again["validation"]["result"]) == (False, "PASS")

    def test_without_a_budget_it_asks_once(self, world: World, options: dict[str, Any]) -> None:
        options.update(validate=True, validate_timeout=0, fail_on_validation=False)
        assert world.run.ok(Connection, **options)["validation"]["result"] == "FAIL"
        assert validations(world) == 1


@pytest.mark.parametrize(
    ("words", "host"),
    [
        ("Bitbucket Cloud answered 401 Unauthorized: Token is invalid, expired, or not supported", True),
        ("The personal access token has expired", True),
        (
            "Unable to read the secret ocid1.vaultsecret.oc1..x: Authorization failed or requested resource not found",
            False,
        ),
        ("NotAuthorizedOrNotFound", False),
        ("Something went wrong", False),
        ("", False),
    ],
)
def test_whose_refusal_it_is(words: str, host: bool) -> None:
    assert validation.refused_by_host(words) is host


def test_secret_by_name_and_connection_by_ocid(world: World, options: dict[str, Any]) -> None:
    """A new content makes a new version and leaves the connection as it is."""
    world.run.ok(Connection, **options)
    vault = world.cloud.all("vault")[0]["id"]
    secret = {**world.place, "vault_id": vault, "create": False}
    assert world.run.ok(Secret, **secret, content="another-token")["changed"]
    assert not world.run.ok(Connection, **options)["changed"]
