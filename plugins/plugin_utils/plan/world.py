# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a run and their variables, and what a task of a role sees of them."""

from __future__ import annotations

import sys
import threading
import typing as t
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.adoption import Shared

from .expressions import Unresolved, evaluate
from .lists import Play, Task, Values, template_of, variables_of

_TEMPLATING = threading.RLock()


@dataclass
class World:
    """What Ansible knows before a run: the inventory, the hosts' variables with extra variables, tags, the mode."""

    # Hosts of each inventory group.
    groups: dict[str, list[str]]
    # Variables of a host; reading one resolves it. Also those that ansible-core sets itself.
    variables: t.Callable[[str], t.Mapping[str, t.Any]]
    # The hosts of a pattern, in the inventory's order; --limit included.
    matching: t.Callable[[str], list[str]]
    environment: dict[str, str]
    check_mode: bool
    extra: Values = field(default_factory=dict)
    run_tags: frozenset[str] = frozenset()
    skip_tags: frozenset[str] = frozenset()
    # Whether this is a plan: one task of Ansible, on the controller. What has another connection is left out, and a failure
    # ends only that target for that host.
    is_plan: bool = False
    # Hourly limits that services have reported.
    limits: dict[str, int] = field(default_factory=dict)
    # Lists of the services that several tasks need.
    shared: Shared = field(default_factory=Shared)

    def runs(self, tags: frozenset[str]) -> bool:
        """Whether the command line's tags leave a task or a play to be run."""
        if tags & self.skip_tags:
            return False
        return not self.run_tags or bool(tags & self.run_tags) or "always" in tags


@dataclass(eq=False)
class Host:
    """One host in a run: what its tasks have registered."""

    name: str
    variables: t.Mapping[str, t.Any]
    registered: Values = field(default_factory=dict)
    failed: bool = False
    # Whether the play has ended for it.
    out_of_play: bool = False
    # The imports of roles that have ended for this host.
    ended: set[int] = field(default_factory=set)
    # Requests that count towards an hourly limit, and changes that will take such requests, by role and limit.
    limited: Counter[tuple[str, str]] = field(default_factory=Counter)
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Roles that have a task for this host that can't be run here, and the reason.
    left_out: dict[str, str] = field(default_factory=dict)

    def variable(self, name: str) -> t.Any:
        """A variable of the inventory, resolved; one thread at a time, because ansible-core's templating may load plugins."""
        with _TEMPLATING:
            return self.variables[name]


class _OfOthers(t.Mapping[str, t.Any]):
    """``hostvars`` of one host: what it has registered, then its variables."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def __getitem__(self, name: str) -> t.Any:
        return self._host.registered[name] if name in self._host.registered else self._host.variable(name)

    def __iter__(self) -> t.Iterator[str]:
        return iter({**self._host.registered, **self._host.variables})

    def __len__(self) -> int:
        return len(set(self))


class Hosts(t.Mapping[str, t.Any]):
    """``hostvars``."""

    def __init__(self, hosts: dict[str, Host]) -> None:
        self._hosts = hosts

    def __getitem__(self, name: str) -> t.Any:
        return _OfOthers(self._hosts[name])

    def __iter__(self) -> t.Iterator[str]:
        return iter(self._hosts)

    def __len__(self) -> int:
        return len(self._hosts)


@dataclass
class Batch:
    """The hosts of one play as its tasks see them."""

    play: Play
    world: World
    # All hosts of the run.
    hosts: dict[str, Host]
    # Those of the play, in its order.
    members: list[Host]
    # Those that take part in a task list that not all of them have included; None if all do.
    included: list[Host] | None = None

    def active(self) -> list[Host]:
        return [host for host in self.members if not host.failed and not host.out_of_play]

    def taking_part(self) -> list[Host]:
        """The active hosts that tasks are run for."""
        if self.included is None:
            return self.active()
        included = set(self.included)
        return [host for host in self.active() if host in included]


def _active(batch: Batch) -> list[str]:
    return [host.name for host in batch.active()]


# Variables that ansible-core sets for a play. Each is computed when an expression names it: what all hosts are in would cost every
# host as much as there are hosts.
_OF_THE_PLAY: dict[str, t.Callable[[Batch], t.Any]] = {
    "groups": lambda batch: batch.world.groups,
    "hostvars": lambda batch: Hosts(batch.hosts),
    "ansible_play_hosts_all": lambda batch: [host.name for host in batch.members],
    "ansible_play_hosts": _active,
    "ansible_play_batch": _active,
    "ansible_check_mode": lambda batch: batch.world.check_mode,
    "ansible_run_tags": lambda batch: sorted(batch.world.run_tags) or ["all"],
    "ansible_skip_tags": lambda batch: sorted(batch.world.skip_tags),
    "ansible_playbook_python": lambda _batch: sys.executable,
}


class TaskScope:
    """The variables of one host at one task, by ansible-core's precedence as far as roles use it.

    Extra variables, then what was registered, the task's and the role's own variables, the play's, the host's.
    """

    def __init__(self, task: Task, host: Host, batch: Batch) -> None:
        self.task, self.host, self.batch = task, host, batch
        self._resolving: list[str] = []

    def resolve(self, name: str) -> t.Any:
        """:raises KeyError: the variable is not defined, or names one that is not."""
        if name == "inventory_hostname":
            return self.host.name
        if name in _OF_THE_PLAY:
            return _OF_THE_PLAY[name](self.batch)
        for known in (self.batch.world.extra, self.host.registered):
            if name in known:
                return known[name]
        for templates in (self.task.vars, variables_of(self.task.role), self.batch.play.vars):
            if name in templates:
                return self._evaluate(name, templates[name])
        return self.host.variable(name)

    def template(self, name: str) -> str:
        return template_of(self.task.role, name)

    def _evaluate(self, name: str, value: t.Any) -> t.Any:
        if name in self._resolving:
            raise Unresolved(f"the variable {name} is defined by itself")
        self._resolving.append(name)
        try:
            return evaluate(value, self)
        except Unresolved as error:
            if error.is_undefined:
                raise KeyError(name) from None
            raise
        finally:
            self._resolving.pop()
