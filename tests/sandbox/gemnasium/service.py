# SPDX-License-Identifier: GPL-3.0-or-later
"""The service in the sandbox: a container of its own for each sandbox, and the door to the engine.

The door passes on what it gets, byte for byte, to a real engine. It stands in the call log like every service, counts, and
breaks like one. Each sandbox has a container of its own, which behind the door has the name that the product's documentation
uses, so that many sandboxes can be on one engine; other containers can't be reached through it.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from ..strictness import not_built
from . import daemon, image
from .engine_api import EngineApi

if TYPE_CHECKING:
    from ..calls import Call
    from ..server import Server, WsgiApp

EXTERNAL_URL = "https://gemnasium.example.com"
CONTAINER, VOLUME, DATA = "gemnasium", "gemnasium-data", "/var/opt/gemnasium"
LICENCE = "a-licence-key-nobody-shows"
_ALLOWED = re.compile(r"^(/v[\d.]+)?/(_ping|version|containers/(?P<container>[^/]+)/\w+|exec/[0-9a-f]+/\w+)$")
_HOPS = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")

Values = dict[str, str]


class Gemnasium:
    """Gemnasium Enterprise. Nothing is started before ``run``; ``url`` is the address of the door."""

    name = "engine"

    def __init__(self, server: Server) -> None:
        self._server = server
        self._suffix = f"-{uuid.uuid4().hex[:12]}"
        self.wsgi: WsgiApp = self._answer
        self._door: str | None = None
        self._engine: EngineApi | None = None

    # -- life --------------------------------------------------------------------------------------------------------

    callback_url = f"{EXTERNAL_URL}/auth/auth/bitbucket.org"

    def run(self, external_url: str = EXTERNAL_URL) -> None:
        """Start the container. :raises daemon.Unavailable: no engine answers, and none can be started."""
        self._engine = daemon.engine()
        self._engine.create(
            self.real_name,
            Image=image.NAME,
            Cmd=["/bin/sh", "-c", "while :; do sleep 3600; done"],
            Env=[f"EXTERNAL_URL={external_url}", f"LICENSE_KEY={LICENCE}", "PATH=/bin"],
            StopSignal="SIGKILL",
            HostConfig={"NetworkMode": "none", "Binds": [f"{self._volume}:{DATA}"]},
        )

    def close(self) -> None:
        """Take container and volume away."""
        if self._engine:
            self._engine.remove(self.real_name, (self._volume,))
            self._engine = None

    @property
    def runs(self) -> bool:
        return self._engine is not None

    @property
    def engine(self) -> EngineApi:
        assert self._engine, "Gemnasium.run() comes first"
        return self._engine

    @property
    def url(self) -> str:
        """For DOCKER_HOST: clients of an engine take no path in its address, so the door has a port of its own."""
        if self._door is None:
            self._door = self._server.open_door(f"/{self.name}").replace("http://", "tcp://")
        return self._door

    @property
    def real_name(self) -> str:
        return CONTAINER + self._suffix

    @property
    def _volume(self) -> str:
        return VOLUME + self._suffix

    # -- the other side ----------------------------------------------------------------------------------------------

    def objects(self, kind: str) -> list[Values]:
        """What the product holds: ``providers``, ``clients`` or ``sources``."""
        found: dict[str, Values] = {}
        for path, content in sorted(self.engine.tree(self.real_name, f"{DATA}/state/{kind}").items()):
            number, _, field = path.partition("/")
            found.setdefault(number, {})[field] = content.decode()
        return [found[number] for number in sorted(found, key=int)]

    def markers(self) -> dict[str, dict[str, Any]]:
        """The collection's own files in the volume, by name."""
        files = self.engine.tree(self.real_name, f"{DATA}/.repobridge")
        return {name: json.loads(content) for name, content in files.items()}

    def write_marker(self, name: str, content: bytes) -> None:
        self.engine.put(self.real_name, f"{DATA}/.repobridge", {name: content})

    def forget(self, kind: str, number: int = 1) -> None:
        """The product loses an object, as when an older backup is restored; the marker is its own matter."""
        self.shell(f"busybox rm -rf {DATA}/state/{kind}/{number}")

    def new_data(self) -> None:
        """The operator begins with an empty data volume."""
        self.shell(f"busybox rm -rf {DATA}/state {DATA}/.repobridge")

    def shell(self, script: str) -> None:
        self.engine.run(self.real_name, "/bin/busybox", "sh", "-c", script)

    def command(self, what: str) -> None:
        """``stop``, ``start``, ``pause``, ``unpause``, ``kill`` the container."""
        self.engine.call("POST", f"/containers/{self.real_name}/{what}")

    # -- the door ----------------------------------------------------------------------------------------------------

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self._pass_on(Request(environ))(environ, start_response)

    def subject(self, call: Call) -> str:
        """The files that are written; their names are in the archive alone."""
        if call.method != "PUT":
            return ""
        try:
            with tarfile.open(fileobj=io.BytesIO(call.body)) as archive:
                return " ".join(member.name for member in archive if member.isreg())
        except tarfile.TarError:
            return ""

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        words = {500: "server error", 503: "the engine is shutting down"}
        return json.dumps({"message": words.get(status, "refused")}).encode(), "application/json"

    def _pass_on(self, request: Request) -> Response:
        allowed = _ALLOWED.match(request.path)
        if not allowed or "Upgrade" in request.headers:
            return not_built(request.method, request.path)
        path, container = request.path, allowed.group("container")
        if container == CONTAINER:
            path = path.replace(f"/containers/{CONTAINER}/", f"/containers/{self.real_name}/", 1)
        elif container:
            return _said(404, f"No such container: {container}")
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOPS}
        status, told, body = self.engine.exchange(request.method, path + query, request.get_data(), headers)
        kept = [(name, value) for name, value in told if name.lower() not in _HOPS]
        if "json" in dict(told).get("Content-Type", ""):
            body = body.replace(self._suffix.encode(), b"")
        return Response(body, status, headers=kept)


def _said(status: int, message: str) -> Response:
    return Response(json.dumps({"message": message}), status, content_type="application/json")
