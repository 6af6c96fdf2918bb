# SPDX-License-Identifier: GPL-3.0-or-later
"""Principals that sign with a session key: session tokens, resource principals, instance principals.

https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from flask import Response, g, request

from ..strictness import nested
from . import auth
from .area import Area, route
from .wire import invalid

if TYPE_CHECKING:
    from .service import Oci


class Principals(Area):
    """Issues session tokens and finds the key a request must be signed with."""

    name = "imds"

    def __init__(self, oci: Oci) -> None:
        super().__init__(oci)
        self.sessions: dict[str, auth.Principal] = {}
        self._instance: auth.Principal | None = None

    def key_of(self, key_id: str) -> tuple[auth.Principal, rsa.RSAPublicKey] | None:
        """Who a ``keyId`` is, and the public key that proves it."""
        if key_id.startswith("ST$"):
            try:
                claims, key = auth.read_token(key_id[3:], self.oci.token_key.public_key())
            except ValueError:
                return None
            principal = self.sessions.get(claims["sub"]) or self.oci.users.get(claims["sub"])
            return (principal, key) if principal else None
        tenancy, _, rest = key_id.partition("/")
        user_id, _, fingerprint = rest.partition("/")
        if tenancy == self.oci.tenancy_id and "fed-x509" in user_id + fingerprint:
            return self._instance_key()
        user = self.oci.users.get(user_id)
        if user is None or tenancy != self.oci.tenancy_id or fingerprint not in user.keys:
            return None
        return user, user.keys[fingerprint]

    def issue(
        self,
        seconds: float = 3600,
        principal: auth.Principal | None = None,
        session_key: rsa.RSAPublicKey | None = None,
        **claims: Any,
    ) -> tuple[str, bytes]:
        """A token and the PEM of its private key (empty when the caller brought the public one)."""
        principal = principal or self.oci.user
        own = auth.private_key("session")
        body = {
            "sub": principal.id,
            "iss": "authService.oracle.com",
            "tenant": self.oci.tenancy_id,
            "ptype": principal.kind,
            "iat": int(time.time()),
            "exp": int(time.time() + seconds),
            **claims,
        }
        token = auth.make_token(body, session_key or own.public_key(), self.oci.token_key)
        return token, b"" if session_key else auth.private_pem(own)

    def principal(self, kind: str, type_name: str) -> auth.Principal:
        """A resource or instance that may call."""
        ident = self.oci.ocid(type_name)
        return self.sessions.setdefault(ident, auth.Principal(ident, type_name, self.oci.tenancy_id, kind))

    def write_session_config(self, folder: str | Path, profile: str = "SESSION", seconds: float = 3600) -> Path:
        """An SDK configuration file with ``security_token_file``, as ``oci session authenticate`` writes it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        token, pem = self.issue(seconds)
        for name, content in (("token", token.encode()), ("session.pem", pem)):
            (folder / name).touch(mode=0o600)
            (folder / name).write_bytes(content)
        lines = [
            f"[{profile}]",
            f"tenancy={self.oci.tenancy_id}",
            f"region={self.oci.region}",
            f"fingerprint={auth.fingerprint(auth.private_key('session').public_key())}",
            f"key_file={folder / 'session.pem'}",
            f"security_token_file={folder / 'token'}",
            "",
        ]
        path = folder / "config-session"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines))
        return path

    def resource_principal_environment(self, folder: str | Path) -> dict[str, str]:
        """The environment a function or build runner has: resource principal 2.2, by file paths."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        principal = self.principal("resource", "devopsbuildrun")
        token, pem = self.issue(
            principal=principal, res_tenant=self.oci.tenancy_id, res_compartment=self.oci.compartment_id
        )
        (folder / "rpst").write_text(token)
        (folder / "private.pem").write_bytes(pem)
        return {
            "OCI_RESOURCE_PRINCIPAL_VERSION": "2.2",
            "OCI_RESOURCE_PRINCIPAL_RPST": str(folder / "rpst"),
            "OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM": str(folder / "private.pem"),
            "OCI_RESOURCE_PRINCIPAL_REGION": self.oci.region,
        }

    # -- instance principals: OCI_METADATA_BASE_URL=<server>/oci/opc/v2, federation_endpoint=<server>/oci/v1/x509

    def _certificate(self) -> x509.Certificate:
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, "ocid1.instance.oc1..sandbox"),
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"opc-tenant:{self.oci.tenancy_id}"),
            ]
        )
        key, now = auth.private_key("instance"), datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
        builder = builder.not_valid_after(now + timedelta(days=30))
        return builder.sign(key, hashes.SHA256())

    def _instance_key(self) -> tuple[auth.Principal, rsa.RSAPublicKey] | None:
        self._instance = self._instance or self.principal("instance", "instance")
        return self._instance, auth.private_key("instance").public_key()

    @route("GET", "/opc/v2/instance/region")
    def region(self) -> Response:
        return self._metadata(self.oci.region)

    @route("GET", "/opc/v2/instance/regionInfo")
    def region_info(self) -> Response:
        info = {
            "realmKey": "oc1",
            "realmDomainComponent": "oraclecloud.com",
            "regionKey": "FRA",
            "regionIdentifier": self.oci.region,
        }
        return self._metadata(json.dumps(info))

    @route("GET", "/opc/v2/identity/<name>.pem")
    def identity(self, name: str) -> Response:
        if name == "key":
            return self._metadata(auth.private_pem(auth.private_key("instance")).decode())
        return self._metadata(self._certificate().public_bytes(serialization.Encoding.PEM).decode())

    @staticmethod
    def _metadata(text: str) -> Response:
        if request.headers.get("Authorization") != "Bearer Oracle":
            return Response("", 401)
        return Response(text, content_type="text/plain")

    @route("POST", "/v1/x509")
    def federate(self) -> Response:
        """A session token for the instance whose certificate signed the request."""
        caller = auth.verify(request, self.key_of, needs_host=False)  # the SDK does not sign it here
        given = nested(request.get_json(silent=True), "publicKey")
        pem = re.sub(r"(-----BEGIN PUBLIC KEY-----|-----END PUBLIC KEY-----|\s)", "", str(given))
        text = f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"
        try:
            key = serialization.load_pem_public_key(text.encode())
        except ValueError:
            key = None
        if not isinstance(key, rsa.RSAPublicKey):
            raise invalid("publicKey must be an RSA public key in PEM")
        g.principal = caller
        token, _ = self.issue(principal=caller, session_key=key)
        return Response(json.dumps({"token": token}), content_type="application/json")
