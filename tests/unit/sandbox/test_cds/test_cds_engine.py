# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine program: what it prints, what it exits with, and services that are there only once the API knows them."""

from __future__ import annotations

import os
import signal
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from ephemeral_port_reserve import reserve

from tests.sandbox.cds import toml
from tests.sandbox.cds.engine import install
from tests.sandbox.cds.world import World

Engine = Callable[..., subprocess.CompletedProcess[str]]
SECONDS = 60.0


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    def run(*arguments: object, version: str = "0.57.0", **environment: str) -> subprocess.CompletedProcess[str]:
        program = install(tmp_path / version, version)
        return subprocess.run(
            [program, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            cwd=tmp_path,
            env=os.environ | environment,
        )

    return run


GOOD = '[vcs]\nname = "v"\nURL = "http://x"\n[vcs.api.http]\nurl = "http://y"\n'


# -- config -------------------------------------------------------------------------------------------------------


def test_its_version(engine: Engine) -> None:
    assert engine("version").stdout.startswith("CDS engine version:0.57.0 os:linux")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, "Configuration file OK"),
        (GOOD.replace('"v"', '""'), "vcs Configuration: please enter a name in your vcs configuration"),
        (GOOD.replace('URL = "http://x"\n', ""), "vcs Configuration: your CDS configuration seems to be empty"),
    ],
)
def test_a_check_exits_with_0_whatever_it_finds(engine: Engine, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "conf.toml"
    path.write_text(text)
    done = engine("config", "check", path)
    assert done.returncode == 0
    assert said in done.stdout
    assert ("Configuration file OK" in done.stdout) is (text == GOOD)


def test_a_section_without_the_api_s_address_is_not_checked(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "conf.toml"
    path.write_text("[vcs]\n")
    done = engine("config", "check", path)
    assert (done.returncode, "checking" in done.stdout, "Configuration file OK" in done.stdout) == (0, False, True)


def test_only_a_file_it_cannot_read_stops_a_check(engine: Engine, tmp_path: Path) -> None:
    assert engine("config", "check", tmp_path / "none").returncode == 1
    assert engine("config", "check").returncode == 1
    (tmp_path / "bad").write_text("[vcs\n")
    assert engine("config", "check", tmp_path / "bad").returncode == 1


def test_checking_the_api_makes_its_folders(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "conf.toml"
    path.write_text(
        f'[api.url]\napi = "http://x"\n[api.download]\ndirectory = "{tmp_path}/d"\n'
        f'[api.artifact.local]\nbaseDirectory = "{tmp_path}/a"\n'
    )
    engine("config", "check", path)
    assert (tmp_path / "d").is_dir()
    assert (tmp_path / "a").is_dir()


def test_a_new_configuration_is_another_one_each_time(engine: Engine) -> None:
    first, second = (engine("config", "new", "api", "vcs", "hooks").stdout for _ in range(2))
    assert first.rstrip().splitlines()[-2] == "# On first login, you will be asked to enter the following token:"
    one, other = tomllib.loads(first), tomllib.loads(second)
    assert one["vcs"]["name"].startswith("cds-vcs-")
    assert one["vcs"]["api"]["token"] != other["vcs"]["api"]["token"]
    assert one["vcs"]["api"]["token"] != one["hooks"]["api"]["token"]
    assert one["api"]["auth"]["rsaPrivateKeys"][0]["key"] != other["api"]["auth"]["rsaPrivateKeys"][0]["key"]
    assert "servers" not in one["vcs"]


def test_era_a_writes_one_token_for_all_or_a_sentence(engine: Engine) -> None:
    whole = tomllib.loads(engine("config", "new", "api", "vcs", "hooks", version="0.41.0").stdout)
    shared = whole["api"]["auth"]["sharedInfraToken"]
    assert len(shared) == 128
    assert whole["vcs"]["api"]["token"] == whole["hooks"]["api"]["token"] == shared
    alone = tomllib.loads(engine("config", "new", "vcs", version="0.41.0").stdout)
    assert alone["vcs"]["api"]["token"] == "enter sharedInfraToken from section [api.auth] here"
    assert "bitbucket_cloud" in alone["vcs"]["servers"]["bitbucketcloud"]


def test_an_unknown_service_is_refused(engine: Engine) -> None:
    done = engine("config", "new", "vsc")
    assert (done.returncode, done.stderr) == (1, "Error service 'vsc' is unknown\n")


def test_environment_variables_instead_of_a_file(engine: Engine, tmp_path: Path) -> None:
    assert 'export CDS_VCS_HTTP_PORT="8084"' in engine("config", "new", "vcs", "--env").stdout
    path = tmp_path / "conf.toml"
    path.write_text(GOOD)
    done = engine("config", "check", path, CDS_VCS_NAME="")
    assert "please enter a name" in done.stdout


def test_an_edit_prints_all_anew_and_drops_what_it_does_not_know(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "conf.toml"
    path.write_text(f"# a comment\n{GOOD}[mine]\nkey = 1\n[vcs.cache]\ncolour = 'red'\n")
    done = engine(
        "config", "edit", path, "vcs.cache.redis.host=r:1", "vcs.http.port=1234", "vcs.api.http.insecure=true"
    )
    value = tomllib.loads(done.stdout)
    assert value["vcs"]["cache"] == {"ttl": 0, "redis": {"host": "r:1", "password": "", "dbindex": 0}}
    assert (value["vcs"]["http"]["port"], value["vcs"]["api"]["http"]["insecure"]) == (1234, True)
    assert "mine" not in value
    assert "comment" not in done.stdout
    assert "comment" in path.read_text()  # only printed
    engine("config", "edit", path, "vcs.name=w", "--output", path)
    assert tomllib.loads(path.read_text())["vcs"]["name"] == "w"


def test_era_a_has_no_edit(engine: Engine, tmp_path: Path) -> None:
    done = engine("config", "edit", tmp_path / "x", "vcs.name=w", version="0.41.0")
    assert "Manage CDS Configuration" in done.stdout


def test_the_init_token_can_be_asked_for_again(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "conf.toml"
    path.write_text(engine("config", "new", "api", "vcs", "hooks").stdout)
    assert engine("config", "init-token", "--config", path).stdout.count(".") == 2
    assert engine("config", "regen", path, tmp_path / "other").returncode == 0
    before, after = tomllib.loads(path.read_text()), tomllib.loads((tmp_path / "other").read_text())
    assert before["vcs"]["name"] == after["vcs"]["name"]
    assert before["vcs"]["api"]["token"] != after["vcs"]["api"]["token"]


# -- start --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Unable to start: missing service vcs configuration"),
        (GOOD.replace('"v"', '""'), "Unable to init service vcs: please enter a name"),
    ],
)
def test_a_start_stops_where_a_check_did_not(engine: Engine, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "conf.toml"
    path.write_text(text)
    done = engine("start", "vcs", "--config", path)
    assert done.returncode == 1
    assert said in done.stderr


def test_hooks_without_a_public_address_do_not_start(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "conf.toml"
    path.write_text(GOOD.replace("vcs", "hooks"))
    done = engine("start", "hooks", "--config", path)
    assert (done.returncode, "urlPublic configuration is mandatory" in done.stderr) == (1, True)


class Started:
    """An engine that runs."""

    def __init__(self, world: World, folder: Path, own_address: bool = False, **settings: object) -> None:
        """``own_address``: webhooks come to the hooks service itself and not through the UI."""
        self.ports = {"vcs": reserve(), "hooks": reserve()}
        if own_address:
            settings["hooks_settings"] = f'urlPublic = "http://127.0.0.1:{self.ports["hooks"]}"'
        oauth = (world.oauth.key, world.oauth.secret)
        self.path = folder / "conf.toml"
        self.path.write_text(
            toml(world.cds, oauth, vcs_port=self.ports["vcs"], hooks_port=self.ports["hooks"], **settings)  # type: ignore[arg-type]
        )
        self.process = subprocess.Popen(
            [install(folder, world.cds.version.text), "start", "vcs", "hooks", "--config", self.path],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"REPOBRIDGE_ENGINE_TICK": "0.1"},
        )

    def get(self, kind: str, path: str) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://127.0.0.1:{self.ports[kind]}{path}", timeout=10)

    def wait(self) -> None:
        """Until it says that both have signed in."""
        assert self.process.stdout
        waiting = set(self.ports)
        for line in self.process.stdout:
            waiting -= {kind for kind in waiting if line.startswith(f"{kind}> Service signed in")}
            assert "Error serve" not in line, line
            if not waiting:
                return
        raise AssertionError("the services did not come up")

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stdout
        with self.process.stdout as output:
            text = output.read()
        assert self.process.wait(SECONDS) == 0
        return text


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    running: list[Started] = []

    def start(world: World, **settings: Any) -> Started:
        running.append(Started(world, tmp_path, **settings))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.stop()


@pytest.mark.parametrize("version", ["0.41.0", "0.53.0", "0.57.0"])
def test_services_sign_in_and_then_answer(
    build: Callable[..., World], started: Callable[..., Started], version: str
) -> None:
    world = build(version, start=False)
    program = started(world)
    program.wait()
    assert {line["status"] for line in program.get("vcs", "/mon/status").json()["lines"]} == {"OK"}
    hooks = {line["component"]: line for line in program.get("hooks", "/mon/status").json()["lines"]}
    ended = {name: line["value"] for name, line in hooks.items() if line["status"] == "AL"}
    # Since 0.57.0 the hooks service expects a goroutine to run that has done its work long ago.
    assert ended == ({"goroutine/scheduler-resync-init": "NOT running"} if version == "0.57.0" else {})
    assert hooks["Version"]["value"] == version
    assert program.get("hooks", "/mon/version").json()["version"] == version
    assert program.get("vcs", "/vcs").status_code == 401  # the API signs its calls
    listed = {one["name"]: one for one in world.get("/admin/services").json()}
    assert listed["cds-vcs"]["http_url"] == f"http://127.0.0.1:{program.ports['vcs']}"
    if world.cds.version.has_vcs_servers:
        assert world.get("/repositories_manager").json() == ["bitbucketcloud"]
    assert "Unregister" in program.stop()
    assert world.cds.services.of_kind("vcs") == [] or not world.cds.services.of_kind("vcs")[0].alive()


def test_a_service_whose_token_is_refused_does_not_answer_at_all(
    build: Callable[..., World], started: Callable[..., Started]
) -> None:
    """It goes on asking for a while, and then ends as if all was well."""
    world = build("0.57.0", start=False)
    program = started(world, vcs_token="wrong", hooks_token="wrong")
    assert program.process.wait(SECONDS) == 0
    assert program.process.stdout
    with program.process.stdout as output:
        text = output.read()
    assert text.count("Waiting for CDS API (forbidden)") == 60
    assert "Timeout after 5min" in text


def test_webhooks_reach_the_hooks_service_at_its_own_address(
    build: Callable[..., World], started: Callable[..., Started]
) -> None:
    world = build("0.57.0", start=False)
    program = started(world, own_address=True)
    program.wait()
    assert world.post("/v2/project/DEMO/vcs", json=world.vcs_body()).status_code == 201
    world.attach("bb")
    world.post("/project/DEMO/pipeline", json={"name": "build"})
    nodes = {"build": {"pipeline": "build", "application": "app"}}
    hooks = {"build": [{"type": "RepositoryWebHook"}]}
    body = {"name": "wf", "version": "v2.0", "workflow": nodes, "hooks": hooks}
    assert world.post("/project/DEMO/import/workflows", json=body).status_code == 200
    world.bitbucket.bitbucket.commit("acme", "app", "main", {"file": "1"})
    world.settle(60)
    assert world.bitbucket.bitbucket.deliveries[-1].url.startswith(
        f"http://127.0.0.1:{program.ports['hooks']}/webhook/"
    )
    assert [run["num"] for run in world.get("/project/DEMO/workflows/wf/runs").json()] == [1]
