# SPDX-License-Identifier: GPL-3.0-or-later
"""What Upsun takes as a source integration, and what it refuses field by field, before it asks anybody.

The fields, which of them are required and which may be null are those of the vendor's API description; a field it does
not name is refused. https://docs.upsun.com/api/ (Third-Party Integrations)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import errors
from .model import SOURCE_TYPES

Check = Callable[[Any], "str | None"]
REQUIRED = "Required"
INIT_RESOURCES = ("default", "manual", "minimum", "parent")
# All types there are; those that are no source integration are not served here.
TYPES = (
    "bitbucket",
    "bitbucket_server",
    "blackfire",
    "cdn.fastly",
    "github",
    "gitlab",
    "health.email",
    "health.pagerduty",
    "health.slack",
    "health.webhook",
    "httplog",
    "newrelic",
    "otlplog",
    "script",
    "splunk",
    "sumologic",
    "syslog",
    "webhook",
)


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return REQUIRED
    return None if isinstance(value, str) else f"{value!r} is not a string"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"{value!r} is not a boolean"


def _init(value: Any) -> str | None:
    return None if value in INIT_RESOURCES else f'"{value}" is not one of {", ".join(INIT_RESOURCES)}'


def _pages(value: Any) -> str | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return None
    return f'"{value}" is not a number'


def _owner_and_name(value: Any) -> str | None:
    """``owner/repository`` and nothing else: no URL, and no slash before or after it."""
    wrong = _text(value)
    if wrong:
        return wrong
    owner, slash, name = value.partition("/")
    if not (owner and slash and name) or "/" in name:
        return f"'{value}' is not a repository in the form user/repo"
    return None


def _slug(value: Any) -> str | None:
    return _text(value) or (f"'{value}' is not the name of a repository" if "/" in value else None)


def _url(value: Any) -> str | None:
    return _text(value) or (None if value.startswith(("http://", "https://")) else "Must be a URL")


class _Nested:
    """An object whose parts are all required once it is given; null takes it away."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def problems(self, field: str, value: Any) -> dict[str, str]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            return {field: f"{value!r} is not a mapping type"}
        out = {f"{field}.{name}": wrong for name in self.names if (wrong := _text(value.get(name)))}
        return out | {f"{field}.{name}": "Unrecognized key" for name in value if name not in self.names}


_COMMON: dict[str, Check | _Nested] = {
    "fetch_branches": _flag,
    "prune_branches": _flag,
    "build_pull_requests": _flag,
    "pull_requests_clone_parent_data": _flag,
    "environment_init_resources": _init,
}
FIELDS: dict[str, dict[str, Check | _Nested]] = {
    "bitbucket": {
        **_COMMON,
        "repository": _owner_and_name,
        "app_credentials": _Nested("key", "secret"),
        "addon_credentials": _Nested("addon_key", "client_key", "shared_secret"),
        "pull_requests_max_pages": _pages,
        "resync_pull_requests": _flag,
    },
    "bitbucket_server": {
        **_COMMON,
        "url": _url,
        "username": _text,
        "token": _text,
        "project": _text,
        "repository": _slug,
    },
}
NEEDED = {
    "bitbucket": ("repository",),
    "bitbucket_server": ("url", "username", "token", "project", "repository"),
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "bitbucket": {
        "fetch_branches": True,
        "prune_branches": True,
        "environment_init_resources": "parent",
        "app_credentials": None,
        "addon_credentials": None,
        "build_pull_requests": True,
        "pull_requests_clone_parent_data": True,
        "pull_requests_max_pages": None,
        "resync_pull_requests": False,
    },
    "bitbucket_server": {
        "fetch_branches": True,
        "prune_branches": True,
        "environment_init_resources": "parent",
        "build_pull_requests": True,
        "pull_requests_clone_parent_data": True,
    },
}
# What can be written and never read: the field, and where it is a part of one, which part.
SECRETS: dict[str, dict[str, str | None]] = {
    "bitbucket": {"app_credentials": "secret", "addon_credentials": "shared_secret"},
    "bitbucket_server": {"token": None},
}


def kind(body: Mapping[str, Any]) -> str:
    """The type of the integration that is to be created."""
    value = body.get("type")
    wrong = _text(value)
    if wrong is None and value not in TYPES:
        wrong = f'"{value}" is not one of {", ".join(TYPES)}'
    if wrong:
        raise errors.invalid({"type": wrong})
    return str(value)


def checked(type_: str, body: Mapping[str, Any], complete: bool) -> dict[str, Any]:
    """The fields that are given, with ``complete`` also those that must be there; a refusal names all that is wrong."""
    if type_ not in SOURCE_TYPES:
        raise errors.invalid({"type": f"The integration type '{type_}' is not available on this project."})
    fields, given = FIELDS[type_], {name: value for name, value in body.items() if name != "type"}
    problems = {name: "Unrecognized key" for name in given if name not in fields}
    for name, check in fields.items():
        if name not in given:
            if complete and name in NEEDED[type_]:
                problems[name] = REQUIRED
            continue
        if isinstance(check, _Nested):
            problems |= check.problems(name, given[name])
        elif wrong := check(given[name]):
            problems[name] = wrong
    if problems:
        raise errors.invalid(problems)
    return given


def parted(type_: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What can be read, and the secrets by the name of their field."""
    readable, hidden = dict(values), {}
    for name, part in SECRETS[type_].items():
        if name not in readable:
            continue
        if part is None:
            hidden[name] = readable.pop(name)
        elif readable[name] is not None:
            hidden[name] = readable[name][part]
            readable[name] = {key: value for key, value in readable[name].items() if key != part}
    return readable, hidden
