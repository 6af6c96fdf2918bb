# SPDX-License-Identifier: GPL-3.0-or-later
"""CI/CD variables: masking, hiding, scopes and limits."""

from __future__ import annotations

from typing import Any

import gitlab
import pytest

from tests.sandbox.gitlab.world import World


def post(world: World, **given: Any) -> Any:
    return world.call("POST", "variables", json={"key": "NAME", "value": "a-long-enough-value", **given})


def test_created_read_updated_deleted(world: World) -> None:
    answer = post(world, description="what for")
    assert answer.status_code == 201
    assert answer.json() == {
        "variable_type": "env_var",
        "key": "NAME",
        "value": "a-long-enough-value",
        "hidden": False,
        "protected": False,
        "masked": False,
        "raw": False,
        "environment_scope": "*",
        "description": "what for",
    }
    assert world.call("GET", "variables/NAME").json() == answer.json()
    # The documentation calls the value required; it is not.
    assert world.call("PUT", "variables/NAME", json={"protected": True}).json()["protected"] is True
    assert world.call("DELETE", "variables/NAME").status_code == 204
    assert world.call("GET", "variables/NAME").json() == {"message": "404 Variable Not Found"}


def test_a_hidden_value_reads_back_null(world: World) -> None:
    made = post(world, masked_and_hidden=True).json()
    assert made["hidden"] and made["masked"] and made["value"] is None and "masked_and_hidden" not in made
    assert world.call("GET", "variables").json()[0]["value"] is None
    assert world.gitlab.variables(world.project)[0].value == "a-long-enough-value"


def test_hidden_is_set_at_creation_only(world: World) -> None:
    post(world)
    answer = world.call("PUT", "variables/NAME", json={"value": "another-long-value", "masked_and_hidden": True})
    assert answer.status_code == 200 and answer.json()["hidden"] is False
    world.call("DELETE", "variables/NAME")
    post(world, masked_and_hidden=True)
    assert world.call("PUT", "variables/NAME", json={"masked": False}).status_code == 400
    assert world.call("PUT", "variables/NAME", json={"value": "another-long-value"}).status_code == 200


@pytest.mark.parametrize(
    ("value", "raw", "good"),
    [
        ("short", False, False),
        ("short", True, False),
        ("with space in it", True, False),
        ("two\nlines-here", True, False),
        ("dollar$and!more", False, False),
        ("dollar$and!more", True, True),
        ("jane+x@example.com", False, True),
        ("ATATT3xFfGF0-a_b=c", False, True),
        ("ending-newline\n", False, False),
        ("ending-newline\n", True, False),
    ],
)
def test_what_can_be_masked_depends_on_raw(world: World, value: str, raw: bool, good: bool) -> None:
    answer = post(world, value=value, raw=raw, masked=True)
    assert answer.status_code == (201 if good else 400)
    if not good:
        assert answer.json() == {"message": {"value": ["is invalid"]}}
        assert world.gitlab.variables(world.project) == []
    assert post(world, key="PLAIN", value=value, raw=raw).status_code == 201


def test_a_refused_update_leaves_the_old_value(world: World) -> None:
    post(world, masked=True)
    assert world.call("PUT", "variables/NAME", json={"value": "short"}).status_code == 400
    assert world.call("GET", "variables/NAME").json()["value"] == "a-long-enough-value"


def test_a_key_can_be_there_once_per_scope(world: World) -> None:
    assert post(world).status_code == 201
    answer = post(world)
    assert answer.status_code == 400 and answer.json() == {"message": {"key": ["(NAME) has already been taken"]}}
    assert post(world, environment_scope="prod").status_code == 201
    assert world.call("GET", "variables/NAME").status_code == 409
    params = {"filter[environment_scope]": "prod"}
    assert world.call("GET", "variables/NAME", params=params).json()["environment_scope"] == "prod"
    change = {"value": "other-value", "filter": {"environment_scope": "prod"}}
    assert world.call("PUT", "variables/NAME", json=change).json()["value"] == "other-value"
    assert world.call("DELETE", "variables/NAME", params={"filter[environment_scope]": "x"}).status_code == 404
    assert world.call("DELETE", "variables/NAME", params=params).status_code == 204


def test_limits_and_parameters(world: World) -> None:
    assert world.call("POST", "variables", json={"key": "A"}).json() == {"error": "value is missing"}
    assert world.call("POST", "variables", json={}).json() == {"error": "key is missing, value is missing"}
    assert post(world, key="with-dash").status_code == 400
    assert post(world, key="K" * 256).status_code == 400
    assert post(world, value="v" * 10_001).status_code == 400
    assert post(world, description="d" * 256).status_code == 400
    assert post(world, variable_type="secret").json() == {"error": "variable_type does not have a valid value"}


def test_maintainers_only(world: World) -> None:
    for method, path in (("GET", "variables"), ("POST", "variables"), ("DELETE", "variables/NAME")):
        assert world.call(method, path, world.developer_token).status_code == 403
        assert world.call(method, path, None).status_code == 401


def test_python_gitlab_speaks_to_it(world: World, gl: gitlab.Gitlab) -> None:
    project = gl.projects.get(world.project.id)
    for number in range(25):
        project.variables.create({"key": f"V{number}", "value": "x", "raw": True})
    project.variables.create({"key": "V1", "value": "y", "environment_scope": "prod"})
    assert len(project.variables.list(get_all=True)) == 26
    assert len(project.variables.list(iterator=True, per_page=100)) == 26
    prod = {"environment_scope": "prod"}
    assert project.variables.get("V1", filter=prod).value == "y"
    project.variables.update("V1", {"value": "z", "filter": prod})
    assert project.variables.get("V1", filter=prod).value == "z"
    project.variables.delete("V1", filter=prod)
    assert project.variables.get("V1").value == "x"
    with pytest.raises(gitlab.GitlabCreateError) as caught:
        project.variables.create({"key": "V1", "value": "x"})
    assert caught.value.response_code == 400
