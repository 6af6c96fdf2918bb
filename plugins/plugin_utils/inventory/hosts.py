# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of Bitbucket as a host of the inventory: its name, and the variables that roles read."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput

Values = dict[str, t.Any]

# The variable with the repository, as the role bitbucket sets it; in expressions it has a shorter name too.
FACTS = "bitbucket_repository_facts"
SHORT = "repository"
# What the name of a host is by default.
FULL_NAME = "repository.full_name"
# Addresses of the inventory's source that its hosts have as well, as far as the source sets them.
_ADDRESSES = {
    "bitbucket_edition": "bitbucket_edition",
    "bitbucket_url": "bitbucket_url",
    "api_url": "bitbucket_api_url",
    "site_url": "bitbucket_site_url",
}
# Beside the facts, what only the inventory is for.
_NOT_FACTS = ("file", "file_error")
# Jinja, and what separates hosts in patterns.
_FORBIDDEN = re.compile(r"\{\{|\{%|\{#|[\s,;&!\x00-\x1f\x7f]")
_RESERVED = ("all", "ungrouped", "localhost", "127.0.0.1", "::1")


def variables_of(repository: Values, source: Values, read_at: str) -> Values:
    """The variables of a host. ``source`` are the options that the inventory's source sets."""
    facts = {name: value for name, value in repository.items() if name not in _NOT_FACTS}
    addresses = {variable: source[option] for option, variable in _ADDRESSES.items() if source.get(option)}
    return {
        "bitbucket_workspace": repository["workspace"],
        "bitbucket_repository": repository["slug"],
        FACTS: {**facts, "read_at": read_at},
        **addresses,
    }


def checked_name(name: t.Any, repository: Values) -> str:
    """:raises InvalidInput: no host can have this name."""
    text = str(name).strip() if isinstance(name, str) else ""
    if not text:
        raise InvalidInput(
            f"No expression of hostnames results in a name for {repository['full_name']}",
            f"The default is {FULL_NAME}.",
        )
    if text.lower() in _RESERVED or _FORBIDDEN.search(text):
        raise InvalidInput(
            f"The name for the host of {repository['full_name']} is not allowed: {text[:100]!r}",
            "It must have no white space and no template in it, and not be that of the controller or of all hosts.",
        )
    return text


class Names:
    """The names that were given. Two repositories with one name would become one host, with the variables of the last."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def take(self, name: str, repository: Values) -> None:
        """:raises InvalidInput: another repository has the name."""
        first = self._given.setdefault(name, repository["full_name"])
        if first != repository["full_name"]:
            raise InvalidInput(
                f"The repositories {first} and {repository['full_name']} would both be the host {name}",
                f"Use hostnames that contain the workspace, as the default {FULL_NAME} does.",
            )
