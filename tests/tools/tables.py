# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from the table of targets beside the playbooks: the uses of Bitbucket credentials, and tables in the documentation."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .table import UTILS

if TYPE_CHECKING:
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.use import CloudUse, Use
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target

USES = Path("plugins/module_utils/bitbucket/uses.py")
_HEAD = '''\
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The uses of Bitbucket credentials, by their names. Written by ``make generate`` from what the targets declare."""

from __future__ import annotations

from .use import CloudUse, DataCenterUse, Use

USES = {
'''
Region = tuple[Path, str]


def files(targets: Iterable[Target]) -> dict[Path, str]:
    """Whole files by their paths from the root."""
    body = "".join(f'    "{name}": {_literal(use, 4)},\n' for name, use in uses(targets).items())
    return {USES: f"{_HEAD}{body}}}\n"}


def regions(table: Iterable[Target]) -> dict[Region, str]:
    """Parts of files: by the path and the name of the part what stands in it."""
    targets = list(table)
    names = uses(targets)
    return {
        (Path("README.md"), "targets"): _targets(targets),
        (Path("README.md"), "guides"): "".join(
            f"- [{target.title}](docs/{target.name}.md): the guide to the target, step by step against the manual procedure\n"
            for target in targets
        ),
        (Path("docs/credentials.md"), "needs of targets"): _needs(names),
        (Path("plugins/doc_fragments/bitbucket.py"), "uses"): _choices(names, 4),
        (Path("roles/bitbucket/meta/argument_specs.yml"), "uses"): _choices(names, 8),
    }


def uses(targets: Iterable[Target]) -> dict[str, Use]:
    """What all targets require of a Bitbucket credential."""
    return {name: use for target in targets for name, use in target.uses.items()}


def _literal(value: Any, indent: int) -> str:
    """As the formatter writes it, with every element on a line of its own."""
    inner, closing = " " * (indent + 4), " " * indent
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        set_here = [one for one in dataclasses.fields(value) if getattr(value, one.name) != one.default]
        lines = [f"{inner}{one.name}={_literal(getattr(value, one.name), indent + 4)},\n" for one in set_here]
        return f"{type(value).__name__}(\n{''.join(lines)}{closing})"
    if isinstance(value, tuple) and len(value) == 1:
        return f"({_literal(value[0], indent)},)"
    if isinstance(value, tuple):
        return f"(\n{''.join(f'{inner}{_literal(one, indent + 4)},{chr(10)}' for one in value)}{closing})"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _choices(names: Iterable[str], indent: int) -> str:
    return f"{' ' * indent}choices: [{', '.join(names)}]\n"


# -- Markdown ------------------------------------------------------------------------------------------------------------


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"{line}\n" for line in (_row(head), "|" + "---|" * len(head), *map(_row, rows)))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _targets(targets: Iterable[Target]) -> str:
    rows = ((f"[`{one.name}`](docs/{one.name}.md)", one.summary, one.editions) for one in targets)
    return _table(("Target", "What it does", "Bitbucket"), rows)


def _needs(names: dict[str, Use]) -> str:
    """What each use needs of each kind of credential. Repository, project and workspace access tokens have the same scopes."""
    rows = (
        (
            f"`{name}`",
            _scopes(use.cloud, "api_token"),
            _boxes(use.cloud, "repository_access_token"),
            _boxes(use.cloud, "oauth_consumer"),
            "yes" if use.cloud.admin else "no",
            f"`{use.data_center.level}`, {use.data_center.kinds[0].replace('_', ' ')}"
            if use.data_center
            else "Cloud only",
        )
        for name, use in names.items()
    )
    return _table(
        ("`use`", "API token", "access token", "OAuth consumer", "admin of the repository", "Data Center"), rows
    )


def _data_center(use: Use) -> str:
    if use.data_center is None:
        return "Cloud only"
    kinds = " or ".join(kind.replace("_", " ").replace("http", "HTTP") for kind in use.data_center.kinds)
    return f"`{use.data_center.level}`, {kinds}"


def _names_of(use: CloudUse, kind: str) -> list[str]:
    scopes = importlib.import_module(f"{UTILS}.bitbucket.scopes")
    return list(scopes.needed_for(kind, use)) if kind in use.kinds else []


def _scopes(use: CloudUse, kind: str) -> str:
    return ", ".join(f"`{name}`" for name in _names_of(use, kind)) or "no"


def _boxes(use: CloudUse, kind: str) -> str:
    scopes = importlib.import_module(f"{UTILS}.bitbucket.scopes")
    return ", ".join(f"*{scopes.boxes([name])}*" for name in _names_of(use, kind)) or "no"
