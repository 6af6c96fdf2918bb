# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens for API tokens. https://docs.upsun.com/api/#section/Authentication"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from .. import errors
from ..context import service
from ..tokens import ACCESS_TOKEN_SECONDS, CLIENTS

group = Blueprint("authentication", __name__)


def _client() -> tuple[str, str]:
    """Id and secret: as Basic, or in the form as the vendor's own CLI sends them."""
    login = request.authorization
    if login is not None and login.type == "basic":
        return login.username or "", login.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


@group.post("/oauth2/token")
def token() -> Response:
    client, secret = _client()
    if client not in CLIENTS or secret:
        raise errors.oauth(401, "invalid_client", "Client authentication failed")
    grant = request.form.get("grant_type")
    if grant != "api_token":
        raise errors.oauth(400, "unsupported_grant_type", f"The grant type is not supported: {grant}")
    given = request.form.get("api_token")
    if not given:
        raise errors.oauth(400, "invalid_request", "The parameter api_token is missing")
    bought = service().tokens.exchange(given)
    if bought is None:
        raise errors.oauth(400, "invalid_grant", "Invalid API token")
    answer = jsonify(access_token=bought.secret, expires_in=ACCESS_TOKEN_SECONDS, token_type="bearer")
    answer.headers["Cache-Control"] = "no-store"
    return answer
