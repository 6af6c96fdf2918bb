# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own CLI, 5.11.1, works on the sandbox as on the real service: where it works, and where it fails."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import pytest

from tests.sandbox.calls import Call
from tests.sandbox.server import Server
from tests.sandbox.upsun.cli import NOT_INSTALLED, PROGRAM, Cli
from tests.sandbox.upsun.world import World

pytestmark = [
    pytest.mark.skipif(not PROGRAM.is_file(), reason=NOT_INSTALLED),
    pytest.mark.xdist_group("upsun_cli"),  # the home of the first start is for all of them
]


def asked(server: Server, method: str) -> list[Call]:
    return [call for call in server.calls.all("upsun") if call.method == method]


def test_it_lists_nothing_and_something(cli: Cli, world: World) -> None:
    answer = cli.run("integration:list")
    assert answer.returncode == 1 and "No integrations found" in answer.stderr
    found = world.integrate()
    answer = cli.run("integration:list", "--format", "csv")
    assert answer.returncode == 0 and found.id in answer.stdout and world.upsun.hook_url(found) in answer.stdout


def test_it_cannot_add_a_bitbucket_cloud_integration(cli: Cli, world: World, server: Server) -> None:
    """With the documented command, good credentials, and without a word to Bitbucket: it fails before it sends anything.

    Its token request has an array for a body, which its own HTTP library has refused since 5.10.0.
    """
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        cli.more["https_proxy"] = f"http://127.0.0.1:{trap.getsockname()[1]}"
        consumer = ("--key", world.consumer.key, "--secret", world.consumer.secret)
        answer = cli.run("integration:add", "--type", "bitbucket", "--repository", "acme/app", *consumer)
        assert answer.returncode == 1 and "Invalid Bitbucket credentials" in answer.stderr
        with pytest.raises(BlockingIOError):
            trap.accept()  # nobody wanted to go to bitbucket.org
    assert asked(server, "POST") == [] and world.project.source is None
    # The same key and secret are good.
    assert world.call("POST", "integrations", json=world.cloud()).status_code == 201


def test_it_finds_the_webhooks_url(cli: Cli, world: World) -> None:
    found = world.integrate()
    answer = cli.run("integration:get", found.id, "--property", "hook_url")
    assert (answer.returncode, answer.stdout.strip()) == (0, world.upsun.hook_url(found))


def test_it_updates_waits_and_reads_the_log(cli: Cli, world: World, server: Server) -> None:
    found = world.integrate()
    answer = cli.run("integration:update", found.id, "--fetch-branches", "0")
    assert answer.returncode == 0 and f"Integration {found.id} (bitbucket) updated" in answer.stderr
    assert "Waiting for the activity" in answer.stderr and "Fetching http" in answer.stderr
    [patch] = asked(server, "PATCH")
    assert json.loads(patch.body) == {"fetch_branches": False, "prune_branches": False}


def test_it_can_not_rotate_a_secret_alone(cli: Cli, world: World, server: Server) -> None:
    found = world.integrate()
    answer = cli.run("integration:update", found.id, "--secret", world.consumer.secret)
    assert answer.returncode != 0
    assert [json.loads(call.body) for call in asked(server, "PATCH")] in (
        [],
        [{"app_credentials": {"secret": world.consumer.secret}}],
    )
    assert cli.run("integration:update", found.id, "--key", world.consumer.key).returncode == 1  # nothing new


def test_it_tells_what_is_wrong_by_field(cli: Cli, world: World) -> None:
    found = world.integrate()
    answer = cli.run("integration:validate", found.id)
    assert answer.returncode == 0 and "The integration is valid." in answer.stderr
    world.source.bitbucket.revoke(world.consumer)
    answer = cli.run("integration:validate", found.id)
    assert answer.returncode == 4 and answer.stdout.startswith("app_credentials: ")


def test_it_lists_activities_by_pages_and_shows_a_log(cli: Cli, world: World) -> None:
    found = world.integrate()
    answer = cli.run("integration:activities", found.id, "--format", "csv")
    assert answer.returncode == 0
    assert "integration.bitbucket.register_hooks" in answer.stdout and "integration.bitbucket.fetch" in answer.stdout
    answer = cli.run("integration:activity:log", found.id)
    assert answer.returncode == 0 and answer.stdout.startswith("Fetching http")


def test_it_lists_environments(cli: Cli, world: World) -> None:
    world.integrate()
    answer = cli.run("environment:list", "--format", "csv", "--columns", "id,status")
    assert answer.returncode == 0
    assert answer.stdout.splitlines()[1:] == ["main,Active", "feature/login,Inactive"]


def test_a_bad_token_is_called_one(cli: Cli, world: World) -> None:
    world.upsun.revoke(world.token)
    cli.home = cli.home / "other"
    cli.home.mkdir()
    answer = cli.run("integration:list")
    assert answer.returncode != 0 and "API token" in answer.stderr


def test_a_project_that_is_not_there_is_looked_for(cli: Cli, world: World, server: Server) -> None:
    cli.project = replace(world.project, id="abcdefghijklm")
    answer = cli.run("integration:list")
    assert answer.returncode == 1 and "Specified project not found: abcdefghijklm" in answer.stderr
    assert [call for call in asked(server, "GET") if call.path.endswith("/extended-access")]


def test_it_deletes(cli: Cli, world: World) -> None:
    found = world.integrate()
    answer = cli.run("integration:delete", found.id)
    assert answer.returncode == 0 and f"Deleted integration {found.id}" in answer.stderr
    assert world.project.source is None
