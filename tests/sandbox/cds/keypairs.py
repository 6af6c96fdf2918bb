# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of projects. SSH keys are real ones; what CDS calls PGP keys are their fingerprints here, nothing signs with them."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .model import Key

KINDS = ("ssh", "pgp")


def default_name(project_key: str, kind: str) -> str:
    return f"proj-{kind}-{project_key.lower()}"


def generate(number: int, name: str, kind: str) -> Key:
    if kind == "ssh":
        public = Ed25519PrivateKey.generate().public_key()
        form = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        return Key(number, name, kind, f"{form.decode()} {name}@cds", "")
    identifier = secrets.token_hex(8).upper()
    text = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{identifier}\n-----END PGP PUBLIC KEY BLOCK-----\n"
    return Key(number, name, kind, text, identifier)
