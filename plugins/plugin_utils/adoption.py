# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task has found unmanaged or has kept, in the words of the role that runs it."""

from __future__ import annotations

import typing as t

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS

Values = dict[str, t.Any]


def in_role(result: Values, module: str, role: str) -> Values:
    """The result with the role's variables in the place of the options that adopt what was found."""
    found = result.get("unmanaged")
    if not found or role not in TARGETS:
        return result
    variables = TARGETS[role].adopts.get(module, {})
    named = [{**one, "variable": variables.get(one["variable"], one["variable"])} for one in found]
    return {**result, "unmanaged": named}


def warnings_of(result: Values) -> list[str]:
    """What a real run says of it: what does the same job before another was created, and what was not deleted."""
    out = []
    for one in result.get("unmanaged") or []:
        how = f" To adopt it set {one['variable']} to {one['value']}." if one["variable"] else ""
        out.append(f"{one['kind']} {one['name']} ({one['where']}) exists and is not managed: {one['reason']}.{how}")
    for one in result.get("kept") or []:
        out.append(
            f"{one['kind']} {one['name']} ({one['where']}) is kept: {one['reason']}. With repobridge_teardown_adopted=true it "
            "is deleted."
        )
    return out
