# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A commit made by git and pushed over HTTPS, for what a REST API can't do.

The credential is in the environment of the git process only: in no argument, no file and no URL.
https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from urllib.parse import urlsplit

from ..errors import BridgeError, Outdated
from ..reconcile import Context, Fields
from .client import BitbucketClient

_NOT_FAST_FORWARD = ("non-fast-forward", "fetch first", "stale info", "cannot lock ref", "failed to update ref")
# What git says of an answer, and the kind of error (see errors.KINDS) it stands for.
_KINDS = (
    ("Authentication failed", "unauthorized"),
    ("error: 401", "unauthorized"),
    ("error: 403", "forbidden"),
    ("not found", "not_found"),
    ("Could not resolve host", "unavailable"),
    ("Failed to connect", "unavailable"),
    ("error: 5", "unavailable"),
)
_MINUTES = 5
NOBODY = "repobridge.bitbucket <noreply@bots.bitbucket.org>"


def git_is_here() -> bool:
    """Whether the program is installed where the task runs."""
    return shutil.which("git") is not None


class Git:
    """git, for one repository and one task."""

    # What to do about a failure.
    remedy: str | None = None

    def __init__(self, client: BitbucketClient, params: Fields, context: Context) -> None:
        self._client, self._params, self._context = client, params, context
        self.url = client.git_url(params["workspace"], params["repository"])

    def environment(self, author: str | None) -> dict[str, str]:
        """Of the process: no configuration of anybody's, no questions, the credential for this site only."""
        site = urlsplit(self.url)
        settings = {
            f"http.{site.scheme}://{site.netloc}/.extraHeader": f"Authorization: {self._client.git_authorization()}",
            "credential.helper": "",
            "gc.auto": "0",
            "http.sslVerify": "true" if self._params["validate_certs"] else "false",
            **({"http.sslCAInfo": self._params["ca_path"]} if self._params["ca_path"] else {}),
        }
        name, _space, mail = (author or NOBODY).rpartition(" <")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        environment = {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"}
        for role in ("AUTHOR", "COMMITTER"):
            environment.update({f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": mail.rstrip(">")})
        environment["GIT_CONFIG_COUNT"] = str(len(settings))
        for number, (key, value) in enumerate(settings.items()):
            environment.update({f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value})
        return environment

    def _git(self, folder: str, environment: dict[str, str], *arguments: str) -> str:
        return self.output(folder, environment, *arguments).decode(errors="replace").strip()

    def output(self, folder: str, environment: dict[str, str], *arguments: str, given: bytes = b"") -> bytes:
        """What a git command writes. :raises Outdated: a push came too late. :raises BridgeError: it failed."""
        command = next(word for word in arguments if word != "-c" and "=" not in word)
        asked = f"git {command} for {self._params['workspace']}/{self._params['repository']}"
        try:
            # There is no AnsibleModule with a run_command where the task runs inside the controller.
            done = subprocess.run(  # pylint: disable=ansible-bad-function
                ["git", *arguments],
                cwd=folder,
                env=environment,
                capture_output=True,
                input=given,
                timeout=_MINUTES * 60,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BridgeError(f"{asked} took more than {_MINUTES} minutes", kind="unavailable") from None
        words = " ".join(done.stderr.decode(errors="replace").split())
        if done.returncode and arguments[0] == "push" and any(reason in words for reason in _NOT_FAST_FORWARD):
            raise Outdated(asked, kind="conflict", service="Bitbucket", words=words)
        if done.returncode:
            raise BridgeError(
                asked,
                kind=next((kind for sign, kind in _KINDS if sign in words), "failed"),
                service="Bitbucket",
                words=words or f"exit status {done.returncode}",
                remedy=self.remedy,
            )
        return done.stdout


class GitPush(Git):
    """Sets the mode of files that are committed already."""

    remedy = "The files are committed, only the executable bit is missing; the next run tries again."

    def make_executable(self, branch: str, head: str, paths: list[str], message: str, author: str | None) -> str:
        """A commit on top of ``head`` that gives these files their bit; its hash.

        :raises Outdated: ``head`` is no longer where the branch is.
        """
        if not git_is_here():
            raise BridgeError(
                f"Bitbucket's API committed {', '.join(paths)} without the executable bit, and git is not here to set it",
                remedy="Install git where the task runs, or set the bit by hand (git update-index --chmod=+x) and push.",
            )
        environment = self.environment(author)
        with tempfile.TemporaryDirectory(prefix="repobridge-") as folder:

            def git(*arguments: str) -> str:
                return self._git(folder, environment, *arguments)

            git("init", "--quiet", "--bare", ".")
            # Only the trees: what the files hold is not needed to change a mode.
            git("remote", "add", "origin", self.url)
            git("fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none", "origin", f"refs/heads/{branch}")
            if git("rev-parse", "FETCH_HEAD^{commit}") != head:
                raise Outdated(f"{branch} moved on before git could set the executable bit of {', '.join(paths)}")
            git("read-tree", head)
            for path in paths:
                blob = git("rev-parse", f"{head}:{path}")
                git("update-index", "--cacheinfo", f"100755,{blob},{path}")
            commit = git("commit-tree", git("write-tree"), "-p", head, "-m", message)
            git("push", "--quiet", "origin", f"{commit}:refs/heads/{branch}")
            return commit
