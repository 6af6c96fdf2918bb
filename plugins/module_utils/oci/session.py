# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to OCI through Oracle's SDK, by the collection's rules: time-outs, bounded retries, one kind of error."""

from __future__ import annotations

import functools
import typing as t

from ..errors import BridgeError, InvalidInput, OutcomeUnknown, kind_of_status, outage_remedy, root_cause
from ..reconcile import Context
from . import auth

try:
    import oci
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

Fields = dict[str, t.Any]

# Failures of the moment, by Oracle's list https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
_RETRIED = {409: ["IncorrectState", "LockConflict"], 429: []}
_NO_LONGER = 120  # seconds that all tries of one call may take together
_PAGE = 1000


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


class Session:
    """One task's connection to OCI. Clients are made when first used and share the signer."""

    def __init__(self, params: Fields, context: Context) -> None:
        self.params = params
        self.context = context
        self._clients: dict[tuple[str, str | None, str | None], t.Any] = {}
        self._config: Fields | None = None
        self._signer: t.Any = None

    @property
    def config(self) -> Fields:
        """The SDK configuration (tenancy, region …)."""
        if self._config is None:
            self._config = auth.configuration(self.params)
        return self._config

    @property
    def tenancy(self) -> str:
        """OCID of the tenancy. :raises InvalidInput: nothing names it."""
        if self._signer is None:
            self._signer = auth.signer(self.params, self.config)
        tenancy = self.config.get("tenancy") or getattr(self._signer, "tenancy_id", None)
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
            "retry_strategy": self._retries(),
            # The breaker's state would outlive the task's own bounded retries, and only in the controller's process.
            "circuit_breaker_strategy": oci.circuit_breaker.NoCircuitBreakerStrategy(),
        }
        if endpoint:
            # A slash at the end would be signed twice and sent once: 401.
            options["service_endpoint"] = endpoint.rstrip("/")
        config = {**self.config, "region": region} if region else self.config
        client = getattr(getattr(oci, service), name)(config, **options)
        verify = self.params.get("ca_path") if self.params["validate_certs"] else False
        if verify is not None:
            session = client.base_client.session
            # With each request and not in the session, or requests would prefer a CA bundle named in the environment.
            session.request = functools.partial(session.request, verify=verify)
        return client

    def _retries(self) -> t.Any:
        if not self.params["max_retries"]:
            return oci.retry.NoneRetryStrategy()
        return oci.retry.RetryStrategyBuilder(
            max_attempts=1 + self.params["max_retries"],
            total_elapsed_time_seconds=_NO_LONGER,
            service_error_retry_config=_RETRIED,
            retry_base_sleep_time_seconds=0.5,
            retry_max_wait_between_calls_seconds=20,
            backoff_type=oci.retry.BACKOFF_FULL_JITTER_EQUAL_ON_THROTTLE_VALUE,
        ).get_retry_strategy()

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
        must not be repeated blindly (no ``opc-retry-token``, and twice is not the same as once).

        :raises OutcomeUnknown: a call that changes something got no answer.
        :raises BridgeError: the service refused, or could not be reached.
        """
        name = method.__name__
        if once:
            options["retry_strategy"] = oci.retry.NoneRetryStrategy()
        try:
            return method(*args, **options)
        except oci.exceptions.ServiceError as error:
            raise self._refused(error, name, asked, permission) from None
        except (oci.exceptions.RequestException, oci.exceptions.ConnectTimeout) as error:
            reads = name.startswith(("get_", "list_"))
            raise (BridgeError if reads else OutcomeUnknown)(
                f"{asked}: no answer from OCI to {name}",
                kind="unavailable",
                service="OCI",
                operation=name,
                words=root_cause(error),
                remedy="Check region, endpoint, network and proxy settings, then run again: what was done is found and kept.",
            ) from None

    def list(
        self, method: t.Callable[..., t.Any], *args: t.Any, asked: str, permission: str = "", **options: t.Any
    ) -> list[Fields]:
        """All items of a listing call, every page of it, as plain dicts in snake_case."""
        items: list[Fields] = []
        page: str | None = None
        while True:
            more: Fields = {"page": page} if page else {}
            response = self.call(method, *args, asked=asked, permission=permission, **options, **more)
            data = oci.util.to_dict(response.data)
            items += data["items"] if isinstance(data, dict) else data
            page = response.next_page
            if not page:
                return items

    def get(
        self, method: t.Callable[..., t.Any], *args: t.Any, asked: str, permission: str = "", **options: t.Any
    ) -> Fields:
        """The object a call answers with, as a plain dict in snake_case."""
        return t.cast(
            Fields, oci.util.to_dict(self.call(method, *args, asked=asked, permission=permission, **options).data)
        )

    def _refused(self, error: t.Any, name: str, asked: str, permission: str) -> BridgeError:
        return BridgeError(
            asked,
            kind="rate_limited" if error.status == 429 else kind_of_status(error.status),
            service="OCI",
            operation=name,
            status=error.status,
            code=error.code,
            words=error.message,
            request_id=error.request_id,
            remedy=_remedy(error, permission),
        )


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
        return f"OCI does not tell what is missing from what is forbidden: check the OCIDs.{needs}"
    if error.status == 429:
        return "OCI throttles this tenancy: run again later, or with fewer forks."
    if error.status == 409 and error.code == "IncorrectState":
        return "Something else is changing it: wait and run again."
    if error.status >= 500:
        return outage_remedy("OCI")
    return None
