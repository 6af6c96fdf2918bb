# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a container engine listens and how it is spoken to, by the rules of the docker command.

Source: https://docs.docker.com/reference/cli/docker/#environment-variables and https://docs.docker.com/engine/security/protect-access/
"""

from __future__ import annotations

import os
import socket
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..core.errors import InvalidInput
from ..http.bounded import watch
from ..http.sessions import IDEMPOTENT, BoundedAdapter, ServiceRetry, Transport

try:
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool
    from urllib3.exceptions import NewConnectionError
except ImportError:  # named by the module before the first call (Operation.requires)
    HTTPConnection = HTTPConnectionPool = object  # type: ignore[assignment,misc]

_TLS_PORT = 2376


@dataclass(frozen=True)
class Endpoint:
    """An engine's address: ``socket`` is the path of a Unix socket, or None for TCP."""

    base_url: str
    socket: str | None = None
    ca_path: str | None = None
    client: tuple[str, str] | None = None


def endpoint(params: dict[str, t.Any]) -> Endpoint:
    """The engine a task means. :raises InvalidInput: an address that this collection can't use."""
    parts = urlsplit(params["docker_host"])
    if parts.scheme == "unix" and parts.path:
        return Endpoint("http://localhost", socket=parts.path)
    if parts.scheme not in ("tcp", "http", "https") or not parts.hostname:
        raise InvalidInput(
            f"docker_host is {params['docker_host']}, but must be unix:///path or tcp://host:port",
            remedy="For an engine on another machine, run the task there by SSH (delegate_to), with the local socket "
            "of the engine.",
        )
    certificates = _certificates(params)
    usual = bool(os.environ.get("DOCKER_TLS_VERIFY") or certificates.client) or parts.port == _TLS_PORT
    secure = parts.scheme == "https" or (usual if params["tls"] is None else params["tls"])
    host = f"{'https' if secure else 'http'}://{parts.netloc}{parts.path.rstrip('/')}"
    return Endpoint(host, ca_path=certificates.ca_path, client=certificates.client if secure else None)


def _certificates(params: dict[str, t.Any]) -> Endpoint:
    """The task's own, else those in the folder that DOCKER_CERT_PATH names."""
    folder = os.environ.get("DOCKER_CERT_PATH", "")
    ca_path, cert, key = (os.path.join(folder, f"{name}.pem") for name in ("ca", "cert", "key"))
    found = bool(folder) and os.path.exists(cert) and os.path.exists(key)
    if params["client_cert"]:
        cert, key, found = params["client_cert"], params["client_key"], True
    trusted = params["ca_path"] or (ca_path if folder and os.path.exists(ca_path) else None)
    return Endpoint("", ca_path=trusted, client=(cert, key) if found else None)


class SocketTransport(Transport):
    """HTTP over a Unix socket, with the rules of all other calls; why not the SDK's own, ``sdk.py`` says.

    The host name in the URLs means nothing.
    """

    def __init__(self, path: str, **rules: t.Any) -> None:
        super().__init__(**rules)
        self.path = path

    def session(self, repeated: frozenset[str] = IDEMPOTENT) -> t.Any:
        session = super().session(repeated)
        session.trust_env = False  # a proxy of the environment leads to no socket of this machine
        return session

    def adapter(self, retry: ServiceRetry) -> BoundedAdapter:
        return _SocketAdapter(self.path, max_retries=retry)


class _SocketAdapter(BoundedAdapter):
    def __init__(self, path: str, **options: t.Any) -> None:
        self._path = path
        super().__init__(**options)

    def init_poolmanager(self, *arguments: t.Any, **options: t.Any) -> None:
        super().init_poolmanager(*arguments, **options)
        connection = type("SocketConnection", (_SocketConnection,), {"path": self._path})
        pool = type("SocketPool", (HTTPConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = {"http": pool}
        watch(self.poolmanager)


class _SocketConnection(HTTPConnection):
    path: t.ClassVar[str]

    def _new_conn(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if isinstance(self.timeout, (int, float)):
            made.settimeout(self.timeout)
        try:
            made.connect(self.path)
        except OSError as error:
            made.close()
            raise NewConnectionError(self, str(error)) from error
        return made

    def __repr__(self) -> str:
        return self.path  # what an error about it begins with
