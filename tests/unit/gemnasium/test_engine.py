# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between a task and the engine, or between the command and the marker, and what the next run makes of it."""

from __future__ import annotations

import json
import os
import ssl
import sys
import threading
import time
from pathlib import Path
from typing import Any

import docker.constants
import pytest
from werkzeug.serving import make_server

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium import sdk
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_client import AuthClient
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_provider import AuthProvider
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.endpoint import Endpoint, endpoint
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.info import GemnasiumInfo

from .certificates import Authority
from .conftest import PROVIDER, Runner
from .test_objects import CLIENT, SECRET

STEM = "gemnasium_auth_provider.bitbucket%2Eorg"
START = r"POST \S+/start"


def providers(run: Runner) -> int:
    return len(run.gemnasium.objects("providers"))


# -- a run that is cut off ----------------------------------------------------------------------------------------------


def test_a_lost_answer_is_asked_of_the_engine_and_the_command_runs_once(run: Runner) -> None:
    run.server.faults.add("apply_then_drop", match=START)
    done = run.ok(AuthProvider, **PROVIDER)
    assert done["changed"] and done["resource"]["how"] == "finished"
    assert providers(run) == 1
    assert not run.ok(AuthProvider, **PROVIDER)["changed"]


def test_a_command_that_never_started_is_run(run: Runner) -> None:
    run.server.faults.add("drop", match=START)
    assert run.ok(AuthProvider, **PROVIDER)["resource"]["how"] == "made"
    assert providers(run) == 1


def test_killed_between_command_and_marker_the_next_run_finishes_and_says_so(run: Runner) -> None:
    run.server.faults.add("drop", match=r"done\.json")
    assert "Record the state of the provider bitbucket.org" in run.fails(AuthProvider, **PROVIDER)
    assert providers(run) == 1
    would = run.ok(AuthProvider, check_mode=True, **PROVIDER)
    assert [action["action"] for action in would["actions"]] == ["record"] and not run.writes()
    done = run.ok(AuthProvider, **PROVIDER)
    assert done["actions"] == would["actions"]
    assert done["resource"]["how"] == "finished"
    assert run.writes() == [f"PUT /containers/gemnasium/archive .repobridge/{STEM}.done.json"]
    assert not run.ok(AuthProvider, **PROVIDER)["changed"]


def forgotten(run: Runner) -> None:
    """An engine that was restarted knows nothing of the commands of the past."""
    started = run.gemnasium.markers()[f"{STEM}.started.json"]
    text = str({**started, "command": "0" * 64}).replace("'", '"').replace("None", "null")
    run.gemnasium.write_marker(f"{STEM}.started.json", text.encode())


def test_killed_there_and_forgotten_by_the_engine_it_is_found(run: Runner) -> None:
    run.server.faults.add("drop", match=r"done\.json")
    run.fails(AuthProvider, **PROVIDER)
    forgotten(run)
    assert run.ok(AuthProvider, **PROVIDER)["resource"]["how"] == "found"
    assert providers(run) == 1
    assert not run.ok(AuthProvider, **PROVIDER)["changed"]


def test_what_is_found_must_be_what_is_wanted_now(run: Runner) -> None:
    run.server.faults.add("drop", match=r"done\.json")
    run.fails(AuthProvider, **PROVIDER)
    forgotten(run)
    assert "its values cannot be read" in run.fails(
        AuthProvider, **{**PROVIDER, "token_url": "https://elsewhere.example.com"}
    )


def test_a_refused_command_is_not_taken_for_one_that_was_cut_off(run: Runner) -> None:
    run.gemnasium.shell("auth provider create bitbucket.org bitbucket https://a https://b")
    run.fails(AuthProvider, **PROVIDER)
    forgotten(run)
    assert "its values cannot be read" in run.fails(AuthProvider, **PROVIDER)


def test_half_a_marker_is_none_and_nothing_is_lost(run: Runner) -> None:
    run.ok(AuthProvider, **PROVIDER)
    run.gemnasium.write_marker(f"{STEM}.done.json", b'{"kind": "gemnas')
    done = run.ok(AuthProvider, **PROVIDER)
    assert done["resource"]["how"] == "finished" and providers(run) == 1
    # While a new command starts, the old marker stands.
    run.gemnasium.write_marker(f"{STEM}.started.json", b"{")
    assert not run.ok(AuthProvider, **PROVIDER)["changed"]


# -- an engine that is not as it should be ------------------------------------------------------------------------------


