# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all OCI modules. Names and environment variables are those of Oracle's own collection."""

from __future__ import annotations

from ansible.module_utils.basic import env_fallback

from ..spec import ArgumentSpec
from ..transport import TRANSPORT, WAIT

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


def _env(kind: str, *variables: str, **more: object) -> dict[str, object]:
    return {"type": kind, "fallback": (env_fallback, list(variables)), **more}


OCI = (
    TRANSPORT
    + WAIT
    + ArgumentSpec(
        {
            "auth_type": _env("str", "OCI_ANSIBLE_AUTH_TYPE", choices=list(AUTH_TYPES), default="api_key"),
            "config_file_location": _env("path", "OCI_CONFIG_FILE"),
            "config_profile_name": _env("str", "OCI_CONFIG_PROFILE"),
            "api_user": _env("str", "OCI_USER_ID"),
            "api_user_fingerprint": _env("str", "OCI_USER_FINGERPRINT"),
            "api_user_key_file": _env("path", "OCI_USER_KEY_FILE", no_log=False),
            "api_user_key_pass_phrase": _env("str", "OCI_USER_KEY_PASS_PHRASE", no_log=True),
            "tenancy": _env("str", "OCI_TENANCY"),
            "region": _env("str", "OCI_REGION"),
            "delegation_token_file": _env("path", "OCI_DELEGATION_TOKEN_FILE", no_log=False),
            "token_exchange_domain_url": _env("str", "OCI_TOKEN_EXCHANGE_DOMAIN_URL", no_log=False),
            "token_exchange_client_id": _env("str", "OCI_TOKEN_EXCHANGE_CLIENT_ID", no_log=False),
            "token_exchange_client_secret": _env("str", "OCI_TOKEN_EXCHANGE_CLIENT_SECRET", no_log=True),
            "token_exchange_subject_token": _env("str", "OCI_TOKEN_EXCHANGE_SUBJECT_TOKEN", no_log=True),
            "endpoint": _env("str", "OCI_ENDPOINT"),
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
    )
)

TAGS = ArgumentSpec({"freeform_tags": {"type": "dict"}, "defined_tags": {"type": "dict"}})
