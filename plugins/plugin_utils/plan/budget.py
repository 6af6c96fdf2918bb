# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a run finishes within the hourly limits of Bitbucket, estimated from what the plan has read and found.

There is no way to ask how much of them is left.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.limits import (
    HOURLY,
    LIMITS,
    OPTIONS,
    REPOSITORIES,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.operation import Context, Operation

from .world import Host

# What a change takes: the request, and a reading of its effect.
_PER_CHANGE = 2


@dataclass
class Use:
    """Requests for one host, by limit: what the plan has sent, and what a run will send."""

    host: str
    plan: Counter[str] = field(default_factory=Counter)
    run: Counter[str] = field(default_factory=Counter)


def use_of(host: Host, roles: t.Container[str]) -> Use:
    """``roles`` are those that the run has something to do in for the host. It reads what the plan has read, and changes."""
    use = Use(host.name)
    for (role, limit), number in host.limited.items():
        use.plan[limit] += number
        use.run[limit] += number if role in roles else 0
    for (role, limit), number in host.changes.items():
        use.run[limit] += _PER_CHANGE * number if role in roles else 0
    return use


def note(host: Host, role: str, operation: type[Operation], context: Context, result: t.Mapping[str, t.Any]) -> None:
    """What a task of the plan has sent for a host, and what it has found to change there."""
    for limit, number in context.limited.items():
        host.limited[role, limit] += number
    concerned = context.limited or ([REPOSITORIES] if OPTIONS & set(operation.spec.options) else [])
    for limit in concerned:
        host.changes[role, limit] += len(result.get("actions") or ())


@dataclass(frozen=True)
class Budget:
    """Requests that may be sent in an hour, by limit; what is not in it is not limited."""

    hourly: dict[str, int]

    def parts(self, uses: list[Use]) -> list[list[str]]:
        """The hosts of the run in parts, each of which finishes within an hour if that is possible.

        In the hour of the first one the plan has sent its requests already; each later one begins with a plan of its own.
        """
        out: list[list[str]] = [[]]
        spent = _sum(use.plan for use in uses)
        for use in (use for use in uses if use.run):
            whole = use.plan + use.run
            more = use.run if len(out) == 1 else whole
            # The first part may be empty, if the plan has left too little.
            if (out[-1] or len(out) == 1) and not self._holds(spent + more):
                out.append([])
                spent, more = Counter(), whole
            out[-1].append(use.host)
            spent += more
        return [part for part in out if part]

    def check(self, uses: list[Use], write: t.Callable[[list[list[str]]], list[str]]) -> None:
        """``write`` makes files for ``--limit`` of parts, and returns their paths.

        :raises BridgeError: the run does not finish within an hour.
        """
        total, sent = _sum(use.run for use in uses), _sum(use.plan for use in uses)
        if self._holds(sent + total):
            return
        files = write(self.parts(uses))
        numbers = "; ".join(
            f"{limit}: about {total[limit]:,} needed, {max(self.hourly[limit] - sent[limit], 0):,} of "
            f"{self.hourly[limit]:,} left after {sent[limit]:,} of this plan"
            for limit in sorted(self.hourly)
            if sent[limit] + total[limit] > self.hourly[limit]
        )
        raise BridgeError(
            f"This run needs more requests than Bitbucket allows in an hour ({numbers}), and nothing was changed",
            kind="unavailable",
            service="Bitbucket",
            remedy="Run it in parts, an hour after each other: "
            + ", ".join(f"--limit @{file}" for file in files)
            + ". If the credential has another limit, set bitbucket_hourly_budget (0: no limit).",
        )

    def _holds(self, requests: Counter[str]) -> bool:
        return all(requests[limit] <= most for limit, most in self.hourly.items())


def _sum(counters: t.Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter())


def hourly(given: int | None, reported: t.Mapping[str, int]) -> Budget:
    """The budget: what the operator gives (0: none), what the service has reported, or what every user has."""
    if given == 0:
        return Budget({})
    return Budget({limit: given or reported.get(limit, HOURLY) for limit in LIMITS})
