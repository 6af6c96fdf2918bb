# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files at the head of a branch over git's protocol, version 2, in this process: three small requests and no program.

A fetch by the program git takes ten processes, and most of the time of a converged repository. What is used of the protocol is
``ls-refs`` and ``fetch`` without negotiation: https://git-scm.com/docs/protocol-v2. A server without that version, without
filters, or with an answer that is not understood here is left to the program (``git_read.py``), which also words the refusals.

The rules are those of ``git_isolation.py``: the credential goes to the site of the repository only, no redirect is followed, and
nothing of anybody's git configuration counts, because none is read.
"""

from __future__ import annotations

import os
import typing as t

from ..core.errors import root_cause
from ..core.reconcile import Context, Fields
from ..core.urls import origin, without_query
from ..http.bounded import Unusable
from ..http.sessions import READING, Transport
from .client import BitbucketClient
from .files import File, Files
from .git_answer import GitFailed, error_of
from .git_isolation import ca_bundle
from .git_pack import BadPack, Objects

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

_SERVICE = "git-upload-pack"
_FLUSH, _DELIMITER = b"0000", b"0001"
_HEADERS = {"User-Agent": "git/repobridge.bitbucket", "Git-Protocol": "version=2", "Cache-Control": "no-cache"}
_KINDS = {"100644": "file", "100755": "file", "120000": "link", "040000": "directory", "160000": "submodule"}
_EXECUTABLE = "100755"
# Servers that have said that they can do what is used here, by their origin.
_KNOWN: set[t.Any] = set()


class Unfit(Exception):
    """To be left to the program: what the server can do, or said, is nothing for this reader."""


class GitHttp:
    """Reads, and changes nothing."""

    def __init__(self, client: BitbucketClient, params: Fields, context: Context) -> None:
        self._client, self._params, self._context = client, params, context
        self.url = client.git_url(params["workspace"], params["repository"])
        self._request = f"git fetch for {params['workspace']}/{params['repository']}"
        authorization = client.git_authorization()

        def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = authorization
            return request

        self._authorize = authorize
        # As git does, without a retry: the API reads the files in place of git.
        transport = Transport.of({**params, "max_retries": 0})
        self._session = transport.session(READING)
        self._verify = params["validate_certs"] and (ca_bundle(params["ca_path"], os.environ) or True)

    def look(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        """The commit a branch is at (None: no such branch), and the files there.

        :raises Unfit: the program git may be able to do it.
        :raises GitFailed: the server can't be reached, or is out of order.
        """
        files: Files = dict.fromkeys(paths)
        if not self._verify:
            raise Unfit("urllib3 warns of each request without a verified certificate")
        self._discover()
        commit = self._head(f"refs/heads/{branch}")
        if commit is None:
            return None, files
        try:
            objects = Objects()
            objects.add(self._fetch([commit], "deepen 1", "filter blob:none"))
            entries = {path: entry for path in paths if (entry := objects.entry(commit, path))}
            # A server without a filter for this has sent the files already.
            blobs = {entry.sha for entry in entries.values() if _KINDS.get(entry.mode) in ("file", "link")}
            missing = sorted(sha for sha in blobs if sha not in objects)
            if missing:
                objects.add(self._fetch(missing, "filter blob:none"))
            contents = {sha: objects.content(sha, "blob") for sha in blobs}
        except BadPack as error:
            raise Unfit(str(error)) from None
        for path, entry in entries.items():
            kind = _KINDS.get(entry.mode, "file")
            files[path] = File(contents.get(entry.sha, b""), entry.mode == _EXECUTABLE, kind)
        return commit, files

    # -- commands ----------------------------------------------------------------------------------------------------

    def _discover(self) -> None:
        """What the server can do, which is the same for all its repositories."""
        server = (origin(self.url), self._verify)
        if server in _KNOWN:
            return
        answer = self._send("GET", f"info/refs?service={_SERVICE}", f"{_SERVICE}-advertisement")
        lines = [line.rstrip(b"\n") for line in _lines(answer) if line]
        if lines and lines[0].startswith(b"# service="):
            lines.pop(0)
        able: dict[bytes, list[bytes]] = {}
        for line in lines[1:]:
            name, _equals, value = line.partition(b"=")
            able[name] = value.split()
        fit = (
            lines[:1] == [b"version 2"]
            and b"ls-refs" in able
            and {b"filter", b"shallow"} <= set(able.get(b"fetch", ()))
        )
        if not fit or able.get(b"object-format", [b"sha1"]) != [b"sha1"]:
            raise Unfit("the server does not offer what is needed of version 2")
        _KNOWN.add(server)

    def _head(self, ref: str) -> str | None:
        answer = self._command("ls-refs", f"ref-prefix {ref}")
        for line in _lines(answer):
            sha, _space, name = (line or b"").rstrip(b"\n").partition(b" ")
            if name.partition(b" ")[0] == ref.encode(errors="surrogateescape"):
                return _checked(sha)
        return None

    def _fetch(self, wanted: t.Iterable[str], *more: str) -> bytes:
        """The pack with these objects."""
        answer = self._command("fetch", *(f"want {sha}" for sha in wanted), *more, "ofs-delta", "no-progress", "done")
        pack = bytearray()
        begun = False
        for line in _lines(answer):
            if line is None:
                continue
            if not begun:
                begun = line.rstrip(b"\n") == b"packfile"
            elif line[:1] == b"\x01":
                pack += memoryview(line)[1:]
            elif line[:1] == b"\x03":
                raise Unfit("the server stopped the transfer")
        return bytes(pack)

    def _command(self, command: str, *arguments: str) -> bytes:
        body = b"".join((_packet(f"command={command}"), _DELIMITER, *map(_packet, arguments), _FLUSH))
        return self._send("POST", _SERVICE, f"{_SERVICE}-result", body, f"{_SERVICE}-request")

    def _send(self, method: str, path: str, accept: str, body: bytes | None = None, kind: str = "") -> bytes:
        """:raises Unfit: the server refuses it, redirects, or something else answers."""
        url = f"{self.url}/{path}"
        headers = {**_HEADERS, "Accept": f"application/x-{accept}"}
        if kind:
            headers["Content-Type"] = f"application/x-{kind}"
        timeout = self._params["timeout"]
        self._context.last_call = f"{method} {without_query(url)} of Bitbucket"
        try:
            answer = self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                auth=self._authorize,
                allow_redirects=False,
                verify=self._verify,
                timeout=(min(10.0, timeout), timeout),
            )
        except (Unusable, requests.exceptions.ReadTimeout) as error:  # a large repository, which the program may manage
            raise Unfit(str(error)) from None
        except requests.exceptions.RequestException as error:
            raise self._failed(root_cause(error)) from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise self._failed(f"The requested URL returned error: {answer.status_code}")
        if answer.status_code != 200 or answer.headers.get("Content-Type", "") != f"application/x-{accept}":
            raise Unfit(f"the answer is {answer.status_code}")
        return answer.content

    def _failed(self, words: str) -> GitFailed:
        error = error_of(self._request, self._client.redactor.text(words), 128, None)
        error.operation = f"{self._request.partition(' for ')[0]} {self.url}"
        if isinstance(error, GitFailed):
            return error
        raise Unfit(words)


def _packet(text: str) -> bytes:
    """https://git-scm.com/docs/gitprotocol-common#_pkt_line_format"""
    line = text.encode(errors="surrogateescape") + b"\n"
    return b"%04x%s" % (len(line) + 4, line)


def _lines(answer: bytes) -> t.Iterator[bytes | None]:
    """The packets of an answer; None for those that only separate. :raises Unfit:"""
    at, last = 0, b""
    while at < len(answer):
        last = answer[at : at + 4]
        try:
            size = int(last, 16)
        except ValueError:
            raise Unfit("the answer is not git's protocol") from None
        line = answer[at + 4 : at + size] if size >= 4 else None
        if line is not None and len(line) != size - 4:
            raise Unfit("the answer ends too early")
        if line is not None and line.startswith(b"ERR "):
            raise Unfit("the server reports an error")
        yield line
        at += max(size, 4)
    if last != _FLUSH:
        raise Unfit("the answer ends too early")


def _checked(sha: bytes) -> str:
    text = sha.decode("ascii", "replace")
    if len(text) != 40 or text.strip("0123456789abcdef"):
        raise Unfit("the answer has no commit")
    return text
