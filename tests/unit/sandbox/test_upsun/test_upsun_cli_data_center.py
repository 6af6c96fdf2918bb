# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own CLI makes, reads, changes, validates and deletes a Data Center integration on the sandbox."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.bitbucket_dc.world import World as DataCenter
from tests.sandbox.calls import Call
from tests.sandbox.server import Server
from tests.sandbox.upsun.cli import NOT_INSTALLED, PROGRAM, Cli
from tests.sandbox.upsun.world import World

pytestmark = [
    pytest.mark.skipif(not PROGRAM.is_file(), reason=NOT_INSTALLED),
    pytest.mark.xdist_group("upsun_cli"),
]


def options(dc: DataCenter, repository: str = "ACME/app") -> list[str]:
    return [
        *("--bitbucket-url", dc.dc.url),
        *("--repository", repository),
        *("--username", dc.owner.name),
        *("--token", dc.token.secret),
    ]


def add(cli: Cli, dc: DataCenter, *more: str) -> str:
    answer = cli.run("integration:add", "--type", "bitbucket_server", *options(dc), *more)
    assert answer.returncode == 0, answer.stderr
    found = cli.project.source
    assert found is not None and f"Created integration {found.id} (type: bitbucket_server)" in answer.stderr
    return found.id


def asked(server: Server, method: str) -> list[Call]:
    return [call for call in server.calls.all("upsun") if call.method == method]


def test_it_adds_with_all_defaults_and_waits(cli: Cli, dc: DataCenter, world: World, server: Server) -> None:
    add(cli, dc)
    [post] = asked(server, "POST")
    assert json.loads(post.body) == {
        "type": "bitbucket_server",
        "url": dc.dc.url,
        "username": dc.owner.name,
        "token": dc.token.secret,
        "project": "ACME",
        "repository": "app",
        "build_pull_requests": True,
        "pull_requests_clone_parent_data": True,
        "fetch_branches": True,
        "prune_branches": True,
        "environment_init_resources": "parent",
    }
    assert {one.result for one in world.upsun.activities_of(world.project) if one.integration} == {"success"}
    assert set(world.environments) == {"main", "feature/login"} and len(dc.dc.hooks("ACME", "app")) == 1


def test_it_reads_updates_validates_and_deletes(cli: Cli, dc: DataCenter, world: World, server: Server) -> None:
    number = add(cli, dc)
    answer = cli.run("integration:get", number, "--property", "hook_url")
    assert answer.stdout.strip() == world.upsun.hook_url(world.project.integrations[number])
    answer = cli.run("integration:update", number, "--build-pull-requests", "0")
    assert answer.returncode == 0, answer.stderr
    [patch] = asked(server, "PATCH")
    assert json.loads(patch.body) == {"build_pull_requests": False}
    assert cli.run("integration:update", number, "--build-pull-requests", "0").returncode == 1  # nothing new
    answer = cli.run("integration:validate", number)
    assert answer.returncode == 0 and "The integration is valid." in answer.stderr
    dc.token.revoked = True
    answer = cli.run("integration:validate", number)
    assert answer.returncode == 4 and answer.stdout.startswith("token: ")
    assert cli.run("integration:delete", number).returncode == 0
    assert world.project.source is None and len(dc.dc.hooks("ACME", "app")) == 1  # which nobody takes away


def test_without_an_id_it_cannot_validate_in_a_script(cli: Cli, dc: DataCenter) -> None:
    """The documentation's bare command."""
    add(cli, dc, "--no-wait")
    assert cli.run("integration:validate").returncode == 1


def test_it_takes_no_url_for_a_repository(cli: Cli, dc: DataCenter, server: Server) -> None:
    """It sends an empty project, which the service refuses."""
    answer = cli.run("integration:add", "--type", "bitbucket_server", *options(dc, f"{dc.dc.url}/ACME/app"))
    assert answer.returncode != 0 and cli.project.source is None


def test_options_of_the_other_edition_are_refused(cli: Cli, dc: DataCenter, server: Server) -> None:
    for option in ("--base-url", "--server-project"):
        answer = cli.run("integration:add", "--type", "bitbucket_server", *options(dc), option, "https://x.example/a/b")
        assert answer.returncode == 1 and "cannot be used" in answer.stderr
    assert asked(server, "POST") == []


def test_a_failed_webhook_is_a_failed_command(cli: Cli, dc: DataCenter, world: World) -> None:
    """The integration is there all the same."""
    reader = dc.dc.create_token(dc.owner, ("REPO_READ",))
    arguments = [reader.secret if one == dc.token.secret else one for one in options(dc)]
    answer = cli.run("integration:add", "--type", "bitbucket_server", *arguments)
    assert answer.returncode == 1 and world.project.source is not None
