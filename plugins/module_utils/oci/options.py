# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all OCI modules. Names and environment variables are those of Oracle's own collection."""

from __future__ import annotations

import re
import typing as t

from ..core.errors import InvalidInput
from ..core.pending import is_pending
from ..core.spec import ArgumentSpec, env
from ..core.urls import check_base_url
from ..http.transport import TRANSPORT, WAIT

# How the caller proves who it is; see auth.py and
# https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm
AUTH_TYPES = (
    "api_key",
    "security_token",
    "instance_principal",
    "instance_obo_user",
    "resource_principal",
    "oke_workload_identity",
    "token_exchange",
)


# https://docs.oracle.com/en-us/iaas/Content/General/Concepts/identifiers.htm; also the ids that check mode gives.
_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:-]+")


def _check_ids(params: dict[str, t.Any]) -> None:
    """An id is part of a path: what is none would reach another endpoint. The value is not shown: people mix up options.

    ``secret_id`` is checked by its module, which knows that what is none is probably the secret itself.
    """
    for name, value in params.items():
        if not name.endswith("_id") or name == "secret_id" or not isinstance(value, str):
            continue
        if not (_ID.fullmatch(value) or is_pending(value)):
            raise InvalidInput(f"{name} is no OCID", "An OCID looks like ocid1.<type>.oc1.<region>.<unique>.")


def _check_endpoints(params: dict[str, t.Any]) -> None:
    for service, url in (params["endpoints"] or {}).items():
        check_base_url(str(url), f"endpoints.{service}")


OCI = (
    TRANSPORT
    + WAIT
    + ArgumentSpec(
        {
            "auth_type": env("OCI_ANSIBLE_AUTH_TYPE", choices=list(AUTH_TYPES), default="api_key"),
            "config_file_location": env("OCI_CONFIG_FILE", type="path"),
            "config_profile_name": env("OCI_CONFIG_PROFILE"),
            "api_user": env("OCI_USER_ID"),
            "api_user_fingerprint": env("OCI_USER_FINGERPRINT"),
            "api_user_key_file": env("OCI_USER_KEY_FILE", type="path", no_log=False),
            "api_user_key_pass_phrase": env("OCI_USER_KEY_PASS_PHRASE", no_log=True),
            "tenancy": env("OCI_TENANCY"),
            "region": env("OCI_REGION"),
            "delegation_token_file": env("OCI_DELEGATION_TOKEN_FILE", type="path", no_log=False),
            "token_exchange_domain_url": env("OCI_TOKEN_EXCHANGE_DOMAIN_URL", no_log=False),
            "token_exchange_client_id": env("OCI_TOKEN_EXCHANGE_CLIENT_ID", no_log=False),
            "token_exchange_client_secret": env("OCI_TOKEN_EXCHANGE_CLIENT_SECRET", no_log=True),
            "token_exchange_subject_token": env("OCI_TOKEN_EXCHANGE_SUBJECT_TOKEN", no_log=True),
            "endpoint": env("OCI_ENDPOINT"),
            "endpoints": {"type": "dict"},
        },
        required_if=[
            ("auth_type", "instance_obo_user", ("delegation_token_file",)),
            (
                "auth_type",
                "token_exchange",
                (
                    "token_exchange_domain_url",
                    "token_exchange_client_id",
                    "token_exchange_client_secret",
                    "token_exchange_subject_token",
                ),
            ),
        ],
        tokens=("api_user", "api_user_fingerprint", "tenancy", "region"),
        passwords=(
            "api_user_key_pass_phrase",
            "token_exchange_client_id",
            "token_exchange_client_secret",
            "token_exchange_subject_token",
        ),
        urls=("endpoint", "token_exchange_domain_url"),
        checks=(_check_endpoints, _check_ids),
    )
)

TAGS = ArgumentSpec({"freeform_tags": {"type": "dict"}, "defined_tags": {"type": "dict"}})
