# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contents of vault secrets: as the task gives them, and as they are read. In no form does one get out.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/secretretrieval/20190301/SecretBundle
"""

from __future__ import annotations

import base64
import binascii

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Fields
from ..core.redact import Redactor
from .session import Session, absent, load

_SERVICE = "secrets"

load(_SERVICE)


def given_content(params: Fields, redactor: Redactor) -> str | None:
    """The content that the task gives, in base64. :raises InvalidInput: it can't be one."""
    text, encoded = params["content"], params["content_base64"]
    if text is None and encoded is None:
        return None
    try:
        content = text.encode() if text is not None else base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error:
        raise InvalidInput("content_base64 is not base64") from None
    if not content:
        raise InvalidInput("The content of a vault secret cannot be empty")
    return _hidden(content, redactor)


def _hidden(content: bytes, redactor: Redactor) -> str:
    """The content in base64, which the redactor knows from now on."""
    encoded = base64.b64encode(content).decode()
    redactor.add(encoded)
    try:
        redactor.add(content.decode())
    except UnicodeDecodeError:
        pass
    return encoded


def bundle_of(session: Session, name: str, vault_id: str, asked: str) -> Fields | None:
    """The secret with its content, in one call; None if it is absent, waits for its deletion, or is forbidden."""
    client = session.client(_SERVICE, "SecretsClient")
    try:
        bundle = session.get(
            client.get_secret_bundle_by_name, name, vault_id, asked=asked, permission="read secret-bundles"
        )
    except BridgeError as error:
        if absent(error):
            return None
        raise
    return {
        "id": bundle["secret_id"],
        "secret_name": name,
        "vault_id": vault_id,
        "current_version_number": bundle["version_number"],
        "metadata": bundle.get("metadata") or {},
        "content": _hidden(base64.b64decode(bundle["secret_bundle_content"]["content"]), session.context.redactor),
    }
