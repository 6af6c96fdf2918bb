# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all OCI resources have in common: a compartment, a name, tags, lifecycle states, work requests."""

from __future__ import annotations

import typing as t

from ..core.adoption import ADOPTION
from ..core.errors import Ambiguous, BridgeError
from ..core.input import validated
from ..core.reconcile import Context, Fields, Info, Operation, Resource, Snapshot
from ..core.spec import STATE, ArgumentSpec, each
from .adoption import MARK, in_use_instead, is_marked
from .creation import Superseded, create_one, is_old, look_at
from .options import OCI, TAGS
from .session import Session, absent, load, wire

# Spelled CANCELED by DevOps and CANCELLED by Logging.
_ENDED = ("SUCCEEDED", "FAILED", "CANCELED", "CANCELLED", "NEEDS_ATTENTION", "WAITING")
_GONE = ("DELETED", "DELETING", "TERMINATED")
_BEING_DELETED = ("PENDING_DELETION", "SCHEDULING_DELETION")
Method = t.Callable[..., t.Any]
R = t.TypeVar("R", bound=Resource)


def oci_spec(
    required: tuple[str, ...] = (), texts: tuple[str, ...] = (), clearable: tuple[str, ...] = (), **options: Fields
) -> ArgumentSpec:
    """The spec of an OCI resource's module: the common options and its own.

    ``required`` are texts that must be given, ``texts`` may be, and ``clearable`` may be set to an empty one.
    """
    own = {**each(required, required=True), **each((*texts, *clearable)), **options}
    return OCI + TAGS + STATE + ADOPTION + ArgumentSpec(own, blank=clearable)


class OciOperation(Operation):
    """What calls OCI about one thing.

    Subclasses name their SDK client, the ``noun`` of the thing (``topic``), and the IAM permission (for error messages).
    """

    requires = ("oci",)
    client_of: t.ClassVar[tuple[str, str]]  # ("ons", "NotificationControlPlaneClient")
    noun: t.ClassVar[str]
    permission: t.ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "client_of" in vars(cls):
            load(cls.client_of[0])

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.session = Session(params, context)

    @property
    def client(self) -> t.Any:
        return self.session.client(*self.client_of)

    @property
    def name(self) -> str:
        return str(self.params.get("name"))

    def asked(self, verb: str) -> str:
        """The purpose of a call, for its error: ``Create the topic repobridge``."""
        return f"{verb} the {self.noun} {self.name}"

    def call(self, method: Method, *args: t.Any, verb: str, **options: t.Any) -> t.Any:
        return self.session.call(method, *args, asked=self.asked(verb), permission=self.permission, **options)

    def listing(self, method: Method, *args: t.Any, verb: str = "Find", **options: t.Any) -> list[Fields]:
        return self.session.list(method, *args, asked=self.asked(verb), permission=self.permission, **options)

    def getting(self, method: Method, *args: t.Any, verb: str = "Read", **options: t.Any) -> Fields:
        return self.session.get(method, *args, asked=self.asked(verb), permission=self.permission, **options)


class OciInfo(OciOperation, Info):
    """What reads from OCI."""

    def resource(self, kind: type[R], **given: t.Any) -> R:
        """A resource that is reached as the task says, for reading it as its own module does."""
        return kind(validated(kind, {**self.given(*OCI.options), **given}), self.context)


