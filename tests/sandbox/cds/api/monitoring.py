# SPDX-License-Identifier: GPL-3.0-or-later
"""``/mon`` and ``/config``: which release runs, and is it well."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .. import context
from ..render import stamp

group = Blueprint("monitoring", __name__)


@group.get("/mon/version")
def version() -> Response:
    return context.answer(
        {
            "version": context.version().text,
            "architecture": "amd64",
            "os": "linux",
            "git_hash": "",
            "build_time": "",
            "db_migrate": "317",
        }
    )


@group.get("/mon/status")
def status() -> Response:
    """Since there are consumers, who is no maintainer sees one line."""
    service, who = context.service(), context.caller()
    now = stamp(service.clock.datetime())
    if context.version().has_consumers and (who is None or who.user.ring == "USER"):
        line = {"status": "OK", "component": "Global/Maintenance", "value": "false", "type": ""}
        return context.answer({"now": "0001-01-01T00:00:00Z", "lines": [line]})
    lines = _lines("api", "cds-api", "Version", context.version().text)
    overall: dict[str, int] = {"api": 1}
    for running in service.services.by_name.values():
        if running.alive():
            lines += _lines(running.kind, running.name, "Version", context.version().text)
            overall[running.kind] = overall.get(running.kind, 0) + 1
    for kind in ("api", "vcs", "hooks"):
        found = overall.get(kind, 0)
        lines.append(
            {
                "status": "OK" if found else "AL",
                "component": f"Global/{kind}",
                "value": f"{found} inst.",
                "type": "global",
                "service": kind,
                "hostname": "",
            }
        )
    return context.answer({"now": now, "lines": lines})


def _lines(kind: str, name: str, component: str, value: str) -> list[dict[str, Any]]:
    return [
        {
            "status": "OK",
            "component": f"{name}/{component}",
            "value": value,
            "type": kind,
            "service": name,
            "hostname": "localhost",
        }
    ]


@group.get("/config/user")
def config_user() -> Response:
    service = context.service()
    if not context.version().has_consumers:
        return context.answer({"url.ui": service.ui_url, "url.api": service.url})
    return context.answer({"url.ui": service.ui_url, "url.api": service.url})


@group.get("/config/vcs")
@context.ONLY_LINKS
def config_vcs() -> Response:
    """The type of a Bitbucket Cloud server is not known to the switch that tells types."""
    context.login()
    servers = context.service().services.vcs().settings.servers
    return context.answer({name: {"type": "", "url": ""} for name in servers})
