# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module runs: an operation with its options, in the surroundings of a task."""

from __future__ import annotations

import typing as t
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field

from .adoption import Shared
from .redact import Redactor
from .snapshot import Fields
from .spec import ArgumentSpec
from .waiting import wait_until

T = t.TypeVar("T")
# So many tasks that can be read for at once are.
FEWEST = 4


def _silent(_message: str) -> None:
    """Nobody is watching."""


@dataclass
class Context:
    """What a task's surroundings give to a resource, whichever door it came through."""

    check_mode: bool = False
    redactor: Redactor = field(default_factory=Redactor)
    progress: t.Callable[[str], None] = _silent
    warn: t.Callable[[str], None] = _silent
    # How much the operator wants to read (-v is 1); from 3 on an unexpected error comes with its traceback.
    verbosity: int = 0
    # The AnsibleModule, with its helpers for files and programs of the host; None inside the controller's process.
    host: t.Any = None
    # The last request, as "GET https://host/path of Service", for an error that nobody foresaw.
    last_call: str = ""
    # Requests that count towards an hourly limit of their service, by the name of the limit; and the limits that it has reported.
    limited: Counter[str] = field(default_factory=Counter)
    limits: dict[str, int] = field(default_factory=dict)
    # What the caller has read for this task already, see Operation.read_together.
    known: t.Any = None
    warned: set[str] = field(default_factory=set)
    # Lists that tasks of the same process share.
    shared: Shared = field(default_factory=Shared)

    def warn_once(self, message: str) -> None:
        """Warn of what is read more than once in a task."""
        if message not in self.warned:
            self.warned.add(message)
            self.warn(message)


class Operation(ABC):
    """Anything a module does: its options, and one ``run``."""

    module: t.ClassVar[str]
    spec: t.ClassVar[ArgumentSpec]
    # Python packages it needs, asked for before anything else; the first missing one is named in the error.
    requires: t.ClassVar[tuple[str, ...]] = ("requests",)
    # Keys of the result that carry a secret to the next task. They alone pass the redactor; nothing of such a result is shown.
    secret_results: t.ClassVar[tuple[str, ...]] = ()
    # Whether ``pending:`` ids outside of check mode are the operation's own to refuse, or to do without.
    takes_pending: t.ClassVar[bool] = False
    # The option in which tasks differ that can be read for at once.
    together: t.ClassVar[str | None] = None
    # The options that such a reading depends on, and which must be the same; None: all of them.
    together_by: t.ClassVar[tuple[str, ...] | None] = None

    def __init__(self, params: Fields, context: Context) -> None:
        self.params = params
        self.context = context

    @classmethod
    def read_together(cls, params: Fields, names: list[str], context: Context) -> Fields:
        """What the first reading of tasks finds that differ only in the option ``together``, by the values of that option.

        Less calls than tasks. What is left out each task reads for itself, and so it finds the same, errors included.
        """
        return {}

    def validate(self) -> None:  # noqa: B027 - most have nothing to refuse
        """Refuse options that can't be right, before the first call. :raises InvalidInput:"""

    def given(self, *names: str) -> Fields:
        """Those of the options that the task sets."""
        return {name: self.params[name] for name in names if self.params[name] is not None}

    def poll(
        self,
        read: t.Callable[[], T],
        done: t.Callable[[T], bool],
        *,
        what: str,
        describe: t.Callable[[T], str],
        first: T | None = None,
        longest: float | None = None,
    ) -> T:
        """Wait as long as the task's ``wait_timeout`` says, but no longer than ``longest``; see ``wait_until``."""
        timeout = self.params["wait_timeout"]
        return wait_until(
            read,
            done,
            what=what,
            describe=describe,
            progress=self.context.progress,
            timeout=timeout if longest is None else min(longest, timeout),
            interval=self.params["poll_interval"],
            first=first,
        )

    @abstractmethod
    def run(self) -> Fields:
        """Do it and return the module's result. :raises BridgeError:"""


class Info(Operation):
    """Reads and reports; never changes anything."""

    @abstractmethod
    def gather(self) -> Fields:
        """The module's return values."""

    def run(self) -> Fields:
        return {"changed": False, **self.gather()}
