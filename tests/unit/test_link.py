# SPDX-License-Identifier: GPL-3.0-or-later
"""What all links have in common: the connections to their services, and one result of all their parts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.input import check
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.spec import ArgumentSpec
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.link import Link, in_list
from tests.integration.in_process import operation_of
from tests.tools import generate

LINKS = [
    module for module in generate.modules() if generate.operation_of(module) and issubclass(operation_of(module), Link)
]


def test_every_target_has_some() -> None:
    assert len(LINKS) > 5


@pytest.mark.parametrize("module", LINKS)
def test_a_service_that_the_task_does_not_name_has_defaults_and_the_environment(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = operation_of(module).spec.options
    services = {
        name: option["options"]
        for name, option in options.items()
        if option["type"] == "dict" and "validate_certs" in option.get("options", {})
    }
    for of_service in services.values():
        for option in of_service.values():
            for variable in option["fallback"][1] if option.get("no_log") and "fallback" in option else ():
                monkeypatch.setenv(variable, f"the value of {variable}")
    given = ArgumentSpecValidator(options).validate({}).validated_parameters
    for name, of_service in services.items():
        assert given[name]["validate_certs"] is True, name
        for one, option in of_service.items():
            if option.get("no_log") and "fallback" in option:
                assert given[name][one] == f"the value of {option['fallback'][1][0]}"


class Renewed(Operation):
    """Takes two calls for what it has found, and tells a new secret."""

    module = "renewed"
    requires = ()
    spec = ArgumentSpec({"first": {"type": "str", "default": "renew"}})
    secret_results = ("token",)

    def run(self) -> dict[str, Any]:
        actions = [{"action": name, "kind": self.module, "name": "x"} for name in (self.params["first"], "revoke")]
        return {
            "changed": True,
            "drift": [{"path": "end", "expected": "later", "actual": "soon"}],
            "actions": actions,
            "token": "a-token-that-is-told-once",
        }


class Both(Link):
    module = "both"
    spec = ArgumentSpec()

    def link(self) -> dict[str, Any]:
        self.part("looked at", Renewed, {}, {}, look_only=True)
        self.part("renewed", Renewed, {}, {})
        self.part("created", Renewed, {}, {"first": "create"})
        return {"id": 1}


def test_what_differs_in_a_part_is_told_once_and_nothing_of_what_is_only_looked_at() -> None:
    result = Both({}, Context()).run()
    end = {"path": "end", "expected": "later", "actual": "soon"}
    assert result["drift"] == [{**end, "path": f"{name}.end"} for name in ("renewed", "created")]
    told = [(action["action"], [one["path"] for one in action["drift"]]) for action in result["actions"]]
    assert told == [("renew", ["renewed.end"]), ("revoke", []), ("create", []), ("revoke", [])]


def test_a_secret_that_a_part_has_created_is_known_to_the_redactor() -> None:
    context = Context()
    Both({}, context).run()
    assert "told-once" not in context.redactor.text("Authorization: Bearer a-token-that-is-told-once")


@pytest.mark.parametrize("sizes", [[99, 1], [1, 99]])
def test_every_entry_of_a_list_is_checked_before_the_first_request(sizes: list[int]) -> None:
    def refuse_large(params: dict[str, Any]) -> None:
        if params["size"] > 9:
            raise InvalidInput("size is too large", "Make it smaller.")

    spec = in_list("things", ArgumentSpec({"size": {"type": "int"}, "url": {"type": "str"}}, checks=(refuse_large,)))
    check(spec, {"things": [{"size": 1}, {"size": 2}]})
    with pytest.raises(InvalidInput, match=r"things\.size is too large") as refused:
        check(spec, {"things": [{"size": size} for size in sizes]})
    assert refused.value.remedy == "Make it smaller."


def test_credentials_and_addresses_of_entries_are_those_of_the_list() -> None:
    spec = in_list("things", ArgumentSpec({}, tokens=("token",), passwords=("word",), urls=("url",), blank=("text",)))
    assert (spec.tokens, spec.passwords) == (("things.token",), ("things.word",))
    assert (spec.urls, spec.blank) == (("things.url",), ("things.text",))