class OciResource(OciOperation, Resource):
    """A resource in a compartment, found again by its name.

    Subclasses also name the field that holds the name, the fields that are managed, and as ``kind`` the word in the SDK's
    method names: ``get_vault``, ``create_vault``, ``update_vault`` …
    """

    identity: t.ClassVar[tuple[str, ...]] = ("name", "compartment_id")
    kind: t.ClassVar[str]
    name_field: t.ClassVar[str] = "name"
    managed: t.ClassVar[tuple[str, ...]] = ("description", "freeform_tags", "defined_tags")
    ready: t.ClassVar[tuple[str, ...]] = ("ACTIVE",)
    whole_fields: t.ClassVar[tuple[str, ...]] = ("freeform_tags", "defined_tags")

    # -- finding ---------------------------------------------------------------------------------------------------

    def find(self, items: t.Iterable[Fields]) -> Fields | None:
        """The one item of a listing that has our name. What waits for its deletion counts only if nothing else has it."""
        named = [item for item in items if item[self.name_field] == self.name and exists(item)]
        live = [item for item in named if not self.dormant(item)]
        if len(live) > 1:
            return self._used(live)
        # Of several that wait for their deletion the youngest is the one an earlier run has put there.
        return live[0] if live else max(named, key=lambda item: str(item.get("time_created")), default=None)

    def _used(self, candidates: list[Fields]) -> Fields:
        """The one of several that is provably in use, with a warning that names the others.

        :raises Ambiguous: none is, or more than one is as much in use.
        """
        use = {item["id"]: self.in_use(item) for item in candidates}
        most = [item for item in candidates if use[item["id"]] == max(use.values())]
        if len(most) > 1:  # nothing speaks for any of them, or as much for one as for another
            raise Ambiguous(
                f"{self.noun} {self.name}",
                use,
                "Rename or delete all but one in the OCI console; the next run finds it by its name.",
            )
        others = ", ".join(item["id"] for item in candidates if item is not most[0])
        self.context.warn_once(
            f"{len(candidates)} resources of the kind {self.noun} have the name {self.name}. "
            f"{most[0]['id']} is in use and was selected. Delete the others if they are not needed: {others}"
        )
        return most[0]

    def in_use(self, candidate: Fields) -> int:
        """How much speaks for it that a candidate of several with our name is the one in use; 0: nothing.

        Only kinds whose names are not unique in OCI have something to say here; a caller who may not look gets 0.
        """
        return 0

    def dormant(self, current: Fields) -> bool:
        return current.get("lifecycle_state") in _BEING_DELETED

    def evidence(
        self, client_of: tuple[str, str], method: str, *args: t.Any, endpoint: str | None = None, **options: t.Any
    ) -> list[Fields]:
        """What another client lists, for ``in_use``; nothing where the caller may not list it."""
        client = self.session.client(*client_of, endpoint=endpoint)
        try:
            return self.listing(getattr(client, method), *args, **options)
        except BridgeError as error:
            if absent(error):
                return []
            raise

    # -- fields ----------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = self.given(*(name for name in self.managed if name in self.params))
        if current and "freeform_tags" in wanted and self.takes_mark and self.marked(current):
            wanted["freeform_tags"] = {**wanted["freeform_tags"], **MARK}
        return wanted if current else {**self.needed(), **wanted}

    def create_in(self, surroundings: t.Any, desired: Fields) -> Fields:
        tags = {"freeform_tags": {**desired.get("freeform_tags", {}), **MARK}} if self.takes_mark else {}
        return super().create_in(surroundings, {**desired, **tags})

    @property
    def takes_mark(self) -> bool:
        """Whether it can have free-form tags."""
        return True

    def marked(self, current: Fields) -> bool:
        return not self.takes_mark or is_marked(current.get("freeform_tags"))

    def others(self) -> list[Fields]:
        return in_use_instead(self)

    def comparable(self, desired: Fields) -> Fields:
        """Without the tags the service itself adds (https://docs.oracle.com/en-us/iaas/Content/Tagging/Concepts/understandingautomaticdefaulttags.htm)."""
        tags = desired.get("defined_tags")
        if not tags:
            return desired
        return {**desired, "defined_tags": {space: keys for space, keys in tags.items() if space != "Oracle-Tags"}}

    def needed(self) -> Fields:
        """What a new one can't be created without."""
        return {"compartment_id": self.params["compartment_id"], self.name_field: self.name}

    # -- calling ---------------------------------------------------------------------------------------------------

    def method(self, verb: str) -> Method:
        """The SDK's own for it: ``create_vault``."""
        return t.cast("Method", getattr(self.client, f"{verb}_{self.kind}"))

    def place(self) -> tuple[str, ...]:
        """The OCIDs that stand before its own in a call."""
        return ()

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        """A request body with these fields; ``current`` is what is there, for an update."""
        return wire(fields)

    def fetch(self, ident: str) -> Fields:
        """The resource by its OCID."""
        return self.getting(self.method("get"), *self.place(), ident)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        self.call(self.method("update"), current["id"], self.body(changes, current), verb="Update")
        return self.wait(lambda: self.fetch(current["id"]))

    def delete(self, current: Snapshot) -> Fields | None:
        self.call(self.method("delete"), current["id"], verb="Delete")
        return None

    # -- creating --------------------------------------------------------------------------------------------------

    def creation(self) -> tuple[str, ...]:
        """What a creation is of, for its retry token: tenancy, place (the service's endpoint too), kind and name."""
        endpoint = self.client.base_client.endpoint
        return (self.session.known_tenancy or "", endpoint, self.module, *self.identified())

    def identified(self) -> tuple[str, ...]:
        """The values of the options by which it is found."""
        return tuple(str(self.params.get(option)) for option in self.identity)

    def create(self, desired: Fields) -> Fields:
        """By a call that answers with the resource; wait until it can be used."""
        return create_one(self, lambda token: self._created(self.body(desired), token))

    def _created(self, body: Fields, token: str) -> Fields:
        data = self.call(self.method("create"), body, verb="Create", opc_retry_token=token).data
        ident = self.ident(data)
        found = look_at(self, lambda: self.fetch(ident), data.time_created)
        return self.wait(lambda: self.fetch(ident), first=found)

    def ident(self, data: t.Any) -> str:
        """The OCID in the response to a creation."""
        return str(data.id)

    # -- waiting ---------------------------------------------------------------------------------------------------

    def wait(
        self,
        poll: t.Callable[[], Fields],
        done: t.Callable[[Fields], bool] | None = None,
        first: Fields | None = None,
        what: str | None = None,
        field: str = "lifecycle_state",
    ) -> Fields:
        """Poll until ``done`` (by default: the lifecycle state is one of ``ready``)."""

        def ended(fields: Fields) -> bool:
            if done:
                return done(fields)
            if fields[field] == "FAILED":
                raise BridgeError(
                    self.asked("Create"), words=str(fields.get("lifecycle_details") or "it went to state FAILED")
                )
            return fields[field] in self.ready

        return self.poll(
            poll,
            ended,
            what=what or f"{self.module} {self.name}",
            describe=lambda fields: _standing(fields, field),
            first=first,
        )

    def wait_for_work(self, client: t.Any, response: t.Any, verb: str) -> Fields:
        """Wait for the work request an asynchronous call answered with; returns it, with the OCIDs it made or changed.

        :raises Superseded: it is the failed one of an earlier creation.
        :raises BridgeError: it failed; the message has what the service wrote into its error log.
        """
        return self.work_done(client, self.work_id(response, verb), verb)

    def work_id(self, response: t.Any, verb: str) -> str:
        """OCID of the work request that a response names. :raises BridgeError: it names none."""
        work_id = response.headers.get("opc-work-request-id")
        if not work_id:
            raise BridgeError(
                f"{self.asked(verb)}: OCI's response contains no work request",
                service="OCI",
                request_id=response.request_id,
                remedy="Check for a proxy between this machine and OCI, then run again; completed changes are kept.",
            )
        return str(work_id)

    def work_done(self, client: t.Any, work_id: str, verb: str, remedy: str | None = None) -> Fields:
        """Wait for a work request by its OCID. :raises BridgeError: it failed, with ``remedy``."""
        work = self.wait(
            lambda: self.getting(client.get_work_request, work_id),
            done=lambda fields: fields["status"] in _ENDED,
            what=f"{self.module} {self.name}: {verb.lower()}",
            field="status",
        )
        if work["status"] != "SUCCEEDED":
            if verb == "Create" and is_old(work["time_accepted"]):
                raise Superseded
            errors = self.listing(client.list_work_request_errors, work_id)
            words = "; ".join(error["message"] for error in errors) or f"the work request is {work['status']}"
            raise BridgeError(
                self.asked(verb),
                service="OCI",
                operation=work.get("operation_type"),
                words=words,
                request_id=work_id,
                remedy=remedy,
            )
        return work


def exists(item: Fields) -> bool:
    """Whether an item of a listing is not deleted, nor about to be."""
    return item.get("lifecycle_state") not in _GONE


def _standing(fields: Fields, field: str) -> str:
    """A state in the service's word, of a work request with how far it has come."""
    percent = fields.get("percent_complete")
    return f"{fields[field]}, {percent:.0f} %" if percent else str(fields[field])
