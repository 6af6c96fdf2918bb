# SPDX-License-Identifier: GPL-3.0-or-later
"""The container engine of the tests: the one DOCKER_HOST names if it answers, else a dockerd of this process alone."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from . import image
from .engine_api import EngineApi

_STARTS_WITHIN = 30.0


class Unavailable(Exception):
    """There is no engine here; the words say why."""


class _Shared:
    engine: EngineApi | None = None
    reason: str = ""


def engine() -> EngineApi:
    """The engine, with the image on it; started with the first use and stopped with this process.

    :raises Unavailable: there is none and none can be started.
    """
    if _Shared.reason:
        raise Unavailable(_Shared.reason)
    if _Shared.engine is None:
        try:
            found = _given() or _start()
            found.import_image(image.rootfs(), image.NAME)
            _Shared.engine = found
        except Unavailable as reason:
            _Shared.reason = str(reason)
            raise
    return _Shared.engine


def why_not() -> str | None:
    """Why there is no engine; None if there is one."""
    try:
        engine()
    except Unavailable as reason:
        return f"no container engine: {reason}"
    return None


def _given() -> EngineApi | None:
    host = os.environ.get("DOCKER_HOST")
    found = EngineApi(host) if host else None
    return found if found and found.answers() else None


def _start() -> EngineApi:
    """A dockerd that leaves the machine's network alone. It needs root, and no container runs on it but ours."""
    if image.BUSYBOX is None:
        raise Unavailable("there is no static busybox to make the image of (on Debian: apt-get install busybox-static)")
    program = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise Unavailable("DOCKER_HOST names none that answers, and there is no dockerd (on Debian: docker.io)")
    if os.geteuid() != 0:
        raise Unavailable("DOCKER_HOST names none that answers, and only root can start dockerd")
    # A Unix socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="repobridge-engine-", dir="/tmp"))
    socket, log = folder / "docker.sock", folder / "log"
    command = [
        *_die_with_us(),
        program,
        *("--data-root", str(folder / "data"), "--exec-root", str(folder / "exec"), "-p", str(folder / "pid")),
        *("-H", f"unix://{socket}", "--bridge=none", "--iptables=false", "--ip6tables=false"),
        *("--ip-masq=false", "--ip-forward=false"),
    ]
    with log.open("w") as output:
        daemon = subprocess.Popen(command, stdout=output, stderr=output)
    atexit.register(_stop, daemon, folder)
    found = EngineApi(f"unix://{socket}")
    began = time.monotonic()
    while not found.answers():
        if daemon.poll() is not None or time.monotonic() - began > _STARTS_WITHIN:
            last = [line for line in log.read_text().splitlines() if "level=info" not in line][-1:]
            raise Unavailable(f"dockerd did not start: {' '.join(last)}")
        time.sleep(0.05)
    return found


def _die_with_us() -> list[str]:
    """What makes a program end with the one that started it: a test run that is killed must leave no engine behind."""
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "TERM"] if program else []


def _stop(daemon: subprocess.Popen[bytes], folder: Path) -> None:
    daemon.terminate()
    try:
        daemon.wait(20)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
    subprocess.run(["umount", str(folder / "exec" / "netns" / "default")], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
