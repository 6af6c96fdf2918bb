# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who the caller is: an OCI SDK configuration and, where the kind needs one, a signer.

Source: https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm
"""

from __future__ import annotations

import os
import typing as t

from ..errors import BridgeError, InvalidInput

try:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    import oci
    from oci.signer import AbstractBaseSigner
except ImportError:  # named by the module before the first call (Operation.requires)
    AbstractBaseSigner = object

_KEY_REMEDY = "Run `oci setup config`, or give api_user, api_user_fingerprint, api_user_key_file, tenancy and region."

# Option of the module -> entry of the SDK's configuration file.
_OVERRIDES = {
    "api_user": "user",
    "api_user_fingerprint": "fingerprint",
    "api_user_key_file": "key_file",
    "api_user_key_pass_phrase": "pass_phrase",
    "tenancy": "tenancy",
    "region": "region",
}


class ApiKeySigner(AbstractBaseSigner):
    """Signs with an API key. The SDK's own signer proves the key's primes first, 36 ms a task; the service will anyway."""

    def __init__(self, key_id: str, pem: bytes, pass_phrase: str | None) -> None:
        self.api_key = key_id
        try:
            self.private_key = load_pem_private_key(
                pem, pass_phrase.encode() if pass_phrase else None, unsafe_skip_rsa_key_validation=True
            )
        except (TypeError, ValueError) as error:
            raise BridgeError(
                "The OCI API key can't be read", kind="unauthorized", words=str(error), remedy=_KEY_REMEDY
            ) from None
        self.create_signers(
            key_id,
            self.private_key,
            ["date", "(request-target)", "host"],
            ["content-length", "content-type", "x-content-sha256"],
        )


def configuration(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The SDK's configuration: the file's profile, with the task's options (or their variables) over it.

    :raises InvalidInput: neither a file nor options say who the caller is.
    """
    location = os.path.expanduser(params.get("config_file_location") or "~/.oci/config")
    profile = params.get("config_profile_name") or "DEFAULT"
    config: dict[str, t.Any] = {}
    if os.path.exists(location):
        try:
            config = dict(oci.config.from_file(location, profile))
        except oci.exceptions.ProfileNotFound:
            raise InvalidInput(f"{location} has no profile {profile}", _KEY_REMEDY) from None
        except oci.exceptions.ClientError as error:
            raise InvalidInput(f"{location}: {error}", _KEY_REMEDY) from None
    elif params.get("config_file_location"):
        raise InvalidInput(f"config_file_location {location} does not exist", _KEY_REMEDY)
    config.update({entry: params[option] for option, entry in _OVERRIDES.items() if params.get(option)})
    return config


def signer(params: dict[str, t.Any], config: dict[str, t.Any]) -> t.Any:
    """The signer for ``auth_type``. :raises BridgeError: what it needs is missing or refused."""
    try:
        return _SIGNERS[params["auth_type"]](params, config)
    except (oci.exceptions.ClientError, oci.exceptions.ServiceError, OSError, ValueError) as error:
        raise BridgeError(
            f"auth_type {params['auth_type']} gave no signer for OCI",
            kind="unauthorized",
            words=str(error),
            remedy="Check that the task runs where this kind of authentication exists, and its options.",
        ) from None


def _read(path: str | None, what: str) -> bytes:
    if not path:
        raise InvalidInput(f"{what} is not set for OCI", _KEY_REMEDY)
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read()
    except OSError as error:
        raise InvalidInput(f"{what} {path}: {error.strerror}", _KEY_REMEDY) from None


def _api_key(_params: dict[str, t.Any], config: dict[str, t.Any]) -> t.Any:
    missing = [name for name in ("tenancy", "user", "fingerprint", "key_file", "region") if not config.get(name)]
    if missing:
        raise InvalidInput(f"The OCI API key lacks {', '.join(missing)}", _KEY_REMEDY)
    key_id = f"{config['tenancy']}/{config['user']}/{config['fingerprint']}"
    return ApiKeySigner(key_id, _read(config["key_file"], "key_file"), config.get("pass_phrase"))


def _security_token(_params: dict[str, t.Any], config: dict[str, t.Any]) -> t.Any:
    token = _read(config.get("security_token_file"), "security_token_file").decode().strip()
    key = oci.signer.load_private_key_from_file(config.get("key_file"), config.get("pass_phrase"))
    return oci.auth.signers.SecurityTokenSigner(token, key)


def _instance_principal(_params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    return oci.auth.signers.InstancePrincipalsSecurityTokenSigner()


def _instance_obo_user(params: dict[str, t.Any], _config: dict[str, t.Any]) -> t.Any:
    token = _read(params["delegation_token_file"], "delegation_token_file").decode().strip()
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
