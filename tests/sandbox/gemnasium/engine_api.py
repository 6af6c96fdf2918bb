# SPDX-License-Identifier: GPL-3.0-or-later
"""A container engine's API as the tests themselves use it, with nothing of the collection's own client in it."""

from __future__ import annotations

import http.client
import io
import json
import socket
import tarfile
from typing import Any
from urllib.parse import quote, urlsplit

API = "/v1.40"


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class EngineApi:
    """An engine by its address (``unix:///path`` or ``tcp://host:port``)."""

    def __init__(self, host: str) -> None:
        self.host = host

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.host)
        if parts.scheme == "unix":
            return _SocketConnection(parts.path)
        return http.client.HTTPConnection(parts.netloc, timeout=60)

    def exchange(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """One exchange: status, headers, body."""
        connection = self._connection()
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """One call; JSON or None. :raises RuntimeError: the engine refused."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        status, _headers, answer = self.exchange(method, API + path, data, {"Content-Type": kind})
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {answer.decode(errors='replace')}")
        try:
            return json.loads(answer) if answer else None
        except ValueError:
            return answer

    def answers(self) -> bool:
        try:
            return self.exchange("GET", "/_ping")[0] == 200
        except OSError:
            return False

    # -- images and containers ---------------------------------------------------------------------------------------

    def import_image(self, rootfs: bytes, name: str) -> None:
        repository, _, tag = name.partition(":")
        path = f"/images/create?fromSrc=-&repo={quote(repository, safe='')}&tag={tag}"
        self.call("POST", path, rootfs, "application/x-tar")

    def create(self, name: str, **options: Any) -> None:
        self.call("POST", f"/containers/create?name={name}", options)
        self.call("POST", f"/containers/{name}/start")

    def remove(self, name: str, volumes: tuple[str, ...] = ()) -> None:
        for path in (f"/containers/{name}?force=1", *(f"/volumes/{volume}?force=1" for volume in volumes)):
            try:
                self.call("DELETE", path)
            except (RuntimeError, OSError):
                pass  # not there, or the engine is gone

    def tree(self, container: str, folder: str) -> dict[str, bytes]:
        """The files below a folder of a container, by their path in it; nothing if there is no such folder."""
        status, _headers, packed = self.exchange("GET", f"{API}/containers/{container}/archive?path={quote(folder)}")
        if status == 404:
            return {}
        out = {}
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                if content:
                    out[member.name.partition("/")[2]] = content.read()
        return out

    def put(self, container: str, folder: str, files: dict[str, bytes]) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        self.call(
            "PUT", f"/containers/{container}/archive?path={quote(folder)}", packed.getvalue(), "application/x-tar"
        )

    def run(self, container: str, *argv: str) -> None:
        """Run a command in a container, to its end."""
        made = self.call("POST", f"/containers/{container}/exec", {"Cmd": list(argv), "AttachStdout": True})
        self.call("POST", f"/exec/{made['Id']}/start", {"Detach": False, "Tty": False})
