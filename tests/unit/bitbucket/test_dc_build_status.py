# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_build_status against Data Center."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.build_status import BuildStatus
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.model import BuildStatus as Stored

from .dc import SHOP, DcRunner

LONG = "continuous integration of the shop / nightly / linux / " * 6


@pytest.fixture
def sha(dc: BitbucketDataCenter) -> str:
    return dc.refs("ACME", "shop")["refs/heads/main"]


@pytest.fixture
def status(dc_run: DcRunner, sha: str) -> dict[str, Any]:
    dc_run.token(dc_run.ada, "REPO_READ")  # nothing has to be written
    return {
        "commit": sha,
        "key": "nightly/linux",
        "state": "INPROGRESS",
        "url": "https://ci.example.com/7",
        "name": "Nightly",
        "description": "It runs",
        "refname": "main",
    }


def stored(dc: BitbucketDataCenter) -> Stored:
    (status,) = dc.repository("ACME", "shop").builds.values()
    return status


def test_a_life(dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any], sha: str) -> None:
    get, post = f"GET {SHOP}/commits/{sha}/builds", f"POST {SHOP}/commits/{sha}/builds"
    foretold = dc_run.ok(BuildStatus, check_mode=True, **status)
    assert foretold["changed"] and dc_run.calls == [get]
    assert foretold["resource"]["id"] == "pending:bitbucket_build_status:nightly/linux"

    made = dc_run.ok(BuildStatus, **status)
    assert dc_run.calls == [get, post] and made["diff"] == foretold["diff"]
    assert (made["resource"]["id"], made["resource"]["state"]) == ("nightly/linux", "INPROGRESS")
    assert (stored(dc).ref, stored(dc).name) == ("refs/heads/main", "Nightly")

    for check_mode in (True, False):
        assert not dc_run.ok(BuildStatus, check_mode=check_mode, **status)["changed"]
        assert dc_run.calls == [get]

    done = dc_run.ok(BuildStatus, commit=sha, key="nightly/linux", state="SUCCESSFUL")
    assert [drift["path"] for drift in done["drift"]] == ["state"] and dc_run.calls == [get, post]
    now = stored(dc)
    assert (now.state, now.name, now.description, now.ref) == ("SUCCESSFUL", "Nightly", "It runs", "refs/heads/main")


def test_a_host_of_the_own_network_is_fine(dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any]) -> None:
    dc_run.ok(BuildStatus, **{**status, "url": "https://jenkins:8080/job/1"})
    assert stored(dc).url == "https://jenkins:8080/job/1"


def test_what_others_know_of_it_stays(
    dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any], sha: str
) -> None:
    dc_run.ok(BuildStatus, **status)
    stored(dc).build_number, stored(dc).duration, stored(dc).parent = "7", 1234, "linux"
    stored(dc).test_results = {"failed": 0, "skipped": 1, "successful": 41}
    dc_run.ok(BuildStatus, commit=sha, key="nightly/linux", state="FAILED")
    now = stored(dc)
    assert (now.state, now.build_number, now.duration, now.parent) == ("FAILED", "7", 1234, "linux")
    assert now.test_results == {"failed": 0, "skipped": 1, "successful": 41}


@pytest.mark.parametrize(
    ("state", "native"), [("STOPPED", "CANCELLED"), ("CANCELLED", "CANCELLED"), ("UNKNOWN", "UNKNOWN")]
)
def test_states_by_either_name(
    dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any], state: str, native: str
) -> None:
    dc_run.ok(BuildStatus, **{**status, "state": state})
    assert stored(dc).state == native
    assert not dc_run.ok(BuildStatus, **{**status, "state": state})["changed"]


@pytest.mark.parametrize("name", ["dev", "refs/heads/dev", "feature/dev", "v1", "refs/tags/v1", "short"])
def test_a_branch_or_a_tag_will_do(
    dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any], sha: str, name: str
) -> None:
    for branch in ("feature/dev", "developers"):  # "dev" is in the names of others
        dc.commit("ACME", "shop", branch, {"x": branch})
    dc.tag("ACME", "shop", "v1", "dev", "annotated")
    refs = dc.refs("ACME", "shop")
    wanted = {
        "short": sha,
        "feature/dev": refs["refs/heads/feature/dev"],
    }.get(name, refs["refs/heads/dev"])
    commit = sha[:9] if name == "short" else name
    assert dc_run.ok(BuildStatus, **{**status, "commit": commit})["resource"]["commit"] == wanted
    assert not dc_run.ok(BuildStatus, **{**status, "commit": commit})["changed"]


def test_what_is_not_there_is_an_error(dc_run: DcRunner, status: dict[str, Any]) -> None:
    assert "no branch or tag nothing" in dc_run.fails(BuildStatus, **{**status, "commit": "nothing"})
    result = dc_run(BuildStatus, **{**status, "repository": "nothing"})
    assert result["error"]["kind"] == "not_found" and "has no access to" in result["msg"]


def test_a_long_key_keeps_its_beginning(dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any]) -> None:
    dc_run.ok(BuildStatus, **{**status, "key": LONG})
    assert not dc_run.ok(BuildStatus, **{**status, "key": LONG})["changed"]
    assert len(stored(dc).key) == 255 and stored(dc).key.startswith(LONG[:238])
    dc_run.ok(BuildStatus, **{**status, "key": LONG[:255]})
    assert len(dc.repository("ACME", "shop").builds) == 2


def test_what_can_not_be_is_refused_before_any_call(dc_run: DcRunner, status: dict[str, Any]) -> None:
    too_long = f"https://ci.example.com/{'x' * 450}"
    assert "accepts 450" in dc_run.fails(BuildStatus, **{**status, "url": too_long}) and not dc_run.calls
    assert "requires a url" in dc_run.fails(BuildStatus, **{**status, "url": None}) and not dc_run.writes()


def test_a_lost_answer(dc_run: DcRunner, dc: BitbucketDataCenter, status: dict[str, Any]) -> None:
    dc_run.server.faults.add("apply_then_drop", match="bitbucket-dc POST ")
    result = dc_run.ok(BuildStatus, **status)
    assert result["changed"] and len(result["actions"]) == 1 and stored(dc).state == "INPROGRESS"


def test_unknown_is_refused_on_cloud(run: Any) -> None:
    options = {"workspace": "acme", "repository": "shop", "commit": "main", "key": "k", "state": "UNKNOWN"}
    assert "has no state UNKNOWN" in run.fails(BuildStatus, username="a@example.com", api_token="t", **options)
    assert not run.calls
