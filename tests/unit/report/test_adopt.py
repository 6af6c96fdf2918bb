# SPDX-License-Identifier: GPL-3.0-or-later
"""The fragment that adopts, what is ignored, and the share of what exists that is managed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.adoption import in_role, warnings_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.adopt import fragment
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.findings import Finding, findings_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.unmanaged import Coverage, existing
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.ignored import rules_of

RULE = {"kind": "oci_*", "name": "Team *", "reason": "it is the team's", "until": "2027-01-31"}


def one(variable: str = "oci_devops_vault_name", value: Any = "Team vault", **more: Any) -> dict[str, Any]:
    finding = Finding("shop", "mirrors", "unmanaged", "Vault", "oci_vault", kind="oci_vault", name="Team vault")
    of = {"where": "ocid1.vault.1", "message": "it is used", "variable": variable, "value": value}
    return {**finding.as_dict(), **of, **more}


def variables(*findings: dict[str, Any]) -> Any:
    return yaml.safe_load(fragment({"findings": list(findings)}))["all"]["hosts"]


# -- the fragment --------------------------------------------------------------------------------------------------------


def test_it_sets_the_variables_of_each_host() -> None:
    other = one("gitlab_ci_project_path", "acme/x", host="acme/barn")
    assert variables(one(), one("oci_devops_key_name", "k"), other) == {
        "acme/barn": {"gitlab_ci_project_path": "acme/x"},
        "shop": {"oci_devops_vault_name": "Team vault", "oci_devops_key_name": "k"},
    }


def test_only_what_is_unmanaged_is_in_it() -> None:
    assert variables(one(status="missing"), one(status="drift")) == {}
    assert variables() == {}


def test_of_two_candidates_none_is_chosen_and_both_are_named() -> None:
    text = fragment({"findings": [one(value="a", where="id-a"), one(value="b", where="id-b")]})
    assert yaml.safe_load(text)["all"]["hosts"] == {"shop": {}}
    assert 'oci_devops_vault_name: "a"' in text and 'oci_devops_vault_name: "b"' in text
    assert "id-a" in text and "id-b" in text and "2 candidates" in text


def test_two_that_say_the_same_are_one() -> None:
    assert variables(one(), one(kind="bitbucket_webhook")) == {"shop": {"oci_devops_vault_name": "Team vault"}}


@pytest.mark.parametrize("value", ["{{ lookup('pipe', 'id') }}", "{% if x %}", "{# x #}", ["a"], None])
def test_what_might_be_an_expression_is_a_comment(value: Any) -> None:
    text = fragment({"findings": [one(value=value)]})
    assert yaml.safe_load(text)["all"]["hosts"] == {"shop": {}}


@pytest.mark.parametrize("text", ["x\n      evil: 1", "x\r      evil: 1", "x\u2028      evil: 1", "x\x85      evil: 1"])
def test_a_name_cannot_leave_its_comment(text: str) -> None:
    for field in ("name", "where", "message", "kind"):
        assert variables(one(**{field: text})) == {"shop": {"oci_devops_vault_name": "Team vault"}}
    assert variables(one(value=text)) == {"shop": {"oci_devops_vault_name": text}}
    assert variables(one(variable=f"a{text}")) == {"shop": {}}


@pytest.mark.parametrize("value", [True, 7, "yes", "007", "a: b", "# a", "'", "!unsafe x", "&a", "*", "x" * 300])
def test_values_keep_their_types(value: Any) -> None:
    assert variables(one(value=value)) == {"shop": {"oci_devops_vault_name": value}}


def test_what_no_variable_adopts_is_a_comment_that_says_so() -> None:
    text = fragment({"findings": [one("", None)]})
    assert yaml.safe_load(text)["all"]["hosts"] == {"shop": {}}
    assert "no variable adopts it" in text and "repobridge_ignore_unmanaged" in text


# -- what is ignored -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"until": "soon"}, "until is not a date"),
        ({"until": "2027-02-30"}, "until is not a date"),
        ({"reason": " "}, "no reason"),
        ({"until": None}, "no until"),
        ({"name": ""}, "no name"),
        ({"kinds": "x"}, "unknown keys: kinds"),
    ],
)
def test_a_malformed_rule_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        rules_of([RULE, {**RULE, **wrong}])


def test_a_date_that_yaml_has_read_is_one() -> None:
    assert rules_of([{**RULE, "until": date(2027, 1, 31)}]) == [RULE]


def seen(*rules: dict[str, Any], **more: Any) -> tuple[Coverage, list[Finding]]:
    coverage = Coverage()
    coverage.take("shop", "mirrors", "Settings", {"ignore_unmanaged": rules_of(list(rules))})
    return coverage, [Finding(**one(**more))]


def test_what_is_ignored_is_counted_and_not_reported() -> None:
    coverage, findings = seen(RULE)
    left = coverage.without_ignored(findings, date(2027, 1, 31))
    assert left == []
    assert coverage.ignored[0]["ignored"] == {"reason": "it is the team's", "until": "2027-01-31"}
    assert coverage.counts(left) == {"managed": 0, "unmanaged": 0, "ignored": 1, "share": 1.0}


def test_a_rule_that_has_ended_ignores_nothing_and_says_so() -> None:
    coverage, findings = seen(RULE)
    (left,) = coverage.without_ignored(findings, date(2027, 2, 1))
    assert "ignored until 2027-01-31" in left.message and "it is the team's" in left.message
    assert coverage.counts([left])["unmanaged"] == 1


def test_of_several_rules_the_longest_counts() -> None:
    coverage, findings = seen({**RULE, "until": "2026-01-01"}, RULE)
    assert coverage.without_ignored(findings, date(2027, 1, 1)) == []


@pytest.mark.parametrize("other", [{"kind": "gitlab_*"}, {"name": "team *"}, {"name": "Team"}])
def test_a_rule_is_for_what_it_names(other: dict[str, str]) -> None:
    coverage, findings = seen({**RULE, **other})
    assert coverage.without_ignored(findings, date(2027, 1, 1)) == findings


@pytest.mark.parametrize("more", [{"status": "drift"}, {"host": "barn"}, {"target": "others"}])
def test_only_what_is_unmanaged_on_that_host_and_target_is_ignored(more: dict[str, str]) -> None:
    coverage, findings = seen(RULE, **more)
    assert coverage.without_ignored(findings, date(2027, 1, 1)) == findings


# -- counting ------------------------------------------------------------------------------------------------------------


def test_objects_are_counted_that_exist() -> None:
    assert existing({"id": "x"}) == 1
    assert existing({"id": "pending:oci_vault:x"}) == existing({}) == existing(None) == 0
    assert existing({"mirror": {"id": 1}, "token": {"id": "pending:a:b"}, "verified": True}) == 1


def test_the_share_is_that_of_what_exists_each_once() -> None:
    coverage = Coverage()
    for resource in ({"id": 1}, {"id": 2}, {"id": 3}, {"id": "pending:a:b"}):
        coverage.take("shop", "mirrors", "Vault", {"actions": [], "resource": resource})
    coverage.take("shop", "mirrors", "Bitbucket", {"repository": {"id": 9}})
    findings = [Finding(**one()), Finding(**one(host="barn"))]
    assert coverage.counts(findings) == {"managed": 3, "unmanaged": 1, "ignored": 0, "share": 0.75}


def test_what_a_foundation_uses_is_adopted_by_all_hosts_that_share_it() -> None:
    coverage = Coverage()
    for host, foundation in (("shop", "a"), ("barn", "a"), ("stock", "b"), ("loft", "a")):
        coverage.take(host, "mirrors", "Settings", {"ignore_unmanaged": [], "foundation": foundation})
    coverage.take("shop", "mirrors", "Vault", {})
    coverage.take("loft", "mirrors", "Vault", {})
    found = coverage.of_all_hosts([Finding(**one())])
    assert [(finding.host, finding.value) for finding in found] == [("shop", "Team vault"), ("barn", "Team vault")]


# -- results -------------------------------------------------------------------------------------------------------------

ENTRY = {"kind": "oci_vault", "name": "t", "where": "id", "variable": "name", "value": "t", "reason": "it is used"}


def test_an_entry_of_a_result_is_a_finding() -> None:
    result = {"actions": [], "unmanaged": [ENTRY], "kept": [{**ENTRY, "reason": "it is not ours"}]}
    found, kept = findings_of("shop", "mirrors", "Vault", "repobridge.bitbucket.oci_vault", "ok", result)
    assert (found.status, found.kind, found.where, found.value) == ("unmanaged", "oci_vault", "id", "t")
    assert (kept.status, kept.message, kept.value) == ("left out", "kept: it is not ours", None)


def test_in_a_role_the_roles_variable_adopts() -> None:
    role = next(name for name, target in TARGETS.items() if "oci_vault" in target.adopts)
    (named,) = in_role({"unmanaged": [ENTRY]}, "oci_vault", role)["unmanaged"]
    assert named["variable"] == "oci_devops_vault_name"
    assert in_role({"unmanaged": [ENTRY]}, "oci_vault", "")["unmanaged"] == [ENTRY]
    (said,) = warnings_of({"unmanaged": [named]})
    assert "oci_devops_vault_name to t" in said and "it is used" in said
    (said,) = warnings_of({"kept": [ENTRY]})
    assert "repobridge_teardown_adopted" in said