def test_no_engine_no_permission_no_container(run: Runner, tmp_path: Path) -> None:
    missing = run.fails(AuthProvider, **PROVIDER, docker_host=f"unix://{tmp_path}/none.sock")
    assert "No such file" in missing and "No engine listens" in missing and "none.sock" in missing
    refused = run.fails(AuthProvider, **PROVIDER, docker_host="tcp://127.0.0.1:9")
    assert "No engine listens" in refused
    for check_mode in (True, False):
        unknown = run.fails(AuthProvider, check_mode=check_mode, **PROVIDER, container="nobody")
        assert "404" in unknown and "No such container: nobody" in unknown and "docker_host" in unknown
    assert "404" in run.fails(GemnasiumInfo, container="nobody")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_socket_that_is_not_for_everybody(run: Runner, tmp_path: Path) -> None:
    host = run.gemnasium.engine.host
    if not host.startswith("unix://"):
        pytest.skip("the engine of these tests is reached by TCP")
    Path(host.removeprefix("unix://")).parent.chmod(0o700)
    os.seteuid(65534)
    try:
        said = run.fails(AuthProvider, **PROVIDER, docker_host=host)
    finally:
        os.seteuid(0)
    assert "Permission denied" in said and "group docker" in said


def test_by_the_engines_own_socket(run: Runner) -> None:
    """Without the door of the sandbox in between."""
    direct = {"docker_host": run.gemnasium.engine.host, "container": run.gemnasium.real_name, "api_version": None}
    assert run.ok(AuthProvider, **PROVIDER, **direct)["changed"]
    assert not run.ok(AuthProvider, **PROVIDER, **direct)["changed"]
    assert run.ok(GemnasiumInfo, **direct)["container"]["status"] == "running"
    assert not run.calls and providers(run) == 1


def test_a_container_that_does_not_run(run: Runner) -> None:
    run.ok(AuthProvider, **PROVIDER)
    run.gemnasium.command("kill")
    assert not run.ok(AuthProvider, **PROVIDER)["changed"], "what is remembered can be read"
    for check_mode in (True, False):
        said = run.fails(AuthClient, check_mode=check_mode, **CLIENT)
        assert "exited" in said and "Start it" in said and SECRET not in said
    assert "exited" in run.fails(GemnasiumInfo)
    run.gemnasium.command("start")
    run.gemnasium.command("pause")
    assert "paused" in run.fails(AuthClient, **CLIENT)
    run.gemnasium.command("unpause")
    assert run.ok(AuthClient, **CLIENT)["changed"]


def test_a_data_path_that_is_not_there(run: Runner) -> None:
    said = run.fails(AuthProvider, **PROVIDER, data_path="/srv/gemnasium")
    assert "/srv/gemnasium" in said and "data_path" in said
    assert not providers(run), "nothing is made that can't be remembered"


def test_an_image_without_the_command(run: Runner) -> None:
    said = run.fails(AuthProvider, **PROVIDER, command=["no-such-program", "create"])
    assert "executable file not found" in said and "cannot run no-such-program" in said


def test_a_version_the_engine_does_not_speak(run: Runner) -> None:
    said = run.fails(AuthProvider, **PROVIDER, api_version="1.99")
    assert "too new" in said and "api_version" in said


def test_a_command_that_never_ends(run: Runner) -> None:
    run.gemnasium.shell("busybox printf '#!/bin/sh\\nsleep 60\\n' >/bin/slow; busybox chmod +x /bin/slow")
    said = run.fails(AuthProvider, **PROVIDER, command=["slow"], command_timeout=0.3)
    assert "0.3 s" in said or "still running" in said


def test_something_else_at_that_address(run: Runner) -> None:
    run.server.faults.add("status", match="_ping", status=404)
    assert "404" in run.fails(GemnasiumInfo, api_version=None)


def test_without_dockers_sdk_the_package_is_named(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)  # what find_spec takes for "not installed"
    for operation, given in ((AuthProvider, PROVIDER), (GemnasiumInfo, {})):
        said = run.fails(operation, **given)
        assert "required Python library (docker)" in said and not run.calls


