# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the wire: Oracle's error shape, and bodies checked against the models of Oracle's own SDK.

The models of the ``oci`` package are generated from the vendor's API descriptions, so they are the description used
here: ``attribute_map`` gives the field names, ``swagger_types`` the types, the docstrings of the properties say what is
required and which values are allowed. They are imported when first needed: a service's models take up to 0.3 s.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

# https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
WORDS = {
    400: ("InvalidParameter", "The request is invalid."),
    401: (
        "NotAuthenticated",
        "The required information to complete authentication was not provided or was incorrect.",
    ),
    403: ("NotAllowed", "The operation is not allowed."),
    404: ("NotAuthorizedOrNotFound", "Authorization failed or requested resource not found."),
    405: ("MethodNotAllowed", "The request's HTTP method is not allowed."),
    409: ("IncorrectState", "The requested state for the resource conflicts with its current state."),
    412: ("NoEtagMatch", "The ETag in the if-match header does not match the current one of the resource."),
    429: ("TooManyRequests", "Tenancy request rate limit exceeded."),
    500: ("InternalServerError", "An internal server error occurred."),
    502: ("BadGateway", "Bad gateway."),
    503: ("ServiceUnavailable", "The service is currently unavailable."),
    504: ("GatewayTimeout", "The gateway timed out."),
}


ALLOWED = re.compile(r"Allowed values for (?:this property|items in this list) are: (.*?)\n\s*(?:Any|\n)", re.DOTALL)
PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "float": (int, float),
    "object": object,
    "datetime": str,
}


class OciError(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, code: str | None = None, message: str | None = None) -> None:
        words = WORDS.get(status, ("InternalServerError", "Something went wrong."))
        self.status = status
        self.code = code or words[0]
        self.message = message or words[1]
        super().__init__(f"{status} {self.code}: {self.message}")


def not_found(what: str | None = None) -> OciError:
    """Absent or forbidden: Oracle does not tell them apart."""
    return OciError(404, None, f"Authorization failed or requested resource not found: {what}" if what else None)


def invalid(message: str) -> OciError:
    return OciError(400, "InvalidParameter", message)


def incorrect_state(message: str) -> OciError:
    return OciError(409, "IncorrectState", message)


def error_body(status: int, code: str | None = None, message: str | None = None) -> bytes:
    words = WORDS.get(status, ("UnknownError", f"The service answered {status}."))
    return json.dumps({"code": code or words[0], "message": message or words[1]}).encode()


class Field(NamedTuple):
    """One field of a model, by its name on the wire."""

    type: str
    required: bool
    allowed: tuple[str, ...]


@cache
def model(service: str, name: str) -> Any:
    """The class ``name`` of ``oci.<service>.models``."""
    return getattr(importlib.import_module(f"oci.{service}.models"), name)


@cache
def fields(service: str, name: str) -> dict[str, Field]:
    """What the SDK says about a model's fields."""
    cls = model(service, name)
    empty = cls()
    out = {}
    for python_name, wire_name in empty.attribute_map.items():
        text = getattr(cls, python_name).fget.__doc__ or ""
        allowed = ALLOWED.search(text)
        values = tuple(re.findall(r'"([^"]+)"', allowed.group(1))) if allowed else ()
        out[wire_name] = Field(empty.swagger_types[python_name], "**[Required]**" in text, values)
    return out


def concrete(service: str, name: str, value: dict[str, Any], where: str) -> str:
    """The name of the model a dictionary really is: the discriminator of a base class resolved."""
    cls = model(service, name)
    subtype = cls.__dict__.get("get_subtype")
    if subtype is None:
        return name
    try:
        found = cls.get_subtype(value)
    except KeyError as missing:
        raise invalid(f"{where or name}: {missing.args[0]} may not be null") from None
    if found == name:
        raise invalid(f"{where or name}: unknown type in {json.dumps(value)[:200]}")
    return str(found)


def check(service: str, name: str, value: Any, where: str = "") -> None:
    """Refuse what is not a ``name`` of that service: unknown and missing fields, wrong types and values."""
    if not isinstance(value, dict):
        raise OciError(400, "CannotParseRequest", f"{where or 'The body'} must be a JSON object ({name}).")
    name = concrete(service, name, value, where)
    known = fields(service, name)
    for key in value:
        if key not in known:
            raise invalid(f"Unrecognized field {where + key!r} in {name}; known are: {', '.join(sorted(known))}")
    for key, field in known.items():
        if value.get(key) is None:
            if field.required:
                raise invalid(f"{where}{key} may not be null")
            continue
        _check_type(service, field.type, value[key], where + key)
        given = value[key] if isinstance(value[key], list) else [value[key]]
        for one in given if field.allowed else ():
            if one not in field.allowed:
                raise invalid(f"{where}{key} must be one of {', '.join(field.allowed)}, not {one!r}")


def _check_type(service: str, kind: str, value: Any, where: str) -> None:
    given: Any = value
    inner = re.fullmatch(r"(list\[|dict\(str, )(.*)[\])]", kind)
    if inner:
        wanted: type = list if inner.group(1) == "list[" else dict
        if not isinstance(value, wanted):
            raise OciError(400, "CannotParseRequest", f"{where} must be a {wanted.__name__}")
        for key, one in given.items() if wanted is dict else enumerate(given):
            _check_type(service, inner.group(2), one, f"{where}[{key}]")
    elif kind in PYTHON_TYPES:
        if not isinstance(value, PYTHON_TYPES[kind]) or (isinstance(value, bool) and kind in ("int", "float", "str")):
            raise OciError(400, "CannotParseRequest", f"{where} must be of type {kind}, not {type(value).__name__}")
        if kind == "datetime":
            parse_time(given, where)
    else:
        check(service, kind, value, where + ".")


def parse_time(text: str, where: str = "time") -> datetime:
    """An RFC 3339 time."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{where} must be an RFC 3339 timestamp, not {text!r}") from None
    if when.tzinfo is None:
        raise invalid(f"{where} must have a time zone: {text!r}")
    return when


def view(service: str, name: str, resource: dict[str, Any]) -> dict[str, Any]:
    """The fields of a resource that the model ``name`` has. Asserts that the SDK would take the answer."""
    name = concrete(service, name, resource, name)
    known = fields(service, name)
    out = {key: value for key, value in resource.items() if key in known and value is not None}
    try:
        check(service, name, out)
    except OciError as exc:
        raise AssertionError(f"the sandbox would answer with a malformed {name}: {exc.message}") from exc
    return out


def etag(resource: dict[str, Any]) -> str:
    """Changes when the resource's settings change, also by hand; not when only its state does."""
    left_out = ("lifecycleState", "lifecycleDetails", "lifecyleDetails", "timeUpdated", "timeLastModified")
    kept = {k: v for k, v in resource.items() if not k.startswith("_") and k not in left_out}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:40]
