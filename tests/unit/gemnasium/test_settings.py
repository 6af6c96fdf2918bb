# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of gemnasium come to."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed, without_blanks

TARGET = TARGETS["gemnasium"]
SHOP = {"bitbucket_workspace": "acme"}


def settings(given: dict[str, Any], environment: dict[str, str] | None = None) -> dict[str, Any]:
    values = typed(declared.of_target("gemnasium"), without_blanks({**SHOP, **given}, TARGET.blank))
    return TARGET.resolve(Given(values, environment or {}, "acme/shop"))


@pytest.mark.parametrize(
    ("given", "environment", "keys"),
    [
        ({"gemnasium_client_id": "a"}, {}, ["a", "a"]),
        ({"gemnasium_client_id": "a", "gemnasium_sync_client_id": " b\n"}, {}, ["a", "b"]),
        ({"gemnasium_client_id": "a"}, {"GEMNASIUM_LOGIN_CLIENT_ID": "c"}, ["c", "a"]),
        ({"gemnasium_login_client_id": "d"}, {"GEMNASIUM_LOGIN_CLIENT_ID": "c"}, ["d", None]),
        ({"gemnasium_login_client_id": ""}, {"GEMNASIUM_CLIENT_ID": "e"}, ["e", "e"]),
    ],
)
def test_a_consumer_of_its_own_goes_before_the_one_for_both(
    given: dict[str, Any], environment: dict[str, str], keys: list[str | None]
) -> None:
    found = settings(given, environment)["clients"]
    assert [client["usage"] for client in found] == ["login", "sync"]
    assert [client.get("client_id") for client in found] == keys


@pytest.mark.parametrize("given", ["login", ["login"], " login "])
def test_one_use_alone_in_each_form(given: Any) -> None:
    found = settings({"gemnasium_use": given.strip() if isinstance(given, str) else given})
    assert [client["usage"] for client in found["clients"]] == ["login"]
    assert not found["checks_repository"] and found["sync"] == {}


def test_no_use_is_refused() -> None:
    with pytest.raises(InvalidInput, match="gemnasium_use is empty"):
        settings({"gemnasium_use": []})


@pytest.mark.parametrize("value", ["false", "no", False])
def test_the_repository_is_not_read_where_consumers_are_not_checked(value: Any) -> None:
    assert settings({})["checks_repository"]
    assert not settings({"gemnasium_check_consumers": value})["checks_repository"]


def test_a_server_needs_its_host_and_is_set_up_by_hand() -> None:
    server = {"gemnasium_bitbucket": "server"}
    with pytest.raises(InvalidInput, match="gemnasium_server_host"):
        settings(server)
    found = settings({**server, "gemnasium_server_host": "bitbucket.example.com"})
    assert found["next"] == "server" and not found["checks_repository"]


@pytest.mark.parametrize("name", ["gemnasium_url", "gemnasium_docker_tls", "gemnasium_list_commands", "gemnasium_use"])
@pytest.mark.parametrize("blank", [None, "", " "])
def test_blank_is_not_set(name: str, blank: Any) -> None:
    assert settings({name: blank}) == settings({})


def test_hosts_with_the_same_container_share_a_foundation() -> None:
    other = {"gemnasium_container": "second"}
    assert settings({})["foundation"] == settings({"bitbucket_repository": "till"})["foundation"]
    assert settings(other)["foundation"] != settings({})["foundation"]


def test_the_engine_is_reached_on_its_own_host() -> None:
    assert settings({})["engine_connection"] == "local"
    assert settings({"gemnasium_engine_host": "engine"})["engine_connection"] == "ssh"
    found = settings({"gemnasium_docker_ca_path": "/ca.pem", "gemnasium_docker_tls": "yes"})["connection"]["gemnasium"]
    assert (found["ca_path"], found["tls"]) == ("/ca.pem", True)


def test_bitbucket_gets_no_credential_of_the_run() -> None:
    found = settings({"bitbucket_api_token": "token", "bitbucket_username": "jane", "bitbucket_timeout": "3"})
    assert found["connection"]["bitbucket"] == {"timeout": 3.0}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("authorize_url", "https://bitbucket.org/site/oauth2/authorize"),
        ("token_url", "https://bitbucket.org/site/oauth2/access_token"),
        ("api_url", "https://api.bitbucket.org"),
    ],
)
def test_bitbuckets_addresses_are_known_and_documented(name: str, address: str) -> None:
    variable = f"gemnasium_{name}"
    assert settings({})[name] == settings({variable: ""})[name] == address
    assert settings({variable: "https://proxy.example.com"})[name] == "https://proxy.example.com"
    option = declared.of_target("gemnasium")[variable]
    assert "default" not in option and f"V({address})" in option["description"]
