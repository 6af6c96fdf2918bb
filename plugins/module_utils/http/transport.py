# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options that all modules share."""

from __future__ import annotations

import math
import os
import typing as t

from ..core.errors import InvalidInput
from ..core.spec import ArgumentSpec, env

# Seconds: a timeout of more than a day was probably meant as milliseconds.
_DAY = 86_400.0
_MOST_RETRIES = 100


def check_seconds(params: dict[str, t.Any], option: str, zero: bool = False) -> None:
    """:raises InvalidInput: the option is not a valid time (0, negative, infinite, more than a day)."""
    value = params[option]
    if not (math.isfinite(value) and (value > 0 or (zero and value == 0)) and value <= _DAY):
        raise InvalidInput(
            f"{option} is {value} seconds, but must be {'at least 0' if zero else 'more than 0'} and at most {_DAY:.0f}"
        )


def _check_transport(params: dict[str, t.Any]) -> None:
    check_seconds(params, "timeout")
    if not 0 <= params["max_retries"] <= _MOST_RETRIES:
        raise InvalidInput(f"max_retries is {params['max_retries']}, but must be from 0 to {_MOST_RETRIES}")
    if params["validate_certs"] and params["ca_path"]:
        _check_certificates(params["ca_path"])


def _check_certificates(path: str) -> None:
    """A folder is not checked: OpenSSL finds its files by the hashes of names."""
    if os.path.isdir(path):
        return
    try:
        with open(path, "rb") as file:
            found = b"-----BEGIN" in file.read()
    except OSError as error:
        raise InvalidInput(f"ca_path {path}: {error.strerror}", "Give a file of certificates in PEM format.") from None
    if not found:
        raise InvalidInput(f"ca_path {path} has no certificate in PEM format", "Convert it: openssl x509 -inform DER.")


def _check_wait(params: dict[str, t.Any]) -> None:
    check_seconds(params, "wait_timeout", zero=True)
    check_seconds(params, "poll_interval")


TRANSPORT = ArgumentSpec(
    {
        "timeout": env("REPOBRIDGE_TIMEOUT", type="float", default=30.0),
        "max_retries": env("REPOBRIDGE_MAX_RETRIES", type="int", default=4),
        "validate_certs": env("REPOBRIDGE_VALIDATE_CERTS", type="bool", default=True),
        "ca_path": env("REPOBRIDGE_CA_PATH", type="path"),
    },
    checks=(_check_transport,),
)

WAIT = ArgumentSpec(
    {
        "wait_timeout": env("REPOBRIDGE_WAIT_TIMEOUT", type="float", default=1200.0),
        "poll_interval": env("REPOBRIDGE_POLL_INTERVAL", type="float", default=2.0),
    },
    checks=(_check_wait,),
)
