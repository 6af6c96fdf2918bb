# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches and pull requests of Data Center, with the modules that Cloud has for them."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.branch import Branch
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.build_status import BuildStatus
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pull_request_info import PullRequestInfo
from tests.sandbox.bitbucket_dc import BitbucketDataCenter

from .dc import REST, SHOP, DcRunner


def test_a_branch_comes_and_goes(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    made = dc_run.ok(Branch, name="feature/new", start="dev")
    refs = dc.refs("ACME", "shop")
    assert refs["refs/heads/feature/new"] == refs["refs/heads/dev"] == made["resource"]["commit"]
    assert dc_run.writes() == [f"POST {SHOP}/branches"]
    assert not dc_run.ok(Branch, name="feature/new", start="main")["changed"], "it is never moved"
    assert dc_run.ok(Branch, name="feature/new", state="absent")["changed"]
    assert "refs/heads/feature/new" not in dc.refs("ACME", "shop")
    assert not dc_run.ok(Branch, name="feature/new", state="absent")["changed"]


def test_open_pull_requests_with_their_statuses(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    opened = dc.open_pull_request("ACME", "shop", "dev", "main", title="Begin")
    tip = dc.refs("ACME", "shop")["refs/heads/dev"]
    dc_run.ok(BuildStatus, commit=tip, key="deploy", state="SUCCESSFUL", url="https://pr-1.example.com")
    (one,) = dc_run.ok(PullRequestInfo, statuses=True)["pull_requests"]
    assert (one["id"], one["title"], one["source"], one["destination"]) == (opened.id, "Begin", "dev", "main")
    assert (one["commit"], one["fork"], one["urls"]) == (tip, False, ["https://pr-1.example.com"])
    assert one["url"].endswith(f"/pull-requests/{opened.id}")
    assert dc_run.calls == [f"GET {SHOP}/pull-requests", f"GET /rest/build-status/latest/commits/{tip}"]
    assert REST in dc_run.calls[0]
