# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.sizes``: how much code each module takes, and which shared files are large.

A module's figure is the code of ``plugins/modules/<module>.py`` and of its resource. The resource is the file that defines
the class that the module hands to ``run_module``. If a file defines the classes of several modules, each module gets the lines
of its own class and of nothing else in that file but what belongs to no such class (imports, constants, helpers), which counts
in full for each of them: whoever reads one resource reads that too. A class that a resource inherits from or calls is shared
code and is counted only as a file.

Code is every line that is not blank, not a comment and not documentation: neither a docstring nor ``DOCUMENTATION``,
``EXAMPLES`` and ``RETURN``.
"""

from __future__ import annotations

import ast
import io
import statistics
import sys
import tokenize
from collections import defaultdict
from functools import cache
from pathlib import Path

from . import generate

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "ansible_collections.repobridge.bitbucket."
DOCUMENTED = ("DOCUMENTATION", "EXAMPLES", "RETURN")
SHARED = 350  # lines of a whole file, comments included


def code_lines(source: str) -> set[int]:
    """The numbers of the lines that hold code."""
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines - _documentation(ast.parse(source))


def _documentation(tree: ast.Module) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if first and isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id in DOCUMENTED:
            found.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return found


def resource_files() -> dict[str, tuple[Path, str]]:
    """The file and the class of each module's resource."""
    out = {}
    for module in generate.modules():
        found = generate.operation_of(module)
        if found:
            package, name = found
            out[module] = (ROOT / (package.removeprefix(PREFIX).replace(".", "/") + ".py"), name)
    return out


@cache
def sizes() -> dict[str, int]:
    """The lines of code of each module and its resource."""
    resources = resource_files()
    classes: dict[Path, set[str]] = defaultdict(set)
    for path, name in resources.values():
        classes[path].add(name)
    out = {}
    for module in generate.modules():
        own = len(code_lines((ROOT / "plugins" / "modules" / f"{module}.py").read_text()))
        if module in resources:
            path, name = resources[module]
            source = path.read_text()
            lines = code_lines(source)
            for node in ast.parse(source).body:
                if isinstance(node, ast.ClassDef) and node.name in classes[path] - {name}:
                    lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            own += len(lines)
        out[module] = own
    return out


def of_services() -> list[int]:
    """The figures of the modules that manage or read one thing of one service."""
    return [lines for module, lines in sizes().items() if not is_of_target(module)]


def of_targets() -> list[int]:
    """The figures of links and other modules that hold what a target needs of several services."""
    return [lines for module, lines in sizes().items() if is_of_target(module)]


def is_of_target(module: str) -> bool:
    return module in resource_files() and "targets" in resource_files()[module][0].parts


def p90(figures: list[int]) -> int:
    """The figure that nine of ten modules do not exceed."""
    ordered = sorted(figures)
    return ordered[-(-9 * len(ordered) // 10) - 1]


@cache
def large_files() -> dict[Path, int]:
    """Every file that no module is (core, http, clients, sessions, what runs in the controller) above the limit."""
    found = {}
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        lines = len(path.read_text().splitlines())
        if path.parent.name != "modules" and lines > SHARED:
            found[path.relative_to(ROOT)] = lines
    return found


def main() -> int:
    figures = sizes()
    for module, lines in sorted(figures.items(), key=lambda item: (-item[1], item[0])):
        print(f"{lines:5}  {module}")
    for of, ordered in (("services", of_services()), ("targets", of_targets()), ("all", list(figures.values()))):
        middle = statistics.median(ordered)
        print(f"{of}: median {middle:g}, p90 {p90(ordered)}, largest {max(ordered)}, modules {len(ordered)}")
    for path, lines in large_files().items():
        print(f"{path}: {lines} lines, more than {SHARED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
