# SPDX-License-Identifier: GPL-3.0-or-later
"""About the server, and the users: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-system-maintenance/"""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from .. import context, errors
from .places import API

group = Blueprint("meta", __name__, url_prefix=API)


@group.get("/application-properties")
def application_properties() -> Response:
    """For everybody, also for those whose credential is no good: only the X-AUSERNAME header tells them apart."""
    try:
        context.authorize()
    except errors.Refused as refused:
        if refused.status == 429:
            raise
        g.caller = None
    return context.answer(
        {
            "version": context.service().version,
            "buildNumber": context.service().build_number,
            "buildDate": "1729036800000",
            "displayName": "Bitbucket",
        }
    )


@group.get("/users")
def users() -> Response:
    context.logged_in()
    wanted = request.args.get("filter", "").lower()
    found = [
        one
        for one in list(context.service().users.values())
        if any(wanted in text.lower() for text in (one.name, one.display_name, one.email))
    ]
    return context.listing([context.render().user(one) for one in found])


@group.get("/users/<slug>")
def user(slug: str) -> Response:
    """By slug, which is not always the name."""
    context.logged_in()
    return context.answer(context.render().user(context.user(slug)))
