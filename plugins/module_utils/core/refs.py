# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of branches, by git's own rules: what breaks them may be a refspec, which pushes to another branch or by force."""

from __future__ import annotations

import re
import typing as t

from .errors import InvalidInput
from .spec import ArgumentSpec

# https://git-scm.com/docs/git-check-ref-format
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|^[-./+]|[./]$|^@$")


def check_branch(name: str, option: str) -> None:
    """:raises InvalidInput: git would not take it as the name of a branch."""
    found = _FORBIDDEN.search(name)
    if found or not name:
        at = f', because of "{found.group()}"' if found and found.group().isprintable() else ""
        raise InvalidInput(f"{option}: {name!r} is not a valid branch name{at}", "Give only the name, such as main.")
    if name.startswith("refs/"):
        raise InvalidInput(f"{option}: {name} is a full reference", "Give the name of the branch alone, such as main.")


def branch_names(*options: str) -> t.Callable[[dict[str, t.Any]], None]:
    """A check of an ``ArgumentSpec`` for the options that name a branch."""

    def check(params: dict[str, t.Any]) -> None:
        for option in options:
            if params.get(option) is not None:
                check_branch(params[option], option)

    return check


# What finds a branch, and where a new one begins.
BRANCH = ArgumentSpec(
    {"name": {"type": "str", "required": True}, "start": {"type": "str"}}, checks=(branch_names("name"),)
)


def check_start(params: dict[str, t.Any]) -> None:
    """:raises InvalidInput: the task may create a branch and does not say where it begins."""
    if params["state"] == "present" and params["create"] and not params["start"]:
        raise InvalidInput("start must be set for a new branch", "Set create to false to use an existing one.")
