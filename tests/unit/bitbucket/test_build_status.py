# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_build_status against the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.build_status import BuildStatus, short_key
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.bitbucket.model import BuildStatus as Stored

from .conftest import SandboxRunner

REPOSITORY = "/2.0/repositories/acme/shop"
LONG = "continuous integration of the shop / nightly / linux"


@pytest.fixture
def sha(bitbucket: Bitbucket) -> str:
    return bitbucket.refs("acme", "shop")["refs/heads/main"]


@pytest.fixture
def status(run: SandboxRunner, ada: User, sha: str) -> dict[str, Any]:
    run.login(ada, ("read:repository:bitbucket",))
    return {
        "workspace": "acme",
        "repository": "shop",
        "commit": sha,
        "key": "nightly",
        "state": "INPROGRESS",
        "url": "https://ci.example.com/7",
        "name": "Nightly",
        "description": "It runs",
        "refname": "main",
    }


def stored(bitbucket: Bitbucket) -> Stored:
    (status,) = bitbucket.repository("acme", "shop").statuses.values()
    return status


def test_a_life(run: SandboxRunner, bitbucket: Bitbucket, status: dict[str, Any], sha: str) -> None:
    listing, post = f"GET {REPOSITORY}/commit/{sha}/statuses", f"POST {REPOSITORY}/commit/{sha}/statuses/build"
    foretold = run.ok(BuildStatus, check_mode=True, **status)
    assert foretold["changed"] and run.calls == [listing]
    assert foretold["resource"]["id"] == "pending:bitbucket_build_status:nightly"

    made = run.ok(BuildStatus, **status)
    assert run.calls == [listing, post] and made["diff"] == foretold["diff"]
    assert (made["resource"]["id"], made["resource"]["commit"], made["resource"]["state"]) == (
        "nightly",
        sha,
        "INPROGRESS",
    )

    for check_mode in (True, False):
        assert not run.ok(BuildStatus, check_mode=check_mode, **status)["changed"]
        assert run.calls == [listing]

    only = {name: status[name] for name in ("workspace", "repository", "commit", "key")}
    done = run.ok(BuildStatus, **only, state="SUCCESSFUL")
    assert [drift["path"] for drift in done["drift"]] == ["state"] and run.calls == [listing, post]
    now = stored(bitbucket)
    assert (now.state, now.name, now.description, now.refname) == ("SUCCESSFUL", "Nightly", "It runs", "main")
    assert now.url == "https://ci.example.com/7"


@pytest.mark.parametrize("field", ["url", "name", "description", "refname", "state"])
def test_a_change_by_hand_is_found_and_mended(
    run: SandboxRunner, bitbucket: Bitbucket, status: dict[str, Any], field: str
) -> None:
    run.ok(BuildStatus, **status)
    setattr(stored(bitbucket), field, "FAILED" if field == "state" else "https://other.example.com")
    assert [d["path"] for d in run.ok(BuildStatus, check_mode=True, **status)["drift"]] == [field]
    run.ok(BuildStatus, **status)
    assert getattr(stored(bitbucket), field) == status[field]


@pytest.mark.parametrize("state", ["SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"])
def test_every_state(run: SandboxRunner, bitbucket: Bitbucket, status: dict[str, Any], state: str) -> None:
    run.ok(BuildStatus, **{**status, "state": state})
    assert stored(bitbucket).state == state


@pytest.mark.parametrize(
    ("name", "calls"), [("dev", 1), ("feature/one", 1), ("refs/heads/abcdef0", 1), ("v1", 2), ("refs/tags/v1", 1)]
)
def test_a_branch_or_a_tag_will_do(
    run: SandboxRunner, bitbucket: Bitbucket, status: dict[str, Any], name: str, calls: int
) -> None:
    for branch in ("feature/one", "abcdef0"):
        bitbucket.commit("acme", "shop", branch, {"x": branch})
    bitbucket.tag("acme", "shop", "v1", "dev", "annotated")
    made = run.ok(BuildStatus, **{**status, "commit": name})
    refs = bitbucket.refs("acme", "shop")
    wanted = refs["refs/heads/dev"] if "v1" in name else refs[f"refs/heads/{name.removeprefix('refs/heads/')}"]
    assert made["resource"]["commit"] == wanted
    assert not run.ok(BuildStatus, **{**status, "commit": name})["changed"]
    assert len(run.calls) == calls + 1


def test_what_is_not_there_is_an_error(run: SandboxRunner, status: dict[str, Any]) -> None:
    for commit in ("nothing", "0" * 40):
        for check_mode in (True, False):
            message = run.fails(BuildStatus, check_mode, **{**status, "commit": commit})
            assert "404" in message or "no branch or tag nothing" in message


def test_a_long_key_keeps_its_beginning_and_is_found_again(
    run: SandboxRunner, bitbucket: Bitbucket, status: dict[str, Any]
) -> None:
    run.ok(BuildStatus, **{**status, "key": LONG})
    assert not run.ok(BuildStatus, **{**status, "key": LONG})["changed"]
    run.ok(BuildStatus, **{**status, "key": f"{LONG} 2"})
    keys = [status.key for status in bitbucket.repository("acme", "shop").statuses.values()]
    assert keys[0] != keys[1] and all(len(key) == 40 and key.startswith("continuous integration ") for key in keys)


def test_the_digest_never_changes() -> None:
    assert short_key("x" * 40) == "x" * 40
    assert short_key(LONG) == "continuous integration -01dfec1622714dbd"


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_an_answer_that_is_lost(run: SandboxRunner, bitbucket: Bitbucket, status: dict[str, Any], kind: str) -> None:
    run.server.faults.add(kind, match="bitbucket POST ")
    result = run.ok(BuildStatus, **status)
    assert result["changed"] and len(result["actions"]) == 1 and stored(bitbucket).state == "INPROGRESS"


@pytest.mark.parametrize("url", ["https://jenkins:8080/job/1", "http://localhost/1", "https://jenkins./1"])
def test_a_host_without_a_dot_is_refused_before_the_first_call(
    run: SandboxRunner, status: dict[str, Any], url: str
) -> None:
    words = run.fails(BuildStatus, **{**status, "url": url})
    assert "no dot" in words and "full name of the host" in words and not run.calls


@pytest.mark.parametrize("url", ["http://10.0.0.1:8080/job/1", "http://[2001:db8::1]/1"])
def test_an_address_is_a_host_as_well(run: SandboxRunner, status: dict[str, Any], url: str) -> None:
    assert run.ok(BuildStatus, **{**status, "url": url})["resource"]["url"] == url


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": None}, "requires a url"),
        ({"url": "https://[::1/job"}, "is not a valid URL"),
        ({"url": "https://:8080/job"}, "have a host"),
        ({"url": "ci.example.com"}, "https://"),
        ({"key": " "}, "key is empty"),
        ({"create": False}, "create is false"),
    ],
)
def test_what_can_not_be_is_refused(
    run: SandboxRunner, status: dict[str, Any], change: dict[str, Any], words: str
) -> None:
    assert words in run.fails(BuildStatus, **{**status, **change})
    assert not [call for call in run.calls if call.startswith("POST")]


def test_reading_is_enough_but_needed(run: SandboxRunner, ada: User, status: dict[str, Any]) -> None:
    run.login(ada, ("read:webhook:bitbucket",))
    assert "lacks read:repository:bitbucket" in run.fails(BuildStatus, **status)
