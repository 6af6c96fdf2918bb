# SPDX-License-Identifier: GPL-3.0-or-later
"""What all links have in common: the connections to their services."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.link import Link
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
