# SPDX-License-Identifier: GPL-3.0-or-later
"""What the installation is and who is calling. https://docs.gitlab.com/api/metadata/ and https://docs.gitlab.com/api/users/"""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors

group = Blueprint("meta", __name__, url_prefix="/api/v4")


@group.get("/version")
@group.get("/metadata")
def metadata() -> Response:
    """``enterprise`` tells the Enterprise Edition, licensed or not; it says nothing about a licence."""
    context.login("read_user", "ai_features")
    service = context.service()
    enterprise = service.edition != "ce"
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    version = service.version + ("-ee" if enterprise else "")
    return context.answer({"version": version, "revision": "5a4b3c2d1e0", "kas": kas, "enterprise": enterprise})


@group.get("/license")
def license() -> Response:
    """Administrators alone see it; the Community Edition has no such thing."""
    service = context.service()
    user = context.login()
    if service.edition == "ce":
        raise errors.no_route()
    if user is None or not user.is_admin:
        raise errors.forbidden()
    if service.edition == "ee_free":
        return context.answer(None)
    return context.answer({"id": 1, "plan": "premium", "expired": False, "overage": 0, "user_limit": 100})


@group.get("/user")
def user() -> Response:
    context.login("read_user")
    return context.answer(context.render().current_user(context.user()))
