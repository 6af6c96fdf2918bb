# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""git, for one repository and one task: a bare repository in a temporary folder, and commands in it.

The credential is in the environment of the git process only: in no argument, no file and no URL.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import typing as t
from urllib.parse import urljoin

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields
from .client import BitbucketClient
from .git_answer import SERVICE, GitFailed, Redirected, error_of, squeezed
from .git_isolation import ca_bundle, environment

# The first with GIT_CONFIG_COUNT, without which nothing of the isolation and no credential would reach git.
# https://github.com/git/git/blob/master/Documentation/RelNotes/2.31.0.adoc
OLDEST = (2, 31)
# A command may take so many times the task's timeout, which is for one answer: a fetch has several, and a pack to be made.
_ANSWERS = 10
_SHORTEST = 60.0
# How often (seconds) it is looked how much a running command has fetched.
_PULSE = 0.5
# How long (seconds) a killed command's pipes may stay open.
_LAST_WORDS = 5.0
MOST_FETCHED = 2 * 1024**3
# Of the files that are read into memory.
MOST_READ = 128 * 1024**2
NOBODY = "repobridge.bitbucket <noreply@bots.bitbucket.org>"


def git_is_here() -> bool:
    """Whether the program is installed where the task runs."""
    return shutil.which("git") is not None


@functools.cache
def version_of(_program: str) -> tuple[int, ...]:
    """The version of the git at this path; an empty one if it does not say."""
    # There is no AnsibleModule with a run_command where the task runs inside the controller.
    done = subprocess.run(["git", "version"], capture_output=True, check=False)  # pylint: disable=ansible-bad-function
    found = re.match(rb"git version (\d+)\.(\d+)", done.stdout)
    return tuple(map(int, found.groups())) if found else ()


