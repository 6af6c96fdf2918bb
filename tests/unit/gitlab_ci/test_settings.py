# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the target gitlab_ci."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed, without_blanks

TARGET = TARGETS["gitlab_ci"]
WORKSPACE = {"bitbucket_workspace": "acme"}
TOKEN = {**WORKSPACE, "bitbucket_api_token": "token"}


def settings(
    given: dict[str, Any], environment: dict[str, str] | None = None, host: str = "acme/shop"
) -> dict[str, Any]:
    values = typed(declared.of_target("gitlab_ci"), without_blanks(given, TARGET.blank))
    return TARGET.resolve(Given(values, environment or {}, host))


def test_names_follow_from_the_host() -> None:
    found = settings(TOKEN)
    assert (found["repository"], found["project"]) == ("shop", "acme/shop")
    assert settings({**TOKEN, "gitlab_ci_group": "g/h", "bitbucket_repository": "till"})["project"] == "g/h/till"
    assert settings({**TOKEN, "gitlab_ci_repository": "till"})["repository"] == "till"
    assert len(found["status_key"]) <= 40


@pytest.mark.parametrize("blank", ["", "  ", None])
@pytest.mark.parametrize(
    "name", ["gitlab_ci_visibility", "gitlab_ci_token_days", "gitlab_api_url", "gitlab_ci_existing_project"]
)
def test_blank_is_not_set(name: str, blank: Any) -> None:
    assert settings({**TOKEN, name: blank}) == settings(TOKEN)


@pytest.mark.parametrize(
    ("text", "meant"), [("false", False), ("no", False), ("0", False), ("true", True), ("yes", True)]
)
def test_texts_are_booleans(text: str, meant: bool) -> None:
    found = settings({**TOKEN, "gitlab_ci_existing_project": text})
    assert found["existing_project"] is meant
    assert found["project_options"]["create"] is not meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gitlab_ci_existing_project", "perhaps"),
        ("gitlab_ci_token_days", "many"),
        ("gitlab_ci_mirror", "both"),
        ("gitlab_ci_features", "3"),
    ],
)
def test_what_is_of_another_type_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        settings({**TOKEN, name: value})


@pytest.mark.parametrize(
    ("given", "environment", "token"),
    [
        ({"gitlab_ci_bitbucket_token": "own", "bitbucket_api_token": "a"}, {}, "own"),
        ({"bitbucket_api_token": "a", "bitbucket_access_token": "b"}, {}, "a"),
        ({"bitbucket_access_token": "b"}, {"BITBUCKET_API_TOKEN": "c"}, "b"),
        ({}, {"BITBUCKET_API_TOKEN": " c\n", "BITBUCKET_ACCESS_TOKEN": "d"}, "c"),
        ({"bitbucket_api_token": ""}, {"BITBUCKET_ACCESS_TOKEN": "d"}, "d"),
    ],
)
def test_gitlab_keeps_the_first_credential_that_lasts(
    given: dict[str, Any], environment: dict[str, str], token: str
) -> None:
    assert settings({**WORKSPACE, **given}, environment)["bitbucket_token"] == token


def test_without_one_it_is_refused_but_not_where_all_is_to_be_removed() -> None:
    with pytest.raises(InvalidInput, match="needs a Bitbucket credential that does not expire after hours"):
        settings(WORKSPACE)
    assert settings({**WORKSPACE, "gitlab_ci_state": "absent"})["next"] == "absent"


def test_a_missing_workspace_is_named() -> None:
    with pytest.raises(InvalidInput, match="bitbucket_workspace"):
        settings({"bitbucket_api_token": "token"}, host="shop")


def test_a_secret_is_not_quoted_in_a_refusal() -> None:
    with pytest.raises(InvalidInput) as refused:
        settings({**TOKEN, "gitlab_api_token": "a-secret-token", "gitlab_ci_token_days": "a-secret-token"})
    assert "gitlab_ci_token_days" in str(refused.value) and "a-secret-token" not in str(refused.value)
