# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' git: nobody's configuration counts, no hook runs, and the credential goes to the host it is for."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import git_isolation, git_process
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User, upload
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.server import Server

from ..other_server import OtherServer
from .conftest import SandboxRunner
from .dc import DcRunner

pytestmark = [pytest.mark.any_core, pytest.mark.usefixtures("by_program")]

FILES: list[dict[str, Any]] = [
    {"path": "bin/run", "content": "#!/bin/sh\n", "executable": True},
    {"path": "run.ini", "content": "a\n"},
]
CLOUD: dict[str, Any] = {
    "workspace": "acme",
    "repository": "shop",
    "branch": "main",
    "files": FILES,
    "read_with": "git",
}
SECRET_HEADER = "X-Of-Somebody-Else"
Setting = tuple[str, str]
Door = Callable[[pytest.MonkeyPatch, Path, list[Setting]], None]


@pytest.fixture
def other() -> Iterator[OtherServer]:
    with OtherServer() as other:
        yield other


class Operator:
    """Somebody's machine: hooks and programs of his leave a canary with their environment in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canaries = folder / "canaries"
        self.hooks = folder / "hooks"
        self.template = folder / "template"
        self.program = folder / "program"
        for path in (self.canaries, self.hooks, self.template / "hooks"):
            path.mkdir(parents=True)
        script = f'#!/bin/sh\nenv >"{self.canaries}/$$"\nexit 0\n'
        hooks = ("pre-push", "reference-transaction", "post-index-change", "pre-auto-gc", "post-checkout")
        for place in (
            *(folder / name for folder in (self.hooks, self.template / "hooks") for name in hooks),
            self.program,
        ):
            place.write_text(script)
            place.chmod(0o755)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "operator")


def _text(settings: list[Setting]) -> str:
    """As a file of configuration has them."""
    lines = []
    for name, value in settings:
        section, _dot, rest = name.partition(".")
        subsection, _dot, key = rest.rpartition(".")
        head = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'{head}\n\t{key} = "{escaped}"\n')
    return "".join(lines)


def _home(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: list[Setting]) -> None:
    (folder / ".gitconfig").write_text(_text(settings))
    monkeypatch.setenv("HOME", str(folder))


def _xdg(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: list[Setting]) -> None:
    (folder / "xdg" / "git").mkdir(parents=True)
    (folder / "xdg" / "git" / "config").write_text(_text(settings))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "xdg"))


def _file(variable: str) -> Door:
    def door(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: list[Setting]) -> None:
        (folder / variable).write_text(_text(settings))
        monkeypatch.setenv(variable, str(folder / variable))

    return door


def _counted(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: list[Setting]) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (name, value) in enumerate(settings):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)


def _parameters(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: list[Setting]) -> None:
    text = " ".join(f"'{name}'={shlex.quote(value)}" for name, value in settings)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", text)


DOORS: dict[str, Door] = {
    "home": _home,
    "xdg": _xdg,
    "global": _file("GIT_CONFIG_GLOBAL"),
    "system": _file("GIT_CONFIG_SYSTEM"),
    "count": _counted,
    "parameters": _parameters,
}
# Each with what it is to git: a setting, from the operator's things, the other server's address and Bitbucket's.
SETTINGS: dict[str, Callable[[Operator, str, str], Setting]] = {
    "insteadOf-ssh": lambda _me, _other, site: ("url.ssh://git@localhost:1/.insteadOf", f"{site}/"),
    "insteadOf": lambda _me, other, site: (f"url.{other}/.insteadOf", f"{site}/"),
    "pushInsteadOf": lambda _me, other, site: (f"url.{other}/.pushInsteadOf", f"{site}/"),
    "pushurl": lambda _me, other, _site: ("remote.origin.pushurl", f"{other}/acme/shop.git"),
    "extraHeader": lambda _me, _other, _site: ("http.extraHeader", f"{SECRET_HEADER}: 1"),
    "proxy": lambda _me, other, _site: ("http.proxy", other),
    "userAgent": lambda _me, _other, _site: ("http.userAgent", SECRET_HEADER),
    "hooksPath": lambda me, _other, _site: ("core.hooksPath", str(me.hooks)),
    "templateDir": lambda me, _other, _site: ("init.templateDir", str(me.template)),
    "fsmonitor": lambda me, _other, _site: ("core.fsmonitor", str(me.program)),
    "askPass": lambda me, _other, _site: ("core.askPass", str(me.program)),
    "helper": lambda me, _other, _site: ("credential.helper", f"!{me.program}"),
    "push-gpgSign": lambda _me, _other, _site: ("push.gpgSign", "true"),
    "commit-gpgSign": lambda _me, _other, _site: ("commit.gpgSign", "true"),
    "protocol": lambda _me, _other, _site: ("protocol.allow", "never"),
    "nonsense": lambda _me, _other, _site: ("transfer.fsckObjects", "no boolean"),
}


def untouched(operator: Operator, other: OtherServer, server: Server) -> bool:
    calls = server.calls.all(git=True)
    assert any("git-receive-pack" in call.path for call in calls), "nothing was pushed"
    return not (
        list(operator.canaries.iterdir()) or other.requests or any(SECRET_HEADER in f"{call.headers}" for call in calls)
    )


@pytest.mark.parametrize("setting", SETTINGS)
def test_data_center(
    dc_run: DcRunner,
    dc: BitbucketDataCenter,
    operator: Operator,
    other: OtherServer,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    DOORS["home"](monkeypatch, operator.folder, [SETTINGS[setting](operator, other.url, dc.url)])
    dc_run.ok(CommitFiles, branch="main", files=FILES)
    assert dc.read("ACME", "shop", "run.ini") == b"a\n"
    assert untouched(operator, other, dc_run.server)


@pytest.mark.parametrize("door", DOORS)
def test_every_way_that_settings_come(
    dc_run: DcRunner,
    dc: BitbucketDataCenter,
    operator: Operator,
    other: OtherServer,
    monkeypatch: pytest.MonkeyPatch,
    door: str,
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    DOORS[door](monkeypatch, operator.folder, [one(operator, other.url, dc.url) for one in SETTINGS.values()])
    dc_run.ok(CommitFiles, branch="main", files=FILES)
    assert untouched(operator, other, dc_run.server)


@pytest.mark.parametrize("setting", SETTINGS)
def test_cloud(
    run: SandboxRunner,
    bitbucket: Bitbucket,
    ada: User,
    operator: Operator,
    other: OtherServer,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
) -> None:
    """Both kinds: the files are read by git, and it sets the executable bit, which the API leaves out here."""
    run.login(ada)
    monkeypatch.setattr(upload, "_attribute", lambda _headers: None)
    DOORS["home"](monkeypatch, operator.folder, [SETTINGS[setting](operator, other.url, bitbucket.url)])
    run.ok(CommitFiles, **CLOUD)
    entry = git.entry(bitbucket.repository("acme", "shop").path, "main", "bin/run")
    assert entry and entry.mode == git.EXECUTABLE and not run.warnings
    assert untouched(operator, other, run.server)


def test_no_file_with_somebodys_passwords_is_read(
    dc_run: DcRunner, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong token is refused, and no other takes its place: neither at once nor after the refusal."""
    right = dc_run.common["access_token"]
    entry = f"machine 127.0.0.1 login ada password {right}\n"
    for name in (".netrc", "_netrc", "named"):
        (operator.folder / name).write_text(entry)
    host = dc_run.dc.url.partition("://")[2].partition("/")[0]
    (operator.folder / ".git-credentials").write_text(f"http://ada:{right}@{host}\n")
    (operator.folder / ".gitconfig").write_text("[credential]\n\thelper = store\n")
    monkeypatch.setenv("HOME", str(operator.folder))
    monkeypatch.setenv("NETRC", str(operator.folder / "named"))
    result = dc_run(CommitFiles, branch="main", files=FILES, access_token="BBDC-wrong")
    assert result["error"]["kind"] == "unauthorized" and right not in str(result)
    assert not [call for call in dc_run.server.calls.all(git=True) if right in call.request_text()]


