# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth 2: tokens for consumers. https://developer.atlassian.com/cloud/bitbucket/rest/intro/#oauth-2-0"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from .. import context
from ..credentials import OAUTH_LIFETIME, Credential, OAuthConsumer

group = Blueprint("oauth", __name__)
PUBLIC_CONSUMER = (
    'Cannot use client_credentials with a consumer marked as "public". Calls for auto generated consumers should use '
    "urn:bitbucket:oauth2:jwt instead."
)


def _refused(error: str, description: str) -> Response:
    """OAuth has its own error shape (RFC 6749 section 5.2), not the API's envelope."""
    response = jsonify(error_description=description, error=error)
    response.status_code = 400
    return response


def _consumer() -> OAuthConsumer | None:
    login = request.authorization
    if login is None or login.type != "basic":
        return None
    found = context.service().vault.consumers.get(login.username or "")
    return found if found and not found.revoked and found.secret == login.password else None


@group.post("/site/oauth2/access_token")
def access_token() -> Response:
    """``client_credentials`` for private consumers, ``authorization_code`` after a user's consent, and ``refresh_token``."""
    if request.authorization is None:
        return _refused("unauthorized_client", "Requests must be authenticated using OAuth client credentials")
    consumer = _consumer()
    if consumer is None:
        return _refused("unauthorized_client", "Invalid OAuth client credentials")
    grant = request.form.get("grant_type", "")
    vault = context.service().vault
    if grant == "authorization_code":
        redeemed = vault.redeem(request.form.get("code", ""), consumer)
        if redeemed is None:
            return _refused("invalid_grant", "The specified code is not valid.")
        return _token(redeemed, grant)
    if grant == "refresh_token":
        given = request.form.get("refresh_token")
        mine = [t for t in list(vault.credentials.values()) if t.consumer is consumer and t.refresh_token == given]
        if not given or not mine or mine[0].revoked:
            return _refused("invalid_grant", "Invalid refresh_token")
        # One that a user has agreed to stays that user's, and its refresh token stays the same.
        if mine[0].workspace is None:
            renewed = vault.oauth_token(consumer, mine[0].user)
            renewed.refresh_token = given
            return _token(renewed, grant)
    elif grant != "client_credentials":
        return _refused("unsupported_grant_type", f"Unsupported grant type: {grant}")
    elif not consumer.private:
        return _refused("invalid_grant", PUBLIC_CONSUMER)
    return _token(vault.oauth_token(consumer), grant)


def _token(token: Credential, grant: str) -> Response:
    return jsonify(
        access_token=token.secret,
        scopes=" ".join(token.scopes),
        token_type="bearer",
        expires_in=OAUTH_LIFETIME,
        state=grant,
        refresh_token=token.refresh_token,
    )
