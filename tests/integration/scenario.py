# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a target for the suite. The suite (test_suite.py) is the same for all targets."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.calls import Call
from tests.sandbox.sandbox import Sandbox

from .here import run_here
from .playbook import Run, Started, start_playbook


@dataclass(frozen=True)
class Drift:
    """One managed field, changed by hand: where the check run must find it, how it is changed, how it is read."""

    module: str
    path: str
    spoil: Callable[[Sandbox], None]
    value: Callable[[Sandbox], Any]


@dataclass(frozen=True)
class Failure:
    """Something that is wrong before or during a run, and the words the operator must see."""

    name: str
    arrange: Callable[[Scenario], None]
    words: tuple[str, ...]
    # Whether the cause lies in what the operator gave (set right before the next run) or goes away by itself.
    mend: Callable[[Scenario], None]


# Task results of a run whatever its targets, once for all hosts: the settings of all targets, the plan and who takes part, the
# report and whether it fails.
OF_A_RUN = 5


class Scenario(ABC):
    """One target on a fresh sandbox: inventory, playbooks, call budget, and what must hold afterwards."""

    name: str
    site = "repobridge.bitbucket.site"
    audit = "repobridge.bitbucket.audit"
    teardown = "repobridge.bitbucket.teardown"
    # Calls of a converged run, by service.
    budget: dict[str, int]
    # Task results of a converged run, skipped tasks included: each costs as much as a ``debug``.
    task_results: int
    # Those of hosts that are no repositories, which a plan leaves to the role.
    unplanned_results = 0
    # Whether the target has another scenario and this one is another edition or another way, by the same roles and modules. What
    # depends on ansible-core or Python the other one finds.
    variant = False
    # Modules whose result holds a new secret when they make something: core keeps all of it from the callbacks.
    unseen: tuple[str, ...] = ()
    # Ends of paths that are asked with POST and change nothing.
    reading: tuple[str, ...] = ("/access_token",)
    # Path prefixes of the service each secret belongs to: nothing else may see it.
    drifts: tuple[Drift, ...] = ()
    failures: tuple[Failure, ...] = ()
    # Creations that two runs send at the same time, as "service METHOD path" (regular expressions).
    creations: tuple[str, ...] = ()
    # Requests of two runs of which the later is sent before the earlier is seen, but applied after it.
    in_turn: tuple[str, ...] = ()
    # Kinds of ``made`` of which each of two runs needs one of its own, because the value is shown once.
    own_of_each_run: tuple[str, ...] = ()
    # Whether one of two runs may fail because the other has revoked the value that it had put into use.
    may_fail_together = False
    # Whether two runs of it are tried at the same time, and runs that are killed: not where another scenario writes the same.
    together = True
    killed = True
    # So many runs are killed one after the other.
    kills = 2

    @classmethod
    def why_not(cls) -> str | None:
        """Why this target can't be tried on this machine; None if it can."""
        return None

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.extra: dict[str, Any] = {}
        self.arrange()
        self.inventory = folder / "inventory.yml"
        self.inventory.write_text(self.inventory_text())

    @abstractmethod
    def arrange(self) -> None:
        """Set up accounts and repositories in the sandbox, and ``environment``."""

    @abstractmethod
    def inventory_text(self) -> str: ...

    @abstractmethod
    def made(self) -> dict[str, list[str]]:
        """Everything the target's run can make in the services, live, by kind: names."""

    @abstractmethod
    def expected(self) -> dict[str, list[str]]:
        """What ``made`` must be when all is well: each thing once."""

    @abstractmethod
    def verify(self) -> None:
        """Assert the purpose is reached: the data is where it belongs."""

    @abstractmethod
    def secrets(self) -> dict[str, tuple[str, ...]]:
        """Every secret of the scenario, and the services (and paths) that may be sent it."""

    def contested(self, call: Call) -> str | None:
        """Which creation the call is, if two runs send it at the same time."""
        line = f"{call.service} {call.method} {call.path}"
        return next((creation for creation in (*self.creations, *self.in_turn) if re.fullmatch(creation, line)), None)

    def meetings(self) -> int:
        """How many creations two runs must have sent at the same time."""
        return len(self.creations) + len(self.in_turn)

    def add_repository(self, slug: str) -> dict[str, Any]:
        """One more repository that is as the shop is; the variables its host needs on top of the group's."""
        self.sandbox.bitbucket.copy_repository("acme", "shop", slug)
        self.sandbox.bitbucket.grant(self.sandbox.bitbucket.users["jdoe"], "admin", "acme", slug)
        return {}

    @abstractmethod
    def lose(self) -> None:
        """Somebody deletes a part of what was made, so that the next run has both to create and to leave."""

    def by_hand(self) -> None:  # noqa: B027 - most leave nothing to do
        """What the teardown tells the operator to do by hand."""

    def run(self, playbook: str, *arguments: str, **extra: Any) -> Run:
        """A run of one of the collection's playbooks; ``extra`` are extra vars."""
        return self.begin(playbook, "run", *arguments, **extra).end()

    def run_here(self, playbook: str, *arguments: str, **extra: Any) -> Run:
        """As ``run``, in this process: see here.py."""
        folder = self.folder / "run"
        return run_here(playbook, self.inventory, self.environment, folder, *arguments, extra={**self.extra, **extra})

    def begin(self, playbook: str, folder: str, *arguments: str, **extra: Any) -> Started:
        """A run in a folder of its own that is not waited for. In check mode all tasks are run: their results are looked at."""
        if "--check" in arguments:
            extra.setdefault("repobridge_plan_first", False)
        return start_playbook(
            playbook, self.inventory, self.environment, self.folder / folder, *arguments, extra={**self.extra, **extra}
        )


def fault(kind: str, match: str, **options: Any) -> Callable[[Scenario], None]:
    """A fault in the sandbox for as long as nobody mends it; the run neither retries nor waits long."""

    def arrange(scenario: Scenario) -> None:
        scenario.environment["REPOBRIDGE_MAX_RETRIES"] = "0"
        scenario.environment["REPOBRIDGE_TIMEOUT"] = "0.5"
        scenario.sandbox.faults.add(kind, match=match, **{"times": None, **options})

    return arrange


def calm(scenario: Scenario) -> None:
    """No faults any more."""
    scenario.sandbox.faults.clear()
    for name in ("REPOBRIDGE_MAX_RETRIES", "REPOBRIDGE_TIMEOUT"):
        scenario.environment.pop(name, None)
