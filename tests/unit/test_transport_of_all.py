# SPDX-License-Identifier: GPL-3.0-or-later
"""The common behaviour of all clients, tested with each service of the sandbox: pages, limits, redirects,
rejections."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.input import check
from tests.integration.in_process import InProcess, operation_of
from tests.sandbox.sandbox import ALL_SCOPES, Sandbox
from tests.tools import generate

pytestmark = pytest.mark.any_core

OPERATIONS = [module for module in generate.modules() if generate.operation_of(module)]


class World:
    """A sandbox, and a task of each service that reads a list."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(root=folder)
        token = self.sandbox.populate(ALL_SCOPES)
        self.sandbox.gitlab.create_project("acme", "shop", files={"README.md": "# Shop\n"})
        environment = self.sandbox.environment(token)
        self.runner = InProcess({}, environment, max_retries=0, timeout=5)
        dc = self.sandbox.data_center_environment()
        self.tasks: dict[str, tuple[str, dict[str, Any]]] = {
            "bitbucket": (
                "bitbucket_webhook",
                {"workspace": "acme", "repository": "shop", "url": "https://ci.example.com/"},
            ),
            "bitbucket-dc": (
                "bitbucket_webhook",
                {
                    "bitbucket_url": dc["BITBUCKET_URL"],
                    "access_token": dc["BITBUCKET_ACCESS_TOKEN"],
                    "workspace": "ACME",
                    "repository": "shop",
                    "url": "https://ci.example.com/",
                },
            ),
            "gitlab": ("gitlab_project_variables", {"project": "acme/shop", "variables": [{"key": "A", "value": "x"}]}),
            "oci": ("oci_notification_topic", {"name": "events", "compartment_id": self.sandbox.oci.compartment_id}),
            "upsun": ("upsun_integration_info", {"project": self.sandbox.upsun_project.id}),
            "cds": ("cds_project", {"project": "SHOP", "name": "Shop"}),
        }
        self.sandbox.start()

    def run(self, service: str, **more: Any) -> dict[str, Any]:
        module, given = self.tasks[service]
        return self.runner.run(module, given, **more)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("all") / "sandbox")
    yield made
    made.sandbox.stop()


@pytest.fixture(autouse=True)
def _clean(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "world" in request.fixturenames:
        found: World = request.getfixturevalue("world")
        found.sandbox.faults.clear()
        found.sandbox.calls.clear()


PAGED = ("bitbucket", "bitbucket-dc", "gitlab", "oci")
ALL = (*PAGED, "upsun", "cds")
each = pytest.mark.parametrize("service", ALL)


@pytest.mark.parametrize("service", PAGED)
def test_a_list_that_repeats_a_page_ends(world: World, service: str) -> None:
    world.sandbox.faults.add("repeat_page", times=None)
    result = world.run(service, check_mode=True)
    assert result["failed"]
    assert "does not end" in result["msg"], result["msg"]
    assert len(world.sandbox.calls.all()) <= 6


@each
def test_a_dripping_answer_has_a_deadline(world: World, service: str) -> None:
    world.sandbox.faults.add("drip", times=None, seconds=0.02, size=1, match="^(?!upsun POST)")
    result = world.run(service, check_mode=True, timeout=0.5)
    assert result["failed"]
    assert result["error"]["kind"] == "unavailable", result["msg"]


@each
def test_an_answer_that_unpacks_to_too_much_is_refused(world: World, service: str) -> None:
    world.sandbox.faults.add("huge", times=None, size=40 * 2**20)
    result = world.run(service, check_mode=True)
    assert result["failed"]
    assert "larger than 32 MiB" in result["msg"], result["msg"]


@each
@pytest.mark.parametrize("value", ["1.5", "soon", "-5"])
def test_a_retry_after_that_is_none_counts_as_absent(
    world: World, service: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    world.sandbox.faults.add("status", status=429, headers={"Retry-After": value})
    result = world.run(service, check_mode=True, max_retries=1)
    assert not result.get("failed"), result["msg"]
    assert all(0 <= pause <= 30 for pause in pauses)


# -- options ------------------------------------------------------------------------------------------------------------

BAD = {
    "timeout": [0, -1, float("inf"), float("nan"), 1e9],
    "max_retries": [-1, 1000],
    "wait_timeout": [-1, float("nan")],
    "poll_interval": [0, -1, float("inf")],
    "ca_path": ["/nowhere/ca.pem", __file__],
}
OCIDS = (".", "..", "../x", "a/b")
URLS = ("https://[::1", "https://host:port", "ftp://host", "host", "https://user:secret@host", "https://h h")


@pytest.mark.parametrize("module", OPERATIONS)
def test_what_can_not_be_is_refused_before_the_first_call(module: str) -> None:
    """Every option of every module that bounds, addresses or authenticates something. ``execute`` checks before anything."""
    spec = operation_of(module).spec
    defaults = {name: option.get("default") for name, option in spec.options.items()}
    tried = [(name, value) for name, values in BAD.items() if name in spec.options for value in values]
    tried += [(name, url) for name in spec.urls for url in URLS]
    tried += [(name, url) for name in spec.addresses for url in URLS[:2]]
    tried += [(name, f"a-token{character}x") for name in spec.tokens for character in ("\n", "\x00", "\u200b", "€")]
    tried += [(name, f"a-secret{character}x") for name in spec.passwords for character in ("\n", "\x07")]
    ids = [name for name in spec.options if name.endswith("_id") and name != "secret_id" and "endpoints" in defaults]
    tried += [(name, value) for name in ids for value in OCIDS]
    check(spec, defaults)
    for name, value in tried:
        with pytest.raises(InvalidInput, match=name) as caught:
            check(spec, {**defaults, **_nested(name, value)})
        assert "a-token" not in str(caught.value)
        assert "a-secret" not in str(caught.value)
        if isinstance(value, str) and value.startswith("a-"):
            assert f"U+{ord(value[-2]):04X}" in str(caught.value)


def _nested(path: str, value: Any) -> dict[str, Any]:
    name, _dot, rest = path.partition(".")
    return {name: [_nested(rest, value)] if rest else value}
