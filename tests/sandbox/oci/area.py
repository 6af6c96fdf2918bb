# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services have in common: routes named after the SDK's operations, answers, lists, etags, states."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from .store import Resource
from .wire import OciError, check, etag, incorrect_state, invalid, not_found, parse_time, view

if TYPE_CHECKING:
    from .service import Oci

Handler = Callable[..., Response]
NAMES = ("name", "displayName", "secretName")
FIRST_PAGE = base64.urlsafe_b64encode(b"from 0").decode()


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Mark a method as the handler of an operation. The method has the operation's name in the SDK."""

    def mark(handler: Handler) -> Handler:
        handler.__dict__.setdefault("routes", []).append((method, path))
        return handler

    return mark


def text(when: datetime) -> str:
    """A time as OCI writes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Area:
    """One service: its operations, and the SDK package whose models it speaks."""

    name = ""  # endpoints are "name.operation"
    prefix = ""
    models = ""
    # The largest ``limit`` of a list; 1000 where the service's own is not known.
    max_limit = 1000

    def __init__(self, oci: Oci) -> None:
        self.oci = oci
        self.store = oci.store

    def register(self, app: Flask) -> None:
        for name in dir(type(self)):
            handler = getattr(self, name)
            for method, path in getattr(handler, "routes", ()):
                app.add_url_rule(self.prefix + path, f"{self.name}.{name}", handler, methods=[method])

    # -- requests --------------------------------------------------------------------------------------------------

    def body(self, name: str) -> dict[str, Any]:
        """The request's body, checked."""
        try:
            body: dict[str, Any] = json.loads(request.get_data() or b"{}")
        except ValueError:
            raise OciError(400, "CannotParseRequest", "Incorrectly formatted request: not JSON.") from None
        check(self.models, name, body)
        return body

    def need(self, kind: str, ident: str | None) -> Resource:
        """The resource, or 404; with an if-match header also 412."""
        resource = self.store.get(kind, ident)
        if resource is None:
            raise not_found(ident)
        wanted = request.headers.get("if-match")
        if wanted and wanted not in ("*", etag(resource)):
            raise OciError(412)
        return resource

    def related(self, kind: str, ident: str | None, field: str) -> Resource:
        """A resource that a body names, or 400."""
        resource = self.store.get(kind, ident)
        if resource is None:
            words = f"Authorization failed or requested resource not found: {field} {ident}"
            raise OciError(400, "RelatedResourceNotAuthorizedOrNotFound", words)
        return resource

    def compartment(self, ident: str | None) -> str:
        """The compartment's OCID as given, once it is known to be there."""
        if not ident:
            raise invalid("compartmentId may not be null")
        if ident != self.oci.tenancy_id and self.store.get("compartment", ident) is None:
            raise not_found(ident)
        return ident

    def filtered(self, kind: str, **by: str) -> list[Resource]:
        """The resources the query asks for; ``by`` maps query parameters to fields. compartmentId always counts."""
        return self.matching(self.store.shown(kind), compartmentId="compartmentId", **by)

    def matching(self, found: list[Resource], **by: str) -> list[Resource]:
        """Those of ``found`` that the query's parameters allow; ``by`` maps parameters to fields."""
        for parameter, name in by.items():
            value = request.args.get(parameter)
            if value is not None:
                if parameter == "compartmentId":
                    self.compartment(value)
                found = [r for r in found if str(r.get(name)) == value]
        return found

    # -- answers ---------------------------------------------------------------------------------------------------

    def show(self, name: str, resource: Resource, status: int = 200, work: Resource | None = None) -> Response:
        answer = Response(json.dumps(view(self.models, name, resource)), status, content_type="application/json")
        answer.headers["etag"] = etag(resource)
        if work:
            answer.headers["opc-work-request-id"] = work["id"]
        if status == 201 or request.method == "POST":
            g.touched = resource
        return answer

    def done(self, status: int = 204, resource: Resource | None = None, work: Resource | None = None) -> Response:
        """An answer without a body."""
        answer = Response(b"", status)
        del answer.headers["Content-Type"]
        if resource:
            answer.headers["etag"] = etag(resource)
            g.touched = resource
        if work:
            answer.headers["opc-work-request-id"] = work["id"]
        return answer

    def show_list(
        self,
        name: str,
        found: list[Resource],
        collection: bool = False,
        within_page: Callable[[list[Resource]], list[Resource]] = lambda page: page,
    ) -> Response:
        """A page of summaries, the newest first; ``collection`` puts them under ``items``.

        ``within_page`` is a filter for services that filter what a page holds, so that a page may be short or empty.
        """
        if request.args.get("sortOrder", "DESC") == "DESC":
            found = found[::-1]
        page, headers = self._page(found)
        page = within_page(page)
        items = [view(self.models, name, r) for r in page]
        answer: Any = {"items": items} if collection else items
        return Response(json.dumps(answer), 200, headers=headers, content_type="application/json")

    def _page(self, found: list[Resource]) -> tuple[list[Resource], dict[str, str]]:
        try:
            limit = int(request.args.get("limit", self.oci.default_page))
            token = request.args.get("page")
            start = int(base64.urlsafe_b64decode(token).decode().removeprefix("from ")) if token else 0
        except ValueError:
            raise invalid("limit or page is not valid") from None
        if not 1 <= limit <= self.max_limit:
            raise invalid(f"limit must be between 1 and {self.max_limit}")
        end = start + limit
        headers = {}
        if end < len(found):
            headers["opc-next-page"] = base64.urlsafe_b64encode(f"from {end}".encode()).decode()
        return found[start:end], headers

    # -- life ------------------------------------------------------------------------------------------------------

    def new(self, type_name: str, body: dict[str, Any], state: str, **more: Any) -> Resource:
        """A resource's common fields, with the tags that the service adds itself."""
        now = self.oci.now()
        oracle = {"CreatedBy": g.principal.name, "CreatedOn": now}
        tags = {**(body.get("definedTags") or {}), "Oracle-Tags": oracle}
        return {
            **{k: v for k, v in body.items() if v is not None},
            "id": self.oci.ocid(type_name),
            "lifecycleState": state,
            "timeCreated": now,
            "freeformTags": body.get("freeformTags") or {},
            "definedTags": tags,
            **more,
        }

    def apply(self, resource: Resource, body: dict[str, Any]) -> None:
        """An update: what the body has replaces what was; an explicit null clears; Oracle's tags stay."""
        for key, value in body.items():
            if key == "definedTags":
                kept = {k: v for k, v in resource["definedTags"].items() if k == "Oracle-Tags"}
                resource[key] = {**(value or {}), **kept}
            elif value is None:
                if key not in NAMES:  # a name can be changed, and never cleared
                    resource.pop(key, None)
            else:
                resource[key] = value

    def require(self, resource: Resource, *states: str) -> None:
        """409 while the resource is in another state."""
        state = resource["lifecycleState"]
        if state not in states:
            wanted = " or ".join(states)
            raise incorrect_state(f"The resource {resource.get('id')} is in state {state}; it must be {wanted}.")

    def become(self, resource: Resource, through: str, then: str, seconds: float) -> None:
        """In state ``through`` now, in ``then`` once the seconds have passed and nothing else has happened."""
        resource["lifecycleState"] = through

        def arrive() -> None:
            if resource["lifecycleState"] == through and not resource.get("_gone"):
                resource["lifecycleState"] = then

        self.oci.later(seconds, arrive)

    def deletion_time(self, body: dict[str, Any], least_days: int, default_days: int = 30) -> datetime:
        """When a scheduled deletion is due; 400 outside the allowed days."""
        now = self.oci.datetime()
        given = body.get("timeOfDeletion")
        when = parse_time(given, "timeOfDeletion") if given else now + timedelta(days=default_days)
        # A minute either way: clients compute the limit from their own clock, which the sandbox's runs ahead of.
        low = min(now, datetime.now(UTC)) + timedelta(days=least_days, minutes=-1)
        high = now + timedelta(days=30, minutes=1)
        if not low <= when <= high:
            limits = f"{text(low)} and {text(high)}"
            raise invalid(f"timeOfDeletion must be between {least_days} and 30 days from now ({limits})")
        return when

    def schedule_end(self, resource: Resource, when: datetime, at_end: Callable[[], None] | None = None) -> None:
        """SCHEDULING_DELETION → PENDING_DELETION → DELETED at ``when``, unless cancelled before."""
        resource["timeOfDeletion"] = text(when)
        self.become(resource, "SCHEDULING_DELETION", "PENDING_DELETION", 5)

        def end() -> None:
            ending = resource["lifecycleState"] in ("SCHEDULING_DELETION", "PENDING_DELETION")
            if ending and resource.get("timeOfDeletion") == text(when):
                resource["lifecycleState"] = "DELETED"
                if at_end:
                    at_end()

        self.oci.later((when - self.oci.datetime()).total_seconds(), end)

    def cancel_end(self, resource: Resource, then: str) -> None:
        self.require(resource, "PENDING_DELETION")
        resource.pop("timeOfDeletion", None)
        self.become(resource, "CANCELLING_DELETION", then, 5)
