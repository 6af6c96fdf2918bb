# SPDX-License-Identifier: GPL-3.0-or-later
"""Protected branches: https://docs.gitlab.com/api/protected_branches/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .. import context, errors
from ..model import MAINTAINER, Access, Project, Protection
from ..params import Field, given, read

group = Blueprint("protected_branches", __name__, url_prefix="/api/v4/projects/<part:project>/protected_branches")
_LEVEL = (0, 30, 40, 60)
_KINDS = ("push", "merge", "unprotect")
_CREATE = (
    Field("name", required=True),
    Field("push_access_level", int, False, _LEVEL),
    Field("merge_access_level", int, False, _LEVEL),
    Field("allow_force_push", bool),
)
_UPDATE = (Field("allow_force_push", bool),)
# Of the Enterprise Edition; without a licence they are dropped without a word.
_LICENSED = (Field("unprotect_access_level", int, False, (30, 40, 60)), Field("code_owner_approval_required", bool))


def _one(project: Project, name: str) -> Protection:
    if name not in project.protections:
        raise errors.not_found()
    return project.protections[name]


@group.get("")
def listing(project: str) -> Response:
    return context.listing(list(context.maintained(project).protections.values()), context.render().protection)


@group.get("/<part:name>")
def get(project: str, name: str) -> Response:
    return context.answer(context.render().protection(_one(context.maintained(project), name)))


@group.post("")
def create(project: str) -> Response:
    """Who is named by ``allowed_to_…`` comes in the place of a role, if no role is given as well."""
    place = context.maintained(project)
    sent = read((*_CREATE, *_licensed()))
    name = (sent["name"] or "").strip()
    if not name:
        raise errors.message(422, ["Name can't be blank"])
    if name in place.protections:
        raise errors.message(409, f"Protected branch '{name}' already exists")
    rule = Protection(context.service().next_id("protection"), name)
    named = _accesses(place, rule)
    for kind in ("push", "merge"):
        role = sent.get(f"{kind}_access_level")
        alone = role is None and any(one.kind == kind for one in named)
        setattr(rule, kind, None if alone else MAINTAINER if role is None else role)
    rule.accesses, rule.unprotect = named, sent.get("unprotect_access_level")
    _set(rule, sent)
    place.protections[name] = rule
    return context.answer(context.render().protection(rule), 201)


@group.patch("/<part:name>")
def update(project: str, name: str) -> Response:
    """What is not sent stays; of accesses those with ``_destroy`` go, and those without an id come."""
    place = context.maintained(project)
    found = _one(place, name)
    sent = read((*_UPDATE, *_licensed()))
    found.accesses = _accesses(place, found)
    _set(found, sent)
    return context.answer(context.render().protection(found))


@group.delete("/<part:name>")
def delete(project: str, name: str) -> Response:
    place = context.maintained(project)
    del place.protections[_one(place, name).name]
    return context.nothing()


def _licensed() -> tuple[Field, ...]:
    return _LICENSED if context.service().edition == "premium" else ()


def _set(rule: Protection, sent: dict[str, Any]) -> None:
    if sent.get("allow_force_push") is not None:
        rule.allow_force_push = sent["allow_force_push"]
    if sent.get("code_owner_approval_required") is not None:
        rule.code_owner_approval = sent["code_owner_approval_required"]


def _accesses(project: Project, rule: Protection) -> list[Access]:
    """Whom the rule names once the request is done. A role in ``allowed_to_…`` takes the place of the rule's."""
    out = list(rule.accesses)
    if context.service().edition != "premium":
        return out
    for kind in _KINDS:
        entries = given().get(f"allowed_to_{kind}")
        if entries is None:
            continue
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise errors.bad_parameter(f"allowed_to_{kind} is invalid")
        for entry in entries:
            _apply(project, rule, kind, entry, out)
    return out


def _apply(project: Project, rule: Protection, kind: str, entry: dict[str, Any], out: list[Access]) -> None:
    service = context.service()
    if entry.get("_destroy"):
        out[:] = [one for one in out if one.id != entry.get("id")]
        if entry.get("id") == rule.id:
            setattr(rule, kind, None)
        return
    if entry.get("access_level") in _LEVEL and "user_id" not in entry and "group_id" not in entry:
        setattr(rule, kind, entry["access_level"])
        return
    user, place = service.users.get(entry.get("user_id") or 0), service.namespaces.get(entry.get("group_id") or 0)
    if user is None and place is None:
        raise errors.bad_parameter(f"allowed_to_{kind}[0] is invalid")
    if user is not None and not project.level(user):
        raise errors.message(422, [f"{kind.capitalize()} access levels user is not a member of the project"])
    out.append(Access(service.next_id("access", 901), kind, user, place))
