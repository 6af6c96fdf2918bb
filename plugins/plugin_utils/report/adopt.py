# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory fragment that adopts what a report calls unmanaged.

It is a YAML inventory: given beside the inventory (``-i inventory -i adopt.yml``) its variables are those of the hosts. Names in
it come from the services, where anybody may have chosen them: nothing of it may be an expression, or a line of its own.
"""

from __future__ import annotations

import json
import re
import typing as t

import yaml

Values = dict[str, t.Any]

_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")
_EXPRESSION = re.compile(r"\{[{%#]")
_HEAD = """\
---
# What exists and does the job of what the inventory describes{since}.
# Check it, then use it beside the inventory (-i inventory -i adopt.yml), or copy its variables into the inventory.
# What this collection has not created keeps its descriptions and rules, and a teardown keeps it.
"""


def fragment(document: Values) -> str:
    """The fragment for a report; without anything unmanaged it is an inventory without hosts."""
    by_host: dict[str, list[Values]] = {}
    for one in document.get("findings") or []:
        if one["status"] == "unmanaged":
            by_host.setdefault(one["host"], []).append(one)
    since = f", found by an audit at {_line(document['finished'])}" if document.get("finished") else ""
    lines = [_HEAD.format(since=since)]
    if not by_host:
        return f"{lines[0]}all:\n  hosts: {{}}\n"
    lines.append("all:\n  hosts:\n")
    for host in sorted(by_host):
        lines += [f"    {_scalar(host)}:", *_of_host(by_host[host])]
    return "\n".join(line.rstrip("\n") for line in lines) + "\n"


def _of_host(findings: list[Values]) -> t.Iterator[str]:
    """The variables of one host, each with what it adopts; what cannot be chosen is in comments."""
    by_variable: dict[str, list[Values]] = {}
    for one in findings:
        by_variable.setdefault(one.get("variable") or "", []).append(one)
    chosen = False
    for variable, some in by_variable.items():
        values = {json.dumps(one.get("value"), sort_keys=True, default=str) for one in some}
        usable = len(values) == 1 and _usable(variable, some[0].get("value"))
        if variable and len(values) > 1:
            yield f"      # {_line(variable)}: {len(values)} candidates, none is chosen"
        for one in some:
            yield f"      # {_what(one)}"
            if variable and not usable:
                yield f"      # {_line(variable)}: {json.dumps(one.get('value'), default=str)}"
        if usable:
            chosen = True
            yield f"      {variable}: {_scalar(some[0]['value'])}"
    if not chosen:
        yield "      {}"


def _usable(variable: str, value: t.Any) -> bool:
    """Whether it can stand in an inventory as it is: a name or a number that ansible-core does not take for an expression."""
    plain = isinstance(value, (str, int)) and not _EXPRESSION.search(str(value))
    return bool(_VARIABLE.fullmatch(variable)) and plain


def _what(one: Values) -> str:
    where = f" ({_line(one['where'])})" if one.get("where") else ""
    more = (
        ""
        if one.get("variable")
        else "; no variable adopts it: delete it, or ignore it with repobridge_ignore_unmanaged"
    )
    return f"{_line(one['kind'])} {_line(one['name'])}{where}: {_line(one['message'])}{more}"


def _line(text: t.Any) -> str:
    """A text as a part of one line of a comment."""
    return "".join(character if character.isprintable() else " " for character in str(text))


def _scalar(value: t.Any) -> str:
    """A value as YAML writes it on one line."""
    return str(yaml.safe_dump(value, width=float("inf"), allow_unicode=False, default_flow_style=True)).split("\n", 1)[
        0
    ]
