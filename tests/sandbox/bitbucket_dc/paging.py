# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages: https://developer.atlassian.com/server/bitbucket/rest/v902/intro/#paged-apis"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..strictness import whole_number
from . import errors

DEFAULT_LIMIT = 25


def page(items: list[Any], query: Mapping[str, str], hard_limit: int) -> dict[str, Any]:
    """The page the query asks for, of ``hard_limit`` entries at most however many it wants."""
    start, limit = _number(query, "start", 0), min(_number(query, "limit", DEFAULT_LIMIT), hard_limit)
    if start < 0 or limit < 1:
        raise errors.refused(400, "The start must not be negative, and the limit must be positive.")
    values = items[start : start + limit]
    last = start + limit >= len(items)
    out: dict[str, Any] = {"size": len(values), "limit": limit, "isLastPage": last, "values": values, "start": start}
    if not last:
        out["nextPageStart"] = start + limit
    return out


def repeated(body: bytes) -> bytes:
    """The page, not the last, with a ``nextPageStart`` that is its own start; what is no page stays as it is."""
    try:
        page_ = json.loads(body)
    except ValueError:
        return body
    if not isinstance(page_, dict) or "isLastPage" not in page_:
        return body
    return json.dumps({**page_, "isLastPage": False, "nextPageStart": page_["start"]}).encode()


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    number = whole_number(query.get(name) or str(default))
    if number is None:
        raise errors.refused(404, f"{name} is not a number")
    return number
