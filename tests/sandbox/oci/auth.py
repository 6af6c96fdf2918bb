# SPDX-License-Identifier: GPL-3.0-or-later
"""Request signatures, verified for real, and the users who may sign.

https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
"""

from __future__ import annotations

import base64
import email.utils
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import Request

from .wire import OciError

SKEW_SECONDS = 300
READ_HEADERS = {"date", "(request-target)", "host"}
BODY_HEADERS = READ_HEADERS | {"content-length", "content-type", "x-content-sha256"}


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """One key per name and process: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint(public_key: rsa.RSAPublicKey) -> str:
    """MD5 of the DER form, as OCI shows it in the console."""
    der = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.md5(der, usedforsecurity=False).hexdigest()
    return ":".join(digest[i : i + 2] for i in range(0, 32, 2))


@dataclass
class Principal:
    """Who calls. ``denied`` are names of operations (SDK spelling, ``*`` allowed), with or without the service."""

    id: str
    name: str
    tenancy_id: str
    kind: str = "user"
    keys: dict[str, rsa.RSAPublicKey] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)
    created: str = ""

    def may(self, endpoint: str) -> bool:
        """Whether the principal may call ``service.operation``."""
        return not any(fnmatch(endpoint, rule) or fnmatch(endpoint.partition(".")[2], rule) for rule in self.denied)


def verify(
    request: Request, find_key: Callable[[str], tuple[Principal, rsa.RSAPublicKey] | None], needs_host: bool = True
) -> Principal:
    """The principal who signed the request; 401 when there is none."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Signature "):
        raise OciError(401)
    parts = dict(re.findall(r'(\w+)="([^"]*)"', header))
    if parts.get("version") != "1" or parts.get("algorithm") != "rsa-sha256":
        raise OciError(401)
    found = find_key(parts.get("keyId", ""))
    if found is None:
        raise OciError(401)
    principal, key = found
    names = parts.get("headers", "").lower().split()
    needs_body = request.method in ("POST", "PUT", "PATCH")
    needed = (BODY_HEADERS if needs_body else READ_HEADERS) - (set() if needs_host else {"host"})
    if not needed <= set(names):
        raise OciError(401)
    target = request.environ.get("REQUEST_URI") or request.environ["RAW_URI"]
    lines = []
    for name in names:
        value = f"{request.method.lower()} {target}" if name == "(request-target)" else request.headers.get(name)
        if value is None:
            raise OciError(401)
        lines.append(f"{name}: {value}")
    try:
        signature = base64.b64decode(parts.get("signature", ""), validate=True)
        key.verify(signature, "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        raise OciError(401) from None
    _check_date(request)
    if needs_body:
        body = request.get_data()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if request.headers.get("x-content-sha256") != digest or request.headers.get("content-length") != str(len(body)):
            raise OciError(401)
    return principal


def _check_date(request: Request) -> None:
    """Real time, not the sandbox's: clients know no other."""
    try:
        when = email.utils.parsedate_to_datetime(request.headers.get("Date", "")).timestamp()
    except (ValueError, TypeError):
        raise OciError(401) from None
    if abs(when - time.time()) > SKEW_SECONDS:
        raise OciError(
            401,
            None,
            "The required information to complete authentication was not provided or was incorrect: "
            "the date in the request is too far from the server's.",
        )


# -- tokens ---------------------------------------------------------------------------------------------------------


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(value: int) -> str:
    return _encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def make_token(claims: dict[str, Any], session_key: rsa.RSAPublicKey, signer: rsa.RSAPrivateKey) -> str:
    """A session token: a JWT that names the session's public key, signed by the identity service."""
    numbers = session_key.public_numbers()
    jwk = {"kid": "session", "kty": "RSA", "alg": "RS256", "n": _number(numbers.n), "e": _number(numbers.e)}
    body = {"jwk": json.dumps(jwk), **claims}
    signed = _encode(b'{"alg":"RS256","kid":"asw","typ":"JWT"}') + "." + _encode(json.dumps(body).encode())
    signature = signer.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encode(signature)}"


def read_token(token: str, signer: rsa.RSAPublicKey) -> tuple[dict[str, Any], rsa.RSAPublicKey]:
    """The claims and the session's public key; ValueError when the token is not good (any more)."""
    try:
        signed, _, signature = token.rpartition(".")
        signer.verify(_decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        claims = json.loads(_decode(signed.split(".")[1]))
        jwk = json.loads(claims["jwk"])
    except (InvalidSignature, ValueError, KeyError, IndexError) as exc:
        raise ValueError("not a token of this service") from exc
    if claims["exp"] < time.time():
        raise ValueError("the token has expired")
    n, e = (int.from_bytes(_decode(jwk[part]), "big") for part in ("n", "e"))
    return claims, rsa.RSAPublicNumbers(e, n).public_key()
