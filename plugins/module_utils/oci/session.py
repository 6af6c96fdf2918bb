# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to OCI through Oracle's SDK, by the collection's rules: time-outs, bounded retries, one kind of error."""

from __future__ import annotations

import importlib
import typing as t

from ..core.errors import BridgeError, InvalidInput, OutcomeUnknown, kind_of_status, outage_remedy, root_cause
from ..core.reconcile import Context
from ..http.answer import OBJECTS
from ..http.paging import Pages
from . import auth, profile, retries
from .responses import SERVICE, NotOfOci, Responses

try:
    import oci
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

Fields = dict[str, t.Any]

_READS = ("get_", "list_")


def camel(name: str) -> str:
    """``freeform_tags`` -> ``freeformTags``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def wire(fields: Fields) -> Fields:
    """A request body: keys as the API spells them, unset fields left out. Tags are the user's own keys and stay."""
    body: Fields = {}
    for name, value in fields.items():
        if value is None:
            continue
        own_keys = name in ("freeform_tags", "defined_tags", "metadata")
        body[camel(name)] = wire(value) if isinstance(value, dict) and not own_keys else value
    return body


def load(service: str) -> None:
    """Import the SDK's package of a service now, so that the controller pays for it once a run and not in each worker."""
    try:
        importlib.import_module(f"oci.{service}")
    except ImportError:  # named by the module before the first call (Operation.requires)
        pass


class Session:
    """One task's connection to OCI. Clients are made when first used and share the signer."""

    def __init__(self, params: Fields, context: Context) -> None:
        self.params = params
        self.context = context
        self._clients: dict[tuple[str, str | None, str | None], t.Any] = {}
        self._config: Fields | None = None
        self._signer: t.Any = None
        self._responses = Responses(context.redactor)
        # Where IAM takes changes, once it has refused one in the task's own region.
        self.home_region: str | None = None

    @property
    def config(self) -> Fields:
        """The SDK configuration (tenancy, region …)."""
        if self._config is None:
            self._config = profile.load(self.params)
        return self._config

    @property
    def known_tenancy(self) -> str | None:
        """OCID of the tenancy, where the configuration or the signer has it."""
        if self._signer is None:
            self._signer = auth.signer(self.params, self.config)
        return self.config.get("tenancy") or getattr(self._signer, "tenancy_id", None)

    @property
    def tenancy(self) -> str:
        """OCID of the tenancy. :raises InvalidInput: nothing names it."""
        tenancy = self.known_tenancy
        if not tenancy:
            raise InvalidInput(
                "The tenancy's OCID is not known", "Set tenancy, or OCI_TENANCY, or use a configuration file."
            )
        return str(tenancy)

    def client(self, service: str, name: str, endpoint: str | None = None, region: str | None = None) -> t.Any:
        """The SDK client class ``name`` of ``oci.<service>``; ``endpoint`` overrides everything else."""
        key = (name, endpoint, region)
        if key not in self._clients:
            self._clients[key] = self._make(service, name, endpoint, region)
        return self._clients[key]

    def overridden(self, service: str) -> str | None:
        """The base URL the task gives in place of the region's."""
        return (self.params.get("endpoints") or {}).get(service) or self.params.get("endpoint")

    def _make(self, service: str, name: str, endpoint: str | None, region: str | None) -> t.Any:
        if self._signer is None:
            self._signer = auth.signer(self.params, self.config)
        endpoint = endpoint or self.overridden(service)
        options: Fields = {
            "signer": self._signer,
            "timeout": (min(10.0, self.params["timeout"]), self.params["timeout"]),
            "retry_strategy": self._retries(once=False),
            # The breaker's state would outlive the task's own bounded retries, and only in the controller's process.
            "circuit_breaker_strategy": oci.circuit_breaker.NoCircuitBreakerStrategy(),
        }
        if endpoint:
            # A slash at the end would be signed twice and sent once: 401.
            options["service_endpoint"] = endpoint.rstrip("/")
        config = {**self.config, "region": region} if region else self.config
        try:
            client = getattr(getattr(oci, service), name)(config, **options)
        except Exception as error:
            raise InvalidInput(
                f"OCI's client for {service} cannot be created with this configuration: {type(error).__name__}: "
                f"{error}",
                "Check region, endpoint and the OCI configuration file.",
            ) from None
        # Nothing but validate_certs may switch the verification off: what is empty is not given.
        verify = (self.params.get("ca_path") or True) if self.params["validate_certs"] else False
        self._responses.attach(client.base_client.session, verify)
        return client

    def _retries(self, once: bool) -> t.Any:
        return retries.strategy(self.params["max_retries"], self.params["wait_timeout"], once)

    def call(
        self,
        method: t.Callable[..., t.Any],
        *args: t.Any,
        asked: str,
        permission: str = "",
        once: bool = False,
        **options: t.Any,
    ) -> t.Any:
        """Call an SDK client's ``method`` and return its ``Response``.

        ``permission`` is the IAM verb and resource type it needs (``manage vaults``), for the error. ``once``: the call
        must not be repeated blindly (no ``opc-retry-token``, and twice is not the same as once); it is repeated only
        where the service says that it was not applied.

        :raises OutcomeUnknown: a call that changes something may or may not have been applied.
        :raises BridgeError: the service refused, could not be reached, or it was not the service that answered.
        """
        name = method.__name__
        if once:
            options["retry_strategy"] = self._retries(once=True)
        self._responses.expect()
        self.context.last_call = f"{name} of {SERVICE}"
        try:
            response = method(*args, **options)
            self._responses.check(response.request.response_type)
            return response
        except oci.exceptions.ServiceError as error:
            raise self._refused(error, name, asked, permission, once) from None
        except (oci.exceptions.RequestException, oci.exceptions.ConnectTimeout) as error:
            known = name.startswith(_READS) or retries.not_sent(error)
            raise (BridgeError if known else OutcomeUnknown)(
                f"{asked}: no response from OCI to {name}",
                kind="unavailable",
                service=SERVICE,
                operation=name,
                words=root_cause(error),
                remedy="Check region, endpoint, network and proxy settings, then run again; completed changes are "
                "kept.",
            ) from None
        except NotOfOci:
            raise self._responses.error(name, asked) from None
        except BridgeError:
            raise
        except Exception as error:
            where = f" on the response of {self._responses.address}" if self._responses.address else ""
            raise BridgeError(
                f"{asked}: Oracle's SDK failed in {name}{where}",
                service=SERVICE,
                operation=name,
                words=f"{type(error).__name__}: {error}",
                remedy="Check the task's options. If they are correct, the SDK could not read the response: update "
                "the Python package oci, and check for a proxy between this machine and OCI.",
            ) from None

    def list(
        self, method: t.Callable[..., t.Any], *args: t.Any, asked: str, permission: str = "", **options: t.Any
    ) -> list[Fields]:
        """All items of a listing call, every page of it, as plain dicts in snake_case.

        :raises BridgeError: as ``call``, and where the pages do not end.
        """
        items: list[Fields] = []
        more: Fields = {}
        pages = Pages(SERVICE, asked, method.__name__)
        while True:
            response = self.call(method, *args, asked=asked, permission=permission, **options, **more)
            try:
                self._responses.check_items()
            except NotOfOci:
                raise self._responses.error(method.__name__, asked, OBJECTS) from None
            data = as_dict(response.data)
            items += data["items"] if isinstance(data, dict) else data
            page = response.next_page
            if not page:
                return items
            pages.turn(page)
            more = {"page": page}

    def get(
        self, method: t.Callable[..., t.Any], *args: t.Any, asked: str, permission: str = "", **options: t.Any
    ) -> Fields:
        """The object a call answers with, as a plain dict in snake_case."""
        return t.cast(Fields, as_dict(self.call(method, *args, asked=asked, permission=permission, **options).data))

    def _refused(self, error: t.Any, name: str, asked: str, permission: str, once: bool) -> BridgeError:
        # The service failed at a call that has no token: it may have been applied before that.
        unknown = once and error.status >= 500 and error.status != 501 and not retries.refused(error)
        return (OutcomeUnknown if unknown else BridgeError)(
            asked,
            kind="rate_limited" if error.status == 429 else kind_of_status(error.status),
            service=SERVICE,
            operation=name,
            status=error.status,
            code=error.code,
            words=error.message,
            request_id=error.request_id,
            address=self._responses.address,
            remedy=_remedy(error, permission),
        )


