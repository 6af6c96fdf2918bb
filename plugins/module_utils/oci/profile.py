# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCI configuration file and the options that go before it; each error says which entry of which profile is wrong.

Source: https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm
"""

from __future__ import annotations

import codecs
import configparser
import os
import re
import typing as t

from ..core.errors import InvalidInput
from .options import OCI

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    import oci
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

Params = dict[str, t.Any]
Config = dict[str, t.Any]

REMEDY = "Run `oci setup config`, or give api_user, api_user_fingerprint, api_user_key_file, tenancy and region."

# Entry of the SDK's configuration file -> option of the module.
_OPTIONS = {
    "user": "api_user",
    "fingerprint": "api_user_fingerprint",
    "key_file": "api_user_key_file",
    "pass_phrase": "api_user_key_pass_phrase",
    "tenancy": "tenancy",
    "region": "region",
}
_REASONS = {
    "tenancy": "it is not the OCID of a tenancy (ocid1.tenancy.…)",
    "user": "it is not the OCID of a user (ocid1.user.…)",
    "fingerprint": "it is not 16 pairs of lower-case hexadecimal digits with colons between them",
    "region": "it is not the name of a region, such as eu-frankfurt-1",
}
_REGION = re.compile(r"[A-Za-z0-9-]+")


def load(params: Params) -> Config:
    """The SDK's configuration: the file's profile, with the task's options (or their variables) over it.

    :raises InvalidInput: the file is missing although it is named, is not a configuration file, or has no such profile.
    """
    location, profile = _place(params)
    config: Config = {}
    if os.path.exists(location):
        config = {**oci.config.DEFAULT_CONFIG, **_profile(location, profile)}
        config["log_requests"] = False  # the SDK would log what it sends
    elif params.get("config_file_location"):
        raise InvalidInput(f"config_file_location {location} does not exist", REMEDY)
    config.update({entry: params[option] for entry, option in _OPTIONS.items() if params.get(option)})
    return config


def _place(params: Params) -> tuple[str, str]:
    location = os.path.expanduser(params.get("config_file_location") or "~/.oci/config")
    return location, params.get("config_profile_name") or "DEFAULT"


def _profile(location: str, profile: str) -> Config:
    parser = configparser.ConfigParser(interpolation=None)
    what = f"The OCI configuration file {location}"
    try:
        with open(location, "rb") as file:
            content = file.read()
        if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise InvalidInput(
                f"{what} begins with a byte order mark, which Oracle's tools cannot read",
                "Save it as UTF-8 without a byte order mark.",
            )
        parser.read_string(content.decode(), location)
    except OSError as error:
        raise InvalidInput(f"{what} can't be read: {error.strerror}", REMEDY) from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{what} is not text in UTF-8", REMEDY) from None
    except configparser.Error as error:
        raise InvalidInput(f"{what} is not an INI file: {_reason(error)}", REMEDY) from None
    if profile != parser.default_section and not parser.has_section(profile):
        known = ", ".join([*([parser.default_section] if parser.defaults() else []), *parser.sections()])
        raise InvalidInput(f"{location} has no profile {profile}; it has {known or 'none'}", REMEDY)
    return dict(parser[profile])


def _reason(error: configparser.Error) -> str:
    """Which line is wrong and why, without the line: it may hold a pass phrase."""
    line = getattr(error, "lineno", None) or next((number for number, _text in getattr(error, "errors", [])), None)
    reasons = {
        "MissingSectionHeaderError": "there is an entry before the first [profile]",
        "DuplicateOptionError": f"the entry {getattr(error, 'option', '')} is duplicated in [{getattr(error, 'section', '')}]",
        "DuplicateSectionError": f"the profile [{getattr(error, 'section', '')}] is duplicated",
    }
    reason = reasons.get(type(error).__name__, "it is neither a [profile] nor an entry of the form name=value")
    return f"line {line}: {reason}" if line else reason


def origin(params: Params, entry: str) -> str:
    """Where an entry comes from: ``user in the profile DEFAULT of /home/me/.oci/config``, ``the option api_user``."""
    option = _OPTIONS.get(entry)
    if option and params.get(option):
        return f"the option {option} ({_variable(option)})"
    location, profile = _place(params)
    return f"the entry {entry} in the profile {profile} of {location}"


def _variable(option: str) -> str:
    return str(OCI.options[option]["fallback"][1][0])


def require(params: Params, config: Config, *entries: str) -> None:
    """Refuse a configuration in which one of these is missing or malformed. :raises InvalidInput:"""
    missing = [entry for entry in entries if not config.get(entry)]
    if missing:
        location, profile = _place(params)
        ways = [
            f"{entry} (option {_OPTIONS[entry]}, variable {_variable(_OPTIONS[entry])})" if entry in _OPTIONS else entry
            for entry in missing
        ]
        file = (
            f"read was the profile {profile} of {location}"
            if os.path.exists(location)
            else f"{location} does not exist"
        )
        raise InvalidInput(f"The OCI configuration lacks {' and '.join(ways)}; {file}", REMEDY)
    for entry in entries:
        form = {**oci.config.PATTERNS, "region": _REGION}.get(entry)
        if form and not form.fullmatch(str(config[entry])):
            raise InvalidInput(f"OCI: {origin(params, entry)} is malformed: {_REASONS[entry]}", REMEDY)


def read(params: Params, config: Config, entry: str) -> bytes:
    """The content of the file that an entry names. :raises InvalidInput:"""
    path = os.path.expanduser(str(config[entry]))
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInput(f"OCI: {origin(params, entry)} names {path}: {why}", REMEDY) from None


def private_key(params: Params, config: Config) -> t.Any:
    """The RSA key of the configuration. The SDK proves its primes first, 36 ms a task; the service will anyway.

    :raises InvalidInput: it can't be read, or is not of the kind that OCI takes.
    """
    pem, pass_phrase = read(params, config, "key_file"), config.get("pass_phrase")
    what = f"OCI: {origin(params, 'key_file')} names a file ({config['key_file']}) that"
    try:
        key = load_pem_private_key(
            pem, pass_phrase.encode() if pass_phrase else None, unsafe_skip_rsa_key_validation=True
        )
    except TypeError:
        if pass_phrase:
            raise InvalidInput(
                f"{what} is not encrypted, but {origin(params, 'pass_phrase')} gives a pass phrase",
                "Omit the pass phrase.",
            ) from None
        raise InvalidInput(
            f"{what} is encrypted, but no pass phrase is set",
            "Set it with api_user_key_pass_phrase (OCI_USER_KEY_PASS_PHRASE) or pass_phrase in the profile.",
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        if b"ENCRYPTED" in pem:
            raise InvalidInput(f"{what} can't be read with {origin(params, 'pass_phrase')}", REMEDY) from None
        raise InvalidInput(f"{what} can't be read: it is not a private key in the PEM format", REMEDY) from None
    if not isinstance(key, RSAPrivateKey):
        kind = type(key).__name__.strip("_").removesuffix("PrivateKey")
        raise InvalidInput(f"{what} contains a key of the kind {kind}; OCI accepts RSA keys only", REMEDY)
    return key
