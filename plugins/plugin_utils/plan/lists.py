# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's playbooks and the roles' task lists as data.

They hold module calls, references, comparisons and ``register`` (docs/developing.md). What goes beyond that, such as a
``rescue`` or a loop, is not read here: ``Unsupported`` names it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import yaml

COLLECTION = "repobridge.bitbucket"
_ROOT = Path(__file__).resolve().parents[3]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Values = dict[str, t.Any]

_BUILTIN = "ansible.builtin."
INCLUDE_ROLE = f"{_BUILTIN}include_role"
_INHERITED = ("when", "module_defaults", "vars", "environment", "tags")
_OF_A_TASK = {
    *(
        "name",
        "register",
        "run_once",
        "any_errors_fatal",
        "delegate_to",
        "delegate_facts",
        "connection",
        "become",
        "changed_when",
    ),
    *_INHERITED,
}
_OF_A_PLAY = {"name", "hosts", "connection", "gather_facts", "vars", "check_mode", "tags", "tasks"}


class Unsupported(Exception):
    """A playbook or a task list holds something that only Ansible itself can run."""


@dataclass(frozen=True)
class Task:
    """One module call, with what it has from the blocks around it."""

    name: str
    # The action's full name.
    action: str
    args: t.Any
    # All of them must be true.
    when: tuple[t.Any, ...] = ()
    # The outermost first.
    module_defaults: tuple[t.Any, ...] = ()
    environment: tuple[t.Any, ...] = ()
    vars: Values = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    register: str = ""
    run_once: bool = False
    any_errors_fatal: bool = False
    delegate_to: str | None = None
    connection: str | None = None
    changed_when: t.Any = None
    # The role that the list belongs to, and which of its imports this is: a role's end for one host is that of one import.
    role: str = ""
    call: int = 0


@dataclass(frozen=True)
class Play:
    """One play; ``vars`` are its own and those of the import that it came by."""

    name: str
    hosts: str
    connection: str | None
    check_mode: t.Any
    vars: Values
    tags: frozenset[str]
    tasks: tuple[Task, ...]


def plays_of(playbook: str) -> list[Play]:
    """The plays of a playbook of the collection, those of imported ones included. :raises Unsupported:"""
    return list(_plays(playbook, {}))


def _plays(playbook: str, variables: Values) -> t.Iterator[Play]:
    for entry in _load(_ROOT / "playbooks" / f"{playbook.rpartition('.')[2]}.yml"):
        imported = entry.get(f"{_BUILTIN}import_playbook")
        if imported:
            yield from _plays(Path(imported).stem, {**variables, **(entry.get("vars") or {})})
            continue
        _refuse(set(entry) - _OF_A_PLAY, entry)
        tags = frozenset(entry.get("tags", ()))
        tasks = tuple(_tasks(entry["tasks"], Task("", "", None, tags=tags)))
        own = {**(entry.get("vars") or {}), **variables}
        yield Play(entry["name"], entry["hosts"], entry.get("connection"), entry.get("check_mode"), own, tags, tasks)


_calls = iter(range(1, 1 << 62))


def tasks_of(role: str, tasks_from: str, around: Task) -> list[Task]:
    """One import of a role's task list, with what the task ``around`` gives to each of its tasks. :raises Unsupported:"""
    around = replace(around, role=role, call=next(_calls))
    return list(_tasks(_list(role, tasks_from), around))


def _tasks(entries: list[Values], around: Task) -> t.Iterator[Task]:
    for entry in entries:
        inner = _inherit(around, entry)
        if "block" in entry:
            _refuse(set(entry) - {"name", "block", *_INHERITED}, entry)
            yield from _tasks(entry["block"], inner)
            continue
        actions = set(entry) - _OF_A_TASK
        if len(actions) != 1:
            raise Unsupported(f"{entry.get('name')}: {', '.join(sorted(actions))}")
        (action,) = actions
        args = entry[action]
        if action == f"{_BUILTIN}import_tasks":
            yield from _tasks(_list(around.role, Path(args).stem), inner)
        elif action == f"{_BUILTIN}import_role":
            yield from tasks_of(args["name"].rpartition(".")[2], Path(args.get("tasks_from", "main")).stem, inner)
        else:
            included = args["name"].rpartition(".")[2] if action == INCLUDE_ROLE else ""
            yield replace(
                inner,
                role=included or inner.role,
                name=entry.get("name", action),
                action=action,
                args=args,
                register=entry.get("register", ""),
                run_once=bool(entry.get("run_once")),
                any_errors_fatal=bool(entry.get("any_errors_fatal")),
                delegate_to=entry.get("delegate_to"),
                connection=entry.get("connection"),
                changed_when=entry.get("changed_when"),
            )


def _inherit(around: Task, entry: Values) -> Task:
    """What ``entry``, a block or a task, adds to what is around it."""
    return replace(
        around,
        when=(*around.when, *_several(entry.get("when"))),
        module_defaults=(*around.module_defaults, *_several(entry.get("module_defaults"))),
        environment=(*around.environment, *_several(entry.get("environment"))),
        vars={**around.vars, **(entry.get("vars") or {})},
        tags=around.tags | frozenset(_several(entry.get("tags"))),
    )


def _several(value: t.Any) -> tuple[t.Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _refuse(keywords: set[str], entry: Values) -> None:
    if keywords:
        raise Unsupported(f"{entry.get('name')}: {', '.join(sorted(keywords))}")


def _list(role: str, tasks_from: str) -> list[Values]:
    return t.cast("list[Values]", _load(_ROOT / "roles" / role / "tasks" / f"{tasks_from}.yml"))


@cache
def variables_of(role: str) -> Values:
    """What a role's ``vars/main.yml`` says, not templated."""
    path = _ROOT / "roles" / role / "vars" / "main.yml"
    return dict(_load(path) or {}) if path.exists() else {}


def template_of(role: str, name: str) -> str:
    """The text of a role's template."""
    return (_ROOT / "roles" / role / "templates" / name).read_text("utf-8")


@cache
def groups_of(action: str) -> frozenset[str]:
    """The action groups of a module, as ``module_defaults`` names them."""
    module = action.rpartition(".")[2]
    groups = _load(_ROOT / "meta" / "runtime.yml")["action_groups"]
    return frozenset(f"group/{COLLECTION}.{group}" for group, members in groups.items() if module in members)


@cache
def _load(path: Path) -> t.Any:
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)
