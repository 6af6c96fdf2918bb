# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Pipelines: a push starts what ``bitbucket-pipelines.yml`` says, and the scripts really run.

A step gets a clone of its own, made over HTTP from this very Bitbucket, and nothing of this process's environment but the
PATH. The image is not looked at: what is on this machine is what the script finds. No build status is posted.
https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/ has the variables.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import git
from .credentials import Credential
from .model import Repository
from .pipelines_file import NAME, InvalidFile, choose
from .pipelines_model import Pipeline, Step

if TYPE_CHECKING:
    from .service import Bitbucket

SECONDS = 120.0
AT_ONCE = 2
_SKIP = ("[skip ci]", "[ci skip]")


class Pipelines:
    """``busy`` pipelines run in threads of their own; ``wait`` waits for them."""

    def __init__(self, service: Bitbucket) -> None:
        self.service = service
        self._busy = 0
        self._idle = threading.Condition()
        self._places = threading.Semaphore(AT_ONCE)

    # -- starting ------------------------------------------------------------------------------------------------

    def for_changes(
        self, repository: Repository, before: Mapping[str, str], after: Mapping[str, str], by: Credential | None
    ) -> list[Pipeline]:
        """What a push starts: for each branch and tag that is new or moved one pipeline, if the file has one for it.

        Nothing while Pipelines is switched off, and nothing for what is deleted.
        """
        if not repository.pipelines.enabled:
            return []
        moved = [(name, sha) for name, sha in after.items() if before.get(name) != sha]
        found = [self._create(repository, name, by) for name, _sha in moved]
        return [one for one in found if one is not None]

    def _create(self, repository: Repository, ref: str, by: Credential | None) -> Pipeline | None:
        commit = git.resolve(repository.path, ref)
        text = git.read(repository.path, commit, NAME) if commit else None
        if commit is None or text is None:
            return None
        message = git.log(repository.path, "-1", commit)[0].message.lower()
        if any(sign in message for sign in _SKIP):
            return None
        kind, name = "tag" if ref.startswith("refs/tags/") else "branch", ref.split("/", 2)[2]
        runs, now = repository.pipelines.runs, self.service.clock.datetime()
        out = Pipeline(len(runs) + 1, kind, name, commit, "default", None, now, by.username if by else None)
        try:
            chosen = choose(text, kind, name)
            if chosen is None:
                return None
            out.selector, out.pattern, out.steps = chosen.selector, chosen.pattern, chosen.steps
        except InvalidFile as error:
            out.result, out.error, out.completed_on = "ERROR", str(error), now
        runs.append(out)
        return out

    def start(self, repository: Repository, runs: list[Pipeline]) -> None:
        """Run them in the background; returns at once."""
        for run in runs:
            if run.result is None:
                with self._idle:
                    self._busy += 1
                name = f"bitbucket pipeline {run.number}"
                threading.Thread(target=self._run, args=(repository, run), name=name, daemon=True).start()

    def wait(self, timeout: float) -> None:
        """Wait (really) until none is running."""
        with self._idle:
            if not self._idle.wait_for(lambda: self._busy == 0, timeout):
                raise TimeoutError("Bitbucket Pipelines is still running")

    # -- running -------------------------------------------------------------------------------------------------

    def _run(self, repository: Repository, run: Pipeline) -> None:
        result = "SUCCESSFUL"
        try:
            with self._places:
                for step in run.steps:
                    if result == "SUCCESSFUL":
                        result = self._step(repository, run, step)
                    else:
                        step.result = "NOT_RUN"
        finally:
            run.completed_on, run.result = self.service.clock.datetime(), result
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _step(self, repository: Repository, run: Pipeline, step: Step) -> str:
        step.started_on = self.service.clock.datetime()
        folder = self.service.root / "pipelines" / step.uuid.strip("{}")
        # What fetches within a step is let in by a proxy of the build's, for as long as the step runs.
        login = self.service.vault.access_token(repository, repository.workspace, ("repository:write",), 3600)
        try:
            (folder / "home").mkdir(parents=True)
            environment = self._environment(repository, run, step, folder)
            self._clone(repository, run, step, folder / "build", login)
            step.log, code = _execute(step.script, folder / "build", environment)
            step.result = "FAILED" if code else "SUCCESSFUL"
        except (git.GitError, OSError, subprocess.SubprocessError) as error:
            step.log += f"{type(error).__name__}: {error}\n"
            step.result = "ERROR"
        finally:
            login.revoked = True
            step.log = self._masked(repository, step.log)
            step.completed_on = self.service.clock.datetime()
            shutil.rmtree(folder, ignore_errors=True)
        return step.result

    def _clone(self, repository: Repository, run: Pipeline, step: Step, folder: Path, login: Credential) -> None:
        """As the build's setup does it: one branch or tag, so many commits deep, at the pipeline's commit."""
        folder.mkdir()
        if not step.clone:
            return
        depth = [] if step.clone_depth is None else ["--depth", str(step.clone_depth)]
        url = self.service.clone_url(repository.workspace.slug, repository.slug)
        clone = ["clone", "--quiet", "--branch", run.ref_name, *depth, url, "."]
        git.ask(folder, login.git_user, login.secret, *clone)
        git.run(folder, "reset", "--quiet", "--hard", run.commit)
        pair = b64encode(f"{login.git_user}:{login.secret}".encode()).decode()
        site = urlsplit(url)
        git.run(
            folder,
            "config",
            f"http.{site.scheme}://{site.netloc}/bitbucket/.extraHeader",
            f"Authorization: Basic {pair}",
        )

    def _environment(self, repository: Repository, run: Pipeline, step: Step, folder: Path) -> dict[str, str]:
        of_ref = {"BITBUCKET_TAG" if run.ref_type == "tag" else "BITBUCKET_BRANCH": run.ref_name}
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder / "home"),
            "LC_ALL": "C.UTF-8",
            "no_proxy": "*",
            **{one.key: one.value for one in repository.pipelines.variables.values()},
            "CI": "true",
            "BITBUCKET_BUILD_NUMBER": str(run.number),
            "BITBUCKET_CLONE_DIR": str(folder / "build"),
            "BITBUCKET_COMMIT": run.commit,
            "BITBUCKET_WORKSPACE": repository.workspace.slug,
            "BITBUCKET_REPO_OWNER": repository.workspace.slug,
            "BITBUCKET_REPO_SLUG": repository.slug,
            "BITBUCKET_REPO_UUID": repository.uuid,
            "BITBUCKET_REPO_FULL_NAME": repository.full_name,
            "BITBUCKET_REPO_IS_PRIVATE": str(repository.is_private).lower(),
            "BITBUCKET_PROJECT_KEY": repository.project.key,
            "BITBUCKET_GIT_HTTP_ORIGIN": f"{self.service.url}/{repository.full_name}",
            "BITBUCKET_PIPELINE_UUID": run.uuid,
            "BITBUCKET_STEP_UUID": step.uuid,
            **of_ref,
        }

    @staticmethod
    def _masked(repository: Repository, text: str) -> str:
        """Of a secured variable the log has the name."""
        for one in repository.pipelines.variables.values():
            if one.secured and one.value:
                text = text.replace(one.value, f"${one.key}")
        return text


def _execute(script: list[str], folder: Path, environment: dict[str, str]) -> tuple[str, int]:
    """The commands as one script of the shell, which ends with the first that fails; what it wrote, and how it ended."""
    lines = ["set -e"]
    for command in script:
        quoted = command.replace("'", "'\\''")
        lines += [f"printf '+ %s\\n' '{quoted}'", command]
    done = subprocess.run(
        ["sh", "-c", "\n".join(lines)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
    return done.stdout, done.returncode
