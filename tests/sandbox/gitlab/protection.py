# SPDX-License-Identifier: GPL-3.0-or-later
"""What a push may not do: protected branches, and pointers to missing LFS objects. Enforced in git's ``pre-receive``.

One refused ref refuses the whole push. https://docs.gitlab.com/user/project/repository/branches/protected/
"""

from __future__ import annotations

import fnmatch
from pathlib import Path

from .model import MAINTAINER, Project, Protection, User

# CLOSED: branches the user may not push to; GUARDED: protected ones, where force and deletion are refused; FREE: those
# of them that allow force. One name a line. LFS: objects there are of Git LFS; empty with LFS switched off. A pointer to an
# object that is missing refuses the push: https://docs.gitlab.com/topics/git/lfs/troubleshooting/
_PRE_RECEIVE = """#!/bin/sh
zero=0000000000000000000000000000000000000000
refuse() { echo "GitLab: $1" >&2; exit 1; }
listed() { printf '%s\\n' "$1" | grep -Fqx -e "$2"; }
pointed() {
  git rev-list --objects "$1" --not --all | cut -d ' ' -f 1 |
    git cat-file --batch-check='%(objecttype) %(objectsize) %(objectname)' |
    while read -r kind size name; do
      test "$kind" = blob && test "$size" -lt 1024 || continue
      git cat-file blob "$name" | grep -aq '^version https://git-lfs.github.com/spec/' || continue
      git cat-file blob "$name" | sed -n 's/^oid sha256://p'
    done
}
while read -r old new ref; do
  if test -n "$SANDBOX_LFS" && test "$new" != "$zero"; then
    for oid in $(pointed "$new"); do
      listed "$SANDBOX_LFS" "$oid" ||
        refuse 'LFS objects are missing. Ensure LFS is properly set up or try a manual "git lfs push --all".'
    done
  fi
  case "$ref" in refs/heads/*) branch=${ref#refs/heads/};; *) continue;; esac
  listed "$SANDBOX_CLOSED" "$branch" && refuse "You are not allowed to push code to protected branches on this project."
  listed "$SANDBOX_GUARDED" "$branch" || continue
  test "$new" != "$zero" || refuse "You can only delete protected branches using the web interface."
  listed "$SANDBOX_FREE" "$branch" && continue
  test "$old" = "$zero" || git merge-base --is-ancestor "$old" "$new" ||
    refuse "You are not allowed to force push code to a protected branch on this project."
done
exit 0
"""


def install(repository: Path) -> None:
    """Give a repository the hook, and let clients send push options (``-o ci.skip``)."""
    hooks = repository / "hooks"
    hooks.mkdir(exist_ok=True)
    hook = hooks / "pre-receive"
    hook.write_text(_PRE_RECEIVE)
    hook.chmod(0o755)
    with (repository / "config").open("a") as config:
        config.write("[receive]\n\tadvertisePushOptions = true\n[transfer]\n\thideRefs = refs/mirror\n")


def of(project: Project, branch: str) -> Protection | None:
    """The protection of a branch: its own, or that of a pattern."""
    exact = project.protections.get(branch)
    return exact or next((one for one in project.protections.values() if fnmatch.fnmatchcase(branch, one.name)), None)


def environment(project: Project, user: User, branches: list[str], empty: bool, default: str) -> dict[str, str]:
    """What the hook has to know about the branches of a push."""
    closed, guarded, free = [], [], []
    for branch in branches:
        found = of(project, branch)
        if found is None:
            if empty and branch == default and project.level(user) < MAINTAINER:  # it is going to be protected
                closed.append(branch)
            continue
        guarded.append(branch)
        if not found.allows("push", project, user):
            closed.append(branch)
        if found.allow_force_push:
            free.append(branch)
    lfs = ["on", *project.lfs_objects] if project.settings.get("lfs_enabled") else []
    lines = {"CLOSED": closed, "GUARDED": guarded, "FREE": free, "LFS": lfs}
    return {f"SANDBOX_{name}": "\n".join(value) for name, value in lines.items()}


def pushed(body: bytes) -> tuple[list[str], list[str]]:
    """The refs and the push options of a ``git-receive-pack`` request. https://git-scm.com/docs/pack-protocol"""
    refs, options, at = [], [], 0
    parts: list[list[bytes]] = [[]]
    while at + 4 <= len(body) and len(parts) <= 2:
        try:
            length = int(body[at : at + 4], 16)
        except ValueError:
            break
        if length == 0:
            parts.append([])
            at += 4
            continue
        parts[-1].append(body[at + 4 : at + length])
        at += length
    capabilities = b""
    for number, line in enumerate(parts[0]):
        command, _, more = line.partition(b"\0")
        if number == 0:
            capabilities = more
        refs.append(command.decode("utf-8", "replace").strip().split(" ", 2)[-1])
    if b"push-options" in capabilities and len(parts) > 1:
        options = [line.decode("utf-8", "replace").strip() for line in parts[1]]
    return refs, options
