# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python of many module processes: what it compiles of their archives is kept for the next one.

A module comes as an archive of sources, which Python compiles in every process, and with pipelining as one line of 300 kB,
which ``python -`` reads slowly; together that is more than half of what a task costs. What runs in the process is the same.
"""

from __future__ import annotations

import _imp
import hashlib
import marshal
import os
import sys
import zipimport
from pathlib import Path
from types import CodeType
from typing import Any, cast

CACHE = "REPOBRIDGE_MODULE_CACHE"


def install(folder: Path) -> Path:
    """A program for ``ansible_python_interpreter``; its cache is below ``folder``."""
    cache = folder / "module-cache"
    cache.mkdir()
    program = folder / "module-python"
    program.write_text(f'#!/bin/sh\n{CACHE}="{cache}" exec "{sys.executable}" "{__file__}" "$@"\n')
    program.chmod(0o755)
    return program


def keep_compiled(cache: Path) -> None:
    """Let zipimport look into ``cache`` before it compiles."""
    zipped = cast("Any", zipimport)
    compile_source = zipped._compile_source

    def compiled(path: str, source: bytes) -> CodeType:
        kept = cache / hashlib.sha256(source).hexdigest()
        if kept.exists():
            code: CodeType = marshal.loads(kept.read_bytes())
            cast("Any", _imp)._fix_co_filename(code, path)  # the archive is another one
            return code
        code = compile_source(path, source)
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_bytes(marshal.dumps(code))
        new.replace(kept)
        return code

    zipped._compile_source = compiled


def main() -> None:
    if len(sys.argv) > 1:  # a file, and not by pipelining
        os.execv(sys.executable, sys.orig_argv[:1] + sys.argv[1:])
    sys.path[0] = ""  # as "python -" has it
    keep_compiled(Path(os.environ.pop(CACHE)))
    source = compile(sys.stdin.buffer.read(), "<stdin>", "exec", dont_inherit=True)
    exec(source, {"__name__": "__main__", "__builtins__": __builtins__})


if __name__ == "__main__":
    main()
