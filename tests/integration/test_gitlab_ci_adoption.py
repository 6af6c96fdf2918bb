# SPDX-License-Identifier: GPL-3.0-or-later
"""A project that pulls, made by hand with its webhook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.sandbox.sandbox import Sandbox

from .adoption import adopt, answered, found_by, plan_of, started, unmanaged, webhook
from .scenarios.gitlab_ci import GitlabCi
from .test_suite import foreseen_by_both

pytestmark = pytest.mark.any_core


def by_hand(sandbox: Sandbox, secret: str, path: str = "storefront", **rules: Any) -> int:
    """A project that pulls acme/shop, a token, and the webhook that starts the mirror; the project's id."""
    send = requests.Session()
    send.headers["PRIVATE-TOKEN"] = sandbox.gitlab_token.secret
    api = sandbox.gitlab.api_url
    group = sandbox.gitlab.find_namespace("acme")
    assert group
    project = answered(
        send.post(f"{api}/projects", json={"path": path, "namespace_id": group.id, "description": "Ask Jane"})
    )
    mirror = {
        "enabled": True,
        "url": sandbox.bitbucket.clone_url("acme", "shop"),
        "auth_user": "x-bitbucket-api-token-auth",
        "auth_password": secret,
        "mirror_trigger_builds": True,
        **rules,
    }
    answered(send.put(f"{api}/projects/{project['id']}/mirror/pull", json=mirror))
    token = {"name": "hook", "scopes": ["api"], "access_level": 40, "expires_at": "2027-10-01"}
    made = answered(send.post(f"{api}/projects/{project['id']}/access_tokens", json=token))
    url = f"{api}/projects/{project['id']}/mirror/pull?private_token={made['token']}"
    webhook(sandbox, secret, url, "Tell GitLab")
    return int(project["id"])


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[GitlabCi]:
    scenario = started(GitlabCi, tmp_path)
    assert isinstance(scenario, GitlabCi)
    inventory = {"gitlab_ci": {"hosts": {"shop": None}, "vars": {"bitbucket_workspace": "acme"}}}
    scenario.inventory.write_text(yaml.safe_dump({"all": {"children": inventory}}))
    yield scenario
    scenario.sandbox.stop()


def test_it_is_found_adopted_and_kept(gitlab: GitlabCi) -> None:
    sandbox = gitlab.sandbox
    number = by_hand(sandbox, gitlab.token.secret, mirror_branch_regex="^main$")
    (hook,) = sandbox.bitbucket.hooks("acme", "shop")
    plan = plan_of(gitlab)
    assert unmanaged(plan) == {"gitlab_ci_project_path": "acme/storefront"}
    kinds = {one["kind"]: one for one in plan["findings"] if one["status"] == "unmanaged"}
    assert set(kinds) == {"gitlab_project", "bitbucket_webhook"}
    assert kinds["bitbucket_webhook"]["name"] == "Tell GitLab"
    assert hook.url.partition("=")[2] not in str(plan)
    sandbox.calls.clear()
    assert found_by(foreseen_by_both(gitlab, gitlab.site)) == {
        (one["kind"], one["name"], one["variable"]) for one in kinds.values()
    }
    adopt(gitlab, plan)
    then = plan_of(gitlab)
    assert {(one["status"], one["action"], one["kind"]) for one in then["findings"]} == {
        ("missing", "create", "gitlab_project_variables"),
        ("missing", "create", "gitlab_project_access_token"),
        ("drift", "update", "gitlab_ci_files"),
        ("drift", "update", "gitlab_pull_mirror"),  # so that GitLab fetches the commit with the files
        ("drift", "update", "bitbucket_webhook"),
    }
    gitlab.run(gitlab.site).ok()
    project = sandbox.gitlab.find_project("acme/storefront")
    assert project and project.id == number and sandbox.gitlab.find_project("acme/shop") is None
    # Only what the inventory says was changed.
    assert project.settings["description"] == "Ask Jane" and project.settings["wiki_access_level"] == "enabled"
    assert project.mirror.branch_regex == "^main$"
    (after,) = sandbox.bitbucket.hooks("acme", "shop")
    assert after.uuid == hook.uuid and after.description.startswith("Tell GitLab (token ")
    assert plan_of(gitlab)["findings"] == []
    kept = gitlab.run(gitlab.teardown)
    assert kept.returncode == 0
    assert sandbox.gitlab.find_project("acme/storefront") and not project.marked_for_deletion_on
    assert project.mirror.enabled and [one.uuid for one in sandbox.bitbucket.hooks("acme", "shop")] == [hook.uuid]
    for name in ("gitlab_project acme/storefront", "bitbucket_webhook", "gitlab_pull_mirror acme/storefront"):
        assert name in kept.output
    gitlab.run(gitlab.teardown, repobridge_teardown_adopted=True)
    assert project.marked_for_deletion_on and not sandbox.bitbucket.hooks("acme", "shop")
