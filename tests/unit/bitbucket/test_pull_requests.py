# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_pull_request_info: the open ones, where they go, and what is shown on them."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pull_request_info import PullRequestInfo
from tests.sandbox.bitbucket import Bitbucket, User

from .conftest import EVERYTHING, SandboxRunner

SHOP = {"workspace": "acme", "repository": "shop"}
LIST = "GET /2.0/repositories/acme/shop/pullrequests"


def test_open_pull_requests_are_told_with_their_branches(run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
    run.login(ada)
    assert run.ok(PullRequestInfo, **SHOP)["pull_requests"] == []
    pull = bitbucket.open_pull_request("acme", "shop", "dev", title="More")
    bitbucket.commit("acme", "shop", "old", {"old.txt": "old\n"})
    bitbucket.decline_pull_request("acme", "shop", bitbucket.open_pull_request("acme", "shop", "old").id)
    (found,) = run.ok(PullRequestInfo, **SHOP)["pull_requests"]
    assert found == {
        "id": pull.id,
        "title": "More",
        "source": "dev",
        "destination": "main",
        "commit": pull.source_sha[:12],
        "fork": False,
        "url": f"{bitbucket.url}/acme/shop/pull-requests/{pull.id}",
    }
    assert run.calls == [LIST]


def test_the_statuses_of_each_cost_one_call_more(run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.build_status import BuildStatus

    run.login(ada)
    pull = bitbucket.open_pull_request("acme", "shop", "dev")
    for key in ("one", "two"):
        status = {"key": key, "state": "SUCCESSFUL", "url": f"https://ci.example.com/{key}"}
        run.ok(BuildStatus, **SHOP, commit=pull.source_sha, **status)
    (found,) = run.ok(PullRequestInfo, **SHOP, statuses=True)["pull_requests"]
    assert run.calls == [LIST, f"{LIST}/{pull.id}/statuses"]
    assert sorted(found["urls"]) == ["https://ci.example.com/one", "https://ci.example.com/two"]
    assert {status["state"] for status in found["statuses"]} == {"SUCCESSFUL"}


def test_more_than_a_page_is_read_to_its_end(run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
    """Of pull requests a page has fifty at most."""
    run.login(ada)
    for number in range(55):
        bitbucket.commit("acme", "shop", f"work-{number}", {"work.txt": f"{number}\n"})
        bitbucket.open_pull_request("acme", "shop", f"work-{number}")
    assert len(run.ok(PullRequestInfo, **SHOP)["pull_requests"]) == 55
    assert run.calls == [LIST, LIST]


def test_a_token_that_must_not_read_them_is_told_which_scope_it_lacks(
    run: SandboxRunner, bitbucket: Bitbucket, ada: User
) -> None:
    run.login(ada, tuple(scope for scope in EVERYTHING if "pullrequest" not in scope))
    message = run.fails(PullRequestInfo, **SHOP)
    assert "403" in message and "read:pullrequest:bitbucket" in message
