# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_service: a unit where systemd runs, and elsewhere a clear word about who has to do what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds import service
from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.service import Service
from tests.unit.bitbucket.script import Expect, Script

from .conftest import Local

STATUS = "https://vcs.example.com/mon/status"
WELL = {"now": "2026-11-21T12:00:00Z", "lines": [{"status": "OK", "component": "Global/Status", "value": "ok"}]}
# What the hooks service of 0.57.0 says for as long as it runs.
ENDED = {"status": "AL", "component": "goroutine/scheduler-resync-init", "value": "NOT running"}
ILL = {"lines": [{"status": "AL", "component": "Redis/Connect", "value": "refused"}]}
# What systemd would do, on three files: what was asked, whether it is enabled, whether it is active.
_SYSTEMCTL = """\
#!/bin/sh
echo "$*" >>{folder}/asked
case "$1" in
  is-enabled) test -e {folder}/enabled ;;
  is-active) test -e {folder}/active ;;
  enable) touch {folder}/enabled ;;
  start|restart) if test -e {folder}/broken; then echo "Job failed. See journalctl" >&2; exit 1; fi; touch {folder}/active ;;
  disable) rm -f {folder}/enabled {folder}/active ;;
esac
"""


def status(*answers: Any) -> list[Expect]:
    return [Expect("GET", STATUS, answer=answer) for answer in answers]


@pytest.fixture
def run(local: Local, tmp_path: Path) -> Local:
    local.common.update(
        service="vcs",
        url="https://vcs.example.com",
        config="/etc/cds/config.toml",
        user="cds",
        unit_folder=str(tmp_path),
        poll_interval=0.001,
        max_retries=0,
    )
    return local


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda *calls: Script(*calls).install(monkeypatch)


@pytest.fixture
def systemd(run: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with systemd; the folder tells what it was asked."""
    folder = tmp_path / "systemd"
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(_SYSTEMCTL.format(folder=folder))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(service, "SYSTEMD_RUNS", str(folder))
    return folder


def asked(systemd: Path) -> list[str]:
    file = systemd / "asked"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return [line for line in lines if not line.startswith("is-")]


class TestWithSystemd:
    def test_a_life(self, run: Local, systemd: Path, tmp_path: Path, play: Any) -> None:
        foretold = run.ok(Service, check_mode=True)
        assert foretold["changed"] and not asked(systemd) and not (tmp_path / "cds-vcs.service").exists()

        script = play(*status(ILL, WELL, WELL))
        made = run.ok(Service)
        script.done()
        assert asked(systemd) == ["daemon-reload", "enable cds-vcs.service", "start cds-vcs.service"]
        unit = (tmp_path / "cds-vcs.service").read_text()
        assert f"ExecStart={tmp_path}/engine start vcs --config /etc/cds/config.toml\n" in unit
        assert "User=cds\n" in unit and made["resource"]["healthy"]

        play(*status(WELL))
        assert not run.ok(Service)["changed"] and not asked(systemd)

        play(*status(WELL, WELL, WELL))
        assert run.ok(Service, restart=True)["actions"][0]["action"] == "restart"
        assert asked(systemd) == ["restart cds-vcs.service"]

        play(*status(WELL))
        assert run.ok(Service, state="absent")["changed"]
        assert asked(systemd) == ["disable --now cds-vcs.service", "daemon-reload"]
        assert not (tmp_path / "cds-vcs.service").exists()
        assert not run.ok(Service, state="absent")["changed"]

    @pytest.mark.parametrize("gone", ["enabled", "active"])
    def test_what_was_switched_off_by_hand_is_on_again(self, run: Local, systemd: Path, play: Any, gone: str) -> None:
        play(*status(WELL, WELL, WELL, WELL, WELL))
        run.ok(Service)
        (systemd / gone).unlink()
        assert [drift["path"] for drift in run.ok(Service)["drift"]] == [gone]
        assert (systemd / gone).exists()

    def test_another_unit_is_started_anew(self, run: Local, systemd: Path, play: Any) -> None:
        play(*status(WELL, WELL, WELL, WELL, WELL))
        run.ok(Service)
        asked(systemd)
        assert run.ok(Service, user="other")["changed"]
        assert asked(systemd) == ["daemon-reload", "enable cds-vcs.service", "restart cds-vcs.service"]

    def test_a_start_that_fails_is_told_in_the_words_of_systemd(self, run: Local, systemd: Path, play: Any) -> None:
        (systemd / "broken").touch()
        play()
        said = run.fails(Service)
        assert "Job failed" in said and "journalctl -u cds-vcs.service" in said

    def test_one_that_never_gets_well(self, run: Local, systemd: Path, play: Any) -> None:
        play(*status(*[ILL] * 50))
        assert "Redis/Connect: refused" in run.fails(Service, wait_timeout=0.02)


class TestWithoutSystemd:
    def test_a_service_that_is_well_is_left_alone(self, run: Local, play: Any) -> None:
        play(*status(WELL))
        result = run.ok(Service)
        assert (result["changed"], result["resource"]["managed"]) == (False, False)
        assert result["resource"]["command"].endswith("/engine start vcs --config /etc/cds/config.toml")

    def test_a_goroutine_that_has_done_its_work_is_no_fault(self, run: Local, play: Any) -> None:
        script = play(*status({"lines": [*WELL["lines"], ENDED]}))
        result = run.ok(Service, service="hooks")
        script.done()
        assert (result["changed"], result["resource"]["healthy"]) == (False, True)

    @pytest.mark.parametrize(
        "line",
        [
            {"status": "AL", "component": "goroutine/schedulerv2", "value": "NOT running"},
            {**ENDED, "value": "panic"},
            {"status": "AL", "component": "Redis/Connect", "value": "refused"},
        ],
    )
    def test_what_does_not_run_otherwise_is_named(self, run: Local, play: Any, line: dict[str, str]) -> None:
        play(*status(*[{"lines": [ENDED, line]}] * 50))
        said = run.fails(Service, service="hooks", wait_timeout=0.02)
        assert f"not well ({line['component']}: {line['value']})" in said

    def test_one_that_comes_up_is_waited_for(self, run: Local, play: Any) -> None:
        script = play(*status(ILL, ILL, WELL, WELL))
        assert run.ok(Service)["resource"]["healthy"]
        script.done()

    def test_one_that_does_not_is_an_error_with_the_command(self, run: Local, play: Any) -> None:
        play(*status(*[ILL] * 50))
        said = run.fails(Service, wait_timeout=0.02)
        assert "Redis/Connect: refused" in said and "engine start vcs --config /etc/cds/config.toml" in said

    def test_a_restart_is_somebody_elses(self, run: Local, play: Any) -> None:
        play(*status(WELL))
        said = run.fails(Service, restart=True)
        assert "needs a restart" in said and "engine start vcs" in said

    def test_nothing_is_taken_away(self, run: Local, play: Any) -> None:
        play()
        assert not run.ok(Service, state="absent")["changed"]

    def test_check_mode_only_looks(self, run: Local, play: Any) -> None:
        script = play(*status(ILL))
        assert [drift["path"] for drift in run.ok(Service, check_mode=True)["drift"]] == ["healthy"]
        script.done()


@pytest.mark.parametrize(("params", "words"), [({"config": None}, "config must be"), ({"unit": "x"}, ".service")])
def test_bad_input(run: Local, params: Any, words: str) -> None:
    assert words in run.fails(Service, **params)
