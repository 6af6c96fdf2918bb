# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates JSON against a vendor's description of its API. ``REPOBRIDGE_SPECS`` is the folder with the
descriptions."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.calls import Call

jsonschema = pytest.importorskip("jsonschema")
referencing = pytest.importorskip("referencing.jsonschema")

SPECS = Path(os.environ.get("REPOBRIDGE_SPECS") or Path(__file__).resolve().parents[3] / "shared" / "specs")


def without_nulls(value: Any) -> Any:
    """The descriptions mark nothing as nullable, while real answers have nulls: a null stands for an absent value."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def with_nulls(schema: Any) -> Any:
    """OpenAPI's ``nullable`` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [with_nulls(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: with_nulls(inner) for key, inner in schema.items()}
    return {"anyOf": [{"type": "null"}, out]} if out.pop("nullable", False) is True else out


def problems(
    spec: dict[str, Any], schema: dict[str, Any], value: Any, root: str, keep_nulls: bool = False
) -> list[str]:
    """What is wrong with a value by a schema of ``spec``, whose references start with ``root``.

    ``keep_nulls``: the description says where a null may be (and has been through ``with_nulls``).
    """
    name = "urn:description"
    registry = referencing.Registry().with_resource(name, referencing.DRAFT4.create_resource({"id": name, **spec}))
    located = json.loads(json.dumps(schema).replace(f'"{root}', f'"{name}{root}'))
    validator = jsonschema.Draft4Validator(located, registry=registry, format_checker=jsonschema.FormatChecker())
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(value if keep_nulls else without_nulls(value))
    ]


def operation(
    spec: dict[str, Any], method: str, path: str, open_ended: str = "path|name"
) -> tuple[str, dict[str, Any]] | None:
    """The described operation a call is one of; ``open_ended`` variables at the end of a path may have slashes."""
    for template in sorted(spec["paths"], key=lambda one: (one.count("{"), -len(one))):
        pattern = re.sub(rf"\\\{{({open_ended})\\\}}$", ".*", re.escape(template))
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", pattern)
        if re.fullmatch(pattern, path) and method.lower() in spec["paths"][template]:
            return template, spec["paths"][template][method.lower()]
    return None


def unasked(url_map: Any, calls: list[Call], below: str) -> set[tuple[str, str]]:
    """The endpoints (and methods) of an app that none of the calls was for."""
    adapter = url_map.bind("localhost")
    there = {
        (rule.endpoint, method)
        for rule in url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(below)
    }
    return there - {(adapter.match(call.path, call.method)[0], call.method) for call in calls}
