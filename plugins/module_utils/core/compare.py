# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the desired with the actual state: exactly, field by field, with a path for every difference."""

from __future__ import annotations

import typing as t

Drift = dict[str, t.Any]
Fields = dict[str, t.Any]


def differences(expected: t.Any, actual: t.Any, path: str = "") -> list[Drift]:
    """The differences, as ``{path, expected, actual}``. In a dict only the expected keys are compared; lists are
    compared exactly.

    A dict is compared key by key because an unset sub-option is not managed; a list exactly, because a removed element
    is drift as well.
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
    """The part of ``actual`` that ``expected`` manages: the "before" of a diff."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: managed_view(value, actual.get(key)) for key, value in expected.items()}
    return actual


def drift_of(
    desired: Fields, current: Fields, whole: t.Container[str], comparable: t.Callable[[Fields], Fields]
) -> tuple[list[Drift], Fields]:
    """The differences, and the managed fields as the service has them.

    ``whole``: dicts whose keys are the user's own, which are compared including unexpected keys. ``comparable`` undoes
    the service's normalisations; differences are reported in the spelling of the inventory and of the service.
    """
    there = {
        name: current.get(name) if name in whole else managed_view(value, current.get(name))
        for name, value in desired.items()
    }
    drift = _compare(comparable(desired), comparable(there), whole)
    for found in drift:
        if found["path"] in desired:
            found.update(expected=desired[found["path"]], actual=there.get(found["path"]))
    return drift, there


def _compare(wanted: Fields, there: Fields, whole: t.Container[str]) -> list[Drift]:
    drift: list[Drift] = []
    for name, value in wanted.items():
        if name not in whole:
            drift += differences(value, there.get(name), name)
        elif value != (there.get(name) or {}):
            drift.append({"path": name, "expected": value, "actual": there.get(name)})
    return drift
