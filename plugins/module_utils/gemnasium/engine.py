# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container engine's API (Docker's, which Podman speaks too): commands in a container, and files of it.

A command goes to the engine as a list of arguments in a request's body. No shell reads it, no terminal is made, and on this
machine it is in no process list. Docker's SDK for Python knows the calls (``sdk.py``).

Source: https://docs.docker.com/reference/api/engine/
"""

from __future__ import annotations

import io
import posixpath
import tarfile
import typing as t
from dataclasses import dataclass

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields
from ..core.urls import segment
from ..core.waiting import wait_until
from ..http.answer import NOTHING, RAW, Shape
from ..http.rest import JsonClient
from ..http.sessions import Transport
from . import sdk
from .endpoint import SocketTransport, endpoint

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

REQUIRES = ("requests", "docker")
_LARGEST_ARCHIVE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Finished:
    """A command that has ended, and what it wrote."""

    status: int
    output: str


class Engine(JsonClient):
    """One task's connection to the engine, and the one container it is about."""

    service = "the container engine"
    setting = "docker_host"
    error_keys = ("message", "cause")
    # What is written to a container is answered with 200 and nothing.
    empty_statuses = (200, 201, 204)

    def __init__(self, params: Fields, context: Context) -> None:
        at = endpoint(params)
        rules = {name: params[name] for name in ("timeout", "max_retries", "validate_certs")}
        rules["ca_path"] = at.ca_path
        transport = SocketTransport(at.socket, **rules) if at.socket else Transport(**rules)
        super().__init__(at.base_url, transport, context)
        self.params = params
        self.context = context
        self.container: str = params["container"]
        self._client = at.client
        self._version: str | None = params["api_version"]

    # -- calling -----------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, *, expects: Shape, **options: t.Any) -> requests.Response:
        try:
            return super().call(method, path, expects=expects, cert=self._client, **options)
        except BridgeError as error:
            if error.status is None and error.words:
                error.remedy = self._not_reached(error.words) or error.remedy
            raise

    def api(self, asked: str, expects: Shape = RAW) -> sdk.Client:
        """Docker's client for one purpose; ``expects`` is the body of a success, where the client does not read it."""
        return sdk.Client(self, self.version, self.params["timeout"], asked, expects)

    @property
    def _named(self) -> str:
        return segment(self.container)

    @property
    def version(self) -> str:
        """The version of the API both sides know: an engine refuses what is newer than itself, or too old for it."""
        if self._version is None:
            self._version = self._agree(self.ping().get("Api-Version", ""))
        return self._version

    def ping(self) -> t.Mapping[str, str]:
        """The headers of an answer that costs the engine nothing; they tell its version."""
        return self.call("GET", "_ping", asked="Read the version of the container engine", expects=RAW).headers

    def _agree(self, told: str) -> str:
        try:
            agreed = sdk.agreed(told)
        except ValueError:
            raise BridgeError(
                f"The response at {self.params['docker_host']} is not from a container engine",
                kind="invalid",
                service=self.service,
                operation="GET /_ping",
                remedy="Check docker_host.",
            ) from None
        if agreed is None:
            raise BridgeError(
                f"The container engine supports API {told}, but {sdk.OLDEST} is required",
                service=self.service,
            )
        return agreed

    @property
    def is_podman(self) -> bool:
        """Whether it is Podman, which tells a command that never ran and one that went well by the same words."""
        return "Libpod-API-Version" in self.ping()

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        said = self.problem(response)
        return None, str(said.get("message") or said.get("cause") or "") if said else self.redactor.excerpt(
            response.text
        )

    def remedy(self, response: requests.Response) -> str | None:
        said = self.words(response)[1].lower()
        if "no such container" in said or "no container with name" in said:
            return (
                f"Give the container's name as container (now {self.container}), and the engine it runs on as "
                f"docker_host (now {self.params['docker_host']})."
            )
        if "not running" in said or "is stopped" in said or "container state improper" in said:
            return f"Start it (docker start {self.container}) and run again."
        if "is paused" in said:
            return f"Unpause it (docker unpause {self.container}) and run again."
        if "could not find the file" in said or "no such file" in said:
            return (
                f"Set data_path (now {self.params['data_path']}) to the mount point of the data volume in the "
                "container."
            )
        if "client version" in said:
            return "Omit api_version, so that it is read from the engine."
        return None

    def _not_reached(self, words: str) -> str | None:
        host = self.params["docker_host"]
        if "Permission denied" in words:
            return (
                f"The user of this task has no permission for {host}: run it as root (become) or as a member of the "
                "group docker."
            )
        if "No such file" in words or "Connection refused" in words:
            return (
                f"No engine listens at {host}. Start it, or set docker_host (or DOCKER_HOST); if it runs on another "
                "machine, run the task there with delegate_to."
            )
        return None

    # -- the container -----------------------------------------------------------------------------------------------

    def inspect(self) -> Fields:
        """The container. :raises BridgeError: there is none, or it does not run."""
        asked = f"Read the container {self.container}"
        found: Fields = self.api(asked).inspect_container(self._named)
        state = found["State"]
        if not state["Running"] or state.get("Paused"):
            how = "paused" if state.get("Paused") else state.get("Status") or "not running"
            raise BridgeError(
                f"The container {self.container} is {how}, but commands require a running container",
                kind="unavailable",
                service=self.service,
                remedy=f"{'Unpause' if how == 'paused' else 'Start'} it and run again.",
            )
        return found

    def files(self, folder: str, asked: str) -> dict[str, bytes] | None:
        """The regular files right in a folder of the container, by name; None if it, or the container, is not there.

        It works in a container that is stopped, too.
        """
        try:
            chunks, _about = self.api(asked).get_archive(self._named, folder)
        except BridgeError as error:
            if error.status == 404:  # in the engine's own form; a proxy's has no status here
                return None
            raise
        packed = b"".join(chunks)
        if len(packed) > _LARGEST_ARCHIVE:
            raise BridgeError(f"{asked}: {folder} contains more than {_LARGEST_ARCHIVE} bytes")
        out = {}
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                if content and member.name.count("/") == 1:
                    out[posixpath.basename(member.name)] = content.read()
        return out

    def write_file(self, path: str, content: bytes, asked: str) -> None:
        """Write a file for root alone into a folder below ``data_path``, which is made if it is missing."""
        inside = posixpath.relpath(path, self.params["data_path"])
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            folder = tarfile.TarInfo(posixpath.dirname(inside))
            folder.type, folder.mode = tarfile.DIRTYPE, 0o700
            archive.addfile(folder)
            file = tarfile.TarInfo(inside)
            file.mode, file.size = 0o600, len(content)
            archive.addfile(file, io.BytesIO(content))
        self.api(asked, NOTHING).put_archive(self._named, self.params["data_path"], packed.getvalue())

    # -- commands ----------------------------------------------------------------------------------------------------

    def prepare(self, argv: t.Sequence[str], asked: str) -> str:
        """Tell the engine a command, without running it; the id under which it is run, once."""
        return str(self.api(asked).exec_create(self._named, list(argv))["Id"])

    def run(self, command: str, asked: str) -> Finished:
        """Run what was prepared, to its end. :raises OutcomeUnknown: whether it ran must be asked of ``outcome``."""
        written = self.api(asked).output(command, self.params["command_timeout"])
        status = self._wait(command, asked)
        return Finished(-1 if status is None else status, written.decode("utf-8", "replace").strip())

    def outcome(self, command: str, asked: str) -> int | None:
        """The exit status of a command that was prepared once; None if it never ran.

        :raises LookupError: the engine has forgotten it. Docker does some minutes after its end, and when it is restarted.
        """
        try:
            answer = self.api(asked).exec_inspect(command)
        except BridgeError as error:
            if error.status == 404:
                raise LookupError(command) from None
            raise
        return self._wait(command, asked, answer)

    def _wait(self, command: str, asked: str, first: Fields | None = None) -> int | None:
        """The status, once it does not run any more. It may outlive the stream of its output."""
        found = wait_until(
            lambda: t.cast("Fields", self.api(asked).exec_inspect(command)),
            lambda state: not state["Running"],
            what=f"The command in {self.container}",
            describe=lambda _state: "running",
            progress=self.context.progress,
            timeout=self.params["command_timeout"],
            interval=0.2,
            first=first,
        )
        return t.cast("int | None", found["ExitCode"])
