# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic groups, policies, domains and topics: the traps, by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oci
import pytest

from tests.sandbox.oci.rules import holds, parse_rule, parse_statement
from tests.sandbox.oci.wire import OciError
from tests.unit.sandbox.oci_support import Tenancy, refused, running

IAM = oci.identity.models
SCIM = oci.identity_domains.models
SCHEMA = "urn:ietf:params:scim:schemas:oracle:idcs:DynamicResourceGroup"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
RULE = "ALL {resource.type = 'devopsconnection'}"


@pytest.fixture
def tenancy(tmp_path: Path) -> Iterator[Tenancy]:
    with running(tmp_path) as one:
        yield one


def group_details(tenancy: Tenancy, **more: Any) -> Any:
    wanted = {"name": "g", "description": "", "matching_rule": RULE, "compartment_id": tenancy.cloud.tenancy_id, **more}
    return IAM.CreateDynamicGroupDetails(**wanted)


def policy_details(tenancy: Tenancy, *statements: str, **more: Any) -> Any:
    wanted = {"name": "p", "description": "d", "compartment_id": tenancy.cloud.tenancy_id, **more}
    return IAM.CreatePolicyDetails(statements=list(statements), **wanted)


def test_writes_are_taken_in_the_home_region_only(tenancy: Tenancy) -> None:
    away = tenancy.client(oci.identity.IdentityClient, tenancy.cloud.other_region_url)
    with refused(403, "NotAllowed", "home region"):
        away.create_dynamic_group(group_details(tenancy))
    with refused(403, "NotAllowed", "home region"):
        away.create_policy(policy_details(tenancy, "Allow any-user to read secret-family in tenancy"))
    assert away.list_dynamic_groups(tenancy.cloud.tenancy_id).data == []
    regions = {r.region_name: r.is_home_region for r in away.list_region_subscriptions(tenancy.cloud.tenancy_id).data}
    assert regions == {"eu-frankfurt-1": True, "eu-amsterdam-1": False}


def test_a_dynamic_group_lives_in_the_tenancy_and_its_name_is_unique(tenancy: Tenancy) -> None:
    with refused(400, "InvalidParameter", "tenancy"):
        tenancy.identity.create_dynamic_group(group_details(tenancy, compartment_id=tenancy.cloud.compartment_id))
    tenancy.identity.create_dynamic_group(group_details(tenancy))
    for taken in ("G", "administrators"):
        with refused(409, "IdcsConversionError", "already exists"):
            tenancy.identity.create_dynamic_group(group_details(tenancy, name=taken))


def test_a_policys_name_is_unique_in_its_compartment(tenancy: Tenancy) -> None:
    details = policy_details(tenancy, "Allow any-user to read secret-family in tenancy")
    tenancy.identity.create_policy(details)
    with refused(409, "PolicyAlreadyExists", f"Policy '{details.name}' already exists"):
        tenancy.identity.create_policy(details)


def test_the_time_of_creation_never_changes(tenancy: Tenancy) -> None:
    user, root = tenancy.cloud.user_id, tenancy.cloud.tenancy_id
    reads = {
        "user": lambda: tenancy.identity.get_user(user).data.time_created,
        "root": lambda: tenancy.identity.get_compartment(root).data.time_created,
        "compartment": lambda: tenancy.identity.get_compartment(tenancy.cloud.compartment_id).data.time_created,
    }
    before = {name: read() for name, read in reads.items()}
    tenancy.server.clock.advance(3600)
    assert {name: read() for name, read in reads.items()} == before


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "ALL {",
        "resource.type devopsconnection",
        "ALL {resource.type = 'a'} ALL {resource.type = 'b'}",
        "ALL {request.user.id = 'x'}",
        "resource.type = 'a', resource.type = 'b'",
    ],
)
def test_a_bad_matching_rule_is_refused(tenancy: Tenancy, rule: str) -> None:
    with refused(400, "InvalidParameter"):
        tenancy.identity.create_dynamic_group(group_details(tenancy, matching_rule=rule))


