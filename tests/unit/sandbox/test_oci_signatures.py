# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests are signed, and the sandbox verifies it."""

from __future__ import annotations

import email.utils
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import oci
import pytest

from tests.sandbox.oci import auth
from tests.sandbox.oci.wire import OciError, check
from tests.unit.sandbox.oci_support import NO_BREAKER, NO_RETRY, Tenancy, refused, running


@pytest.fixture
def tenancy(tmp_path: Path) -> Iterator[Tenancy]:
    with running(tmp_path) as one:
        yield one


def test_an_unsigned_request_is_not_authenticated(tenancy: Tenancy) -> None:
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(f"{tenancy.cloud.url}/20160918/tenancies/none")
    assert failed.value.code == 401
    assert json.load(failed.value)["code"] == "NotAuthenticated"
    assert failed.value.headers["opc-request-id"]


def test_a_wrong_key_is_not_authenticated(tenancy: Tenancy, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(auth.private_pem(auth.private_key("somebody else")))
    config = {**tenancy.config, "key_file": str(tmp_path / "other.pem")}
    with refused(401, "NotAuthenticated"):
        tenancy.client(oci.identity.IdentityClient, config=config).get_tenancy(tenancy.cloud.tenancy_id)


def test_an_unknown_fingerprint_is_not_authenticated(tenancy: Tenancy) -> None:
    config = {**tenancy.config, "fingerprint": ":".join(["00"] * 16)}
    with refused(401, "NotAuthenticated"):
        tenancy.client(oci.identity.IdentityClient, config=config).get_tenancy(tenancy.cloud.tenancy_id)


def test_a_trailing_slash_in_the_endpoint_breaks_the_signature(tenancy: Tenancy) -> None:
    with refused(401, "NotAuthenticated"):
        tenancy.client(oci.identity.IdentityClient, tenancy.cloud.url + "/").get_tenancy(tenancy.cloud.tenancy_id)


def test_a_skewed_clock_is_not_authenticated(tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch) -> None:
    real = email.utils.formatdate
    monkeypatch.setattr(email.utils, "formatdate", lambda *a, **k: real(time.time() - 600, usegmt=True))
    with refused(401, "NotAuthenticated", "too far"):
        tenancy.identity.get_tenancy(tenancy.cloud.tenancy_id)


def test_a_changed_body_is_not_authenticated(tenancy: Tenancy) -> None:
    sign = tenancy.topics.base_client.signer

    def change_afterwards(request: object, *rest: object, **more: object) -> object:
        signed = sign(request, *rest, **more)
        body = signed.body if isinstance(signed.body, bytes) else signed.body.encode()
        signed.body = body.replace(b"topic", b"toPic")
        return signed

    tenancy.topics.base_client.session.auth = None
    tenancy.topics.base_client.signer = change_afterwards
    details = oci.ons.models.CreateTopicDetails(name="topic", compartment_id=tenancy.cloud.compartment_id)
    with refused(401, "NotAuthenticated"):
        tenancy.topics.create_topic(details)


def test_a_session_token_signs_until_it_expires(tenancy: Tenancy, tmp_path: Path) -> None:
    path = tenancy.cloud.principals.write_session_config(tmp_path / "session")
    config = oci.config.from_file(str(path), "SESSION")
    token = Path(config["security_token_file"]).read_text()
    key = oci.signer.load_private_key_from_file(config["key_file"])
    signer = oci.auth.signers.SecurityTokenSigner(token, key)
    client = tenancy.client(oci.identity.IdentityClient, config={"region": config["region"]}, signer=signer)
    assert client.get_tenancy(tenancy.cloud.tenancy_id).data.name == "sandbox"
    late, _ = tenancy.cloud.issue_session_token(seconds=-1)
    client = tenancy.client(
        oci.identity.IdentityClient,
        config={"region": config["region"]},
        signer=oci.auth.signers.SecurityTokenSigner(late, key),
    )
    with refused(401, "NotAuthenticated"):
        client.get_tenancy(tenancy.cloud.tenancy_id)


def test_a_forged_token_is_not_authenticated(tenancy: Tenancy) -> None:
    key = auth.private_key("session")
    forged = auth.make_token({"sub": tenancy.cloud.user_id, "exp": time.time() + 60}, key.public_key(), key)
    client = tenancy.client(
        oci.identity.IdentityClient,
        config={"region": "eu-frankfurt-1"},
        signer=oci.auth.signers.SecurityTokenSigner(forged, key),
    )
    with refused(401, "NotAuthenticated"):
        client.get_tenancy(tenancy.cloud.tenancy_id)


def test_a_resource_principal_signs(tenancy: Tenancy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in tenancy.cloud.principals.resource_principal_environment(tmp_path / "rp").items():
        monkeypatch.setenv(name, value)
    signer = oci.auth.signers.get_resource_principals_signer()
    client = oci.identity.IdentityClient(
        {},
        signer=signer,
        service_endpoint=tenancy.cloud.url,
        retry_strategy=NO_RETRY,
        circuit_breaker_strategy=NO_BREAKER,
    )
    assert client.get_tenancy(tenancy.cloud.tenancy_id).data.name == "sandbox"


def test_an_instance_principal_signs(tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCI_METADATA_BASE_URL", f"{tenancy.cloud.url}/opc/v2")
    signer = oci.auth.signers.InstancePrincipalsSecurityTokenSigner(federation_endpoint=f"{tenancy.cloud.url}/v1/x509")
    client = tenancy.client(oci.identity.IdentityClient, config={"region": "eu-frankfurt-1"}, signer=signer)
    assert client.get_tenancy(tenancy.cloud.tenancy_id).data.name == "sandbox"


def test_a_denied_operation_looks_absent(tenancy: Tenancy, tmp_path: Path) -> None:
    user = tenancy.cloud.create_user("limited@example.com", denied=["list_vaults", "secrets.*"])
    config = oci.config.from_file(str(tenancy.cloud.write_config(tmp_path / "limited", user)))
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.client(oci.key_management.KmsVaultClient, config=config).list_vaults(tenancy.cloud.compartment_id)
    assert tenancy.vaults.list_vaults(tenancy.cloud.compartment_id).data == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"displayName": "v", "vaultType": "DEFAULT"}, "compartmentId may not be null"),
        ({"compartmentId": "c", "displayName": "v", "vaultType": "BIG"}, "must be one of"),
        ({"compartmentId": "c", "displayName": "v", "vaultType": "DEFAULT", "size": 1}, "Unrecognized field"),
        ({"compartmentId": "c", "displayName": 5, "vaultType": "DEFAULT"}, "must be of type str"),
        ({"compartmentId": "c", "displayName": "v", "vaultType": "DEFAULT", "freeformTags": {"a": 1}}, "of type str"),
    ],
)
def test_a_body_is_checked_against_the_sdks_model(body: dict[str, object], words: str) -> None:
    with pytest.raises(OciError, match=words) as failed:
        check("key_management", "CreateVaultDetails", body)
    assert failed.value.status == 400


def test_a_fault_speaks_oracles_words(tenancy: Tenancy) -> None:
    tenancy.server.faults.add("status", match="/tenancies/", status=429)
    with refused(429, "TooManyRequests"):
        tenancy.identity.get_tenancy(tenancy.cloud.tenancy_id)
