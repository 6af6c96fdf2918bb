# SPDX-License-Identifier: GPL-3.0-or-later
"""A request's parameters, checked as GitLab's API framework does: unknown ones are ignored, wrong ones are named.

They come as JSON, as a form or in the query, all the same to GitLab. https://docs.gitlab.com/api/rest/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request

from ..strictness import whole_number
from . import errors


@dataclass(frozen=True)
class Field:
    """``kind`` is str, bool, int, list, date or dict."""

    name: str
    kind: type = str
    required: bool = False
    values: tuple[Any, ...] = ()


def given() -> dict[str, Any]:
    """Everything that was sent; ``filter[x]=y`` of a query becomes ``{"filter": {"x": "y"}}``, ``a[]`` a list."""
    out: dict[str, Any] = {}
    for source in (request.args, request.form):
        for name in source:
            nested = re.fullmatch(r"(\w+)\[(\w+)\]", name)
            if name.endswith("[]"):
                out[name[:-2]] = source.getlist(name)
            elif nested:
                out.setdefault(nested[1], {})[nested[2]] = source[name]
            else:
                out[name] = source[name]
    if request.mimetype == "application/json" and request.get_data():
        value = request.get_json(force=True, silent=True)
        if not isinstance(value, dict):
            raise errors.bad_parameter("Problem parsing JSON")
        out.update(value)
    return out


def read(fields: Iterable[Field]) -> dict[str, Any]:
    """The declared parameters that were sent; 400 with all that is wrong with them."""
    sent, out, wrong = given(), {}, []
    for one in fields:
        if one.name not in sent:
            if one.required:
                wrong.append(f"{one.name} is missing")
            continue
        try:
            value = _cast(sent[one.name], one.kind)
        except ValueError:
            wrong.append(f"{one.name} is invalid")
            continue
        if one.required and value in (None, [], "") and one.kind is not str:
            wrong.append(f"{one.name} is missing")
        elif one.values and value is not None:
            chosen = value if isinstance(value, list) else [value]
            if not set(chosen) <= set(one.values):
                wrong.append(f"{one.name} does not have a valid value")
        out[one.name] = value
    if wrong:
        raise errors.bad_parameter(", ".join(wrong))
    return out


def _cast(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is bool:
        return _boolean(value)
    if kind is int:
        number = None if isinstance(value, bool) else whole_number(str(value))
        if number is None:
            raise ValueError
        return number
    if kind is date:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        return date.fromisoformat(value)
    if kind is list:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if not isinstance(value, list):
            raise ValueError
        return [str(part) for part in value]
    if kind is dict:
        if not isinstance(value, dict):
            raise ValueError
        return value
    if isinstance(value, (dict, list)):
        raise ValueError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in ("true", "t", "1", "on"):
        return True
    if text in ("false", "f", "0", "off"):
        return False
    raise ValueError
