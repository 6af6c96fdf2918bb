# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placeholder until the renderers come."""

from __future__ import annotations

import json
import os

from .findings import Values

FORMATS = ("json", "html", "junit", "sarif", "markdown")


def write(report: Values, directory: str, formats: list[str]) -> list[str]:
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, "report.json")
    with open(path, "w") as file:
        json.dump(report, file, indent=1)
    return [path]