def test_matching_rules_hold_without_regard_to_case_and_space() -> None:
    rule = parse_rule("any{ALL{resource.type='DevOpsConnection',resource.compartment.id = \"c\"}, resource.id != 'x'}")
    assert holds(rule, {"resource.type": "devopsconnection", "resource.compartment.id": "C"})
    assert not holds(rule, {"resource.type": "vault", "resource.id": "x"})


@pytest.mark.parametrize(
    "statement",
    [
        "Allow dynamic-group g to read secret-family",
        "Permit any-user to read secret-family in tenancy",
        "Allow dynamic-group g to look secret-family in tenancy",
        "Allow group to read all-resources in tenancy",
        "Allow dynamic-group a b to read secret-family in tenancy",
        "Allow any-user to read secret-family in tenancy if x",
        "Allow any-user to read secret-family in compartment nowhere",
    ],
)
def test_a_bad_statement_is_refused(tenancy: Tenancy, statement: str) -> None:
    with refused(400, "InvalidParameter"):
        tenancy.identity.create_policy(policy_details(tenancy, statement))


def test_statements_come_back_as_they_were_sent(tenancy: Tenancy) -> None:
    statement = "ALLOW  dynamic-group 'Default'/'g'\nto read secret-family in compartment   devops"
    made = tenancy.identity.create_policy(policy_details(tenancy, statement)).data
    assert tenancy.identity.get_policy(made.id).data.statements == [statement]
    parsed = parse_statement(statement)
    assert parsed and (parsed.names, parsed.location) == (["g"], "devops")
    with refused(409, "PolicyAlreadyExists"):
        tenancy.identity.create_policy(policy_details(tenancy, statement))
    with refused(400, "InvalidParameter", "root"):
        tenancy.identity.create_policy(
            policy_details(
                tenancy, "Allow group x to read secret-family in tenancy", compartment_id=tenancy.cloud.compartment_id
            )
        )


def test_a_quote_that_does_not_end_is_refused() -> None:
    with pytest.raises(OciError, match="Cannot parse"):
        parse_statement("Allow dynamic-group 'g to read secret-family in tenancy")


def test_names_filter_and_updates_and_deletes(tenancy: Tenancy) -> None:
    made = tenancy.identity.create_dynamic_group(group_details(tenancy)).data
    tenancy.identity.create_dynamic_group(group_details(tenancy, name="h"))
    found = tenancy.identity.list_dynamic_groups(tenancy.cloud.tenancy_id, name="g").data
    assert [(g.id, g.matching_rule) for g in found] == [(made.id, RULE)]
    changed = tenancy.identity.update_dynamic_group(made.id, IAM.UpdateDynamicGroupDetails(description="x")).data
    assert (changed.description, changed.matching_rule) == ("x", RULE)
    tenancy.identity.delete_dynamic_group(made.id)
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.identity.get_dynamic_group(made.id)
    tenancy.identity.create_dynamic_group(group_details(tenancy))


def test_compartments_and_domains_are_found_by_name(tenancy: Tenancy) -> None:
    found = tenancy.identity.list_compartments(tenancy.cloud.tenancy_id, name="devops").data
    assert [c.id for c in found] == [tenancy.cloud.compartment_id]
    assert tenancy.identity.get_compartment(tenancy.cloud.tenancy_id).data.name == "sandbox"
    domains = tenancy.identity.list_domains(tenancy.cloud.tenancy_id, display_name="Default").data
    assert [(d.type, d.url.startswith("http://127.0.0.1:")) for d in domains] == [("DEFAULT", True)]
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.identity.list_policies("ocid1.compartment.oc1..nowhere")


def domain_client(tenancy: Tenancy, name: str = "Default") -> Any:
    url = tenancy.cloud.find("domain", display_name=name)["url"]
    return tenancy.client(oci.identity_domains.IdentityDomainsClient, url)


