# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program ``engine`` on the host of CDS: its version, a new configuration, and its own check of one.

Source: https://ovh.github.io/cds/docs/components/engine/ and engine/cmd_config.go of https://github.com/ovh/cds
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import typing as t

from ..core.errors import BridgeError
from ..core.redact import Redactor
from .version import Version

_GOOD = "Configuration file OK"
_LONGEST = 60  # seconds


class Engine:
    """Runs it without a shell, in a folder of its own choice: some commands leave files behind."""

    def __init__(self, program: str, redactor: Redactor) -> None:
        self.program = program
        self._redactor = redactor

    def version(self) -> Version:
        """``CDS engine version:v0.57.0 os:linux …``"""
        done = self._run("version", asked="Read the version of the engine")
        found = re.search(r"version:(\S+)", done.stdout)
        if not found:
            raise BridgeError(
                f"{self.program} does not report its version",
                words=self._redactor.excerpt(done.stdout or done.stderr, 200),
                remedy="Check engine, or set version.",
            )
        return Version(found[1])

    def new_configuration(self, services: t.Sequence[str]) -> str:
        """The text of a new file, with new keys each time."""
        done = self._run("config", "new", *services, asked="Create a new configuration")
        if done.returncode != 0:
            raise self._failed(done, "Create a new configuration")
        return done.stdout

    def check(self, path: str) -> None:
        """:raises BridgeError: its check finds something. Its exit status is 0 then, too."""
        done = self._run("config", "check", path, asked="Check the configuration")
        if _GOOD not in done.stdout:
            raise self._failed(done, "The engine refuses the configuration")

    def _failed(self, done: subprocess.CompletedProcess[str], asked: str) -> BridgeError:
        said = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines()]
        words = "; ".join(line for line in said if line and not line.startswith(("checking ", "Reading ")))
        return BridgeError(
            asked, service="engine", words=self._redactor.excerpt(words) or f"exit status {done.returncode}"
        )

    def _run(self, *arguments: str, asked: str) -> subprocess.CompletedProcess[str]:
        if not shutil.which(self.program):
            raise BridgeError(
                f"{asked}: the program {self.program} does not exist on this host",
                kind="not_found",
                remedy="Set engine to its path. Run cds_config on the host of CDS.",
            )
        try:
            return subprocess.run(  # pylint: disable=ansible-bad-function
                [self.program, *arguments],
                capture_output=True,
                text=True,
                timeout=_LONGEST,
                check=False,
                env={name: text for name, text in os.environ.items() if not name.startswith("CDS_")},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BridgeError(asked, service="engine", words=str(error)) from None
