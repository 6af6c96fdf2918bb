# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placeholder until the renderers come."""

from __future__ import annotations

from .findings import Values


def table(report: Values, width: int, color: bool = False) -> str:
    return "\n".join(f"{t['title']}: {t['hosts']}" for t in report["targets"])
