# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.tree``: what must and what must not be in the project's files, whatever their kind."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from .sanity import ROOT, tracked

# Addresses of package registries and folders of the machine somebody works on: neither is anybody else's business.
FORBIDDEN = (
    re.compile(r"\b(pypi|pythonhosted|npmjs|debian|yarnpkg|crates|rubygems)\.(org|com|io)\b"),
    re.compile(r"(?<![\w.:/~$}-])/(work|root|opt/(pypi|wheels))(/|\b)"),
    re.compile(r"(?<![\w.:/~$}-])/home/(?!user\b|me\b)\w+"),
)
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
COPYRIGHT = "Copyright (c)"


def problems(path: Path, text: str) -> list[str]:
    """What is wrong in one file."""
    found = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if any(pattern.search(line) for pattern in FORBIDDEN):
            found.append(f"{path}:{number}: a machine's path or a registry's address: {line.strip()[:100]}")
        if re.search(r"#\s*(noqa|type:\s*ignore)\s*$", line):
            found.append(f"{path}:{number}: says neither what it lets pass nor why")
    head = "\n".join(lines[:5])
    if path.suffix in (".py", ".sh") and lines:
        if LICENCE not in head:
            found.append(f"{path}: no licence in its first lines ({LICENCE})")
        if path.parts[0] == "plugins" and COPYRIGHT not in head:
            found.append(f"{path}: no copyright line")
    if path.match("tests/sanity/ignore-*.txt"):
        found += [f"{path}: no reason beside {line!r}" for line in lines if line.strip() and "#" not in line]
    return found


def main() -> int:
    found = []
    for path in tracked():
        if path.name == "LICENSE":
            continue
        try:
            found += problems(path, (ROOT / path).read_text())
        except UnicodeDecodeError:
            continue
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
