# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical forms of matching rules and policy statements."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.policy_text import (
    canonical_rule,
    canonical_statement,
    canonical_statements,
    is_several_rules,
)

COMPARTMENT = "ocid1.compartment.oc1..aaaa"


@pytest.mark.parametrize(
    "same",
    [
        f"ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{COMPARTMENT}'}}",
        f"All{{resource.type='devopsconnection',resource.compartment.id='{COMPARTMENT}'}}",
        f"all {{ resource.type =\n 'devopsconnection' ,\n\tresource.compartment.id= '{COMPARTMENT}' }}",
        f'all {{resource.type = "devopsconnection", resource.compartment.id = "{COMPARTMENT}"}}',
        f"all {{resource.compartment.id = '{COMPARTMENT}', resource.type = 'devopsconnection'}}",
        f"all {{Resource.Type = 'devopsconnection', RESOURCE.COMPARTMENT.ID = '{COMPARTMENT}'}}",
        f"Any {{ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{COMPARTMENT}'}}}}",
    ],
)
def test_rules_that_mean_the_same(same: str) -> None:
    assert canonical_rule(same) == f"all{{resource.compartment.id={COMPARTMENT},resource.type=devopsconnection}}"


@pytest.mark.parametrize(
    "other",
    [
        f"ANY {{resource.type = 'devopsconnection', resource.compartment.id = '{COMPARTMENT}'}}",
        f"ALL {{resource.type = 'devopsrepository', resource.compartment.id = '{COMPARTMENT}'}}",
        f"ALL {{resource.type != 'devopsconnection', resource.compartment.id = '{COMPARTMENT}'}}",
        f"ALL {{resource.type = 'DevOpsConnection', resource.compartment.id = '{COMPARTMENT}'}}",
        f"ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{COMPARTMENT}b'}}",
        "ALL {resource.type = 'devopsconnection'}",
    ],
)
def test_rules_that_mean_something_else(other: str) -> None:
    rule = f"ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{COMPARTMENT}'}}"
    assert canonical_rule(other) != canonical_rule(rule)


def test_rules_in_rules() -> None:
    one = "Any {ALL {resource.type='a', resource.compartment.id='c'}, ALL {resource.type='b', resource.compartment.id='c'}}"
    two = "any{all{resource.compartment.id = 'c', resource.type = 'b'},all{resource.type = 'a', resource.compartment.id = 'c'}}"
    assert canonical_rule(one) == canonical_rule(two)
    assert canonical_rule(one) != canonical_rule(one.replace("'b'", "'d'"))
    assert canonical_rule("tag.ops.role.value = 'a b'") == "tag.ops.role.value='a b'"
    assert canonical_rule("tag.ops.role.value = 'a  b'") != canonical_rule("tag.ops.role.value = 'a b'"), (
        "a value's own spaces"
    )


def test_several_rules_one_after_the_other_are_recognised() -> None:
    assert is_several_rules("ALL {resource.type = 'a'} ALL {resource.type = 'b'}")
    assert is_several_rules("resource.type = 'a'\nany {resource.type = 'b'}")
    assert not is_several_rules("Any {ALL {resource.type = 'a'}, ALL {resource.type = 'b'}}")
    assert not is_several_rules("resource.type = 'a'")
    assert not is_several_rules("what is this")


@pytest.mark.parametrize(
    "same",
    [
        "Allow dynamic-group repobridge to read secret-family in compartment Devops",
        "allow DYNAMIC-GROUP repobridge TO Read Secret-Family IN Compartment Devops",
        "Allow  dynamic-group\n  repobridge to read secret-family\tin compartment Devops ",
        "Allow dynamic-group 'repobridge' to read secret-family in compartment 'Devops'",
        'Allow dynamic-group "repobridge" to read secret-family in compartment Devops',
        "Allow dynamic-group 'Default'/'repobridge' to read secret-family in compartment Devops",
        "Allow dynamic-group Default/repobridge to read secret-family in compartment Devops",
        "Allow dynamic-group default/'repobridge' to read secret-family in compartment Devops",
    ],
)
def test_statements_that_mean_the_same(same: str) -> None:
    assert canonical_statement(same) == "allow dynamic-group repobridge to read secret-family in compartment Devops"


