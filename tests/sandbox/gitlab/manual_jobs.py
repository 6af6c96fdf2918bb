# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that somebody has to start, and what waits for them. https://docs.gitlab.com/ci/jobs/job_control/#types-of-manual-jobs

A manual job is optional, unless ``allow_failure`` is false: its stage then ends only when somebody has started it, and no
later stage begins, ``.post`` neither (https://gitlab.com/gitlab-org/gitlab/-/issues/39534). gitlab-ci-local passes over every
manual job, so one more job, the gate, is put behind the stage: it ends when it may go on, and is ended when it may not.
(gitlab-ci-local itself differs in one more thing: behind a stage that was skipped it runs nothing, ``on_failure`` neither.)
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from .ci_config import Loader
from .model import Job

GATE = "sandbox gate"
_PRE, _POST = ".pre", ".post"


class Plan:
    """What a pipeline's jobs wait for. ``entries`` is gitlab-ci-local's ``--list-json``, ``preview`` its ``--preview``."""

    def __init__(self, entries: list[dict[str, Any]], preview: str = "") -> None:
        self.needs: dict[str, list[str]] = {
            entry["name"]: [one["job"] for one in entry["needs"] if one.get("job")]
            for entry in entries
            if entry.get("needs") is not None
        }
        written = yaml.load(preview[preview.find("---") :], Loader) if "---" in preview else {}
        self.stages: list[str] = list(written.get("stages") or [])
        self.blocking = {
            entry["name"]
            for entry in entries
            if entry["when"] == "manual" and not self._may_be_left(entry, written.get(entry["name"]) or {})
        }
        held = [self.stages.index(entry["stage"]) for entry in entries if entry["name"] in self.blocking]
        self.first = min(held) if held else None  # the place of the first stage that has one

    @staticmethod
    def _may_be_left(entry: dict[str, Any], written: dict[str, Any]) -> bool:
        """By ``when`` of the job itself it is optional if nothing else is said, by a rule it is not."""
        if entry.get("rules") is not None or "rules" in written:
            return bool(entry["allow_failure"])
        return bool(written.get("allow_failure", True))

    @property
    def needs_a_gate(self) -> bool:
        """Whether there is a stage behind."""
        return self.first is not None and self.first < len(self.stages) - 1

    def gate(self, folder: Path, config: str) -> str:
        """Write a configuration with the gate in it around the pipeline's own; its path from the sources."""
        assert self.first is not None
        os.mkfifo(folder / "gate")
        stages = [*self.stages[: self.first + 1], GATE, *self.stages[self.first + 1 :]]
        job = {
            "stage": GATE,
            "when": "always",
            "inherit": {"default": False},
            "script": [f"cat {shlex.quote(str(folder / 'gate'))}"],
        }
        whole = {
            "include": [{"local": config}],
            "stages": [stage for stage in stages if stage not in (_PRE, _POST)],
            GATE: job,
        }
        (folder / "gate.yml").write_text(json.dumps(whole))  # JSON is YAML
        return "../gate.yml"

    @staticmethod
    def open(folder: Path) -> None:
        """Let the gate end: it is reading."""
        with (folder / "gate").open("wb"):
            pass

    def holds(self, jobs: Iterable[Job]) -> bool:
        """Whether a manual job can be started, and so is waited for: nothing before its stage has failed."""
        return self.first is not None and not any(self.stages.index(job.stage) < self.first for job in failed(jobs))

    def runs_on(self, jobs: list[Job]) -> bool:
        """Whether something runs, or starts without waiting for stages, because all that it ``needs`` has ended well."""
        names = {job.name: job for job in jobs}

        def comes(job: Job) -> bool:
            return (
                job.status == "created"
                and job.name in self.needs
                and all(
                    need in names and (names[need].status in ("running", "success") or comes(names[need]))
                    for need in self.needs[job.name]
                )
            )

        return any(job.status == "running" or comes(job) for job in jobs)


def failed(jobs: Iterable[Job]) -> list[Job]:
    return [job for job in jobs if job.status == "failed" and not job.allow_failure]
