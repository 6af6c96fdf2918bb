# SPDX-License-Identifier: GPL-3.0-or-later
"""The git repositories behind DevOps repositories: real ones, fetched by git with nothing of the machine's settings."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import git
from ..git import GitError as GitError

FETCH_SECONDS = 120


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment git runs in."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "NO_PROXY": "127.0.0.1",
        **more,
    }


def run(home: Path, folder: Path, *arguments: str, **more: str) -> str:
    """git's output; GitError with its complaint."""
    command = ["git", "--git-dir", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, env=environment(home, **more), capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took more than {FETCH_SECONDS} seconds") from None
    if done.returncode:
        raise GitError(done.stderr.strip() or f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout


def init(home: Path, folder: Path) -> None:
    """An empty bare repository."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    run(home, folder, "init", "--quiet", "--bare", "--initial-branch", "main")


def fetch(home: Path, folder: Path, url: str, username: str, password: str) -> str | None:
    """Make every ref equal to the source's, deletions included; the name of the source's default branch."""
    everything = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    quiet = ("fetch", "--quiet", "--prune", "--no-write-fetch-head", "--no-tags")
    git.ask(folder, username, password, *quiet, url, *everything)
    head = git.ask(folder, username, password, "ls-remote", "--symref", url, "HEAD").decode()
    for line in head.splitlines():
        if line.startswith("ref: refs/heads/"):
            branch = line.split()[1].removeprefix("refs/heads/")
            run(home, folder, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
            return branch
    return None


def _time(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds or 0), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def refs(home: Path, folder: Path, repository_id: str) -> list[dict[str, Any]]:
    """Branches and tags as the API names them. A tag's ``objectId`` is the commit, an annotated one's too."""
    form = "%(refname)%09%(objectname)%09%(*objectname)%09%(creatordate:unix)%09%(authorname)"
    out = []
    for line in run(home, folder, "for-each-ref", f"--format={form}", "refs/heads", "refs/tags").splitlines():
        full, target, peeled, when, author = line.split("\t")
        branch = full.startswith("refs/heads/")
        ref: dict[str, Any] = {
            "refName": full.split("/", 2)[2],
            "fullRefName": full,
            "refType": "BRANCH" if branch else "TAG",
            "repositoryId": repository_id,
            "timeCreated": _time(when),
            "timeUpdated": _time(when),
        }
        if branch:
            ref.update(commitId=target, latestCommitAuthorName=author)
        else:
            ref["objectId"] = peeled or target
        out.append(ref)
    return out


def commits(home: Path, folder: Path, name: str, limit: int = 1000) -> list[dict[str, Any]]:
    """The commits reachable from a ref, the newest first; none when there is no such ref."""
    form = "%H%x00%B%x00%an%x00%ae%x00%cn%x00%ce%x00%P%x00%ct%x00%T%x00%x01"
    if name.startswith("-"):
        return []
    try:
        text = run(home, folder, "log", f"--max-count={limit}", f"--format={form}", name, "--")
    except GitError:
        return []
    keys = ("commitId", "commitMessage", "authorName", "authorEmail", "committerName", "committerEmail")
    out = []
    for entry in text.split("\x01"):
        if entry.strip():
            parts = entry.lstrip("\n").split("\x00")
            commit: dict[str, Any] = dict(zip(keys, parts[:6], strict=True))
            commit.update(parentCommitIds=parts[6].split(), timeCreated=_time(parts[7]), treeId=parts[8])
            out.append(commit)
    return out


def counts(home: Path, folder: Path) -> dict[str, int]:
    """What ``fields`` of get_repository can ask for."""
    branches = run(home, folder, "for-each-ref", "--format=x", "refs/heads").split()
    commits_ = run(home, folder, "rev-list", "--count", "--branches").strip() if branches else "0"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"branchCount": len(branches), "commitCount": int(commits_), "sizeInBytes": size}
