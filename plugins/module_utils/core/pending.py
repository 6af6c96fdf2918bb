# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids of objects that a check-mode run would create: with them ``--check`` runs to its end on an empty account."""

from __future__ import annotations

import re
import typing as t

_PENDING = re.compile(r"^pending:[a-z][a-z0-9_]*:")


def pending_id(module: str, name: str) -> str:
    """The placeholder id for the object that ``module`` would create as ``name``: ``pending:oci_vault:repobridge``."""
    return f"pending:{module}:{name}"


def is_pending(value: t.Any) -> bool:
    """Whether ``value`` is such an id, or a list or dict that contains one."""
    if isinstance(value, str):
        return bool(_PENDING.match(value))
    if isinstance(value, dict):
        return any(is_pending(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(is_pending(item) for item in value)
    return False
