# SPDX-License-Identifier: GPL-3.0-or-later
"""``bitbucket-pipelines.yml``: which steps a push starts. What this sandbox can't do is refused, never passed over.

https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from .. import yaml_text
from .pipelines_model import Step

NAME = "bitbucket-pipelines.yml"
DEFAULT_IMAGE, DEFAULT_DEPTH = "atlassian/default-image:latest", 50
_TOP = {"image", "clone", "definitions", "options", "pipelines"}
_STARTS = {"default", "branches", "tags", "custom", "pull-requests"}
_STEP = {"name", "script", "image", "clone", "size", "max-time"}


class InvalidFile(ValueError):
    """The words are shown with the pipeline, which ends as an error."""


@dataclass
class Chosen:
    """The definition that fits a ref: ``selector`` default, branches or tags, and its pattern."""

    selector: str
    pattern: str | None
    steps: list[Step] = field(default_factory=list)


def choose(text: bytes, ref_type: str, ref_name: str) -> Chosen | None:
    """What a push to a branch or tag starts; None: nothing. :raises InvalidFile:"""
    try:
        loaded = yaml_text.load(text)
    except yaml.YAMLError as error:
        raise InvalidFile(f"There is an error in your {NAME}: {error}") from None
    if not isinstance(loaded, dict) or not isinstance(loaded.get("pipelines"), dict):
        raise InvalidFile(f"Your {NAME} has no section 'pipelines'")
    _known(loaded, _TOP, "at the top")
    starts = loaded["pipelines"]
    _known(starts, _STARTS, "in pipelines")
    by_pattern = starts.get("tags" if ref_type == "tag" else "branches") or {}
    pattern = next((one for one in by_pattern if _fits(one, ref_name)), None)
    if pattern is not None:
        return Chosen(f"{'tags' if ref_type == 'tag' else 'branches'}", pattern, _steps(loaded, by_pattern[pattern]))
    if ref_type == "branch" and starts.get("default"):  # never for tags
        return Chosen("default", None, _steps(loaded, starts["default"]))
    return None


def _fits(pattern: str, name: str) -> bool:
    """``*`` stops at a slash, ``**`` does not; ``{a,b}`` are alternatives."""
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(", "}": ")", ",": "|"}
    expression = re.sub(r"\*\*|.", lambda found: parts.get(found[0], re.escape(found[0])), pattern)
    return bool(re.fullmatch(expression, name))


def _steps(loaded: dict[str, Any], items: Any) -> list[Step]:
    if not isinstance(items, list) or not items:
        raise InvalidFile("A pipeline needs a list of steps")
    return [_step(loaded, item) for item in items]


def _step(loaded: dict[str, Any], item: Any) -> Step:
    if not isinstance(item, dict) or set(item) != {"step"} or not isinstance(item["step"], dict):
        raise InvalidFile(f"Not a step, or of a kind that this sandbox does not run: {item!r}")
    step = item["step"]
    _known(step, _STEP, "in a step")
    script = step.get("script")
    if not isinstance(script, list) or not script or not all(isinstance(line, str) for line in script):
        raise InvalidFile("A step needs a script, which is a list of commands")
    clone = {**(loaded.get("clone") or {}), **(step.get("clone") or {})}
    _known(clone, {"depth", "enabled", "lfs"}, "in clone")
    depth = clone.get("depth", DEFAULT_DEPTH)
    if depth != "full" and (not isinstance(depth, int) or depth < 1):
        raise InvalidFile(f"The depth of a clone is a number or full, not {depth!r}")
    image = step.get("image") or loaded.get("image") or DEFAULT_IMAGE
    return Step(
        str(step.get("name") or ""),
        str(image["name"] if isinstance(image, dict) else image),
        script,
        None if depth == "full" else depth,
        bool(clone.get("enabled", True)),
    )


def _known(given: dict[str, Any], known: set[str], where: str) -> None:
    if not isinstance(given, dict) or set(given) - known:
        raise InvalidFile(f"Unknown {where}, or not run by this sandbox: {sorted(map(str, set(given) - known))}")
