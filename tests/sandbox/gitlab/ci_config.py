# SPDX-License-Identifier: GPL-3.0-or-later
"""What GitLab says of a CI/CD configuration before it runs anything, as far as it is built here.

https://docs.gitlab.com/ci/yaml/ and ``lib/gitlab/ci/config/entry/default.rb`` of https://gitlab.com/gitlab-org/gitlab. Files that
are included from the same repository are looked into, others are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

Read = Callable[[str], bytes | None]
# What may be set for all jobs at the top of a file, the old way, or below ``default``, but not both: however many files.
INHERITED = ("before_script", "image", "services", "after_script", "cache")
_NO_JOBS = frozenset((*INHERITED, "default", "include", "stages", "types", "variables", "workflow", "spec"))
_DEPTH = 20


class Loader(yaml.SafeLoader):
    """Takes GitLab's own tags (``!reference``)."""


Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


class Invalid(ValueError):
    """GitLab's words for it."""


def errors(text: bytes | str, read: Read) -> list[str]:
    """All that is wrong, in GitLab's words; ``read`` gives a file of the commit. Nothing wrong is an empty list."""
    try:
        files = [_load(text)]
        whole = _include(files, read, 0)
    except Invalid as wrong:
        return [str(wrong)]
    return _twice(files) or (_jobs(files) if whole else [])


def _load(text: bytes | str) -> dict[str, Any]:
    try:
        # A file may begin with a document of its inputs.
        documents = [one for one in yaml.load_all(text, Loader) if one is not None]
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f" at line {mark.line + 1} column {mark.column + 1}" if mark else ""
        raise Invalid(f"Invalid configuration format: {getattr(wrong, 'problem', None) or wrong}{where}") from None
    if not documents:
        raise Invalid("Please provide content of .gitlab-ci.yml")
    if not isinstance(documents[-1], dict):
        raise Invalid("Invalid configuration format")
    return documents[-1]


def _include(files: list[dict[str, Any]], read: Read, depth: int) -> bool:
    """Put in front what the last file includes; whether all of it could be looked into."""
    if depth > _DEPTH:
        raise Invalid("Maximum of 150 nested includes are allowed!")
    wanted, whole = files[-1].get("include") or [], True
    for entry in wanted if isinstance(wanted, list) else [wanted]:
        path = entry.get("local") if isinstance(entry, dict) else entry
        if not isinstance(path, str) or "://" in path or any(letter in path for letter in "*$"):
            whole = False
            continue
        found = read(path.lstrip("/"))
        if found is None:
            raise Invalid(f"Local file `{path}` does not exist!")
        inner = [_load(found)]
        whole = _include(inner, read, depth + 1) and whole
        files[:0] = inner
    return whole


def _twice(files: list[dict[str, Any]]) -> list[str]:
    top = {key for file in files for key in file}
    default = {key for file in files for key in (file["default"] if isinstance(file.get("default"), dict) else ())}
    return [f"{key} is defined in top-level and `default:` entry" for key in INHERITED if key in top & default][:1]


def _jobs(files: list[dict[str, Any]]) -> list[str]:
    merged: dict[str, Any] = {}
    for file in files:
        for key, value in file.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = {**merged[key], **value} if both else value
    jobs = {
        str(name): job
        for name, job in merged.items()
        if name not in _NO_JOBS and not str(name).startswith(".") and isinstance(job, dict)
    }
    if not jobs:
        return ["jobs config should contain at least one visible job"]
    given = merged.get("stages")
    own = (
        [one for one in given if one not in (".pre", ".post")]
        if isinstance(given, list)
        else ["build", "test", "deploy"]
    )
    stages = [".pre", *own, ".post"]
    out = []
    for name, job in jobs.items():
        if not {"script", "run", "trigger", "extends", "needs"} & job.keys():
            out.append(f"jobs {name} config should implement the script:, run:, or trigger: keyword")
        elif isinstance(job.get("stage"), str) and job["stage"] not in stages:
            known = ", ".join(map(str, stages))
            out.append(f"{name} job: chosen stage {job['stage']} does not exist; available stages are {known}")
    return out
