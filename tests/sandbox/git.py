# SPDX-License-Identifier: GPL-3.0-or-later
"""Bare git repositories for the sandbox: making them, writing commits, reading them, and serving them over smart HTTP.

Everything is done by the ``git`` on the PATH, in an environment of its own: no system or user configuration, no
prompts, a fixed identity, so that it behaves the same on every machine. https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import functools
import io
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

IDENTITY = "Sandbox <sandbox@example.com>"
REGULAR, EXECUTABLE, LINK = "100644", "100755", "120000"
_SETTINGS = {
    "safe.directory": "*",
    "gc.auto": "0",
    "receive.autogc": "false",
    "maintenance.auto": "false",
    "http.receivepack": "true",
    "uploadpack.allowFilter": "true",
    "fastimport.unpackLimit": "1000",
}
# A credential helper that takes both halves from its environment: no secret is in an argument or a file.
_ASK_ENVIRONMENT = (
    """!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$REMOTE_USER" "$REMOTE_PASSWORD"; }; f"""
)
REMOTE_SECONDS = 120


class GitError(RuntimeError):
    """git failed; the text is what it wrote to stderr."""


@dataclass(frozen=True)
class File:
    """A file of a commit: its bytes and its git mode."""

    content: bytes
    mode: str = REGULAR

    @classmethod
    def of(cls, value: str | bytes | File, mode: str = REGULAR) -> File:
        """Text and bytes are ordinary files."""
        if isinstance(value, File):
            return value
        return cls(value.encode() if isinstance(value, str) else value, mode)


def executable(content: str | bytes) -> File:
    """A file with the executable bit."""
    return File.of(content, EXECUTABLE)


@dataclass(frozen=True)
class Entry:
    """What a tree holds at a path. ``kind`` is git's: blob, tree or commit (a submodule)."""

    path: str
    kind: str
    mode: str
    sha: str
    size: int | None


@dataclass(frozen=True)
class Commit:
    """A commit as git tells it; dates in ISO 8601."""

    sha: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: str
    message: str


