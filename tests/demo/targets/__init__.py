# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo and the sandbox have of each target: its hosts in the inventory, and what there is to see after a run.

Every file here is one target. ``hosts`` gives the target's inventory group, None where it can't be tried here; ``lines`` is what
the demo tells, and raises ``Wrong`` where the run has not done what it is for.
"""

from __future__ import annotations

import importlib
from types import ModuleType

import yaml

from tests.sandbox.sandbox import Sandbox
from tests.tools import table


class Wrong(Exception):
    """Something is not as it should be."""


def _all() -> dict[str, ModuleType]:
    return {name: importlib.import_module(f"{__name__}.{name}") for name in table.targets()}


def inventory(sandbox: Sandbox) -> str:
    """An inventory of the sandbox's two repositories for all targets, in YAML."""
    groups = {name: module.hosts(sandbox) for name, module in _all().items()}
    there = {name: group for name, group in groups.items() if group}
    inventory = {"all": {"vars": {"bitbucket_workspace": "acme"}, "children": there}}
    return yaml.safe_dump(inventory, explicit_start=True, sort_keys=False, width=1000)


def lines(sandbox: Sandbox) -> list[str]:
    """What was done, a paragraph for each target. :raises Wrong: it was not."""
    return [line for module in _all().values() if module.hosts(sandbox) for line in module.lines(sandbox)]
