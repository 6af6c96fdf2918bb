# SPDX-License-Identifier: GPL-3.0-or-later
"""Who one is. https://docs.upsun.com/api/#tag/Users"""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context

group = Blueprint("users", __name__)


@group.get("/users/me")
def me() -> Response:
    return context.answer(context.render().user(context.user()))
