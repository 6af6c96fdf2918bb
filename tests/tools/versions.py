# SPDX-License-Identifier: GPL-3.0-or-later
"""Which unit tests of services and targets also run on the oldest ansible-core and Python: those of what may differ there.

A file of a service or a target depends on the version if it imports ansible, or a part of the standard library that has
changed since Python 3.11. The tests nearest to such a file, by imports, run on the oldest versions too, and the others on the
newest only. That all files use nothing but what Python 3.11 has is checked by the type checker (``python_version`` in
pyproject.toml), and every module runs on the oldest versions in tests/integration/test_doors.py.

What is not in a folder of a service or a target (the layers core and http, settings, plan, action plugins) always runs on both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "tests" / "unit"
COLLECTION = "ansible_collections.repobridge.bitbucket."
# Each has entries "Changed in version 3.12" to "3.14" in its documentation that are about what it does, or wraps what has.
VARYING = frozenset(
    {
        "ast",
        "configparser",
        "datetime",
        "email",
        "http",
        "importlib",
        "inspect",
        "os",
        "pathlib",
        "posixpath",
        "shutil",
        "signal",
        "socket",
        "ssl",
        "subprocess",
        "tarfile",
        "tempfile",
        "urllib",
        "zipfile",
    }
)
# Layers whose tests are not in folders of their own.
SHARED = ("core", "http")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Modules that a file imports, and names that may be modules; those of the collection by their path in it."""
    own = path.relative_to(ROOT).with_suffix("").parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = [*own[: len(own) - node.level]] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return frozenset(name.removeprefix(COLLECTION) for name in found)


@cache
def files() -> dict[str, Path]:
    """The collection's own modules, by their names."""
    found = {}
    for folder in ("module_utils", "plugin_utils"):
        for path in (ROOT / "plugins" / folder).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def differing(names: frozenset[str]) -> set[str]:
    """What of ansible, and of the varying parts of the standard library, is among imports."""
    return {name for name in names if name.partition(".")[0] in VARYING | {"ansible"}}


def subjects() -> Iterator[str]:
    """Files of services and targets that depend on the version."""
    for name, path in files().items():
        layer = name.split(".")[2:3]
        if name.startswith("plugins.module_utils.") and layer[0] not in SHARED and differing(imports_of(path)):
            yield name


@cache
def distances(test: Path) -> dict[str, int]:
    """How many imports away from a test each module of the collection is."""
    known = files()
    found: dict[str, int] = {}
    level, distance = {name for name in imports_of(test) if name in known}, 0
    while level:
        found |= dict.fromkeys(level, distance)
        level = {name for one in level for name in imports_of(known[one]) if name in known} - set(found)
        distance += 1
    return found


def tests() -> list[Path]:
    """Test files in folders of services and targets."""
    services = {path.name for path in (ROOT / "plugins" / "module_utils").iterdir() if path.name not in SHARED}
    services |= {path.name for path in (ROOT / "plugins" / "module_utils" / "targets").iterdir()}
    return [path for path in sorted(UNIT.rglob("test_*.py")) if path.relative_to(UNIT).parts[0] in services]


def nearest(subject: str) -> list[Path]:
    """The tests with the shortest way to a file."""
    ways = {path: distances(path)[subject] for path in tests() if subject in distances(path)}
    return [path for path, way in ways.items() if way == min(ways.values())]


@cache
def of_the_newest_only() -> frozenset[Path]:
    """Test files that need not run on the oldest versions."""
    depend = {path for subject in subjects() for path in nearest(subject)}
    for path in tests():
        names = imports_of(path)
        if any(name == "ansible" or name.startswith(("ansible.", "plugins.plugin_utils")) for name in names):
            depend.add(path)
    return frozenset(tests()) - depend
