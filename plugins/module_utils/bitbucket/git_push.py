# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A commit made by git and pushed over HTTPS, for what the REST API can't do.

The credential is in the environment of the git process only: in no argument, no file and no URL.
https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT and
https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/ (the user names for git)
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from urllib.parse import quote, urlsplit

from ..errors import BridgeError, Outdated
from ..reconcile import Context, Fields
from .client import Cloud

# The user that git logs in with, by the kind of login; the e-mail address that the REST API wants does not work here.
_USERS = {
    "api_token": "x-bitbucket-api-token-auth",
    "access_token": "x-token-auth",
    "oauth_consumer": "x-token-auth",
}
_NOT_FAST_FORWARD = ("non-fast-forward", "fetch first", "stale info", "cannot lock ref", "failed to update ref")
_MINUTES = 5


class GitPush:
    """git, for one repository and one task."""

    def __init__(self, client: Cloud, params: Fields, context: Context) -> None:
        self._client, self._params, self._context = client, params, context
        path = "/".join(quote(params[name], safe="{}") for name in ("workspace", "repository"))
        self._url = f"{client.site_url}/{path}.git"

    def make_executable(self, branch: str, head: str, paths: list[str], message: str, author: str | None) -> str:
        """A commit on top of ``head`` that gives these files their bit; its hash.

        :raises Outdated: ``head`` is no longer where the branch is.
        """
        if shutil.which("git") is None:
            raise BridgeError(
                f"Bitbucket's API committed {', '.join(paths)} without the executable bit, and git is not here to set it",
                remedy="Install git where the task runs, or set the bit by hand (git update-index --chmod=+x) and push.",
            )
        environment = self._environment(author)
        with tempfile.TemporaryDirectory(prefix="repobridge-") as folder:

            def git(*arguments: str) -> str:
                return self._git(folder, environment, *arguments)

            git("init", "--quiet", "--bare", ".")
            # Only the trees: what the files hold is not needed to change a mode.
            git("remote", "add", "origin", self._url)
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

    def _environment(self, author: str | None) -> dict[str, str]:
        login = self._client.login
        secret = self._client.token()["access_token"] if login.kind == "oauth_consumer" else login.secret
        pair = base64.b64encode(f"{_USERS.get(login.kind, login.username)}:{secret}".encode()).decode()
        self._context.redactor.add(pair)
        site = urlsplit(self._url)
        settings = {
            f"http.{site.scheme}://{site.netloc}/.extraHeader": f"Authorization: Basic {pair}",
            "credential.helper": "",
            "gc.auto": "0",
            "http.sslVerify": "true" if self._params["validate_certs"] else "false",
            **({"http.sslCAInfo": self._params["ca_path"]} if self._params["ca_path"] else {}),
        }
        name, _space, mail = (author or "repobridge.bitbucket <noreply@bots.bitbucket.org>").rpartition(" <")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        environment = {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"}
        for role in ("AUTHOR", "COMMITTER"):
            environment.update({f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": mail.rstrip(">")})
        environment["GIT_CONFIG_COUNT"] = str(len(settings))
        for number, (key, value) in enumerate(settings.items()):
            environment.update({f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value})
        return environment

    def _git(self, folder: str, environment: dict[str, str], *arguments: str) -> str:
        asked = f"git {arguments[0]} for {self._params['workspace']}/{self._params['repository']}"
        try:
            # There is no AnsibleModule with a run_command where the task runs inside the controller.
            done = subprocess.run(  # pylint: disable=ansible-bad-function
                ["git", *arguments],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=_MINUTES * 60,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BridgeError(f"{asked} took more than {_MINUTES} minutes", kind="unavailable") from None
        words = " ".join(done.stderr.split())
        if done.returncode and arguments[0] == "push" and any(reason in words for reason in _NOT_FAST_FORWARD):
            raise Outdated(asked, kind="conflict", service="Bitbucket", words=words)
        if done.returncode:
            raise BridgeError(
                asked,
                service="Bitbucket",
                words=words or f"exit status {done.returncode}",
                remedy="The files are committed, only the executable bit is missing; the next run tries again.",
            )
        return done.stdout.strip()