def environment(**settings: str) -> dict[str, str]:
    """The environment for every git process, also useful to tests that run git as a client.

    ``settings`` are more of git's configuration; ``__`` stands for the dot.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    name, _, mail = IDENTITY.partition(" <")
    env.update(
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_TERMINAL_PROMPT="0",
        LC_ALL="C",
        HOME=os.devnull,
        XDG_CONFIG_HOME=os.devnull,
        GIT_ASKPASS="true",
        no_proxy="*",
        NO_PROXY="*",
        GIT_AUTHOR_NAME=name,
        GIT_AUTHOR_EMAIL=mail[:-1],
        GIT_COMMITTER_NAME=name,
        GIT_COMMITTER_EMAIL=mail[:-1],
    )
    every = {**_SETTINGS, **{key.replace("__", "."): value for key, value in settings.items()}}
    env["GIT_CONFIG_COUNT"] = str(len(every))
    for number, (key, value) in enumerate(every.items()):
        env[f"GIT_CONFIG_KEY_{number}"] = key
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env


def run(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run git in a repository and give back its output; ``GitError`` if it fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=repository, env=environment(), input=stdin, capture_output=True, check=False
    )
    if done.returncode:
        raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed")
    return done.stdout


def ask(repository: Path, username: str, password: str, *arguments: str) -> bytes:
    """Run a git command that talks to another server, logged in there; ``GitError`` without the password if it fails."""
    env = environment(credential__helper=_ASK_ENVIRONMENT)
    env.update(REMOTE_USER=username, REMOTE_PASSWORD=password)
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=repository, env=env, capture_output=True, check=False, timeout=REMOTE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took more than {REMOTE_SECONDS} seconds") from None
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed"
        raise GitError(words.replace(password, "***") if password else words)
    return done.stdout


def create(repository: Path, branch: str = "main") -> Path:
    """Make an empty bare repository whose HEAD will be ``branch``."""
    if repository.is_dir() and any(repository.iterdir()):
        raise GitError(f"{repository} is not empty")
    repository.mkdir(parents=True, exist_ok=True)
    for name, content in _empty_repository().items():
        path = repository / name
        path.mkdir(parents=True, exist_ok=True) if content is None else path.write_bytes(content)
    set_head(repository, branch)
    return repository


@functools.cache
def _empty_repository() -> dict[str, bytes | None]:
    """The folders (None) and files that git makes for one; asked once, because most tests make several."""
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), "init", "--quiet", "--bare", "--template=", ".")
        found = sorted(Path(folder).rglob("*"))
        return {str(one.relative_to(folder)): None if one.is_dir() else one.read_bytes() for one in found}


def head(repository: Path) -> str:
    """The branch HEAD names, whether it exists or not."""
    return (repository / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")


def set_head(repository: Path, branch: str) -> None:
    new = repository / "HEAD.new"
    new.write_text(f"ref: refs/heads/{branch}\n")
    new.replace(repository / "HEAD")


def has_branch(repository: Path, name: str) -> bool:
    """Whether a branch exists, without a process: lists of many repositories ask this for each."""
    packed = repository / "packed-refs"
    return (repository / "refs" / "heads" / name).is_file() or (
        packed.is_file() and f" refs/heads/{name}\n" in packed.read_text()
    )


def refs(repository: Path, *names: str) -> dict[str, str]:
    """Branches and tags and what they point at, as ``git ls-remote`` says it (an annotated tag: the tag object).

    ``names`` are full names of refs, or folders of them. Without a process: every change of a repository asks this twice.
    https://git-scm.com/docs/gitrepository-layout
    """
    names = names or ("refs/heads", "refs/tags")
    loose: dict[str, str] = {}
    for where in names:
        place = repository / where
        for path in [place] if place.is_file() else place.rglob("*"):
            if path.is_file() and path.suffix != ".lock":
                loose[str(path.relative_to(repository))] = path.read_text().strip()
    packed = repository / "packed-refs"
    lines = packed.read_text().splitlines() if packed.is_file() else []
    kept = {name: sha for sha, _, name in (line.partition(" ") for line in lines if line[0] not in "#^")}
    wanted = {
        name: sha for name, sha in kept.items() if any(name == one or name.startswith(f"{one}/") for one in names)
    }
    return dict(sorted({**wanted, **loose}.items()))


def resolve(repository: Path, revision: str) -> str | None:
    """The full hash of the commit a hash, branch or tag names; None if there is none."""
    if not revision or revision.startswith("-"):
        return None
    try:
        out = run(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except GitError:
        return None
    return out.decode().split()[-1]


def log(repository: Path, *arguments: str, paths: tuple[str, ...] = ()) -> list[Commit]:
    """Commits as ``git log`` with these arguments lists them."""
    form = "--format=tformat:%H%x00%P%x00%an%x00%ae%x00%aI%x00%B"
    parts = run(repository, "log", "-z", form, *arguments, "--", *paths).decode("utf-8", "replace").split("\0")
    return [
        Commit(parts[i], tuple(parts[i + 1].split()), *parts[i + 2 : i + 6]) for i in range(0, len(parts) - 6 + 1, 6)
    ]


def commits(repository: Path, *hashes: str) -> dict[str, Commit]:
    """Several commits by hash, with one process."""
    if not hashes:
        return {}
    return {commit.sha: commit for commit in log(repository, "--no-walk=unsorted", *dict.fromkeys(hashes))}


def tree(repository: Path, revision: str, path: str = "", recursive: bool = False) -> list[Entry]:
    """What a directory of a commit holds (``recursive``: and everything below, directories included)."""
    options = ["-r", "-t"] if recursive else []
    where = [f"{path.strip('/')}/"] if path.strip("/") else []
    return _entries(run(repository, "ls-tree", "-z", "-l", *options, revision, "--", *where))


def entry(repository: Path, revision: str, path: str) -> Entry | None:
    """What a commit holds at a path."""
    found = _entries(run(repository, "ls-tree", "-z", "-l", revision, "--", path.strip("/")))
    return found[0] if found else None


def _entries(listing: bytes) -> list[Entry]:
    out = []
    for line in filter(None, listing.decode("utf-8", "surrogateescape").split("\0")):
        meta, _, path = line.partition("\t")
        mode, kind, sha, size = meta.split()
        out.append(Entry(path, kind, mode, sha, None if size == "-" else int(size)))
    return out


def read(repository: Path, revision: str, path: str) -> bytes | None:
    """A file's bytes, None if the commit has no such file."""
    found = entry(repository, revision, path)
    return run(repository, "cat-file", "blob", found.sha) if found and found.kind == "blob" else None


