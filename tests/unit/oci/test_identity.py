# SPDX-License-Identifier: GPL-3.0-or-later
"""oci_dynamic_group and oci_policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci import iam
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.adoption import MARK
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy
from tests.sandbox.oci import Oci

from .conftest import Runner

RULE = "ALL {resource.type = 'devopsconnection', resource.compartment.id = 'ocid1.compartment.oc1..x'}"
SAME_RULE = "all{resource.compartment.id='ocid1.compartment.oc1..x',resource.type='devopsconnection'}"
OTHER_RULE = "resource.type = 'devopsrepository'"
READ = "Allow dynamic-group bridge to read secret-family in compartment devops"
USE = "Allow dynamic-group bridge to use ons-topics in compartment devops"
GROUP = {"name": "bridge", "matching_rule": RULE}
POLICY = {"name": "bridge", "statements": [READ, USE]}


@pytest.fixture(params=["tenancy", "domain", "domain_url"])
def place(request: pytest.FixtureRequest, cloud: Oci) -> dict[str, Any]:
    """Where a dynamic group can be."""
    if request.param == "tenancy":
        return {}
    url = cloud.find("domain", display_name="Automation")["url"]
    return {"domain": "Automation"} if request.param == "domain" else {"domain_url": url}


@pytest.fixture
def abroad(run: Runner, cloud: Oci, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the caller's region is not the tenancy's home, and addresses come from regions."""
    import oci

    def endpoint_for(_service: str, endpoint: str | None = None, region: str | None = None, **_more: Any) -> str:
        return endpoint or (cloud.url if region == cloud.home_region else cloud.other_region_url)

    monkeypatch.setattr(oci.base_client.regions, "endpoint_for", endpoint_for)
    del run.common["endpoint"]
    run.common["region"] = cloud.other_region


