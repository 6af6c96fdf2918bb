# SPDX-License-Identifier: GPL-3.0-or-later
"""Which edition a task means, and which credential."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.client import Cloud
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.data_center.client import DataCenter
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.editions import edition
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.options import (
    edition_of,
    instance_url,
    login,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput

OWN = "https://git.example.com"


def given(**options: Any) -> dict[str, Any]:
    return {"api_url": "https://api.bitbucket.org", "site_url": "https://bitbucket.org", **options}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, "cloud"),
        ({"bitbucket_url": "https://bitbucket.org/acme"}, "cloud"),
        ({"api_url": "https://api.bitbucket.org/2.0"}, "cloud"),
        ({"api_url": f"{OWN}/2.0"}, "cloud"),
        ({"api_url": OWN, "site_url": OWN}, "cloud"),
        ({"bitbucket_url": OWN}, "data_center"),
        ({"bitbucket_url": f"{OWN}/context"}, "data_center"),
        ({"api_url": f"{OWN}/context/rest/api/latest"}, "data_center"),
        ({"api_url": f"{OWN}/rest"}, "data_center"),
        ({"api_url": OWN, "bitbucket_edition": "data_center"}, "data_center"),
        ({"api_url": OWN, "bitbucket_edition": "cloud"}, "cloud"),
    ],
)
def test_is_told_from_the_addresses(options: dict[str, Any], wanted: str) -> None:
    assert edition_of(given(**options)) == wanted
    assert edition(given(**options)).client is (Cloud if wanted == "cloud" else DataCenter)


def test_where_it_can_not_be_told_it_is_asked_for() -> None:
    with pytest.raises(InvalidInput) as error:
        edition_of(given(api_url=OWN))
    assert "Set bitbucket_edition to cloud or data_center" in str(error.value)


def test_two_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidInput) as error:
        edition_of(given(bitbucket_url=OWN, api_url="https://api.bitbucket.org/2.0"))
    assert "not both" in str(error.value)


def test_the_tasks_own_address_goes_before_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITBUCKET_API_URL", f"{OWN}/2.0")
    monkeypatch.setenv("BITBUCKET_EDITION", "cloud")
    both = given(api_url=f"{OWN}/2.0", bitbucket_edition="cloud", bitbucket_url="https://dc.example.com")
    assert edition_of(both) == "data_center"
    assert edition_of({**both, "bitbucket_url": None}) == "cloud"


@pytest.mark.parametrize(
    "url", [f"{OWN}/git", f"{OWN}/git/", f"{OWN}/git/rest", f"{OWN}/git/rest/api/1.0", f"{OWN}/git/rest/api/latest/"]
)
def test_the_base_address(url: str) -> None:
    assert instance_url(given(bitbucket_url=url)) == f"{OWN}/git"
    assert instance_url(given(api_url=url)) == f"{OWN}/git"


@pytest.mark.parametrize("url", [None, "git.example.com", "ssh://git.example.com"])
def test_no_base_address(url: str | None) -> None:
    with pytest.raises(InvalidInput, match="bitbucket_url must be the address"):
        instance_url(given(bitbucket_edition="data_center", bitbucket_url=url))


class TestLogin:
    def test_a_token_is_bearer(self) -> None:
        found = login(given(bitbucket_url=OWN, access_token="t"))
        assert (found.kind, found.bearer) == ("http_token", True)

    def test_or_basic_with_a_name(self) -> None:
        found = login(given(bitbucket_url=OWN, access_token="t", username="ada", auth_method="basic"))
        assert (found.username, found.bearer) == ("ada", False)
        with pytest.raises(InvalidInput, match="auth_method=basic needs a username"):
            login(given(bitbucket_url=OWN, access_token="t", auth_method="basic"))

    def test_a_password_needs_a_name(self) -> None:
        assert login(given(bitbucket_url=OWN, username="ada", password="p")).kind == "password"
        with pytest.raises(InvalidInput, match="username is missing"):
            login(given(bitbucket_url=OWN, password="p"))

    def test_a_token_goes_before_a_password(self) -> None:
        assert login(given(bitbucket_url=OWN, username="ada", password="p", access_token="t")).kind == "http_token"

    @pytest.mark.parametrize(
        ("option", "url"), [("api_token", OWN), ("client_secret", OWN), ("app_password", OWN), ("password", None)]
    )
    def test_the_other_editions_kinds_are_refused(self, option: str, url: str | None) -> None:
        with pytest.raises(InvalidInput, match=f"not support credentials of the kind {option}"):
            login(given(bitbucket_url=url, username="ada", **{option: "s"}))

    def test_those_of_the_environment_are_passed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BITBUCKET_API_TOKEN", "cloud")
        assert login(given(bitbucket_url=OWN, api_token="cloud", access_token="t")).secret == "t"
        with pytest.raises(InvalidInput, match="none is given"):
            login(given(bitbucket_url=OWN, api_token="cloud"))