def test_no_trace_is_written(dc_run: DcRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = tmp_path / "traces"
    traces.mkdir()
    for name in ("GIT_TRACE", "GIT_TRACE_CURL", "GIT_TRACE_PACKET", "GIT_TRACE2", "GIT_TRACE2_EVENT", "SSLKEYLOGFILE"):
        monkeypatch.setenv(name, str(traces / name))
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    monkeypatch.setenv("GIT_CURL_VERBOSE", "1")
    dc_run.ok(CommitFiles, branch="main", files=FILES)
    written = [one.name for one in traces.iterdir() if dc_run.common["access_token"] in one.read_text()]
    assert not written


def test_the_environment_has_no_file_of_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = git_isolation.environment(
        "https://bitbucket.example.com/scm/acme/shop.git",
        authorization="Bearer x",
        home="/home-of-the-task",
        repository="/repository",
        validate_certs=True,
        ca_path=None,
        timeout=30,
        environ={
            "GIT_DIR": "x",
            "GIT_SSL_NO_VERIFY": "1",
            "SSLKEYLOGFILE": "x",
            "HOME": "/nowhere/ada",
            "PATH": "/bin",
        },
    )
    settings = {
        made[f"GIT_CONFIG_KEY_{n}"]: made[f"GIT_CONFIG_VALUE_{n}"] for n in range(int(made["GIT_CONFIG_COUNT"]))
    }
    assert made["HOME"] == made["XDG_CONFIG_HOME"] == "/home-of-the-task" and made["PATH"] == "/bin"
    # What the machine has is not to be had in a test.
    assert made["GIT_CONFIG_NOSYSTEM"] == made["GIT_ATTR_NOSYSTEM"] == "1"
    assert "SSLKEYLOGFILE" not in made and "GIT_SSL_NO_VERIFY" not in made
    assert settings["http.sslVerify"] == "true" and settings["http.followRedirects"] == "false"
    # A build of git may have a helper of its own, as those for macOS and Windows have.
    assert settings["credential.helper"] == ""
    assert (settings["http.lowSpeedLimit"], settings["http.lowSpeedTime"]) == ("1", "30")
    assert settings["http.https://bitbucket.example.com/.extraHeader"] == "Authorization: Bearer x"
    assert {name for name, value in settings.items() if name.startswith("protocol.") and value == "always"} == {
        "protocol.https.allow"
    }


class TestProxy:
    @pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
    def test_that_of_the_environment_counts(
        self,
        dc_run: DcRunner,
        dc: BitbucketDataCenter,
        other: OtherServer,
        monkeypatch: pytest.MonkeyPatch,
        variable: str,
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, other.url)
        assert dc_run(CommitFiles, branch="main", files=FILES)["failed"]
        assert f"GET {dc.url}/scm/acme/shop.git/info/refs" in other.requests[0]

    def test_what_it_leaves_out_is_left_out(
        self, dc_run: DcRunner, other: OtherServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", other.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        dc_run.ok(CommitFiles, branch="main", files=FILES)
        assert not other.requests


class TestLeavesNothing:
    @pytest.fixture(autouse=True)
    def left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
        """What is left of temporary files."""
        folder = tmp_path / "temporary"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        return lambda: [one.name for one in folder.iterdir() if "sandbox" not in one.name]

    def test_after_success_and_failure(self, dc_run: DcRunner, left: Callable[[], list[str]]) -> None:
        dc_run.ok(CommitFiles, branch="main", files=FILES)
        dc_run.fails(CommitFiles, branch="main", files=FILES, access_token="BBDC-wrong")
        assert not left()

    def test_a_server_that_sends_too_much(
        self, dc_run: DcRunner, left: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(git_process, "MOST_FETCHED", 1000)
        assert "fetched more than" in dc_run.fails(CommitFiles, branch="main", files=FILES)
        assert not left()

    def test_files_that_are_too_large(
        self, dc_run: DcRunner, dc: BitbucketDataCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dc.commit("ACME", "shop", "main", {"run.ini": "x" * 2000})
        monkeypatch.setattr(git_process, "MOST_READ", 1000)
        assert "larger than" in dc_run.fails(CommitFiles, branch="main", files=FILES)

    def test_a_program_that_never_ends_is_ended_with_all_it_started(
        self, dc_run: DcRunner, left: Callable[[], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pipe, real = tmp_path / "pipe", shutil.which("git")
        wrapper = tmp_path / "bin" / "git"
        wrapper.parent.mkdir()
        # The child holds the pipes open; it would do so for ever.
        hang = f'mkfifo {pipe}; sh -c "read x <{pipe}" & wait'
        wrapper.write_text(f'#!/bin/sh\n[ "$1" != ls-remote ] || {{ {hang}; }}\nexec {real} "$@"\n')
        wrapper.chmod(0o755)
        monkeypatch.setenv("PATH", f"{wrapper.parent}:{git.environment()['PATH']}")
        monkeypatch.setattr(git_process, "_SHORTEST", 0.0)
        result = dc_run(CommitFiles, branch="main", files=FILES, timeout=0.01)
        assert result["error"]["kind"] == "unavailable" and "took more than" in result["msg"]
        assert not left()
        with pytest.raises(OSError, match="No such device"):  # nobody reads from it
            os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
