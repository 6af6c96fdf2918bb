# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a pipeline for real, with gitlab-ci-local: the commit's own files in a folder of their own, the shell executor.

https://github.com/firecow/gitlab-ci-local (4.73.0 is the last that runs on Node 20). Nothing of this process's
environment reaches a job but the PATH.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .. import git
from .ci_variables import for_pipeline, names
from .manual_jobs import GATE, Plan, failed
from .model import Job, Pipeline

if TYPE_CHECKING:
    from .service import GitLab

SECONDS = 300.0
_PLACES = ("node_modules/.bin", ".build/node_modules/.bin")
_ENDED = re.compile(r"(finished in .*?)(?:\s+(FAIL|WARN)\s+(\S+))?\s*$")


def find() -> Path | None:
    """gitlab-ci-local on the PATH, or installed by npm next to the collection."""
    found = shutil.which("gitlab-ci-local")
    if found:
        return Path(found)
    root = Path(__file__).resolve().parents[3]
    return next(
        (root / place / "gitlab-ci-local" for place in _PLACES if (root / place / "gitlab-ci-local").exists()), None
    )


class Runner:
    """One pipeline's run."""

    def __init__(self, service: GitLab, pipeline: Pipeline, program: Path | None = None) -> None:
        self.service = service
        self.pipeline = pipeline
        self.project = pipeline.project
        self.program = program or find()
        self._secrets = [v.value for v in self.project.variables.values() if v.masked and v.value]
        self._stop = threading.Event()
        self._plan = Plan([])
        self._at_gate = self._blocked = False

    def missing(self) -> str | None:
        """What this machine lacks for it."""
        if self.program is None or not self.program.exists():
            return "gitlab-ci-local is not installed (npm install gitlab-ci-local@4.73.0)"
        for needed in ("node", "rsync", "bash"):
            if shutil.which(needed) is None:
                return f"{needed} is not installed, gitlab-ci-local needs it"
        return None

    def run(self) -> None:
        """Take the pipeline from pending to its end. Whatever goes wrong ends it, too."""
        pipeline = self.pipeline
        pipeline.status, pipeline.started_at = "running", self.service.clock.datetime()
        folder = self.service.root / f"pipeline-{pipeline.id}"
        try:
            folder.mkdir()
            self._checkout(folder)
            if self._list_jobs(folder):
                self._execute(folder)
        except (git.GitError, OSError, subprocess.SubprocessError, ValueError) as error:
            pipeline.reason, pipeline.status = f"{type(error).__name__}: {error}", "failed"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            now = self.service.clock.datetime()
            pipeline.updated_at = now
            pipeline.finished_at = None if pipeline.status == "manual" else now
            for job in pipeline.jobs:
                if job.status in ("pending", "running"):
                    job.status, job.finished_at = "canceled" if pipeline.cancelled else "failed", now

    def _checkout(self, folder: Path) -> None:
        """The commit's files; ``origin`` is the project, so that GitLab's address is the one that is derived."""
        source = folder / "source"
        git.run(self.project.git_path, "clone", "--quiet", "--no-checkout", "--shared", ".", str(source))
        checkout = ["checkout", "--quiet", "-B", self.pipeline.ref, self.pipeline.sha]
        git.run(source, *(["checkout", "--quiet", self.pipeline.sha] if self.pipeline.tag else checkout))
        git.run(source, "remote", "set-url", "origin", self.service.clone_url(self.project))
        for key, value in (("user.name", "GitLab"), ("user.email", "gitlab@example.com")):
            git.run(source, "config", key, value)
        default = self.project.default_branch or self.pipeline.ref
        git.run(source, "symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{default}")
        path = folder / "variables.yml"
        path.touch(mode=0o600)
        path.write_text(json.dumps(for_pipeline(self.service, self.pipeline)))  # JSON is YAML

    def _command(self, *more: str, config: str | None = None) -> list[str]:
        command = [
            str(self.program),
            "--cwd",
            ".",
            "--file",
            config or self.service.pipelines.config_path(self.project),
            "--variables-file",
            "../variables.yml",
            "--state-dir",
            "../state",
            "--force-shell-executor",
            "--no-color",
            "--ignore-predefined-vars",
            ",".join(names(self.service, self.pipeline)),
            "--max-job-name-padding",
            "0",
        ]
        if self.pipeline.tag:
            command += ["--unset-variable", "CI_COMMIT_BRANCH"]
        return [*command, *more]

    def _environment(self, folder: Path) -> dict[str, str]:
        (folder / "home").mkdir(exist_ok=True)
        return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}

    def _list_jobs(self, folder: Path) -> bool:
        """The jobs of the pipeline; False when there is nothing to run (then the pipeline's status says why)."""
        done = self._ask(folder, "--list-json")
        start = re.search(r"^\[", done.stdout, re.MULTILINE)
        if done.returncode or start is None:
            self.pipeline.yaml_errors = self._masked(done.stderr.strip() or done.stdout.strip())[:2000]
            self.pipeline.status = "failed"
            return False
        now = self.service.clock.datetime()
        listed = json.JSONDecoder().raw_decode(done.stdout[start.start() :])[0]
        entries = [entry for entry in listed if entry["when"] != "never"]
        if any(entry["when"] == "manual" for entry in entries):
            self._plan = Plan(entries, self._ask(folder, "--preview").stdout)
        for entry in entries:
            status = "manual" if entry["when"] == "manual" else "created"
            job = Job(
                self.service.next_id("job", 5001),
                entry["name"],
                entry["stage"],
                now,
                status,
                bool(entry["allow_failure"]),
            )
            self.pipeline.jobs.append(job)
        if not self.pipeline.jobs or all(job.status == "manual" for job in self.pipeline.jobs):
            self.pipeline.status = "manual" if self._plan.blocking else "skipped"
            self.pipeline.reason = "The pipeline has no jobs to run"
            return False
        return True

    def _ask(self, folder: Path, option: str) -> subprocess.CompletedProcess[str]:
        """What gitlab-ci-local says without running anything."""
        return subprocess.run(
            self._command(option),
            cwd=folder / "source",
            env=self._environment(folder),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def _execute(self, folder: Path) -> None:
        config = self.service.pipelines.config_path(self.project)
        gated = self._plan.gate(folder, config) if self._plan.needs_a_gate else None
        process = subprocess.Popen(
            self._command("--no-json-schema-validation", config=gated),
            cwd=folder / "source",
            env=self._environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        watch = threading.Thread(target=self._watch, args=(process, folder), daemon=True)
        watch.start()
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self._read(line.rstrip("\n"))
                self._watch_gate(line, folder)
        code = process.wait()
        self._stop.set()
        watch.join()
        self._finish(code)

    def _watch(self, process: subprocess.Popen[str], folder: Path) -> None:
        """End it when it was cancelled, takes too long, or the sandbox is gone."""
        end = time.monotonic() + SECONDS
        while not self._stop.wait(0.05):
            if self.pipeline.cancelled or self._blocked or time.monotonic() > end or not folder.exists():
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                return

    def _watch_gate(self, line: str, folder: Path) -> None:
        """What is behind a blocking manual job does not run; what does not wait for stages runs to its end."""
        if line.startswith(f"{GATE} starting shell"):
            if not self._plan.holds(self.pipeline.jobs):
                self._plan.open(folder)
                return
            self._at_gate = True
        if self._at_gate and not self._plan.runs_on(self.pipeline.jobs):
            self._blocked = True

    def _read(self, line: str) -> None:
        """One line of output: it begins with the job's name."""
        for job in sorted(self.pipeline.jobs, key=lambda one: -len(one.name)):
            rest = line.removeprefix(job.name)
            if rest == line or (rest and rest[0] != " "):
                continue
            self._progress(job, rest.lstrip(" "))
            return

    def _progress(self, job: Job, text: str) -> None:
        now = self.service.clock.datetime()
        if text.startswith("starting shell"):
            job.status, job.started_at = "running", now
        ended = _ENDED.match(text)
        if ended and job.status == "running":
            job.status = "failed" if ended[2] else "success"
            job.failure_reason = "script_failure" if ended[2] else None
            job.finished_at = now
        if text.startswith("> "):
            text = text[2:]
        if not text.startswith(("starting shell", "finished in")):
            job.trace += self._masked(text) + "\n"

    def _finish(self, code: int) -> None:
        pipeline = self.pipeline
        waits = self._blocked
        if self._plan.blocking and not self._plan.needs_a_gate and not pipeline.cancelled:  # in the last stage
            waits = self._plan.holds(pipeline.jobs) and (code == 0 or bool(failed(pipeline.jobs)))
        for job in pipeline.jobs:
            nobody = job.status == "manual" and job.name in self._plan.blocking
            if not waits and (job.status == "created" or nobody):
                job.status = "canceled" if pipeline.cancelled else "skipped"
        if pipeline.cancelled:
            pipeline.status = "canceled"
        elif waits:
            pipeline.status = "manual"
        else:
            pipeline.status = "failed" if code else "success"

    def _masked(self, text: str) -> str:
        """Masked values do not get into a trace."""
        for secret in self._secrets:
            text = text.replace(secret, "[MASKED]")
        return text