@pytest.mark.parametrize(
    "other",
    [
        "Allow dynamic-group repobridge to manage secret-family in compartment Devops",
        "Allow dynamic-group repobridge to read secrets in compartment Devops",
        "Allow dynamic-group repobridge2 to read secret-family in compartment Devops",
        "Allow dynamic-group Automation/repobridge to read secret-family in compartment Devops",
        "Allow dynamic-group 'Automation'/'repobridge' to read secret-family in compartment Devops",
        "Allow dynamic-group id repobridge to read secret-family in compartment Devops",
        "Allow group repobridge to read secret-family in compartment Devops",
        "Allow dynamic-group repobridge to read secret-family in compartment devops2",
        "Allow dynamic-group repobridge to read secret-family in compartment Default/Devops",
        "Allow dynamic-group repobridge to read secret-family in tenancy",
        "Allow dynamic-group repobridge to read secret-family in compartment Devops where target.secret.name = 'x'",
        "Deny dynamic-group repobridge to read secret-family in compartment Devops",
    ],
)
def test_statements_that_mean_something_else(other: str) -> None:
    statement = "Allow dynamic-group repobridge to read secret-family in compartment Devops"
    assert canonical_statement(other) != canonical_statement(statement)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Allow group A,B to use keys in tenancy where any {target.key.id='x', request.permission='KEY_READ'}",
            "allow group A, B to use keys in tenancy WHERE ANY { request.permission = 'KEY_READ', target.key.id = \"x\" }",
        ),
        (
            "Allow group 'My Admins' to {SECRET_READ, SECRET_BUNDLE_READ} in compartment id ocid1.compartment.oc1..a",
            'Allow group "My Admins" to {secret_bundle_read,secret_read} in compartment id ocid1.compartment.oc1..a',
        ),
        (
            "Allow any-user to read repos in tenancy where all {a.b = 'c'}",
            "Allow Any-User to read repos in tenancy where a.b='c'",
        ),
        (
            "Allow group A to read repos in tenancy where target.repo.name = /prod*/",
            "Allow group A to read repos in tenancy where target.repo.name=/prod*/",
        ),
        (
            "Allow group A to read repos in tenancy where request.operation in ('GetRepo', 'ListRepos')",
            "Allow group A to read repos in tenancy where request.operation IN ( 'ListRepos','GetRepo' )",
        ),
        (
            "Define tenancy Other as ocid1.tenancy.oc1..b",
            "define   Tenancy Other AS ocid1.tenancy.oc1..b",
        ),
        (
            "Allow group 'Default'/'A', 'Default'/'B' to read repos in tenancy",
            "Allow group A, B to read repos in tenancy",
        ),
    ],
)
def test_more_statements_that_mean_the_same(one: str, two: str) -> None:
    assert canonical_statement(one) == canonical_statement(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Allow group 'A B' to read repos in tenancy", "Allow group A to read repos in tenancy"),
        (
            "Allow group A to read repos in tenancy where any {a.b='c', d.e='f'}",
            "Allow group A to read repos in tenancy where all {a.b='c', d.e='f'}",
        ),
        (
            "Allow group A to read repos in tenancy where a.b = 'c'",
            "Allow group A to read repos in tenancy where a.b = 'C'",
        ),
        ("Allow group A to {SECRET_READ} in tenancy", "Allow group A to {SECRET_READ, SECRET_BUNDLE_READ} in tenancy"),
        (
            "Allow group A to read repos in tenancy where request.utc-timestamp before '2027-01-01T00:00Z'",
            "Allow group A to read repos in tenancy where request.utc-timestamp after '2027-01-01T00:00Z'",
        ),
    ],
)
def test_more_statements_that_mean_something_else(one: str, two: str) -> None:
    assert canonical_statement(one) != canonical_statement(two)


def test_the_statements_of_a_policy_are_a_set() -> None:
    one, two = "Allow group A to read repos in tenancy", "Allow group B to read repos in tenancy"
    assert canonical_statements([one, two]) == canonical_statements([two, one, one.upper().replace(" A ", " A ")])
    assert canonical_statements([one]) != canonical_statements([one, two])


@pytest.mark.parametrize(
    "text", ["", "{", "}", "where", "any {", "all { x", "a = ", "'", "allow to to to", "a in (", "é {,}"]
)
def test_nothing_breaks_on_what_is_not_understood(text: str) -> None:
    canonical_rule(text)
    canonical_statement(text)
    is_several_rules(text)