class TestDynamicGroup:
    def test_is_made_and_then_found_with_one_call(self, run: Runner, cloud: Oci, place: dict[str, Any]) -> None:
        made = run.ok(DynamicGroup, **GROUP, **place)
        assert made["changed"]
        group = cloud.find("dynamic_group", name="bridge")
        assert group["matchingRule"] == RULE, "the user's own text"
        assert group["description"], "the service wants one"
        assert group["_domain_name"] == ("Automation" if place else "Default")
        again = run.ok(DynamicGroup, **GROUP, **place)
        assert not again["changed"]
        assert len(run.calls) == (2 if "domain" in place else 1)
        for result in (made, again):
            assert result["resource"]["id"] == group["id"]
            assert result["resource"]["matching_rule"] == RULE

    def test_the_answer_to_a_creation_is_enough(self, run: Runner, place: dict[str, Any]) -> None:
        """IAM's lists are late, so what was made is not listed again."""
        run.ok(DynamicGroup, **GROUP, **place)
        assert run.calls[-1].startswith("POST")

    def test_another_text_of_the_same_rule_is_no_change(self, run: Runner, place: dict[str, Any]) -> None:
        run.ok(DynamicGroup, **GROUP, **place)
        assert not run.ok(DynamicGroup, name="bridge", matching_rule=SAME_RULE, **place)["changed"]

    def test_what_differs_is_shown_and_mended(self, run: Runner, cloud: Oci, place: dict[str, Any]) -> None:
        run.ok(DynamicGroup, **GROUP, **place, description="ours")
        group = cloud.find("dynamic_group", name="bridge")
        group.update(matchingRule=OTHER_RULE, description="theirs")
        planned = run.ok(DynamicGroup, check_mode=True, **GROUP, **place, description="ours")
        assert planned["diff"]["before"] == {"matching_rule": OTHER_RULE, "description": "theirs"}
        assert planned["diff"]["after"] == {"matching_rule": RULE, "description": "ours"}
        assert run.writes() == []
        mended = run.ok(DynamicGroup, **GROUP, **place, description="ours")
        assert mended["resource"]["matching_rule"] == RULE
        assert (group["matchingRule"], group["description"]) == (RULE, "ours")
        assert len(run.writes()) == 1

    def test_a_description_that_is_not_set_is_left(self, run: Runner, cloud: Oci, place: dict[str, Any]) -> None:
        run.ok(DynamicGroup, **GROUP, **place, description="ours")
        cloud.find("dynamic_group", name="bridge")["description"] = "theirs"
        assert not run.ok(DynamicGroup, **GROUP, **place)["changed"]

    def test_an_empty_description(self, run: Runner, cloud: Oci, place: dict[str, Any]) -> None:
        run.ok(DynamicGroup, **GROUP, **place, description="")
        if place:
            cloud.find("dynamic_group", name="bridge")["description"] = None  # which SCIM may leave out
        assert not run.ok(DynamicGroup, **GROUP, **place, description="")["changed"]

    def test_check_mode_on_nothing(self, run: Runner, cloud: Oci, place: dict[str, Any]) -> None:
        planned = run.ok(DynamicGroup, check_mode=True, **GROUP, **place)
        assert planned["resource"]["id"] == "pending:oci_dynamic_group:bridge"
        assert planned["diff"]["after"]["compartment_id"] == cloud.tenancy_id
        assert not cloud.all("dynamic_group")

    def test_is_deleted_once(self, run: Runner, cloud: Oci, place: dict[str, Any]) -> None:
        run.ok(DynamicGroup, **GROUP, **place)
        gone = run.ok(DynamicGroup, name="bridge", state="absent", **place)
        assert [action["action"] for action in gone["actions"]] == ["delete"]
        assert not cloud.all("dynamic_group")
        assert not run.ok(DynamicGroup, name="bridge", state="absent", **place)["changed"]

    def test_the_same_name_in_two_domains_is_two_groups(self, run: Runner, cloud: Oci) -> None:
        run.ok(DynamicGroup, **GROUP)
        assert run.ok(DynamicGroup, **GROUP, domain="Automation")["changed"]
        assert len(cloud.all("dynamic_group")) == 2

    def test_the_name_of_an_ordinary_group_is_taken(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch, place: dict[str, Any]
    ) -> None:
        monkeypatch.setattr(iam, "_IAM_DELAY", 0.05)
        message = run.fails(DynamicGroup, name="administrators", matching_rule=RULE, **place)
        assert "shares them with the groups" in message
        assert "manage dynamic-groups" in message

    def test_an_unknown_domain_has_its_remedy(self, run: Runner) -> None:
        assert "domain_url" in run.fails(DynamicGroup, **GROUP, domain="Nowhere")

    def test_tags_of_the_tenancys_groups(self, run: Runner, cloud: Oci) -> None:
        run.ok(DynamicGroup, **GROUP, freeform_tags={"a": "b"})
        assert cloud.find("dynamic_group", name="bridge")["freeformTags"] == {"a": "b", **MARK}
        assert not run.ok(DynamicGroup, **GROUP, freeform_tags={"a": "b"})["changed"]
        assert run.ok(DynamicGroup, **GROUP, freeform_tags={})["changed"]
        assert cloud.find("dynamic_group", name="bridge")["freeformTags"] == MARK

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"matching_rule": None}, "matching_rule must be given"),
            ({"matching_rule": f"{RULE} {RULE}"}, "Any {ALL {...}, ALL {...}}"),
            ({"domain": "Automation", "freeform_tags": {"a": "b"}}, "freeform_tags can be set for the tenancy's"),
        ],
    )
    def test_bad_input_is_refused_before_the_first_call(self, run: Runner, wrong: dict[str, Any], words: str) -> None:
        assert words in run.fails(DynamicGroup, **{**GROUP, **wrong})
        assert run.calls == []


