# SPDX-License-Identifier: GPL-3.0-or-later
"""upsun_environment_info: environments of branches and pull requests, with their parents and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.environment_info import EnvironmentInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration import Integration
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Project, Upsun

from .conftest import Runner

CONFIG = """applications:
  shop:
    type: python:3.13
routes:
  https://{default}/:
    type: upstream
    upstream: shop:http
    primary: true
"""


@pytest.fixture
def followed(run: Runner, sandbox: Sandbox, cloud: dict[str, Any]) -> dict[str, Any]:
    """The shop with an open pull request; what its environments are to be."""
    sandbox.bitbucket.commit("acme", "shop", "main", {".upsun/config.yaml": CONFIG})
    sandbox.bitbucket.commit("acme", "shop", "feature/cart", {".upsun/config.yaml": CONFIG})
    pull = sandbox.bitbucket.open_pull_request("acme", "shop", "feature/cart")
    run.ok(Integration, **cloud)
    request = {"id": pull.id, "destination": "main", "commit": pull.source_sha[:12]}
    return {"source_refs": sandbox.bitbucket.refs("acme", "shop"), "pull_requests": [request]}


def named(result: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in result["environments"]}


def test_environments_follow_branches_and_pull_requests(run: Runner, followed: dict[str, Any]) -> None:
    result = run.ok(EnvironmentInfo, wait=True, **followed)
    assert result["differences"] == []
    found = named(result)
    main, cart, pull = found["main"], found["feature/cart"], found["pr-1"]
    assert (main["is_main"], main["parent"], main["status"]) == (True, None, "active")
    assert (cart["parent"], cart["status"], cart["is_pr"]) == ("main", "inactive", False)
    assert (pull["parent"], pull["status"], pull["is_pr"]) == ("main", "active", True)
    assert cart["head_commit"] == followed["source_refs"]["refs/heads/feature/cart"]
    assert result["project"]["repository_url"].endswith("/acme/shop.git")


def test_it_is_two_calls_and_the_token_and_one_for_each_address(
    run: Runner, sandbox: Sandbox, upsun: Upsun, project: Project, followed: dict[str, Any]
) -> None:
    upsun.wait(project)
    run.ok(EnvironmentInfo)
    assert run.calls == ["POST /oauth2/token", "GET {p}", "GET {p}/environments"]
    found = named(run.ok(EnvironmentInfo, urls="pull_requests"))
    assert run.calls[3:] == ["GET {p}/environments/pr-1/deployments/current"]
    assert found["pr-1"]["url"] == upsun.environments.url(project.environments["pr-1"])
    assert found["main"]["url"] is None
    statuses = [status.url for _, status in sandbox.bitbucket.repository("acme", "shop").statuses.items()]
    assert found["pr-1"]["url"] in statuses
    assert named(run.ok(EnvironmentInfo, urls="all"))["main"]["url"]


def test_a_pull_request_that_does_not_show_the_address_is_told(run: Runner, followed: dict[str, Any]) -> None:
    (request,) = followed["pull_requests"]
    result = run.ok(
        EnvironmentInfo, wait=True, urls="pull_requests", pull_requests=[{**request, "urls": ["https://ci/1"]}]
    )
    assert any("does not show the address" in one for one in result["differences"])


def test_waiting_lasts_until_nothing_is_under_way(run: Runner, followed: dict[str, Any]) -> None:
    early = run.ok(EnvironmentInfo, check_mode=True, wait=True)
    assert any(one["is_dirty"] for one in early["environments"])
    late = run.ok(EnvironmentInfo, wait=True)
    assert not any(one["is_dirty"] for one in late["environments"])


def test_what_changes_on_either_side_is_a_difference(
    run: Runner, sandbox: Sandbox, upsun: Upsun, project: Project, followed: dict[str, Any]
) -> None:
    upsun.wait(project)
    project.environments["feature/cart"].parent = "pr-1"
    upsun.branch(project, "mine")
    refs = {**followed["source_refs"], "refs/heads/new": "0" * 40}
    told = run.ok(EnvironmentInfo, source_refs=refs, pull_requests=[])["differences"]
    assert len(told) == 4
    for words in ("branch new has no", "mine has no branch", "feature/cart is pr-1", "pr-1 belongs to no open"):
        assert any(words in one for one in told), told


def test_a_pull_request_without_a_number_is_refused(run: Runner) -> None:
    assert "number as id" in run.fails(EnvironmentInfo, pull_requests=[{"id": "x", "destination": "main"}])
    assert not run.calls
