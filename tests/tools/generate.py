# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.generate [--check]``: writes what follows from the list of modules and from the table of targets.

- ``plugins/action/<module>.py``, the fast door of each module that runs an operation;
- the ``action_groups`` in ``meta/runtime.yml``, by the modules' prefixes, and what the documentation says of them;
- the playbooks (``playbooks.py``), and what Bitbucket and the documentation know of targets (``tables.py``).

With ``--check`` nothing is written: files that are not as they should be are named, and the exit status is 1.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import yaml

from . import playbooks, regions, tables
from .table import targets

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "plugins" / "modules"
ACTIONS = ROOT / "plugins" / "action"
RUNTIME = Path("meta/runtime.yml")

# Every group is there from the beginning, so that a playbook may name it.
GROUPS = ("bitbucket", "gitlab", "oci")

# Action plugins that are no operation on a service; their module files only document them.
ON_THE_CONTROLLER = ("hosts_by_setting", "plan", "report", "settings")

# What the documentation of a module names if it works on the host itself (files, services, programs there). Such modules go over
# the task's connection as all of that kind do. They have no fast door, and share no option with the modules of the service's
# API, so no action group either.
_ON_THE_HOST = "repobridge.bitbucket.attributes.on_the_host"

ATTRIBUTES = Path("plugins/doc_fragments/attributes.py")
_GROUP = '''\
    {constant}_GROUP = r"""
options: {{}}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.{group}) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.{group}
"""
'''

_ACTION = """\
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

{import_line}
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.action import ResourceAction


class ActionModule(ResourceAction):
    operation = {operation}
"""


def modules() -> list[str]:
    """The names of all modules that do something in a service or on a host."""
    return sorted(path.stem for path in MODULES.glob("*.py") if path.stem not in ("__init__", *ON_THE_CONTROLLER))


ON_THE_HOST = tuple(name for name in modules() if _ON_THE_HOST in (MODULES / f"{name}.py").read_text())


def operation_of(module: str) -> tuple[str, str] | None:
    """Package and class of the operation a module file hands to ``run_module``; None if it does something else."""
    tree = ast.parse((MODULES / f"{module}.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {call.args[0].id for call in calls if _is_run_module(call) and isinstance(call.args[0], ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name in named:
                    return node.module, alias.name
    return None


def _is_run_module(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "run_module" and len(call.args) == 1


def group_of(module: str) -> str:
    """The action group of a module: as its target says, else the service whose options it has, which its name begins with."""
    named = (target.modules.get(module) for target in targets().values())
    return next(filter(None, named), module.partition("_")[0])


def files() -> dict[Path, str]:
    """Every generated file, by its path from the root, as it should be."""
    out = {}
    for module in modules():
        operation = operation_of(module)
        if operation and module not in ON_THE_HOST:
            out[Path("plugins/action") / f"{module}.py"] = _action(*operation)
    grouped = [module for module in modules() if module not in ON_THE_HOST]
    groups = sorted({*GROUPS, *map(group_of, grouped)})
    runtime = yaml.safe_load((ROOT / RUNTIME).read_text())
    runtime["action_groups"] = {name: [m for m in grouped if group_of(m) == name] for name in groups}
    out[RUNTIME] = "---\n" + yaml.dump(runtime, Dumper=_Indented, sort_keys=False)
    table = targets().values()
    out.update({**playbooks.files(table), **tables.files(table)})
    documented = "\n".join(_GROUP.format(constant=name.upper(), group=name) for name in groups)
    for (path, name), body in {**tables.regions(table), (ATTRIBUTES, "action groups"): documented}.items():
        out[path] = regions.filled(out.get(path) or (ROOT / path).read_text(), name, body)
    return out


def _action(package: str, operation: str) -> str:
    line = f"from {package} import {operation}"
    if len(line) > 120:
        line = f"from {package} import (\n    {operation},\n)"
    return _ACTION.format(import_line=line, operation=operation)


class _Indented(yaml.SafeDumper):
    """Lists are indented below their key, as yamllint wants them; strings keep quotes where they need them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _version(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if value[:1] in "<>=" else None)


_Indented.add_representer(str, _version)


def stale() -> list[Path]:
    """What is missing, differs, or belongs to a module that is gone: paths from the root."""
    wanted = files()
    wrong = [p for p, text in wanted.items() if not (ROOT / p).exists() or (ROOT / p).read_text() != text]
    actions = [path.relative_to(ROOT) for path in ACTIONS.glob("*.py") if path.stem not in ON_THE_CONTROLLER]
    left = [path for path in actions if path not in wanted]
    return sorted([*wrong, *left])


def main(arguments: list[str]) -> int:
    wrong = stale()
    if "--check" in arguments:
        for path in wrong:
            print(f"{path}: not as generated; run make generate")
        return 1 if wrong else 0
    wanted = files()
    for path in wrong:
        if path in wanted:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(wanted[path])
            print(f"wrote {path}")
        else:
            print(f"{path}: no module of that name; delete it if it is not needed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