def test_the_operators_configuration_of_docker_does_not_count(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its headers would go to the engine, its keys into the command, and what is malformed in it would stop the task."""
    settings = {"HttpHeaders": {"X-Of-The-Operator": "1"}, "detachKeys": "ctrl-x", "auths": {"registry": "no object"}}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert run.ok(AuthProvider, **PROVIDER)["changed"]
    calls = run.server.calls.all()
    assert calls and not any("X-Of-The-Operator" in call.headers or b"ctrl-x" in call.body for call in calls)


@pytest.mark.parametrize(
    ("call", "stays"), [(r"GET \S+/archive", 0), (r"POST \S+/start", 1)], ids=["files", "output of a command"]
)
def test_an_answer_without_an_end_is_bounded(run: Runner, call: str, stays: int) -> None:
    """The SDK itself would read both from the bare socket, without any deadline."""
    limits: dict[str, Any] = {"timeout": 1, "command_timeout": 1}
    run.server.faults.add("drip", match=call, seconds=0.05, size=1)
    began = time.monotonic()
    result = run(AuthProvider, **PROVIDER, **limits)
    assert time.monotonic() - began < 8
    assert providers(run) == stays, "a command whose output never ends has run once"
    assert result.get("failed", False) == (not stays), result
    if not stays:
        assert "no complete answer within 1" in result["msg"] and "increase timeout" in result["msg"]


def test_an_archive_without_an_end_is_not_unpacked(run: Runner) -> None:
    run.server.faults.add("huge", match=r"GET \S+/archive", size=64 * 1024 * 1024)
    assert "larger than 32 MiB" in run.fails(AuthProvider, **PROVIDER)


def test_the_version_is_what_both_sides_know(run: Runner) -> None:
    def says(told: str) -> str:
        run.server.faults.add(
            "body", match="_ping", status=200, content_type="text/plain", body=b"OK", headers={"Api-Version": told}
        )
        result = run(GemnasiumInfo, api_version=None)
        return str(result["msg"] if result.get("failed") else result["container"]["api_version"])

    assert says("1.41") == "1.41"
    assert says("1.23").startswith("The container engine supports API 1.23, but 1.24 is required")
    for nothing in ("", "one.two"):
        assert "is not from a container engine" in says(nothing)
    run.server.faults.clear()
    assert sdk.agreed("1.999") == docker.constants.DEFAULT_DOCKER_API_VERSION


# -- addresses ----------------------------------------------------------------------------------------------------------


def params(**given: Any) -> dict[str, Any]:
    return {"docker_host": "", "tls": None, "ca_path": None, "client_cert": None, "client_key": None, **given}


def test_addresses_are_those_of_the_docker_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def of(host: str, **given: Any) -> Endpoint:
        return endpoint(params(docker_host=host, **given))

    assert of("unix:///run/podman/podman.sock") == Endpoint("http://localhost", socket="/run/podman/podman.sock")
    assert of("tcp://engine:2375").base_url == "http://engine:2375"
    assert of("tcp://engine:2376").base_url == "https://engine:2376"
    assert of("tcp://engine:2376", tls=False).base_url == "http://engine:2376"
    assert of("tcp://engine:4243", tls=True).base_url == "https://engine:4243"
    for name in ("ca", "cert", "key"):
        (tmp_path / f"{name}.pem").touch()
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    found = of("tcp://engine:4243")
    assert found.base_url.startswith("https") and found.ca_path == str(tmp_path / "ca.pem")
    assert found.client == (str(tmp_path / "cert.pem"), str(tmp_path / "key.pem"))
    for wrong in ("ssh://root@engine", "npipe:////./pipe/docker", "engine:2375", "unix://"):
        with pytest.raises(InvalidInput, match="docker_host"):
            of(wrong)


def test_tls_with_certificates_of_both_sides(run: Runner, tmp_path: Path) -> None:
    """As a dockerd with --tlsverify listens: it takes only clients that its authority has signed."""
    ca = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    context.load_verify_locations(ca.path)
    context.verify_mode = ssl.CERT_REQUIRED
    service = run.gemnasium
    secure = make_server("127.0.0.1", 0, service.wsgi, threaded=True, ssl_context=context)
    threading.Thread(target=secure.serve_forever, args=(0.02,), daemon=True).start()
    cert, key = ca.issue("client")
    there = {"docker_host": f"tcp://127.0.0.1:{secure.server_port}"}
    try:
        trusted = {**there, "tls": True, "ca_path": ca.path, "client_cert": cert, "client_key": key}
        assert run.ok(AuthProvider, **PROVIDER, **trusted)["changed"]
        assert "not trusted" in run.fails(AuthProvider, **PROVIDER, **{**trusted, "ca_path": None})
        nobody = run.fails(AuthProvider, **PROVIDER, **{**trusted, "client_cert": None, "client_key": None})
        assert "no response from the container engine" in nobody
    finally:
        secure.shutdown()
        secure.server_close()


# -- where a secret can be seen -----------------------------------------------------------------------------------------


def processes_with(text: str) -> set[str]:
    """The PID namespaces of all processes of this machine that have ``text`` among their arguments."""
    out = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (process / "cmdline").read_bytes():
                out.add(os.readlink(process / "ns" / "pid"))
        except OSError:
            pass  # gone in the meantime
    return out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees whose processes they are")
def test_the_secret_is_in_no_process_list_but_that_of_the_command_itself(with_provider: Runner) -> None:
    """Which the documented command makes unavoidable: it takes the secret as an argument."""
    if not with_provider.gemnasium.engine.host.startswith("unix://"):
        pytest.skip("the engine of these tests may be on another machine")
    shell = with_provider.gemnasium.shell
    shell(
        "busybox mkfifo /tmp/go; busybox printf '#!/bin/sh\\nread -r go </tmp/go\\n' >/bin/waits; busybox chmod +x /bin/waits"
    )
    results: list[Any] = []
    task = threading.Thread(target=lambda: results.append(with_provider(AuthClient, **CLIENT, command=["waits"])))
    task.start()
    seen: set[str] = set()
    while not seen and task.is_alive():
        seen = processes_with(SECRET)
    shell("busybox echo go >/tmp/go")
    task.join()
    assert results[0]["changed"], results
    assert seen and os.readlink("/proc/self/ns/pid") not in seen
