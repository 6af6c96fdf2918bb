# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's own CLI as a client of the sandbox. ``make upsun-cli`` installs it.

https://docs.upsun.com/administration/cli.html
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .model import ApiToken, Project
from .service import Upsun

PROGRAM = Path(__file__).parents[3] / ".build" / "node_modules" / "@upsun" / "cli-linux-x64" / "bin" / "upsun"
NOT_INSTALLED = "The CLI of Upsun is not installed (make upsun-cli)"


@dataclass
class Cli:
    """Runs the CLI for one project, with a home of its own, which it fills with its PHP at the first start."""

    upsun: Upsun
    token: ApiToken
    project: Project
    home: Path
    more: dict[str, str] = field(default_factory=dict)  # of the environment

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "UPSUN_CLI_HOME": str(self.home),
            "UPSUN_CLI_TOKEN": self.token.secret,
            "UPSUN_CLI_API_BASE_URL": self.upsun.api_url,
            "UPSUN_CLI_API_AUTH_URL": self.upsun.auth_url,
            "UPSUN_CLI_API_DISABLE_CREDENTIAL_HELPERS": "1",
            "UPSUN_CLI_NO_INTERACTION": "1",
            "UPSUN_CLI_UPDATES_CHECK": "0",
            "no_proxy": "127.0.0.1",
            **self.more,
        }

    def run(self, *arguments: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """For example ``run("integration:list")``; whatever it asks is answered with yes."""
        return subprocess.run(
            [str(PROGRAM), *arguments, "--project", self.project.id, "--yes"],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
