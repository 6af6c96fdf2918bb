# SPDX-License-Identifier: GPL-3.0-or-later
"""The event filter of the rulebooks: which repository a webhook is about."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.any_core

ROOT = Path(__file__).resolve().parents[2]
FILTER = ROOT / "extensions" / "eda" / "plugins" / "event_filter" / "bitbucket_repository.py"
_spec = importlib.util.spec_from_file_location("bitbucket_repository", FILTER)
assert _spec and _spec.loader
module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(module)

CLOUD = {"full_name": "acme/shop", "name": "The Shop"}
DATA_CENTER = {"slug": "shop", "project": {"key": "ACME"}}


def event(payload: Any, key: str = "repo:push", header: str = "X-Event-Key") -> dict[str, Any]:
    return {"payload": payload, "meta": {"endpoint": "", "headers": {header: key}}}


@pytest.mark.parametrize(
    ("payload", "edition", "workspace"),
    [
        ({"repository": CLOUD}, "cloud", "acme"),
        ({"repository": CLOUD, "pullrequest": {}}, "cloud", "acme"),
        ({"repository": DATA_CENTER}, "data_center", "ACME"),
        ({"old": DATA_CENTER, "new": DATA_CENTER}, "data_center", "ACME"),
        ({"pullRequest": {"toRef": {"repository": DATA_CENTER}}}, "data_center", "ACME"),
        ({"repository": {"slug": "shop", "project": {"key": "~jdoe"}}}, "data_center", "~jdoe"),
    ],
)
def test_it_finds_the_repository(payload: Any, edition: str, workspace: str) -> None:
    out = module.main(event(payload))
    full_name = f"{workspace}/shop"
    names = {"workspace": workspace, "repository": "shop", "full_name": full_name}
    assert out["bitbucket"] == {"edition": edition, "key": "repo:push", **names}
    assert out["meta"]["hosts"] == ["shop", full_name]
    assert out["payload"] == payload


def test_a_header_has_any_case_and_hosts_any_names() -> None:
    out = module.main(event({"repository": CLOUD}, header="x-event-key"), hosts=["{workspace}-{repository}"])
    assert out["meta"]["hosts"] == ["acme-shop"]


@pytest.mark.parametrize(
    "payload",
    [
        {},
        [],
        None,
        {"test": True},
        {"repository": "shop"},
        {"repository": {"full_name": "shop"}},
        # Each of them would be a pattern for other hosts.
        {"repository": {"full_name": "acme/*"}},
        {"repository": {"full_name": "acme/shop,stock"}},
        {"repository": {"full_name": "acme/shop:!x"}},
        {"repository": {"full_name": "acme/@file"}},
        {"repository": {"slug": "all:&shop", "project": {"key": "ACME"}}},
        {"repository": {"full_name": "acme/all"}},
        {"repository": {"full_name": "acme/"}},
    ],
)
def test_what_has_no_repository_is_left_as_it_is(payload: Any) -> None:
    given = event(payload)
    assert module.main(given) == given


def test_what_is_not_from_bitbucket_is_left_as_it_is() -> None:
    given = event({"repository": CLOUD}, header="X-GitHub-Event")
    assert module.main(given) == given
