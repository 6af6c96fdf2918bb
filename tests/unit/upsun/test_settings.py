# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the target upsun."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import scopes
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed, without_blanks

TARGET = TARGETS["upsun"]
SHOP = {"bitbucket_workspace": "acme", "upsun_project": "abcdefgh1234567"}


def settings(
    given: dict[str, Any], environment: dict[str, str] | None = None, host: str = "acme/shop"
) -> dict[str, Any]:
    values = typed(declared.of_target("upsun"), without_blanks(given, TARGET.blank))
    return TARGET.resolve(Given(values, environment or {}, host))


@pytest.mark.parametrize("missing", sorted(SHOP))
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_what_is_missing_is_named(missing: str, blank: Any) -> None:
    with pytest.raises(InvalidInput, match=f"{missing} is not set"):
        settings({**SHOP, missing: blank}, host="shop")


def test_the_repository_follows_from_the_host() -> None:
    assert settings(SHOP)["repository"] == "shop"
    assert settings({**SHOP, "bitbucket_repository": "till"})["repository"] == "till"
    assert settings({**SHOP, "upsun_repository": "own", "bitbucket_repository": "till"})["repository"] == "own"


@pytest.mark.parametrize(
    ("given", "prunes"),
    [
        ({}, True),
        ({"upsun_fetch_branches": "false"}, False),
        ({"upsun_prune_branches": "no"}, False),
        ({"upsun_prune_branches": ""}, True),
    ],
)
def test_branches_are_pruned_where_they_are_fetched(given: dict[str, Any], prunes: bool) -> None:
    assert settings({**SHOP, **given})["prune_branches"] is prunes


def test_pruning_without_fetching_is_refused() -> None:
    with pytest.raises(InvalidInput, match="upsun_prune_branches needs upsun_fetch_branches"):
        settings({**SHOP, "upsun_fetch_branches": "false", "upsun_prune_branches": "true"})


@pytest.mark.parametrize("name", ["upsun_hook_description", "upsun_timeout", "upsun_server_token", "upsun_verify"])
@pytest.mark.parametrize("blank", [None, "", " "])
def test_blank_is_not_set(name: str, blank: Any) -> None:
    assert settings({**SHOP, name: blank}) == settings(SHOP)


@pytest.mark.parametrize(
    ("name", "value"),
    [("upsun_verify", "sometimes"), ("upsun_server_token_days", "many"), ("upsun_replace", "perhaps")],
)
def test_what_is_of_another_type_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        settings({**SHOP, name: value})


@pytest.mark.parametrize(
    ("given", "environment", "same"),
    [
        ({"bitbucket_client_id": "key"}, {}, True),
        ({}, {"BITBUCKET_CLIENT_ID": "key"}, True),
        ({"bitbucket_client_id": "key", "upsun_consumer_key": "key"}, {}, True),
        ({"bitbucket_client_id": "key", "upsun_consumer_key": "other"}, {}, False),
        ({"bitbucket_client_id": "key"}, {"BITBUCKET_API_TOKEN": "token"}, False),
        ({"bitbucket_client_id": "key", "bitbucket_access_token": "token"}, {}, False),
        ({"upsun_consumer_key": "key", "bitbucket_api_token": "token"}, {}, False),
    ],
)
def test_the_consumer_of_the_run_is_checked_for_both(
    given: dict[str, Any], environment: dict[str, str], same: bool
) -> None:
    found = settings({**SHOP, **given}, environment)
    assert found["use"] == (["upsun"] if same else [])
    assert found["scopes"] == ([] if same else ["repository", "webhook"])


@pytest.mark.parametrize(
    ("given", "environment", "name"),
    [
        ({"upsun_server_username": "ada", "bitbucket_username": "jane"}, {}, "ada"),
        ({"bitbucket_username": "jane"}, {"BITBUCKET_USERNAME": "bob"}, "jane"),
        ({"bitbucket_username": ""}, {"BITBUCKET_USERNAME": "bob"}, "bob"),
        ({}, {}, None),
    ],
)
def test_upsun_logs_in_as_the_first_user_named(
    given: dict[str, Any], environment: dict[str, str], name: str | None
) -> None:
    assert settings({**SHOP, **given}, environment).get("server_username") == name


def test_the_connection_has_what_is_set_and_nothing_else() -> None:
    found = settings({**SHOP, "upsun_timeout": "7", "upsun_auth_url": "https://auth.example.com", "upsun_ca_path": ""})
    assert found["connection"] == {"bitbucket": {}, "upsun": {"timeout": 7.0, "auth_url": "https://auth.example.com"}}


def test_the_consumer_needs_what_the_vendors_procedure_says() -> None:
    boxes = ["account", "pullrequest:write", "repository:admin", "webhook"]
    assert scopes.needed("oauth_consumer", "upsun") == boxes
    use = TARGET.uses["upsun"]
    assert use.cloud.kinds == ("oauth_consumer",) and use.cloud.admin
    assert use.data_center and (use.data_center.level, use.data_center.kinds) == (
        "REPO_ADMIN",
        ("personal_http_token",),
    )
