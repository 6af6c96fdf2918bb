# SPDX-License-Identifier: GPL-3.0-or-later
"""The accepted forms of a repository and a server, the values that are sent, and the source of a webhook's address."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.urls import normalised_base
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.source import (
    body,
    hook_url,
    repository_name,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme/shop", "acme/shop"),
        ("/acme/shop/", "acme/shop"),
        ("acme/shop.git", "acme/shop"),
        ("https://bitbucket.org/acme/shop", "acme/shop"),
        ("https://jdoe@bitbucket.org/acme/shop.git", "acme/shop"),
        ("https://bb.example.com/scm/SHOP/shop.git", "SHOP/shop"),
        ("https://bb.example.com/context/scm/SHOP/shop.git", "SHOP/shop"),
        ("https://bb.example.com/projects/SHOP/repos/shop/browse", "SHOP/shop"),
        ("https://bb.example.com/context/projects/SHOP/repos/shop", "SHOP/shop"),
        ("https://bb.example.com/users/jdoe/repos/own/browse", "~jdoe/own"),
    ],
)
def test_a_repository_is_found_in_its_address_too(text: str, name: str) -> None:
    """The vendor's command line sends ``/acme/shop``, or an empty project, for an address."""
    assert repository_name(text) == name


@pytest.mark.parametrize("text", ["HTTPS://BB.example.com", "https://bb.example.com/", "https://bb.example.com:443"])
def test_what_means_nothing_in_the_address_of_a_server_is_no_difference(text: str) -> None:
    assert normalised_base(text) == "https://bb.example.com"
    assert normalised_base(text + "/context") != normalised_base(text)


def test_key_and_secret_are_sent_together() -> None:
    current = {"key": "old-key"}
    both = {"app_credentials": {"key": "old-key", "secret": "new"}}
    assert body("bitbucket", {"secret": "new"}, current) == both
    changed = {"app_credentials": {"key": "new-key", "secret": "new"}}
    assert body("bitbucket", {"key": "new-key", "secret": "new"}, current) == changed
    assert body("bitbucket", {"fetch_branches": False}, current) == {"fetch_branches": False}


def test_a_server_gets_project_and_repository_apart() -> None:
    wanted: dict[str, Any] = {"type": "bitbucket_server", "repository": "SHOP/shop", "url": "https://bb.example.com/"}
    assert body("bitbucket_server", wanted) == {
        "type": "bitbucket_server",
        "project": "SHOP",
        "repository": "shop",
        "url": "https://bb.example.com",
    }


def test_no_limit_is_null() -> None:
    assert body("bitbucket", {"pull_requests_max_pages": 0}) == {"pull_requests_max_pages": None}


def test_the_address_for_a_webhook_is_a_link_at_the_region() -> None:
    place = "https://eu-3.platform.sh/api/projects/p/integrations/i"
    links = {"self": {"href": place}, "#hook": {"href": "/api/projects/p/integrations/i/hook"}}
    assert hook_url({"_links": links}) == f"{place}/hook"
    assert hook_url({"_links": {"self": {"href": place}}}) is None
