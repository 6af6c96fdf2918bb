# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI configuration files that are wrong: the error says which entry of which profile in which file, and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic
from tests.sandbox.oci import Oci

from .conftest import Runner

PASS_PHRASE = "pass-phrase-canary"


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, encrypted: bool = False) -> bytes:
    how: KeySerializationEncryption = BestAvailableEncryption(PASS_PHRASE.encode()) if encrypted else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def entry(name: str, value: str | None) -> Callable[[Path], None]:
    """The profile with another value of an entry, or without it."""

    def spoil(file: Path) -> None:
        line = "" if value is None else f"{name}={value}\n"
        file.write_text(re.sub(rf"^{name}=.*\n", line, file.read_text(), flags=re.MULTILINE))

    return spoil


def key(make: Callable[[], bytes]) -> Callable[[Path], None]:
    """The profile with another key in its key file."""
    return lambda file: (file.parent / "default.pem").write_bytes(make()) and None


def text(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda file: file.write_bytes(change(file.read_bytes())) and None


def encrypted_with(pass_phrase: str) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        key(lambda: pem(rsa.generate_private_key(65537, 2048), encrypted=True))(file)
        file.write_text(f"{file.read_text()}pass_phrase={pass_phrase}\n")

    return spoil


# What is wrong -> the words that must stand in the message, besides the file's name and a remedy.
WRONG: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "user missing": (entry("user", None), ("lacks user (option api_user, variable OCI_USER_ID)", "profile DEFAULT")),
    "user empty": (entry("user", ""), ("lacks user (option api_user, variable OCI_USER_ID)",)),
    "region missing": (entry("region", None), ("lacks region (option region, variable OCI_REGION)",)),
    "key missing": (
        entry("key_file", None),
        ("lacks key_file (option api_user_key_file, variable OCI_USER_KEY_FILE)",),
    ),
    "user malformed": (entry("user", "jdoe"), ("entry user in the profile DEFAULT", "malformed", "OCID of a user")),
    "tenancy malformed": (entry("tenancy", "acme"), ("entry tenancy in the profile DEFAULT", "OCID of a tenancy")),
    "fingerprint malformed": (entry("fingerprint", "AA:BB"), ("entry fingerprint", "16 pairs")),
    "region malformed": (entry("region", "Frankfurt (EU)"), ("entry region", "eu-frankfurt-1")),
    "key path": (entry("key_file", "/no/such/key.pem"), ("entry key_file", "/no/such/key.pem", "No such file")),
    "key path a folder": (entry("key_file", "/tmp"), ("entry key_file", "Is a directory")),
    "EC key": (key(lambda: pem(ec.generate_private_key(ec.SECP256R1()))), ("entry key_file", "RSA keys only")),
    "no key": (key(lambda: b"not a key"), ("entry key_file", "not a private key in the PEM format")),
    "key encrypted": (
        key(lambda: pem(rsa.generate_private_key(65537, 2048), encrypted=True)),
        ("is encrypted", "OCI_USER_KEY_PASS_PHRASE"),
    ),
    "wrong pass phrase": (encrypted_with("another-canary"), ("can't be read with the entry pass_phrase",)),
    "byte order mark": (text(lambda old: b"\xef\xbb\xbf" + old), ("byte order mark", "UTF-8")),
    "UTF-16": (text(lambda old: old.decode().encode("utf-16")), ("byte order mark",)),
    "Latin-1": (text(lambda old: old + "# Schl\u00fcssel".encode("latin-1")), ("not text in UTF-8",)),
    "JSON": (text(lambda _old: b'{"user": "x"}'), ("not an INI file", "line 1", "before the first [profile]")),
    "no INI": (text(lambda old: old + b"pass-phrase-canary\n"), ("not an INI file", "line 7")),
    "entry twice": (text(lambda old: old + b"region=x\n"), ("not an INI file", "entry region is duplicated")),
    "empty file": (text(lambda _old: b""), ("lacks tenancy",)),
    "other profile": (text(lambda old: old.replace(b"DEFAULT", b"PROD")), ("lacks tenancy", "profile DEFAULT")),
}


@pytest.fixture
def wanted(cloud: Oci) -> dict[str, object]:
    return {"name": "events", "compartment_id": cloud.compartment_id}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_before_the_first_call(name: str, run: Runner, wanted: dict[str, object]) -> None:
    spoil, words = WRONG[name]
    file = Path(run.common["config_file_location"])
    spoil(file)
    result = run(Topic, **wanted)
    assert result["failed"] and result["error"]["kind"] == "invalid", result
    for word in (*words, str(file), "remedy"):
        assert word in (result["msg"] if word != "remedy" else str(result["error"])), result["msg"]
    assert "canary" not in str(result)
    assert not run.calls


def test_a_right_pass_phrase_opens_the_key(run: Runner, wanted: dict[str, object], cloud: Oci) -> None:
    encrypted_with(PASS_PHRASE)(Path(run.common["config_file_location"]))
    # The key is another than the one OCI knows: what counts is that it could be used.
    assert "401" in run.fails(Topic, **wanted)


def test_a_pass_phrase_for_a_key_that_is_not_encrypted(run: Runner, wanted: dict[str, object]) -> None:
    message = run.fails(Topic, **wanted, api_user_key_pass_phrase=PASS_PHRASE)
    assert "is not encrypted" in message and "option api_user_key_pass_phrase" in message
    assert PASS_PHRASE not in message


def test_the_profiles_that_exist_are_named(run: Runner, wanted: dict[str, object]) -> None:
    assert "has no profile NOWHERE; it has DEFAULT" in run.fails(Topic, **wanted, config_profile_name="NOWHERE")


def test_an_option_that_is_wrong_is_named_instead_of_the_file(run: Runner, wanted: dict[str, object]) -> None:
    message = run.fails(Topic, **wanted, api_user="jdoe")
    assert "the option api_user (OCI_USER_ID) is malformed" in message


def test_an_option_stands_in_for_an_entry_that_is_wrong(run: Runner, cloud: Oci, wanted: dict[str, object]) -> None:
    entry("key_file", "/no/such/key.pem")(Path(run.common["config_file_location"]))
    key_file = Path(run.common["config_file_location"]).with_name("default.pem")
    assert run.ok(Topic, **wanted, api_user_key_file=str(key_file))["changed"]


@pytest.mark.parametrize("entry_name", ["security_token_file", "key_file"])
def test_a_session_profile_that_lacks_something(
    entry_name: str, run: Runner, cloud: Oci, wanted: dict[str, object], tmp_path: Path
) -> None:
    file = cloud.principals.write_session_config(tmp_path / "session")
    entry(entry_name, None)(Path(file))
    run.common["config_file_location"] = str(file)
    message = run.fails(Topic, **wanted, auth_type="security_token", config_profile_name="SESSION")
    assert f"lacks {entry_name}" in message and "profile SESSION" in message
    assert not run.calls
