# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of projects, which repositories are cloned with."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors, keypairs, render

group = Blueprint("keys", __name__)


@group.get("/project/<key>/keys")
def listing(key: str) -> Response:
    place = context.project(key)
    return context.answer([render.key(one, place) for one in place.keys.values()])


@group.post("/project/<key>/keys")
def create(key: str) -> Response:
    place, body, cds = context.project(key), context.body(), context.service()
    name, kind = context.pick(body, "name"), context.pick(body, "type")
    if not name.startswith("proj-"):
        name = f"proj-{name}"
    if kind not in keypairs.KINDS:
        raise errors.UNKNOWN_KEY_TYPE()
    if name in place.keys:
        raise errors.KEY_EXISTS()
    place.keys[name] = keypairs.generate(cds.accounts.next_id(), name, kind)
    return context.answer(render.key(place.keys[name], place))


@group.delete("/project/<key>/keys/<name>")
def delete(key: str, name: str) -> Response:
    place = context.project(key)
    if place.keys.pop(name, None) is None:
        raise errors.KEY_NOT_FOUND()
    return context.answer(None)
