# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the target ``gemnasium`` that are not in the suite for all targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.sandbox import Sandbox

from .scenarios.gemnasium import Gemnasium

# They need the one engine of a process, and share it.
pytestmark = [pytest.mark.any_core, pytest.mark.xdist_group("gemnasium")]


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Gemnasium]:
    if reason := Gemnasium.why_not():
        pytest.skip(reason)
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = Gemnasium(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


def hosts(scenario: Gemnasium, *names: str, more: str = "") -> None:
    lines = "\n".join(f"        {name}:" for name in names)
    scenario.inventory.write_text(f"""---
all:
  hosts:
    engine:
      ansible_connection: local
      ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
  children:
    gemnasium:
      hosts:
{lines}
      vars:
        bitbucket_workspace: acme
{more}""")


def test_sign_in_alone_then_synchronisation_too(scenario: Gemnasium) -> None:
    scenario.environment["GEMNASIUM_SYNC_CLIENT_ID"] = ""
    scenario.run_here(scenario.site, gemnasium_use=["login"]).ok()
    assert scenario.made()["client"] == ["bitbucket.org login"]
    assert not scenario.made()["source"]
    scenario.use_consumer("sync")
    added = scenario.run_here(scenario.site).ok()
    assert added.actions == [
        ("create", "gemnasium_auth_client", "bitbucket.org sync"),
        ("create", "gemnasium_source", "bitbucket.org"),
    ]
    scenario.verify()


def test_repositories_share_one_gemnasium_and_one_consumer_serves_both_uses(scenario: Gemnasium) -> None:
    """The engine may be on another machine of the inventory, whose own Python then counts."""
    hosts(scenario, "shop", "stock", more="        gemnasium_engine_host: engine\n")
    consumer = scenario.sandbox.gemnasium_consumer
    for usage in ("login", "sync"):
        del scenario.environment[f"GEMNASIUM_{usage.upper()}_CLIENT_ID"]
        del scenario.environment[f"GEMNASIUM_{usage.upper()}_CLIENT_SECRET"]
    scenario.environment.update(GEMNASIUM_CLIENT_ID=consumer.key, GEMNASIUM_CLIENT_SECRET=consumer.secret)
    scenario.run(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.sandbox.calls.clear()
    assert scenario.run_here(scenario.site).ok().changed == 0
    calls = Counter(call.service for call in scenario.sandbox.calls.all())
    assert calls == {"bitbucket": 2 + 2 * 2, "engine": 3}
    assert scenario.run(scenario.site, repobridge_in_process=False).ok().changed == 0


def test_a_run_killed_before_the_marker_is_finished_and_the_next_says_so(scenario: Gemnasium) -> None:
    scenario.environment["REPOBRIDGE_MAX_RETRIES"] = "0"
    scenario.sandbox.faults.add("drop", match=r"^engine PUT .*source.*done\.json", times=None)
    assert scenario.run_here(scenario.site).returncode != 0
    scenario.sandbox.faults.clear()
    audit = scenario.run(scenario.audit, repobridge_fail_on_drift=True)
    assert audit.returncode != 0 and "record gemnasium_source bitbucket.org" in audit.output
    done = scenario.run_here(scenario.site).ok()
    assert done.actions == [("record", "gemnasium_source", "bitbucket.org")]
    assert "bitbucket.org: created by an interrupted run; the engine reported that its command succeeded" in done.output
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


def test_a_new_consumer_is_refused_by_gemnasium_until_the_operator_has_set_it_right(scenario: Gemnasium) -> None:
    scenario.run_here(scenario.site).ok()
    consumer = scenario.sandbox.bitbucket.create_oauth_consumer(
        "acme", ("repository", "webhook"), callback_url=scenario.sandbox.gemnasium.callback_url
    )
    scenario.use_consumer("sync", consumer)
    failed = scenario.run_here(scenario.site)
    assert failed.returncode != 0
    assert "client sync of bitbucket.org already exists" in failed.output and "adopt: true" in failed.output
    scenario.sandbox.gemnasium.forget("clients", 2)  # by hand, however that is done
    scenario.run_here(scenario.site).ok()
    scenario.consumers["sync"] = consumer
    scenario.verify()


def test_teardown_says_what_it_can_not_do(scenario: Gemnasium) -> None:
    scenario.run_here(scenario.site).ok()
    scenario.extra.clear()
    for check in ([], ["--check"]):
        failed = scenario.run_here(scenario.teardown, *check)
        assert failed.returncode != 0
        for words in (
            "documents no command",
            "bitbucket.org sync",
            "acme/workspace/settings/oauth-consumers",
            "gemnasium_forget=true",
        ):
            assert words in failed.output
    assert scenario.made() == scenario.expected()
    # Where the container is gone, nothing is left to say.
    gone = scenario.run_here(scenario.teardown, gemnasium_container="nobody").ok()
    assert gone.changed == 0


def test_a_public_consumer_is_taken_if_nobody_checks_it(scenario: Gemnasium) -> None:
    public = scenario.sandbox.bitbucket.create_oauth_consumer(
        "acme", ("account", "email"), private=False, callback_url=scenario.sandbox.gemnasium.callback_url
    )
    scenario.use_consumer("login", public)
    scenario.consumers["login"] = public
    scenario.run_here(scenario.site, gemnasium_check_consumers=False).ok()
    assert not [call for call in scenario.sandbox.calls.all() if call.service == "bitbucket"]
    scenario.verify()


def test_bitbucket_server_is_told_and_not_touched(scenario: Gemnasium) -> None:
    more = "        gemnasium_bitbucket: server\n        gemnasium_server_host: bitbucket.example.com\n"
    hosts(scenario, "shop", more=more)
    told = scenario.run_here(scenario.site).ok()
    for words in (
        "docker exec -it gemnasium configure",
        "https://gemnasium.example.com/auth/auth/bitbucket.example.com",
        "Application links",
        "/repo-syncer/repos/bitbucket.example.com/acme/shop/events",
    ):
        assert words in told.output
    assert told.changed == 0 and not any(scenario.made().values())
    scenario.run(scenario.audit, repobridge_fail_on_drift=True).ok()
    scenario.run_here(scenario.teardown).ok()
