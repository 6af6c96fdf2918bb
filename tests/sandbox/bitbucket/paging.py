# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages and partial answers: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination"""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import urlencode

from flask import request

from ..strictness import whole_number
from . import errors

DEFAULT_LENGTH, MAXIMUM_LENGTH = 10, 100
STATUSES_LENGTH = 30  # the default of build statuses, unlike other lists


def page(items: list[Any], here: str, counted: bool = True, default: int = DEFAULT_LENGTH) -> dict[str, Any]:
    """The page of ``items`` that the request asks for. ``here`` is the absolute URL of the list.

    ``next`` is there only when there is a next page. ``counted`` False is for lists too long to count (commits): no
    ``size`` and ``page``, and the place of the next page is not a number that could be guessed.
    """
    length = _length(default)
    number = _number("page", 1) if counted else _place()
    if number < 1 or (number > 1 and (number - 1) * length >= len(items)):
        raise errors.refused(404 if number > 1 else 400, "Invalid page")
    start = (number - 1) * length
    out: dict[str, Any] = {"pagelen": length, "values": items[start : start + length]}
    if counted:
        out.update(page=number, size=len(items))
    if start + length < len(items):
        out["next"] = _link(here, number + 1, counted)
    if counted and number > 1:
        out["previous"] = _link(here, number - 1, counted)
    return out


def unlinked(items: list[Any]) -> dict[str, Any]:
    """A page of a list of Pipelines: it has neither ``next`` nor ``previous``, and a page past the end is empty.

    https://jira.atlassian.com/browse/BCLOUD-20639, reported as
    https://github.com/atlassian-api/atlassian-python-api/issues/652 and
    https://github.com/ansible-collections/community.general/pull/1498
    """
    length, number = _length(DEFAULT_LENGTH), _number("page", 1)
    if number < 1:
        raise errors.refused(400, "Invalid page")
    start = (number - 1) * length
    return {"page": number, "pagelen": length, "size": len(items), "values": items[start : start + length]}


def repeated(body: bytes, here: str) -> bytes:
    """The page with a ``next`` that is this page, whose URL is ``here``; what is no page stays as it is.

    Where a list has no ``next`` (those of Pipelines), its ``size`` says that there is always more.
    """
    try:
        page_ = json.loads(body)
    except ValueError:
        return body
    if not isinstance(page_, dict) or "values" not in page_:
        return body
    if re.search(r"/(pipelines|pipelines_config|pipelines-config|deployments_config|environments)\b", here):
        return json.dumps({**page_, "size": (page_.get("page", 1) + 1) * page_.get("pagelen", 1)}).encode()
    return json.dumps({**page_, "next": here}).encode()


def _length(default: int) -> int:
    length = _number("pagelen", default)
    if not 1 <= length <= MAXIMUM_LENGTH:
        raise errors.refused(400, "Invalid pagelen")
    return length


def _number(name: str, default: int) -> int:
    number = whole_number(request.args.get(name) or str(default))
    if number is None:
        raise errors.refused(400, f"Invalid {name}")
    return number


def _place() -> int:
    token = request.args.get("page") or request.args.get("ctx")
    if not token:
        return 1
    try:
        return int(base64.urlsafe_b64decode(token.encode() + b"==").decode().removeprefix("place:"))
    except ValueError:
        raise errors.refused(400, "Invalid page") from None


def _link(here: str, number: int, counted: bool) -> str:
    rest = [(key, value) for key, value in request.args.items(multi=True) if key not in ("page", "ctx")]
    hidden = base64.urlsafe_b64encode(b"place:%d" % number).decode().rstrip("=")
    return f"{here}?{urlencode([*rest, ('page', str(number)) if counted else ('ctx', hidden)])}"


def partial(answer: Any, wanted: str | None) -> Any:
    """``fields=a,values.b``: only these; ``+x``: also these (all are there already); ``-x``: without these.

    Fields that do not exist are passed over without a word, and ``next`` is a field like others: not asked for, gone.
    """
    names = [name.strip() for name in (wanted or "").split(",") if name.strip()]
    if not names:
        return answer
    only = [name.split(".") for name in names if name[0] not in "+-"]
    if only:
        answer = _keep(answer, only)
    for name in names:
        if name.startswith("-"):
            answer = _drop(answer, name[1:].split("."))
    return answer


def _keep(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_keep(entry, paths) for entry in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, inner in value.items():
        below = [path[1:] for path in paths if path[0] in (key, "*")]
        if below:
            out[key] = inner if [] in below else _keep(inner, below)
    return out


def _drop(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_drop(entry, path) for entry in value]
    if not isinstance(value, dict):
        return value
    if len(path) == 1:
        return {key: inner for key, inner in value.items() if key != path[0]}
    return {key: _drop(inner, path[1:]) if key == path[0] else inner for key, inner in value.items()}
