# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a list, by number or by key, with the headers clients follow. https://docs.gitlab.com/api/rest/#pagination"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

from ..strictness import whole_number
from . import errors

DEFAULT, MAXIMUM = 20, 100


def page(items: list[Any], url: str) -> tuple[list[Any], dict[str, str]]:
    """The page that was asked for. More than 100 on one is not refused, one gets 100."""
    number, size = _number("page", 1), min(_number("per_page", DEFAULT), MAXIMUM)
    pages = max(1, -(-len(items) // size))
    links = {"first": 1, "last": pages}
    if number > 1:
        links["prev"] = number - 1
    if number < pages:
        links["next"] = number + 1
    headers = {
        "X-Page": str(number),
        "X-Per-Page": str(size),
        "X-Total": str(len(items)),
        "X-Total-Pages": str(pages),
        "X-Next-Page": str(number + 1) if number < pages else "",
        "X-Prev-Page": str(number - 1) if number > 1 else "",
        "Link": ", ".join(
            f'<{_url(url, page=str(where), per_page=str(size))}>; rel="{rel}"' for rel, where in links.items()
        ),
    }
    return items[(number - 1) * size : number * size], headers


def by_key(items: list[Any], url: str) -> tuple[list[Any], dict[str, str]]:
    """Keyset paging by id, the only order the project list has it for; there is a link to the next page alone."""
    if request.args.get("order_by", "id") != "id":
        raise errors.Refused(405, '{"error": "Keyset pagination is not yet available for this type of request"}')
    size = min(_number("per_page", DEFAULT), MAXIMUM)
    down = request.args.get("sort", "desc") == "desc"
    items = sorted(items, key=lambda one: one.id, reverse=down)
    if request.args.get("id_after"):
        after = _number("id_after", 0)
        items = [one for one in items if one.id > after]
    if request.args.get("id_before"):
        before = _number("id_before", 0)
        items = [one for one in items if one.id < before]
    shown = items[:size]
    headers = {"X-Per-Page": str(size)}
    if len(items) > size:
        mark = {"id_before" if down else "id_after": str(shown[-1].id)}
        headers["Link"] = f'<{_url(url, **mark)}>; rel="next"'
    return shown, headers


def repeated(headers: list[tuple[str, str]], here: str) -> list[tuple[str, str]]:
    """A page's headers with a next page that is this page, whose URL is ``here``; others stay as they are."""
    old = dict(headers)
    if "X-Per-Page" not in old:
        return headers
    new = {"Link": f'<{here}>; rel="next"'} | ({"X-Next-Page": old["X-Page"]} if "X-Page" in old else {})
    return list({**old, **new}.items())


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    number = whole_number(text)
    if number is None:
        raise errors.bad_parameter(f"{name} is invalid")
    return max(1, number)


def _url(url: str, **changes: str) -> str:
    arguments = {key: value for key, value in request.args.items() if key != "private_token"}
    return f"{url}?{urlencode({**arguments, **changes})}"
