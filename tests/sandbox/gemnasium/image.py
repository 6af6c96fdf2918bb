# SPDX-License-Identifier: GPL-3.0-or-later
"""The image: a static busybox and the documented commands as small scripts. The product itself can't be had any more."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

NAME = "repobridge-gemnasium:test"
_BIN = Path(__file__).parent / "bin"
_APPLETS = ("sh", "cat", "mkdir", "mv", "printf", "sleep")


def _static(path: str | None) -> str | None:
    """The program, if it needs no library."""
    if path is None:
        return None
    told = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    return (
        path if "not a dynamic executable" in told.stdout + told.stderr or "statically linked" in told.stdout else None
    )


BUSYBOX = _static(shutil.which("busybox"))


def rootfs() -> bytes:
    """The image's only layer, as a tar file."""
    assert BUSYBOX, "why_not() says so"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:

        def add(
            name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, mode: int = 0o755, link: str = ""
        ) -> None:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.size, info.linkname = kind, mode, len(content), link
            archive.addfile(info, io.BytesIO(content))

        for folder in ("bin", "dev", "etc", "proc", "sys", "tmp", "var", "var/log", "var/opt", "var/opt/gemnasium"):
            add(folder, kind=tarfile.DIRTYPE)
        add("etc/passwd", b"root:x:0:0:root:/:/bin/sh\n", mode=0o644)
        add("etc/group", b"root:x:0:\n", mode=0o644)
        add("bin/busybox", Path(BUSYBOX).read_bytes())
        for applet in _APPLETS:
            add(f"bin/{applet}", kind=tarfile.SYMTYPE, link="busybox")
        for script in sorted(_BIN.iterdir()):
            add(f"bin/{script.name}", script.read_bytes())
    return packed.getvalue()
