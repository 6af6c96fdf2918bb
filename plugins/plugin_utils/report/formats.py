# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a document into a directory, in any of the formats."""

from __future__ import annotations

import json
import os
import tempfile
import typing as t

from ansible.errors import AnsibleError

from .html import html
from .junit import junit
from .markdown import markdown
from .sarif import sarif
from .statuses import Document

# A report names repositories, people and resources: others than its owner and the group have no business with it.
FILE_MODE, DIRECTORY_MODE = 0o640, 0o750


def as_json(document: t.Any) -> str:
    """The document itself. ASCII only: what it names cannot control a terminal that shows the file."""
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


# The formats with the name of the file that each writes.
_FORMATS: dict[str, tuple[str, t.Callable[[Document], str]]] = {
    "json": ("report.json", as_json),
    "html": ("report.html", html),
    "junit": ("junit.xml", junit),
    "sarif": ("report.sarif", lambda document: as_json(sarif(document))),
    "markdown": ("report.md", markdown),
}
FORMATS = tuple(_FORMATS)


def write(document: Document, directory: str, formats: t.Sequence[str]) -> list[str]:
    """Write the files and return their paths. Nothing is written unless all formats can be rendered.

    Each file appears complete or not at all, and replaces the one of an earlier run. :raises AnsibleError: a format is
    unknown, or a file cannot be written.
    """
    unknown = [name for name in formats if name not in _FORMATS]
    if unknown:
        raise AnsibleError(f"Unknown format of a report: {', '.join(unknown)}. Formats are {', '.join(FORMATS)}")
    texts = {_FORMATS[name][0]: _FORMATS[name][1](document) for name in dict.fromkeys(formats)}
    path = directory
    try:
        os.makedirs(directory, mode=DIRECTORY_MODE, exist_ok=True)
        for name, text in texts.items():
            path = os.path.join(directory, name)
            write_file(path, text)
    except OSError as error:
        raise AnsibleError(f"The report cannot be written: {path}: {error.strerror}") from error
    return [os.path.join(directory, name) for name in texts]


def write_file(path: str, text: str) -> None:
    """Write a file that appears complete or not at all. :raises OSError:"""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            os.fchmod(file.fileno(), FILE_MODE)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
