# SPDX-License-Identifier: GPL-3.0-or-later
"""What GitLab takes as the path and the name of a project or a group. https://docs.gitlab.com/user/reserved_names/

``lib/gitlab/path_regex.rb`` and ``lib/gitlab/regex.rb`` of https://gitlab.com/gitlab-org/gitlab have the rules and the words.
"""

from __future__ import annotations

import re

MAXIMUM = 255
# Routes below every project: names of neither projects nor groups.
_BELOW_PROJECTS = """
- badges blame blob builds commits create create_dir edit environments/folders files find_file gitlab-lfs/objects
info/lfs/objects new preview raw refs tree update wikis
"""
# Routes of the site: names of no group that is in no other.
_ON_TOP = """
- .well-known 404.html 422.html 500.html 502.html 503.html admin api apple-touch-icon.png assets dashboard deploy.html
explore favicon.ico favicon.png files groups health_check help import jwt login oauth profile projects public robots.txt
s search sitemap sitemap.xml sitemap.xml.gz slash-command-logo.png snippets unsubscribes uploads users v2
"""
RESERVED = frozenset(_BELOW_PROJECTS.split())
RESERVED_ON_TOP = RESERVED | frozenset(_ON_TOP.split())
_CHARACTERS = re.compile(r"[a-zA-Z0-9_.][a-zA-Z0-9_.-]*(?<!\.git)(?<!\.atom)")
_SEPARATED = re.compile(r"[a-zA-Z0-9]+([._-][a-zA-Z0-9]+)*")
_NAME = re.compile(r"[\w\u00a9-\U0001f9ff][\w\u00a9-\U0001f9ff\u2010-\u2015+. -]*")
_WRONG_CHARACTERS = (
    "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'"
)
_WRONG_SEPARATORS = (
    "can only include non-accented letters, digits, '_', '-' and '.'. It must not start with '-', '_', or '.', nor end "
    "with '-', '_', '.', '.git', or '.atom'."
)
_WRONG_NAME = (
    "can contain only letters, digits, emoji, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, "
    "emoji, or '_'."
)
_TOO_LONG = f"is too long (maximum is {MAXIMUM} characters)"


def problems(path: str, reserved: frozenset[str] = RESERVED) -> list[str]:
    """What is wrong with a new path, in GitLab's words. A path that has been there for long may be older than a rule."""
    out = []
    if len(path) > MAXIMUM:
        out.append(_TOO_LONG)
    if not _CHARACTERS.fullmatch(path):
        out.append(_WRONG_CHARACTERS)
    elif path.lower() in reserved:
        out.append(f"{path} is a reserved name")
    if not _SEPARATED.fullmatch(path):
        out.append(_WRONG_SEPARATORS)
    return out


def problems_of_name(name: str) -> list[str]:
    out = [_TOO_LONG] if len(name) > MAXIMUM else []
    return out if _NAME.fullmatch(name) else [*out, _WRONG_NAME]


def from_name(name: str) -> str:
    """The path of a project that was given a name alone."""
    return re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