class TestPolicy:
    def test_is_made_in_the_root_compartment_and_then_found_with_one_call(self, run: Runner, cloud: Oci) -> None:
        made = run.ok(Policy, **POLICY)
        assert made["resource"]["compartment_id"] == cloud.tenancy_id
        assert made["resource"]["statements"] == [READ, USE]
        again = run.ok(Policy, **POLICY)
        assert not again["changed"]
        assert again["resource"]["id"] == made["resource"]["id"]
        assert run.calls == ["GET /20160918/policies"]

    def test_is_made_in_a_compartment(self, run: Runner, cloud: Oci) -> None:
        made = run.ok(Policy, **POLICY, compartment_id=cloud.compartment_id)
        assert made["resource"]["compartment_id"] == cloud.compartment_id
        assert not run.ok(Policy, **POLICY, compartment_id=cloud.compartment_id)["changed"]
        assert run.ok(Policy, **POLICY)["changed"], "the root compartment's is another one"

    def test_other_texts_of_the_same_statements_are_no_change(self, run: Runner) -> None:
        run.ok(Policy, **POLICY)
        same = [USE.replace("Allow", "allow").replace("bridge", "'bridge'"), "  ".join(READ.split(" "))]
        assert not run.ok(Policy, name="bridge", statements=same)["changed"]

    def test_statements_are_exactly_these(self, run: Runner, cloud: Oci) -> None:
        run.ok(Policy, **POLICY)
        policy = cloud.find("policy", name="bridge")
        policy["statements"] = [READ, USE, "Allow any-user to manage all-resources in tenancy"]
        planned = run.ok(Policy, check_mode=True, **POLICY)
        assert planned["diff"]["before"]["statements"] == policy["statements"]
        assert planned["diff"]["after"]["statements"] == [READ, USE]
        assert run.writes() == []
        run.ok(Policy, **POLICY)
        assert policy["statements"] == [READ, USE]
        assert not run.ok(Policy, **POLICY)["changed"]

    def test_description_and_tags(self, run: Runner, cloud: Oci) -> None:
        run.ok(Policy, **POLICY, description="ours", freeform_tags={"a": "b"})
        cloud.find("policy", name="bridge").update(description="theirs", freeformTags={})
        assert not run.ok(Policy, **POLICY)["changed"]
        mended = run.ok(Policy, **POLICY, description="ours", freeform_tags={"a": "b"})
        assert {d["path"] for d in mended["drift"]} == {"description", "freeform_tags"}
        assert not run.ok(Policy, **POLICY, description="ours", freeform_tags={"a": "b"})["changed"]

    def test_is_deleted_once(self, run: Runner, cloud: Oci) -> None:
        run.ok(Policy, **POLICY)
        assert run.ok(Policy, name="bridge", state="absent")["changed"]
        assert not cloud.all("policy")
        assert not run.ok(Policy, name="bridge", state="absent")["changed"]

    def test_check_mode_on_nothing(self, run: Runner, cloud: Oci) -> None:
        statement = "Allow dynamic-group id pending:oci_dynamic_group:bridge to use ons-topics in compartment devops"
        planned = run.ok(Policy, check_mode=True, name="bridge", statements=[statement])
        assert planned["resource"]["id"] == "pending:oci_policy:bridge"
        assert not cloud.all("policy")

    @pytest.mark.parametrize("statements", [None, []])
    def test_statements_are_needed(self, run: Runner, statements: list[str] | None) -> None:
        assert "statements must be given" in run.fails(Policy, name="bridge", statements=statements)
        assert run.calls == []

    def test_what_the_service_says_of_a_bad_statement(self, run: Runner) -> None:
        assert "nonsense" in run.fails(Policy, name="bridge", statements=["Allow nonsense"])


