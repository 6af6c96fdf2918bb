# SPDX-License-Identifier: GPL-3.0-or-later
"""The services as the API knows them: how they register (era A), that they are alive, and the list of them."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors
from ..accounts import SHARED_INFRA
from ..model import User
from ..render import stamp
from .auth import register

group = Blueprint("services", __name__)


@group.post("/services/register")
@context.ONLY_A
def old_register() -> Response:
    """With a token of the group shared.infra, and of no other."""
    body, cds = context.body(), context.service()
    place = cds.accounts.group_of_token(context.pick(body, "token"))
    if place is None or place.name != SHARED_INFRA:
        raise errors.UNAUTHORIZED()
    name = context.pick(body, "name")
    nobody = User(name, name, "", "", "USER", cds.clock.datetime())
    session = cds.accounts.open_session(nobody, service=name)
    register(body, session)
    return context.answer({"id": 1, "name": name, "type": context.pick(body, "type"), "hash": session.token})


@group.post("/services/heartbeat")
@context.ONLY_CONSUMERS
def heartbeat() -> Response:
    who = context.login("Service")
    if who.service is None or who.service not in context.service().services.by_name:
        raise errors.FORBIDDEN()
    return context.nothing(204)


@group.get("/admin/services")
def listing() -> Response:
    context.login("Admin")
    if not context.is_maintainer():
        raise errors.FORBIDDEN()
    cds = context.service()
    now = stamp(cds.clock.datetime())
    return context.answer(
        [
            {
                "id": number,
                "name": running.name,
                "type": running.kind,
                "http_url": running.settings.url,
                "last_heartbeat": now,
                "monitoring_status": {
                    "now": now,
                    "lines": [
                        {
                            "status": "OK" if running.alive() else "AL",
                            "component": f"{running.name}/Version",
                            "value": cds.version.text,
                            "type": running.kind,
                            "service": running.name,
                            "hostname": "localhost",
                        }
                    ],
                },
                "version": cds.version.text,
                "up_to_date": True,
            }
            for number, running in enumerate(cds.services.by_name.values(), 1)
        ]
    )
