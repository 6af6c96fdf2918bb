# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links: resources of two services that only make sense together, such as a webhook and the token that it carries.

A link runs the resources of the services one after the other, in Python, and adds their results up to one.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ..core.adoption import note
from ..core.errors import InvalidInput
from ..core.input import validated
from ..core.reconcile import Context, Fields, Operation
from ..core.spec import ArgumentSpec, each

# The repository in Bitbucket.
REPOSITORY = ArgumentSpec(each(("workspace", "repository"), required=True))

# Of an option's value what input.py does with it.
_INPUT = ("blank", "tokens", "passwords", "urls", "addresses")


def connections(**services: ArgumentSpec) -> ArgumentSpec:
    """An option for each service with the connection options of all its modules, as ``gitlab: {api_url: …}``."""

    def named(kind: str) -> tuple[str, ...]:
        return tuple(f"{name}.{option}" for name, spec in services.items() for option in getattr(spec, kind))

    # No "default" here: ansible-core writes the sub-options into that very object, so that a task would see another one's.
    return ArgumentSpec(
        {name: {"type": "dict", "apply_defaults": True, "options": spec.options} for name, spec in services.items()},
        blank=named("blank"),
        tokens=named("tokens"),
        passwords=named("passwords"),
        urls=named("urls"),
        addresses=named("addresses"),
        checks=tuple(_checks_of(name, spec) for name, spec in services.items()),
    )


def _checks_of(name: str, spec: ArgumentSpec) -> t.Callable[[Fields], None]:
    """The checks of sub-options (a service's, or those of entries of a list), made before the first request to any service."""

    def refuse(params: Fields) -> None:
        given = params[name]
        for entry in given if isinstance(given, list) else filter(None, [given]):
            try:
                for one in spec.checks:
                    one(entry)
            except InvalidInput as error:
                raise InvalidInput(f"{name}.{error.asked}", error.remedy) from None

    return refuse


def in_list(name: str, spec: ArgumentSpec, **more: t.Any) -> ArgumentSpec:
    """An option that is a list, each of whose entries has the options of ``spec``."""
    inputs: dict[str, t.Any] = {kind: tuple(f"{name}.{option}" for option in getattr(spec, kind)) for kind in _INPUT}
    options = {name: {"type": "list", "elements": "dict", "options": spec.options, **more}}
    return ArgumentSpec(options, **inputs, checks=(_checks_of(name, spec),))


def diff_of(results: dict[str, Fields]) -> Fields:
    """The diffs of several results as one."""
    return {
        side: {name: one["diff"][side] for name, one in results.items() if one.get("diff", {}).get(side)}
        for side in ("before", "after")
    }


def below(name: str, result: Fields) -> list[Fields]:
    """The drift of a result as that of a part with this name."""
    return [{**one, "path": f"{name}.{one['path']}".rstrip(".")} for one in result.get("drift", ())]


# Of what is created or deleted no field is told.
_WHOLE = ("create", "delete")


class Link(Operation):
    """A sequence of other operations with one result. Subclasses call ``part`` for each in ``link``."""

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._results: dict[str, Fields] = {}  # by the name of the part
        # What the parts have found that is nobody's, also those that only look.
        self._unmanaged: list[Fields] = []
        self._kept: list[Fields] = []

    def link(self) -> Fields:
        """Run the parts; what is returned is the ``resource`` of the result."""
        raise NotImplementedError

    def part(
        self,
        name: str,
        operation: type[Operation],
        service: str | Fields,
        given: Fields,
        look_only: bool = False,
        **more: t.Any,
    ) -> Fields:
        """Run an operation with the connection of ``service`` and its other options, and return its result.

        What it found and did becomes part of the link's result under ``name``, but not where ``look_only``: then it runs in
        check mode, and nothing of it is reported. ``service`` may be a connection itself; ``more`` is what the operation takes
        beside its options, such as a client that the link has already.
        """
        connection = self.params[service] if isinstance(service, str) else service
        known = {key: value for key, value in connection.items() if value is not None}
        context = replace(self.context, check_mode=True) if look_only else self.context
        task = operation(validated(operation, {**known, **given}), context, **more)
        task.validate()
        try:
            result = task.run()
        finally:
            self.context.last_call = context.last_call
        for secret in filter(None, map(result.get, operation.secret_results)):
            self.context.redactor.add(secret)
        if not look_only:
            self._results[name] = result
        note(self._unmanaged, map(self.adopting, result.get("unmanaged", ())))
        return result

    def adopting(self, entry: Fields) -> Fields:
        """An entry of ``unmanaged`` of a part, with the option of the link that adopts it."""
        return entry

    @property
    def place(self) -> Fields:
        """Where the repository is in Bitbucket."""
        return {name: self.params[name] for name in REPOSITORY.options}

    @property
    def changed(self) -> bool:
        """Whether a part has changed something, or would have."""
        return any(result["changed"] for result in self._results.values())

    def run(self) -> Fields:
        resource = self.link()
        parts = self._results.items()
        drift = {name: below(name, result) for name, result in parts}
        kept = [*self._kept, *(one for _name, result in parts for one in result.get("kept", ()))]
        return {
            "changed": self.changed,
            "diff": diff_of(self._results),
            "drift": [one for found in drift.values() for one in found],
            "resource": resource,
            # A report says what differs in a part at the first of its actions, and not at those of other parts.
            "actions": [
                {**action, "drift": drift[name] if number == 0 and action["action"] not in _WHOLE else []}
                for name, result in parts
                for number, action in enumerate(result.get("actions", ()))
            ],
            **({"unmanaged": self._unmanaged} if self._unmanaged else {}),
            **({"kept": kept} if kept else {}),
        }
