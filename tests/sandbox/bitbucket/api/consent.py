# SPDX-License-Identifier: GPL-3.0-or-later
"""The page on which a user lets a consumer act for them: ``response_type=code`` of OAuth 2 (RFC 6749 section 4.1).

https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
"""

from __future__ import annotations

import html
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request

from .. import context
from ..browser import COOKIE
from ..credentials import OAuthConsumer
from ..model import User

group = Blueprint("consent", __name__)
PATH = "/site/oauth2/authorize"
SIGN_IN = "/account/signin/"


def _page(text: str, status: int = 200) -> Response:
    return Response(f"<!doctype html><title>Bitbucket</title>{text}\n", status, content_type="text/html; charset=utf-8")


def _user() -> User | None:
    """Who is logged in, by the browser's cookie."""
    return context.service().browser_sessions.get(request.cookies.get(COOKIE, ""))


def _asked() -> tuple[OAuthConsumer, str] | Response:
    """The consumer, and where its answers go; or what is wrong, which is told to nobody but the user."""
    consumer = context.service().vault.consumers.get(request.args.get("client_id", ""))
    if consumer is None or consumer.revoked:
        return _page("<h1>Invalid client_id</h1><p>This integration is misconfigured.</p>", 400)
    if request.args.get("response_type") != "code":
        return _page("<h1>Unsupported response_type</h1>", 400)
    wanted = request.args.get("redirect_uri", consumer.callback_url)
    if not consumer.callback_url or not wanted.startswith(consumer.callback_url):
        return _page("<h1>Invalid redirect_uri</h1><p>It does not match the consumer's callback URL.</p>", 400)
    return consumer, wanted


@group.get(PATH)
def ask() -> Response:
    asked, user = _asked(), _user()
    if isinstance(asked, Response):
        return asked
    if user is None:
        here = f"{context.service().url}{PATH}?{request.query_string.decode()}"
        return redirect(f"{context.service().url}{SIGN_IN}?next={quote(here, safe='')}")  # type: ignore[return-value]
    token = html.escape(request.cookies[COOKIE][:16])
    return _page(
        f"<h1>Confirm access to your account</h1><p>{html.escape(', '.join(asked[0].scopes))}</p>"
        f'<form method="post"><input type="hidden" name="csrf_token" value="{token}">'
        '<button name="action" value="grant">Grant access</button>'
        '<button name="action" value="deny">Cancel</button></form>'
    )


@group.post(PATH)
def answer() -> Response:
    asked, user = _asked(), _user()
    if isinstance(asked, Response):
        return asked
    if user is None or request.form.get("csrf_token") != request.cookies[COOKIE][:16]:
        return _page("<h1>Forbidden</h1>", 403)
    consumer, place = asked
    if request.form.get("action") == "grant":
        told = {"code": context.service().vault.authorization_code(consumer, user)}
    else:
        told = {"error": "access_denied", "error_description": "The resource owner denied the request"}
    if request.args.get("state"):
        told["state"] = request.args["state"]
    return redirect(f"{place}{'&' if '?' in place else '?'}{urlencode(told)}")  # type: ignore[return-value]


@group.get(SIGN_IN)
def sign_in() -> Response:
    """Who do you want to be? No password is asked for here."""
    buttons = "".join(
        f'<button name="username" value="{html.escape(name, quote=True)}">{html.escape(user.display_name)}</button>'
        for name, user in context.service().users.items()
    )
    return _page(f'<h1>Log in to continue</h1><form method="post">{buttons}</form>')


@group.post(SIGN_IN)
def signed_in() -> Response:
    """Back to where the browser came from, logged in; to a page of this site only."""
    service = context.service()
    user = service.users.get(request.form.get("username", ""))
    place = request.args.get("next", "")
    if user is None or not place.startswith(f"{service.url}/"):
        return _page("<h1>Log in failed</h1>", 400)
    response = redirect(place)
    response.set_cookie(COOKIE, service.log_in(user), httponly=True)
    return response  # type: ignore[return-value]