class Git:
    """Runs git. The folder is made with the first command, and removed by ``close`` or at the end of a ``with`` block."""

    # What to do about a failure.
    remedy: str | None = None

    def __init__(self, client: BitbucketClient, params: Fields, context: Context) -> None:
        self._client, self._params, self._context = client, params, context
        self.url = client.git_url(params["workspace"], params["repository"])
        self._folder: str | None = None
        self._environment: dict[str, str] = {}

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder, self._environment = None, {}

    # -- commands ----------------------------------------------------------------------------------------------------

    def text(self, *arguments: str, **options: t.Any) -> str:
        """What a git command writes, as text without white space around it."""
        return self.output(*arguments, **options).decode(errors="replace").strip()

    def output(self, *arguments: str, author: str | None = None, given: bytes = b"", literal: bool = False) -> bytes:
        """What a git command writes. ``literal``: a path in ``arguments`` is no pattern.

        :raises Outdated: a push came too late.
        :raises GitFailed: git failed for a reason of its own.
        :raises BridgeError: the server refused.
        """
        command = next(word for word in arguments if word != "-c" and "=" not in word)
        request = f"git {command} for {self._params['workspace']}/{self._params['repository']}"
        try:
            if self._folder is None:
                self._open()
            more = {**_person(author), **({"GIT_LITERAL_PATHSPECS": "1"} if literal else {})}
            status, out, words = self._run(request, arguments, {**self._environment, **more}, given)
        except OSError as error:  # no such program, no space, too many files
            self.close()
            words = squeezed(self._client.redactor.text(str(error)))
            raise GitFailed(request, service=SERVICE, words=words, remedy=self.remedy) from None
        if status:
            refusal = error_of(request, self._client.redactor.text(words), status, self.remedy)
            refusal.operation = f"{request.partition(' for ')[0]} {self.url}"
            raise self._explained(refusal)
        return out

    def contents(self, blobs: t.Sequence[str]) -> dict[str, bytes]:
        """What files hold, by the hash of each."""
        if not blobs:
            return {}
        wanted = "".join(f"{sha}\n" for sha in blobs).encode()
        # The form names nothing that the server chose but the size.
        sizes = self.text("cat-file", "--batch-check=%(objectsize)", given=wanted).split()
        if sum(int(size) for size in sizes if size.isdigit()) > MOST_READ:
            raise BridgeError(f"The files are larger than {MOST_READ // 1024**2} MiB, and git was not let read them")
        answer = self.output("cat-file", "--batch", given=wanted)
        found, at = {}, 0
        for sha in blobs:
            head, _newline, _rest = answer[at : at + 200].partition(b"\n")
            size = head.rpartition(b" ")[2]
            if not size.isdigit():
                raise GitFailed(f"git cat-file for {self.url}", words=f"{sha} was not fetched")
            at += len(head) + 1
            found[sha] = answer[at : at + int(size)]
            at += int(size) + 1
        return found

    # -- processes ---------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Make the folder: an empty home, and a repository without anybody's template."""
        version = version_of(shutil.which("git") or "git")
        if version < OLDEST:
            here = ".".join(map(str, version)) or "a git that does not report its version"
            needed = ".".join(map(str, OLDEST))
            raise GitFailed(
                f"git {needed} or newer is required, but {here} is installed", remedy="Update git where the task runs."
            )
        self._folder = tempfile.mkdtemp(prefix="repobridge-")
        home, repository = (os.path.join(self._folder, name) for name in ("home", "repository"))
        os.mkdir(home, 0o700)
        os.mkdir(repository, 0o700)
        self._environment = environment(
            self.url,
            authorization=self._client.git_authorization(),
            home=home,
            repository=repository,
            validate_certs=self._params["validate_certs"],
            ca_path=self._params["ca_path"],
            timeout=self._params["timeout"],
            environ=os.environ,
        )
        self.output("init", "--quiet", "--bare", "--template=", ".")
        self.output("remote", "add", "origin", self.url)

    def _run(
        self, request: str, arguments: t.Sequence[str], variables: dict[str, str], given: bytes
    ) -> tuple[int, bytes, str]:
        """Exit status, output and words of a command, which ends with everything it started."""
        seconds = max(_SHORTEST, _ANSWERS * self._params["timeout"])
        deadline = time.monotonic() + seconds
        process = subprocess.Popen(  # pylint: disable=ansible-bad-function
            ["git", *arguments],
            cwd=variables["GIT_DIR"],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own, to be killed as a whole: git leaves the transfer to another process.
            start_new_session=True,
        )
        try:
            todo: bytes | None = given
            while True:
                try:
                    out, words = process.communicate(todo, timeout=_PULSE)
                    break
                except subprocess.TimeoutExpired:
                    todo = None
                    self._check_size(request)
                    if time.monotonic() > deadline:
                        raise GitFailed(
                            f"{request} took more than {seconds:g} seconds", kind="unavailable", remedy=self.remedy
                        ) from None
        except BaseException:
            _kill(process)
            raise
        self._check_size(request)
        return process.returncode, out, words.decode(errors="replace")

    def _check_size(self, request: str) -> None:
        if _size(self._folder or "") > MOST_FETCHED:
            raise GitFailed(f"{request} fetched more than {MOST_FETCHED // 1024**2} MiB", remedy=self.remedy)

    def _explained(self, error: BridgeError) -> BridgeError:
        """With both addresses, if it is a redirect."""
        if isinstance(error, Redirected):
            target = self._location()
            error.words = f"{error.words}; {self.url} redirects to {target or 'another address'}"
            error.remedy = " ".join(
                filter(None, ("Use the new name of the repository, or https in the option with the URL.", self.remedy))
            )
        return error

    def _location(self) -> str | None:
        """Where the server redirects to: git does not say it. The same request again, to the same host only."""
        authorization = self._client.git_authorization()

        def authorize(request: t.Any) -> t.Any:
            request.headers["Authorization"] = authorization
            return request

        asked = f"{self.url}/info/refs?service=git-upload-pack"
        verify = self._params["validate_certs"] and (ca_bundle(self._params["ca_path"], os.environ) or True)
        try:
            response = self._client.session.get(
                asked,
                auth=authorize,
                allow_redirects=False,
                verify=verify,
                timeout=self._params["timeout"],
                stream=True,
            )
            response.close()
        except Exception:  # pylint: disable=broad-exception-caught # it is only for the message
            return None
        target = response.headers.get("Location")
        if not target or not response.is_redirect:
            return None
        address, _slash, _rest = urljoin(asked, target).partition("/info/refs")
        return squeezed(self._client.redactor.text(address))


def _person(author: str | None) -> dict[str, str]:
    name, _space, mail = (author or NOBODY).rpartition(" <")
    return {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", mail.rstrip(">")))
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()
    # What left the group may hold the pipes open for as long as it likes.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_LAST_WORDS)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


def _size(folder: str) -> int:
    """Bytes of the files in a folder that changes meanwhile."""
    total = 0
    for where, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(where, name)).st_size
    return total