class TestDelays:
    """IAM's lists may be late; an answer that contradicts one is given time."""

    def test_a_group_that_is_listed_late_is_found_in_the_end(self, run: Runner, cloud: Oci) -> None:
        run(DynamicGroup, check_mode=True, **GROUP)  # the list that stays: empty
        made = run.ok(DynamicGroup, **GROUP)
        run(DynamicGroup, name="bridge", matching_rule=RULE, check_mode=True)
        headers = [("Content-Type", "application/json"), ("opc-request-id", "late")]
        cloud.server._last_get = dict.fromkeys(cloud.server._last_get, (200, headers, b"[]"))
        cloud.server.faults.add("stale", match="GET /20160918/dynamicGroups", times=3)
        late = run.ok(DynamicGroup, **GROUP)
        assert late["resource"]["id"] == made["resource"]["id"]
        assert len(cloud.all("dynamic_group")) == 1

    def test_a_policy_that_is_listed_for_too_long_is_deleted_once(self, run: Runner, cloud: Oci) -> None:
        run.ok(Policy, **POLICY)
        run.ok(Policy, **POLICY)  # the list that stays
        run.ok(Policy, name="bridge", state="absent")
        cloud.server.faults.add("stale", match="GET /20160918/policies", times=3)
        run.ok(Policy, name="bridge", state="absent")

    def test_a_deletion_that_is_forbidden_is_not_taken_for_done(
        self, run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(iam, "_IAM_DELAY", 0.05)
        run.ok(Policy, **POLICY)
        run.as_user("reader", ["delete_policy"], tmp_path)
        assert "manage policies" in run.fails(Policy, name="bridge", state="absent")

    def test_a_lost_answer_makes_nothing_twice(self, run: Runner, cloud: Oci) -> None:
        run.common["max_retries"] = 0
        for kind, operation, options in (("dynamicGroups", DynamicGroup, GROUP), ("policies", Policy, POLICY)):
            for method in ("POST", "DELETE"):
                cloud.server.faults.add("apply_then_drop", match=f"{method} /20160918/{kind}")
                state = "present" if method == "POST" else "absent"
                assert run.ok(operation, **options, state=state)["changed"]
                assert len(run.writes()) == 1
                assert len(cloud.all("dynamic_group") + cloud.all("policy")) == (1 if method == "POST" else 0)


@pytest.mark.usefixtures("abroad")
class TestHomeRegion:
    def test_writes_go_to_the_home_region(self, run: Runner, cloud: Oci) -> None:
        for operation, options, change in (
            (DynamicGroup, GROUP, {"matching_rule": OTHER_RULE}),
            (Policy, POLICY, {"statements": [READ]}),
        ):
            for more, state in (({}, "present"), (change, "present"), ({}, "absent")):
                result = run.ok(operation, **{**options, **more}, state=state)
                assert result["changed"]
                assert len([call for call in run.calls if call.endswith("/regionSubscriptions")]) == 1
        assert not cloud.all("policy")

    def test_reading_asks_nobody_for_it(self, run: Runner) -> None:
        run.ok(Policy, **POLICY)
        assert not run.ok(Policy, **POLICY)["changed"]
        run.ok(Policy, check_mode=True, name="bridge", statements=[READ])
        assert len(run.calls) == 1

    def test_the_option_saves_the_look_up(self, run: Runner, cloud: Oci) -> None:
        run.ok(Policy, **POLICY, home_region=cloud.home_region)
        assert len(run.calls) == 2

    def test_without_the_right_to_look_it_up_the_option_is_named(self, run: Runner, tmp_path: Path) -> None:
        run.as_user("writer", ["list_region_subscriptions"], tmp_path)
        run.common["region"] = "eu-amsterdam-1"
        assert "home_region" in run.fails(Policy, **POLICY)


def test_a_given_endpoint_is_the_only_one_spoken_to(run: Runner, cloud: Oci) -> None:
    run.common["endpoint"] = cloud.other_region_url
    assert "home region" in run.fails(Policy, **POLICY)
    assert not [call for call in run.calls if call.endswith("/regionSubscriptions")]
