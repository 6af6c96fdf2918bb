# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing what is wanted with what is there: exactly, field by field, with a path for every difference."""

from __future__ import annotations

import typing as t

Drift = dict[str, t.Any]


def differences(expected: t.Any, actual: t.Any, path: str = "") -> list[Drift]:
    """What differs, as ``{path, expected, actual}``. Of a dict only the expected keys count; lists count whole.

    A dict is compared key by key because an unset sub-option is not managed; a list exactly, because a removed element
    is drift too.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        found: list[Drift] = []
        for key, value in expected.items():
            found += differences(value, actual.get(key), f"{path}.{key}" if path else key)
        return found
    if expected == actual:
        return []
    return [{"path": path, "expected": expected, "actual": actual}]


def managed_view(expected: t.Any, actual: t.Any) -> t.Any:
    """``actual`` cut down to what ``expected`` manages: the "before" of a diff."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: managed_view(value, actual.get(key)) for key, value in expected.items()}
    return actual