def commit(
    repository: Path,
    branch: str,
    files: Mapping[str, str | bytes | File | None],
    message: str,
    parent: str | None = None,
    author: str = IDENTITY,
    when: datetime | None = None,
) -> str:
    """Write a commit on a branch and give back its hash. A file that is None is deleted.

    ``parent`` None continues the branch, or starts it without history when it does not exist.
    """
    stamp = f"{int(when.timestamp() if when else time.time())} +0000"
    parent = parent or refs(repository, f"refs/heads/{branch}").get(f"refs/heads/{branch}")
    text = message.encode()
    stream = io.BytesIO()
    stream.write(f"commit refs/heads/{branch}\nmark :1\n".encode())
    stream.write(f"author {author} {stamp}\ncommitter {author} {stamp}\n".encode())
    stream.write(b"data %d\n%s\n" % (len(text), text))
    if parent:
        stream.write(f"from {parent}\n".encode())
    for path, value in files.items():
        name = _quoted(path.lstrip("/"))
        if value is None:
            stream.write(b"D %s\n" % name)
            continue
        file = File.of(value)
        stream.write(b"M %s inline %s\ndata %d\n%s\n" % (file.mode.encode(), name, len(file.content), file.content))
    stream.write(b"\nget-mark :1\ndone\n")
    out = run(repository, "fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream.getvalue())
    return out.decode().strip()


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode("utf-8", "surrogateescape")


def tag(repository: Path, name: str, target: str, message: str | None = None) -> str:
    """Make a tag (annotated when there is a message) and give back what the ref points at."""
    run(repository, "tag", *(["-a", "-m", message] if message is not None else []), "--", name, target)
    return refs(repository, f"refs/tags/{name}")[f"refs/tags/{name}"]


def delete_ref(repository: Path, name: str) -> None:
    """Delete ``refs/heads/x`` or ``refs/tags/x``."""
    run(repository, "update-ref", "-d", name)


# -- smart HTTP --------------------------------------------------------------------------------------------------


def wanted_service(method: str, subpath: str, query: Mapping[str, str]) -> str | None:
    """What a request to ``<repository>/<subpath>`` is for: ``git-upload-pack`` (fetch), ``git-receive-pack`` (push).

    None: it is not smart HTTP (the old "dumb" protocol, or no git at all).
    """
    services = ("git-upload-pack", "git-receive-pack")
    if method == "GET" and subpath == "info/refs" and query.get("service") in services:
        return query["service"]
    return subpath if method == "POST" and subpath in services else None


def serve(
    environ: Mapping[str, Any],
    repository: Path,
    subpath: str,
    user: str = "git",
    body: bytes | None = None,
    hooks: Mapping[str, str] | None = None,
) -> Response:
    """Answer a smart HTTP request with ``git http-backend``. Who may do this has been decided before.

    ``environ`` is the WSGI request, ``subpath`` what follows the repository in its URL (``info/refs`` …), ``body`` the
    request's body where it has been read already, ``hooks`` what the repository's hooks find in their environment.
    """
    if body is None:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    env = {**environment(), **(hooks or {})}
    env.update(
        GIT_PROJECT_ROOT=str(repository.parent),
        PATH_INFO=f"/{repository.name}/{subpath}",
        GIT_HTTP_EXPORT_ALL="1",
        REQUEST_METHOD=environ["REQUEST_METHOD"],
        QUERY_STRING=environ.get("QUERY_STRING", ""),
        CONTENT_TYPE=environ.get("CONTENT_TYPE", ""),
        CONTENT_LENGTH=str(len(body)),
        REMOTE_USER=user,
        REMOTE_ADDR=environ.get("REMOTE_ADDR", "127.0.0.1"),
    )
    if "HTTP_CONTENT_ENCODING" in environ:  # git sends larger negotiations gzipped
        env["HTTP_CONTENT_ENCODING"] = environ["HTTP_CONTENT_ENCODING"]
    if "HTTP_GIT_PROTOCOL" in environ:
        env["GIT_PROTOCOL"] = environ["HTTP_GIT_PROTOCOL"]
    done = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=False)
    head_part, _, answer = done.stdout.partition(b"\r\n\r\n")
    status, headers = 200, []
    for line in head_part.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "status":
            status = int(value.split()[0])
        elif name:
            headers.append((name, value))
    return Response(answer, status, headers=headers)
