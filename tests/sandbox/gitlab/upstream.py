# SPDX-License-Identifier: GPL-3.0-or-later
"""The git half of a mirror or an import: what is fetched, and what of it the project's own refs take over."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from .. import git, peers
from . import protection
from .model import Mirror, Project


def split(url: str) -> tuple[str, str, str]:
    """A URL without its credentials, user and password as they stand there: nothing is unescaped.

    What is none comes back whole; ``mirroring.check_form`` refuses it.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", ""
    who, _, host = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    return urlunsplit(parts._replace(netloc=host)), user, password


# GitLab's own git follows no redirect either.
_AS_PEER = ("-c", f"http.extraHeader={peers.HEADER}: gitlab", "-c", "http.followRedirects=false")


def fetch(project: Project, url: str, username: str, password: str) -> str | None:
    """Bring the source's refs below ``refs/mirror``; the name of its default branch."""
    try:
        git.ask(
            project.git_path,
            username,
            password,
            *_AS_PEER,
            "fetch",
            "--quiet",
            "--prune",
            "--no-write-fetch-head",
            "--no-tags",
            url,
            "+refs/heads/*:refs/mirror/heads/*",
            "+refs/tags/*:refs/mirror/tags/*",
        )
        out = git.ask(project.git_path, username, password, *_AS_PEER, "ls-remote", "--symref", url, "HEAD").decode()
    except git.GitError as exc:
        words = str(exc).replace("\n", "\\n").replace('"', '\\"')
        raise git.GitError(f'13:fetch remote: "{words}\\n": exit status 128.') from None
    found = re.search(r"^ref: refs/heads/(\S+)\s+HEAD", out, re.MULTILINE)
    return found[1] if found else None


def apply(project: Project, mirror: Mirror) -> str | None:
    """Move the project's own refs after the source's. Nothing is deleted; a branch that went its own way stays.

    The name of the default branch if it is one of these: only that makes the update fail.
    """
    upstream = git.refs(project.git_path, "refs/mirror")
    own = git.refs(project.git_path)
    diverged_default = None
    for name, sha in upstream.items():
        ref = name.replace("refs/mirror/", "refs/", 1)
        if own.get(ref) == sha:
            continue
        branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
        if branch is not None and not _included(project, mirror, branch):
            continue
        if branch is not None and ref in own and not mirror.overwrite and not _ancestor(project, own[ref], sha):
            if branch == git.head(project.git_path):
                diverged_default = branch
            continue
        git.run(project.git_path, "update-ref", ref, sha)
    return diverged_default


def _included(project: Project, mirror: Mirror, branch: str) -> bool:
    if mirror.branch_regex:
        return re.search(mirror.branch_regex, branch) is not None
    return not mirror.only_protected or protection.of(project, branch) is not None


def _ancestor(project: Project, old: str, new: str) -> bool:
    try:
        git.run(project.git_path, "merge-base", "--is-ancestor", old, new)
    except git.GitError:
        return False
    return True
