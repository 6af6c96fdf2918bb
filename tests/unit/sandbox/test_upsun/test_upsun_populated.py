# SPDX-License-Identifier: GPL-3.0-or-later
"""What every scenario starts with works together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun.world import send


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_the_project_can_be_integrated_with_shop(sandbox: Sandbox) -> None:
    environment = sandbox.environment(sandbox.populate())
    form = {"grant_type": "api_token", "api_token": environment["UPSUN_CLI_TOKEN"]}
    login = send("POST", f"{environment['UPSUN_AUTH_URL']}/oauth2/token", auth=("platform-api-user", ""), data=form)
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    place = f"{environment['UPSUN_API_URL']}/projects/{sandbox.upsun_project.id}"
    consumer = sandbox.upsun_consumer
    body = {
        "type": "bitbucket",
        "repository": "acme/shop",
        "app_credentials": {"key": consumer.key, "secret": consumer.secret},
    }
    assert send("POST", f"{place}/integrations", headers=headers, json=body).status_code == 201
    sandbox.upsun.wait()
    assert {one.result for one in sandbox.upsun.activities_of(sandbox.upsun_project)} == {"success"}
    sandbox.bitbucket.open_pull_request("acme", "shop", "feature/cart")
    sandbox.bitbucket.wait_for_deliveries()
    sandbox.upsun.wait()
    deployed = send("GET", f"{place}/environments/pr-1/deployments/current", headers=headers).json()
    [status] = sandbox.bitbucket.repository("acme", "shop").statuses.values()
    assert deployed["routes"][status.url]["primary"] and status.state == "SUCCESSFUL"
