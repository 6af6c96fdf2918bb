# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.sanity [ARGUMENT…]``: ``ansible-test sanity`` on a copy of the working tree.

ansible-test wants the collection below ``ansible_collections``, takes everything it finds there for part of it, and keeps
its environments in the home folder; so it gets a copy and a home of its own below ``.build/sanity``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".build" / "sanity"
COPY = PLACE / "ansible_collections" / "repobridge" / "bitbucket"
HOME = PLACE / "home"

# ansible-test fetches a get-pip.py from a server of the Ansible project. Python brings a pip itself, so this in its cache
# does the same, and no other server than the Python package index is needed.
_GET_PIP = """\
import ensurepip, subprocess, sys
ensurepip.bootstrap()
arguments = [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install", *arguments])
"""


def tracked() -> list[Path]:
    """What belongs to the project: tracked files, and new ones that are not ignored; paths from the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    paths = {Path(name) for name in listing.stdout.split("\0") if name}
    return sorted(path for path in paths if (ROOT / path).is_file())


def copy() -> None:
    """Bring the copy up to date; what ansible-test keeps in it (``tests/output``) stays for the next run.

    Of the tests only its settings are there: they run on this machine alone, under rules of their own (pyproject.toml).
    """
    settings = ("tests/config.yml", "tests/sanity")
    wanted = {path for path in tracked() if path.parts[0] != "tests" or str(path).startswith(settings)}
    for old in COPY.rglob("*"):
        path = old.relative_to(COPY)
        kept = path.parts[0] == ".git" or path.parts[:2] == ("tests", "output")
        if not (kept or old.is_dir() or path in wanted):
            old.unlink()
    for path in wanted:
        (COPY / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, COPY / path, follow_symlinks=False)
    # ansible-test asks git what there is, and would be told of the repository around, which ignores the copy.
    subprocess.run(["git", "init", "--quiet"], cwd=COPY, check=True)


def prepare_home() -> None:
    """The user's settings for pip count here too; the rest of the home does not."""
    for name in (".config/pip", ".pip"):
        theirs, ours = Path.home() / name, HOME / name
        if theirs.is_dir() and not ours.exists():
            ours.parent.mkdir(parents=True, exist_ok=True)
            ours.symlink_to(theirs)
    source = Path(sysconfig.get_path("purelib")) / "ansible_test" / "_internal" / "python_requirements.py"
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in re.findall(r"""['"](\d+\.\d[\d.]*)['"]""", source.read_text()):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(_GET_PIP)


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and output."""
    copy()
    prepare_home()
    program = Path(sys.executable).with_name("ansible-test")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")}
    environment |= {"HOME": str(HOME), "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(program), "sanity", "--venv", "--python", python, "--color", "no", *arguments],
        cwd=COPY,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    log = PLACE / "log"
    log.write_text(done.stdout)
    findings = [line for line in done.stdout.splitlines() if line.startswith(("ERROR:", "FATAL:"))]
    return done.returncode, "\n".join([*findings, f"(all of it: {log.relative_to(ROOT)})", ""])


if __name__ == "__main__":
    code, output = run(*sys.argv[1:])
    print(output, end="")
    sys.exit(code)
