# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios of all targets: every class with a name in a file of this folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from ..scenario import Scenario


def _found() -> Iterator[type[Scenario]]:
    for entry in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        for one in vars(module).values():
            own = isinstance(one, type) and issubclass(one, Scenario) and one.__module__ == module.__name__
            if own and "name" in vars(one):
                yield one


SCENARIOS: tuple[type[Scenario], ...] = tuple(_found())
