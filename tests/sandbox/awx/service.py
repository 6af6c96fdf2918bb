# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of AWX's API below ``/api/v2/`` that defines objects: lists, objects, their associations, surveys.

What is not here, a field as well as a path, is answered with 501, because the real one ignores fields that it does not know.
"""

from __future__ import annotations

import copy
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from .. import strictness
from ..refusals import Refused
from . import rules
from .model import ENCRYPTED, KINDS, TEMPLATES, Kind, Thing, Values, World

if TYPE_CHECKING:
    from ..server import Server, WsgiApp

VERSION = "24.6.1"
_PATH = re.compile(r"/api/v2/(?P<list>\w+)/(?:(?P<id>\d+)/(?:(?P<sub>\w+)/)?)?")
_PAGE = 25


class Awx:
    """A service of the sandbox's server. ``url`` is the address for CONTROLLER_HOST, ``token`` an administrator's."""

    name = "awx"

    def __init__(self, server: Server) -> None:
        self.url = server.open_door("/awx")
        self.token = secrets.token_hex(15)
        self.world = World()
        self._lock = threading.Lock()
        self.wsgi: WsgiApp = self._wsgi
        self._populate()
        server.add(self)

    def _populate(self) -> None:
        """What a new AWX has: types of credentials, the organization Default, and the credential of Ansible Galaxy."""
        for name, kind in (
            ("Ansible Galaxy/Automation Hub API Token", "galaxy"),
            ("Vault", "vault"),
            ("Machine", "ssh"),
        ):
            fields = [{"id": one, "label": one, "type": "string"} for one in ("url", "vault_password", "username")]
            self._make("credential_types", name=name, kind=kind, managed=True, inputs={"fields": fields}, injectors={})
        default = self._make("organizations", name="Default")
        galaxy = self.world.named("credential_types", "Ansible Galaxy/Automation Hub API Token")
        made = self._make("credentials", name="Ansible Galaxy", credential_type=galaxy.id, organization=default.id)
        default.associated["galaxy_credentials"] = [made.id]

    def _make(self, list_name: str, **values: Any) -> Thing:
        kind = KINDS[list_name]
        defaults = {name: copy.deepcopy(one.default) for name, one in kind.fields.items()}
        return self.world.add(kind, {**defaults, **kind.read_only, **values})

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        return json.dumps({"detail": f"Error {status}"}).encode(), "application/json"

    def _wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        try:
            with self._lock:
                response = self._answer(request)
        except Refused as error:
            response = Response(error.body, error.status, content_type="application/json")
        response.headers["X-API-Product-Name"] = "AWX"
        response.headers["X-API-Product-Version"] = VERSION
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise rules.refused({"detail": "Authentication credentials were not provided."}, 401)
        found = _PATH.fullmatch(request.path)
        lists = (*KINDS, "unified_job_templates", "project_updates")
        if not found or found["list"] not in lists:
            return strictness.not_built(request.method, request.path)
        number = int(found["id"]) if found["id"] else None
        if found["list"] == "project_updates":
            return _json({"id": number, "status": "successful", "finished": "2026-01-01T00:00:00Z"})
        if number is None:
            return self._list(request, found["list"])
        thing = self.world.get(found["list"], number)
        if thing is None:
            raise rules.refused({"detail": "Not found."}, 404)
        return self._associated(request, thing, found["sub"]) if found["sub"] else self._one(request, thing)

    # -- lists and objects -----------------------------------------------------------------------------------------------

    def _list(self, request: Request, list_name: str) -> Response:
        if request.method == "GET":
            things = list(self.world.all(list_name))
            for name, wanted in request.args.items():
                things = self._filtered(things, list_name, name, wanted)
            return self._page(request, things)
        if request.method != "POST" or list_name not in KINDS or list_name == "workflow_approval_templates":
            return strictness.not_built(request.method, request.path)
        kind = KINDS[list_name]
        sent = _body(request)
        values = self._checked(kind, None, sent)
        thing = self.world.add(kind, values)
        shown = self._shown(thing)
        if kind.list == "projects" and values["scm_type"]:
            shown["summary_fields"]["current_update"] = {"id": thing.id, "status": "pending"}
        return _json(shown, 201)

    def _filtered(self, things: list[Thing], list_name: str, name: str, wanted: str) -> list[Thing]:
        if name in ("page", "page_size", "order_by"):
            return things
        fields = {name for one in things for name in one.values} | set(
            KINDS[list_name].fields if list_name in KINDS else ()
        )
        if name not in (*fields, "id", "name", "organization"):
            raise rules.refused({"detail": f"{list_name} has no field named '{name}'"})
        return [one for one in things if str(one.id if name == "id" else one.values.get(name)) == wanted]

    def _page(self, request: Request, things: list[Thing]) -> Response:
        page = int(request.args.get("page", "1"))
        results = [self._shown(one) for one in things[(page - 1) * _PAGE : page * _PAGE]]
        more = f"{request.path}?page={page + 1}" if len(things) > page * _PAGE else None
        return _json({"count": len(things), "next": more, "previous": None, "results": results})

    def _one(self, request: Request, thing: Thing) -> Response:
        if request.method == "GET":
            return _json(self._shown(thing))
        if request.method == "PATCH":
            if thing.values.get("managed"):
                raise rules.refused({"detail": "Modifications not allowed for managed credential types"}, 403)
            sent = _body(request)
            if thing.kind.list == "credentials":
                sent = self._with_secrets(thing, sent)
            thing.values = self._checked(thing.kind, thing, sent)
            return _json(self._shown(thing))
        return strictness.not_built(request.method, request.path)

    def _with_secrets(self, thing: Thing, sent: Values) -> Values:
        """``$encrypted$`` stands for the value that is stored."""
        inputs = {
            name: thing.values["inputs"].get(name) if value == ENCRYPTED else value
            for name, value in sent.get("inputs", {}).items()
        }
        return {**sent, **({"inputs": inputs} if "inputs" in sent else {})}

    def _checked(self, kind: Kind, thing: Thing | None, sent: Values) -> Values:
        """The values that an object has afterwards. :raises Refused:"""
        # Clients send back what they have read.
        unknown = sorted(set(sent) - set(kind.fields) - {"type", "organization"})
        if unknown:
            raise Refused(
                501,
                f"The sandbox does not know {unknown} of {kind.list}\n",
                "text/plain",
                {strictness.HEADER: strictness.NOT_BUILT},
            )
        defaults = {name: copy.deepcopy(one.default) for name, one in kind.fields.items()}
        values = copy.deepcopy(thing.values) if thing else {**defaults, **kind.read_only}
        for name, declared in kind.fields.items():
            if name in sent and not (thing and declared.fixed):
                values[name] = rules.value(self.world, name, declared, sent[name])
            elif thing is None and declared.required:
                raise rules.refused({name: ["This field is required."]})
        if kind.identity in kind.fields and not values[kind.identity]:
            raise rules.refused({kind.identity: ["This field may not be blank."]})
        if kind.list in rules.RULES:
            rules.RULES[kind.list](self.world, thing, values, sent)
        same = [
            one for one in self.world.all(kind.list) if kind.unique and one is not thing and _same(one, values, kind)
        ]
        if same:
            words = " and ".join(kind.unique)
            raise rules.refused({"__all__": [f"{kind.type} with this {words} already exists."]})
        return values

    def _shown(self, thing: Thing) -> Values:
        values = copy.deepcopy(thing.values)
        if thing.kind.list == "credentials":
            self._hide(thing, values["inputs"])
        if thing.kind.list == "notification_templates":
            known = rules.NOTIFICATIONS[values["notification_type"]]
            for name, value in values["notification_configuration"].items():
                if known.get(name, ("",))[0] == "password" and value:
                    values["notification_configuration"][name] = ENCRYPTED
        related = {name: f"{thing.url}{name}/" for name in (*thing.kind.associations, "survey_spec")}
        template = self.world.get("unified_job_templates", values.get("unified_job_template"))
        if template:
            related["unified_job_template"] = template.url
        head = {"id": thing.id, "type": thing.kind.type, "url": thing.url, "related": related, "summary_fields": {}}
        times = dict.fromkeys(("created", "modified"), "2026-01-01T00:00:00Z")
        return {**head, **times, **values}

    def _hide(self, thing: Thing, inputs: Values) -> None:
        kind = self.world.get("credential_types", thing.values["credential_type"])
        for one in kind.values["inputs"].get("fields", []) if kind else ():
            if one.get("secret") and inputs.get(one["id"]):
                inputs[one["id"]] = ENCRYPTED

    # -- below an object -------------------------------------------------------------------------------------------------

    def _associated(self, request: Request, thing: Thing, sub: str) -> Response:
        if sub == "survey_spec" and thing.kind.list in TEMPLATES:
            return self._survey(request, thing)
        if sub == "create_approval_template" and thing.kind.list == "workflow_job_template_nodes":
            return self._approval(request, thing)
        if sub not in thing.kind.associations:
            if thing.kind.list == "workflow_approval_templates":  # as in AWX, which has no such lists
                raise rules.refused({"detail": "The requested resource could not be found."}, 404)
            return strictness.not_built(request.method, request.path)
        ids = thing.associated.setdefault(sub, [])
        others = thing.kind.associations[sub]
        if request.method == "GET":
            return self._page(request, [one for number in ids for one in [self.world.get(others, number)] if one])
        sent = _body(request)
        other = self.world.get(others, sent.get("id"))
        if other is None:
            raise rules.refused({"detail": "Object does not exist."})
        if sent.get("disassociate"):
            if other.id in ids:
                ids.remove(other.id)
        elif other.id not in ids:
            rules.relation(self.world, thing, sub, other)
            ids.append(other.id)
        return Response(status=204)

    def _survey(self, request: Request, thing: Thing) -> Response:
        if request.method == "GET":
            return _json(thing.survey)
        if request.method == "DELETE":
            thing.survey = {}
            return _json({})
        sent = _body(request)
        rules.survey(sent)
        thing.survey = sent
        return _json({})

    def _approval(self, request: Request, node: Thing) -> Response:
        kind = KINDS["workflow_approval_templates"]
        made = self.world.add(kind, self._checked(kind, None, _body(request)))
        node.values["unified_job_template"] = made.id
        return _json(self._shown(made), 201)


def _same(one: Thing, values: Values, kind: Kind) -> bool:
    return all(one.values.get(name) == values.get(name) for name in kind.unique)


def _body(request: Request) -> Values:
    try:
        sent = json.loads(request.get_data())
    except ValueError:
        raise rules.refused({"detail": "JSON parse error"}) from None
    if not isinstance(sent, dict):
        raise rules.refused({"detail": "JSON parse error"})
    return sent


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