def test_a_domains_matching_rule_comes_on_request_only(tenancy: Tenancy) -> None:
    client = domain_client(tenancy)
    made = client.create_dynamic_resource_group(
        dynamic_resource_group=SCIM.DynamicResourceGroup(
            schemas=[SCHEMA], display_name="g", matching_rule=RULE, description="d"
        )
    ).data
    assert made.matching_rule is None and made.ocid.startswith("ocid1.dynamicgroup.")
    found = client.list_dynamic_resource_groups(filter='displayName eq "g"').data
    assert (found.total_results, found.resources[0].matching_rule) == (1, None)
    for asked in ({"attributes": "matchingRule"}, {"attribute_sets": ["all"]}):
        found = client.list_dynamic_resource_groups(filter='displayName eq "g"', **asked).data
        assert found.resources[0].matching_rule == RULE
    assert tenancy.identity.list_dynamic_groups(tenancy.cloud.tenancy_id, name="g").data[0].id == made.ocid
    with pytest.raises(oci.exceptions.ServiceError) as failed:
        client.create_dynamic_resource_group(
            dynamic_resource_group=SCIM.DynamicResourceGroup(schemas=[SCHEMA], display_name="g", matching_rule=RULE)
        )
    assert failed.value.status == 409


def test_a_domains_group_is_patched_and_deleted(tenancy: Tenancy) -> None:
    client = domain_client(tenancy, "Automation")
    made = client.create_dynamic_resource_group(
        dynamic_resource_group=SCIM.DynamicResourceGroup(schemas=[SCHEMA], display_name="g", matching_rule=RULE)
    ).data
    assert tenancy.identity.list_dynamic_groups(tenancy.cloud.tenancy_id).data == []  # not the Default domain
    operations = [SCIM.Operations(op="REPLACE", path="matchingRule", value="resource.type = 'devopsrepository'")]
    changed = client.patch_dynamic_resource_group(
        made.id, patch_op=SCIM.PatchOp(schemas=[PATCH], operations=operations), attributes="matchingRule"
    ).data
    assert changed.matching_rule == "resource.type = 'devopsrepository'"
    client.delete_dynamic_resource_group(made.id)
    with pytest.raises(oci.exceptions.ServiceError) as failed:
        client.get_dynamic_resource_group(made.id)
    assert failed.value.status == 404


def test_a_topics_name_is_unique_and_its_update_needs_the_description(tenancy: Tenancy) -> None:
    topic = tenancy.topic()
    etag = tenancy.topics.get_topic(topic.topic_id).headers["etag"]
    with refused(409, "Conflict"):
        tenancy.topic()
    with refused(400, "InvalidParameter", "description"):
        tenancy.topics.update_topic(topic.topic_id, oci.ons.models.TopicAttributesDetails(freeform_tags={"a": "b"}))
    changed = tenancy.topics.update_topic(
        topic.topic_id, oci.ons.models.TopicAttributesDetails(description="d"), if_match=etag
    )
    assert changed.headers["etag"] != etag
    with refused(412, "NoEtagMatch"):
        tenancy.topics.delete_topic(topic.topic_id, if_match=etag)
    assert [t.topic_id for t in tenancy.topics.list_topics(tenancy.cloud.compartment_id, name="devops").data] == [
        topic.topic_id
    ]
    tenancy.topics.delete_topic(topic.topic_id)
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.topics.get_topic(topic.topic_id)


def test_drift_made_by_hand_is_shown(tenancy: Tenancy) -> None:
    topic = tenancy.topic()
    tenancy.cloud.find("topic", name="devops")["description"] = "by hand"
    assert tenancy.topics.get_topic(topic.topic_id).data.description == "by hand"
    assert tenancy.topics.get_topic(topic.topic_id).data.etag != topic.etag