def absent(error: BridgeError) -> bool:
    """Whether OCI itself says that a resource does not exist, or that the caller may not see it.

    What is not in OCI's form never gets a status of its own here: a proxy's 404 is not this.
    """
    return error.kind == "not_found" and error.status == 404 and error.service == SERVICE


def _remedy(error: t.Any, permission: str) -> str | None:
    """What the operator can do, by Oracle's code."""
    if error.status == 401:
        return "Check user, fingerprint, key and tenancy of the OCI configuration, and the clock of this machine."
    if error.code in (
        "NotAuthorizedOrNotFound",
        "RelatedResourceNotAuthorizedOrNotFound",
        "NotAuthorized",
        "NotAllowed",
    ):
        needs = f" The caller needs a policy that allows it to {permission} there." if permission else ""
        return (
            "OCI's response is the same if the object does not exist and if access is forbidden: check the "
            f"OCIDs.{needs}"
        )
    if error.status == 429:
        pause = retries.retry_after(error)
        when = f"in {pause:.0f} s" if pause else "later"
        return f"OCI throttles this tenancy: run again {when}, or with fewer forks."
    if error.status == 409 and error.code == "IncorrectState":
        return "Something else is changing it: wait and run again."
    if error.status >= 500:
        return outage_remedy("OCI")
    return None


def as_dict(data: t.Any) -> t.Any:
    """An answer of the SDK as plain dicts and lists."""
    return oci.util.to_dict(data)
