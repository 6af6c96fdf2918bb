# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of many repositories: a hundred for each call, and no host costs more because there are others.

Counted in calls, in steps of Python and in bytes, which do not depend on the machine.
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.sessions import Transport

from .inventory_source import Source

API = "https://api.bitbucket.org/2.0/repositories/acme"


class Many(BaseAdapter):
    """Bitbucket with one workspace of so many repositories, without the work of making them."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.calls: list[str] = []

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        self.calls.append(str(request.url))
        parts = urlsplit(str(request.url))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length, page = int(query["pagelen"]), int(query.get("page", 1))
        last = min(page * length, self.number)
        answer: dict[str, Any] = {"pagelen": length, "values": [_one(n) for n in range((page - 1) * length, last)]}
        if last < self.number:
            answer["next"] = f"{API}?pagelen={length}&page={page + 1}"
        response = requests.Response()
        response.status_code, response.url, response.request = 200, str(request.url), request
        response._content = json.dumps(answer).encode()
        response.headers["Content-Type"] = "application/json"
        return response

    def close(self) -> None:
        """Nothing to close."""


def _one(number: int) -> dict[str, Any]:
    slug = f"shop{number:05}"
    return {
        "uuid": f"{{00000000-0000-4000-8000-{number:012}}}",
        "full_name": f"acme/{slug}",
        "name": slug,
        "slug": slug,
        "description": f"Number {number}",
        "is_private": True,
        "size": number,
        "created_on": "2026-01-01T00:00:00+00:00",
        "updated_on": "2026-01-01T00:00:00+00:00",
        "mainbranch": {"name": "main"},
        "workspace": {"slug": "acme", "uuid": "{00000000-0000-4000-8000-000000000000}"},
        "project": {"key": f"P{number % 7}"},
        "links": {
            "html": {"href": f"https://bitbucket.org/acme/{slug}"},
            "clone": [
                {"name": "https", "href": f"https://jane@bitbucket.org/acme/{slug}.git"},
                {"name": "ssh", "href": f"git@bitbucket.org:acme/{slug}.git"},
            ],
        },
    }


Read = Callable[..., tuple[Source, Many]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """Reads an inventory of so many repositories."""

    def run(number: int, **options: Any) -> tuple[Source, Many]:
        many = Many(number)

        def session(_transport: Transport, _repeated: frozenset[str] = frozenset()) -> requests.Session:
            out = requests.Session()
            out.mount("https://", many)
            return out

        monkeypatch.setattr(Transport, "session", session)
        source = Source(tmp_path, username="jane@example.com", api_token="a-token-of-jane", workspaces=["acme"])
        source(**options)
        return source, many

    return run


def test_ten_thousand_repositories_are_a_hundred_calls(read: Read) -> None:
    source, many = read(10_000)
    assert len(source.inventory.hosts) == 10_000 and len(many.calls) == 100
    assert "acme/shop09999" in source.inventory.hosts
    # What is created while the list is read must not move another repository to a page that was read already.
    assert "sort=created_on" in many.calls[0]


def test_memory_grows_with_the_number_of_repositories(read: Read) -> None:
    def peak(number: int) -> int:
        tracemalloc.start()
        read(number)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)  # what is loaded once
    few, many = peak(500), peak(2000)
    assert many < 4.4 * few
    # A host has less than 10 kB, at most twice while the list becomes hosts.
    assert many < 2000 * 20_000


def test_no_host_costs_more_because_there_are_others(read: Read) -> None:
    """With groups, composed variables and names made by expressions."""
    options = {
        "hostnames": ["repository.project ~ '.' ~ repository.slug"],
        "compose": {"x": "repository.project | lower"},
        "groups": {"even": "repository.size % 2 == 0"},
        "keyed_groups": [{"key": "repository.project", "prefix": "project"}],
    }

    def steps(number: int) -> int:
        count = 0

        def profile(_frame: Any, event: str, _argument: Any) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(profile)
        try:
            read(number, **options)
        finally:
            sys.setprofile(None)
        return count

    steps(20)
    few, many = steps(100), steps(400)
    assert many < 4.4 * few
