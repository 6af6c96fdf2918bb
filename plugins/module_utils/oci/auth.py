# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who the caller is: an OCI SDK configuration and, where the kind needs one, a signer.

Source: https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from . import profile

try:
    import oci
    from oci.signer import AbstractBaseSigner
except ImportError:  # named by the module before the first call (Operation.requires)
    AbstractBaseSigner = object


class ApiKeySigner(AbstractBaseSigner):
    """Signs with an API key."""

    def __init__(self, key_id: str, private_key: t.Any) -> None:
        self.api_key = key_id
        self.private_key = private_key
        self.create_signers(
            key_id,
            self.private_key,
            ["date", "(request-target)", "host"],
            ["content-length", "content-type", "x-content-sha256"],
        )


def signer(params: dict[str, t.Any], config: dict[str, t.Any]) -> t.Any:
    """The signer for ``auth_type``. :raises BridgeError: what it needs is missing or refused."""
    try:
        return _SIGNERS[params["auth_type"]](params, config)
    except BridgeError:
        raise
    except Exception as error:
        raise BridgeError(
            f"auth_type {params['auth_type']} returned no signer for OCI",
            kind="unauthorized",
            words=str(error) or type(error).__name__,
            remedy="Check that this authentication method is available where the task runs, and check its options.",
        ) from None


def _api_key(params: dict[str, t.Any], config: dict[str, t.Any]) -> t.Any:
    profile.require(params, config, "tenancy", "user", "fingerprint", "key_file", "region")
    key_id = f"{config['tenancy']}/{config['user']}/{config['fingerprint']}"
    return ApiKeySigner(key_id, profile.private_key(params, config))


def _security_token(params: dict[str, t.Any], config: dict[str, t.Any]) -> t.Any:
    profile.require(params, config, "security_token_file", "key_file")
    token = profile.read(params, config, "security_token_file").decode().strip()
    return oci.auth.signers.SecurityTokenSigner(token, profile.private_key(params, config))


def _instance_principal(_params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    return oci.auth.signers.InstancePrincipalsSecurityTokenSigner()


def _instance_obo_user(params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    token = profile.read(params, params, "delegation_token_file").decode().strip()
    return oci.auth.signers.InstancePrincipalsDelegationTokenSigner(delegation_token=token)


def _resource_principal(_params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    return oci.auth.signers.get_resource_principals_signer()


def _oke_workload_identity(_params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    return oci.auth.signers.get_oke_workload_identity_resource_principal_signer()


def _token_exchange(params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    return oci.auth.signers.TokenExchangeSigner(
        params["token_exchange_subject_token"],
        params["token_exchange_domain_url"],
        params["token_exchange_client_id"],
        params["token_exchange_client_secret"],
    )


_SIGNERS: dict[str, t.Callable[[dict[str, t.Any], dict[str, t.Any]], t.Any]] = {
    "api_key": _api_key,
    "security_token": _security_token,
    "instance_principal": _instance_principal,
    "instance_obo_user": _instance_obo_user,
    "resource_principal": _resource_principal,
    "oke_workload_identity": _oke_workload_identity,
    "token_exchange": _token_exchange,
}
