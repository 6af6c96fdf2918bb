# SPDX-License-Identifier: GPL-3.0-or-later
"""upsun_integration_info: the integration of a project, its validation, its last activities; and no secret in the
result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration import Integration
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration_info import IntegrationInfo
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Project, Upsun

from .conftest import Runner


@pytest.fixture
def followed(run: Runner, cloud: dict[str, Any], project: Project) -> str:
    """The id of the integration."""
    run.ok(Integration, **cloud)
    assert project.source
    return project.source.id


def one(run: Runner, **params: Any) -> Any:
    (found,) = run.ok(IntegrationInfo, **params)["integrations"]
    return found


def test_everything_is_told_but_the_secret(run: Runner, sandbox: Sandbox, cloud: dict[str, Any], followed: str) -> None:
    found = one(run)
    assert run.calls[1:] == [
        "GET {p}/integrations",
        f"POST {{p}}/integrations/{followed}/validate",
        f"GET {{p}}/integrations/{followed}/activities",
    ]
    assert (found["id"], found["type"], found["repository"]) == (followed, "bitbucket", "acme/shop")
    assert found["hook_url"] == sandbox.bitbucket.hooks("acme", "shop")[0].url
    assert (found["key"], found["secret"]) == (cloud["key"], "********")
    assert found["fetch_branches"] is True
    assert found["validation"] == {"valid": True, "words": None}
    assert found["webhook_registered"] is True
    assert {a["type"] for a in found["activities"]} == {
        "integration.bitbucket.register_hooks",
        "integration.bitbucket.fetch",
    }
    assert cloud["secret"] not in repr(found)


def test_what_is_not_asked_for_is_not_called(run: Runner, followed: str) -> None:
    found = one(run, validate=False, activities=0)
    assert len(run.calls) == 2
    assert not {"validation", "activities"} & set(found)


def test_a_project_without_one_is_no_error(run: Runner) -> None:
    assert run.ok(IntegrationInfo)["integrations"] == []


def test_credentials_that_went_bad_are_told_with_the_words_of_the_service(
    run: Runner, sandbox: Sandbox, followed: str
) -> None:
    sandbox.bitbucket.revoke(sandbox.upsun_consumer)
    validation = one(run)["validation"]
    assert validation["valid"] is False
    assert "app_credentials: The OAuth consumer was refused" in validation["words"]


def test_a_service_that_has_no_check_says_nothing(run: Runner, followed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link is not there for every kind of integration."""
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun import integration_info as module

    listed = module.source_integrations

    def without(*arguments: Any) -> Any:
        found = listed(*arguments)
        for entity in found:
            del entity["_links"]["#validate"]
        return found

    monkeypatch.setattr(module, "source_integrations", without)
    assert one(run)["validation"] == {"valid": None, "words": None}
    assert not any(call.endswith("/validate") for call in run.calls)


def test_an_activity_that_failed_has_the_last_lines_of_its_log(
    run: Runner, sandbox: Sandbox, cloud: dict[str, Any]
) -> None:
    few = sandbox.bitbucket.create_oauth_consumer("acme", ("repository", "pullrequest"))
    run.ok(Integration, **{**cloud, "key": few.key, "secret": few.secret}, require_webhook=False)
    found = one(run)
    assert found["webhook_registered"] is False
    (failed,) = [a for a in found["activities"] if a["result"] == "failure"]
    assert "webhook could not be registered" in failed["log"] and "403" in failed["log"]


def test_waiting_sees_the_end_of_what_is_under_way(run: Runner, sandbox: Sandbox, cloud: dict[str, Any]) -> None:
    sandbox.clock.tick_seconds = 1.0
    run.ok(Integration, **cloud, wait=False)
    assert one(run, check_mode=True, wait=True)["webhook_registered"] is None
    assert one(run, wait=True)["webhook_registered"] is True


def test_two_are_both_told(run: Runner, project: Project, upsun: Upsun, followed: str) -> None:
    first = project.source
    assert first
    other = type(first)("gitlab", project, dict(first.settings), {}, first.created_at, first.updated_at)
    project.integrations[other.id] = other
    found = run.ok(IntegrationInfo, validate=False, activities=0)["integrations"]
    assert [(one["id"], one["type"]) for one in found] == [(followed, "bitbucket"), (other.id, "gitlab")]
