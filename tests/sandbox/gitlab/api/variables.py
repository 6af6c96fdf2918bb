# SPDX-License-Identifier: GPL-3.0-or-later
"""CI/CD variables of a project: https://docs.gitlab.com/api/project_level_variables/"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response

from .. import context, errors
from ..model import Project, Variable
from ..params import Field, read

group = Blueprint("variables", __name__, url_prefix="/api/v4/projects/<part:project>/variables")
_TYPES = ("env_var", "file")
_SHARED = (
    Field("protected", bool),
    Field("masked", bool),
    Field("raw", bool),
    Field("variable_type", str, False, _TYPES),
    Field("environment_scope"),
    Field("description"),
)
_CREATE = (Field("key", required=True), Field("value", required=True), Field("masked_and_hidden", bool), *_SHARED)
_UPDATE = (Field("value"), Field("filter", dict), *_SHARED)
_FILTER = (Field("filter", dict),)
KEY = re.compile(r"[a-zA-Z0-9_]+")
# Ci::Maskable: a value that is not expanded may have any character but white space.
MASKABLE = re.compile(r"[a-zA-Z0-9_+=/@:.~-]{8,}")
MASKABLE_RAW = re.compile(r"\S{8,}")
MAXIMUM, KEY_LENGTH, VALUE_LENGTH, DESCRIPTION_LENGTH = 8000, 255, 10_000, 255


def check(project: Project, variable: Variable) -> None:
    """What the model validates, all complaints at once."""
    wrong: dict[str, list[str]] = {}
    if not KEY.fullmatch(variable.key):
        wrong["key"] = ["can contain only letters, digits and '_'."]
    if len(variable.key) > KEY_LENGTH:
        wrong.setdefault("key", []).append(f"is too long (maximum is {KEY_LENGTH} characters)")
    if len(variable.value) > VALUE_LENGTH:
        wrong["value"] = [f"is too long (maximum is {VALUE_LENGTH} characters)"]
    if len(variable.description or "") > DESCRIPTION_LENGTH:
        wrong["description"] = [f"is too long (maximum is {DESCRIPTION_LENGTH} characters)"]
    if variable.masked:
        rule = MASKABLE_RAW if variable.raw else MASKABLE
        named = any(variable.value == other.key for other in project.variables.values())
        if not rule.fullmatch(variable.value) or named:
            wrong.setdefault("value", []).append("is invalid")
    twin = project.variables.get((variable.key, variable.environment_scope))
    if twin is not None and twin is not variable:
        wrong.setdefault("key", []).append(f"({variable.key}) has already been taken")
    if wrong:
        raise errors.message(400, wrong)


def _one(project: Project, key: str, given: dict[str, Any]) -> Variable:
    """By key, and by scope where that alone says too little."""
    scope = (given.get("filter") or {}).get("environment_scope")
    found = [v for v in project.variables.values() if v.key == key and scope in (None, v.environment_scope)]
    if len(found) > 1:
        raise errors.message(
            409, "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'"
        )
    if not found:
        raise errors.not_found("Variable")
    return found[0]


@group.get("")
def listing(project: str) -> Response:
    place = context.maintained(project, permission="read_variable")
    return context.listing(list(place.variables.values()), context.render().variable)


@group.post("")
def create(project: str) -> Response:
    """Hidden is what a variable is from the start, or never."""
    place = context.maintained(project, permission="create_variable")
    given = read(_CREATE)
    hidden = bool(given.pop("masked_and_hidden", False))
    given = {name: value for name, value in given.items() if value is not None or name == "description"}
    if not given.get("environment_scope"):
        given["environment_scope"] = "*"
    variable = Variable(**{"value": "", **given})
    variable.hidden, variable.masked = hidden, variable.masked or hidden
    with context.service().lock:
        check(place, variable)
        if len(place.variables) >= MAXIMUM:
            raise errors.invalid(base=f"Maximum number of project ci variables ({MAXIMUM}) exceeded")
        place.variables[variable.key, variable.environment_scope] = variable
    return context.answer(context.render().variable(variable), 201)


@group.get("/<part:key>")
def get(project: str, key: str) -> Response:
    place = context.maintained(project, permission="read_variable")
    return context.answer(context.render().variable(_one(place, key, read(_FILTER))))


@group.put("/<part:key>")
def update(project: str, key: str) -> Response:
    place = context.maintained(project, permission="update_variable")
    given = read(_UPDATE)
    with context.service().lock:
        variable = _one(place, key, given)
        given.pop("filter", None)
        if not given:
            raise errors.bad_parameter("value is missing")
        if variable.hidden and given.get("masked") is False:
            raise errors.invalid(base="The visibility setting cannot be changed for masked and hidden variables.")
        before = dict(vars(variable))
        for name, value in given.items():
            if value is not None or name == "description":
                setattr(variable, name, value)
        try:
            check(place, variable)
        except errors.Refused:
            vars(variable).update(before)
            raise
        if variable.environment_scope != before["environment_scope"]:
            del place.variables[variable.key, before["environment_scope"]]
            place.variables[variable.key, variable.environment_scope] = variable
    return context.answer(context.render().variable(variable))


@group.delete("/<part:key>")
def delete(project: str, key: str) -> Response:
    place = context.maintained(project, permission="delete_variable")
    with context.service().lock:
        variable = _one(place, key, read(_FILTER))
        del place.variables[variable.key, variable.environment_scope]
    return context.nothing()
