# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: with passwords and sessions (era A), with consumers and signin tokens (since 0.44)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from .. import context, errors, render
from ..configuration import Unreadable
from ..configuration import load as load_settings
from ..configuration import service as read_settings
from ..model import Consumer, Session, User
from ..running import Running

group = Blueprint("auth", __name__)
CONSUMERS = "/user/<username>/auth/consumer"


@group.post("/login")
@context.ONLY_A
def old_login() -> Response:
    body, accounts = context.body(), context.service().accounts
    found = accounts.users.get(context.pick(body, "username"))
    if found is None or found.password != context.pick(body, "password"):
        raise errors.INVALID_USER()
    session = accounts.open_session(found)
    response = context.answer({"user": render.old_user(found), "password": "", "token": session.token})
    response.headers["Session-Token"] = session.token
    return response


@group.get("/auth/driver")
@context.ONLY_CONSUMERS
def driver() -> Response:
    manifest = {"type": "local", "signup_disabled": context.service().signup_disabled, "support_mfa": False}
    return context.answer({"is_first_connection": not context.service().accounts.has_admin(), "manifests": [manifest]})


@group.get("/auth/me")
@context.ONLY_CONSUMERS
def who() -> Response:
    session = context.login("User")
    assert session.consumer
    return context.answer(
        {
            "user": render.user(session.user, context.version(), with_organization=True),
            "session": {"id": session.token.split(".")[0], "consumer_id": session.consumer.id, "mfa": False},
            "consumer": render.consumer(session.consumer, context.version()),
            "driver_manifest": {"type": session.consumer.kind, "signup_disabled": False, "support_mfa": False},
        }
    )


@group.post("/auth/consumer/signout")
@context.ONLY_CONSUMERS
def signout() -> Response:
    session = context.login()
    context.service().accounts.sessions.pop(session.token, None)
    if session.service:
        context.service().services.remove(session.service)
    return context.answer(None)


def _signed_in(session: Session, **more: Any) -> Response:
    by_password = session.consumer is not None and session.consumer.kind == "local"
    user = render.user(session.user, context.version(), with_organization=by_password)
    response = context.answer({"api_url": context.service().url, "token": session.token, "user": user, **more})
    response.set_cookie("jwt_token", session.token, httponly=True)
    return response


@group.post("/auth/consumer/local/signin")
@context.ONLY_CONSUMERS
def local_signin() -> Response:
    body, accounts = context.body(), context.service().accounts
    name, password = context.pick(body, "username"), context.pick(body, "password")
    if not name or not password:
        raise errors.WRONG_REQUEST("missing or invalid username or password")
    found = accounts.users.get(name)
    if found is None or found.password != password:
        raise errors.UNAUTHORIZED()
    return _signed_in(accounts.open_session(found, accounts.local_consumer(found)))


@group.post("/auth/consumer/builtin/signin")
@context.ONLY_CONSUMERS
def builtin_signin() -> Response:
    """A consumer that is made for a service lets in nobody else, and the service only under its name."""
    body, cds = context.body(), context.service()
    token = body.get("token")
    consumer = cds.accounts.consumer_by_token(token) if isinstance(token, str) else None
    if consumer is None:
        raise errors.FORBIDDEN("invalid signin token" if token else "missing or invalid token")
    wanted = body.get("service")
    if wanted is None:
        if consumer.service_name or consumer.service_type:
            raise errors.FORBIDDEN(
                f'signing request doesn\'t match with consumer "{consumer.name}" service definition. '
                "missing service payload"
            )
        more = {"service": render.no_service()} if cds.version.has_consumer_data else {}
        return _signed_in(cds.accounts.open_session(consumer.user, consumer), **more)
    for what, mine in (("name", consumer.service_name), ("type", consumer.service_type)):
        given = context.pick(wanted, what)
        if mine is not None and mine != given:
            raise errors.FORBIDDEN(f'service {what} "{given}" doesn\'t match with consumer "{mine}"')
    session = cds.accounts.open_session(consumer.user, consumer, service=context.pick(wanted, "name"))
    register(wanted, session)
    return _signed_in(session, service={"name": session.service, "type": context.pick(wanted, "type")})


def register(wanted: dict[str, Any], session: Session) -> Running:
    """A service has signed in: from now on it is called, with the settings it was started with.

    What a service tells of its settings has no secrets in it. The sandbox does the service's work, so it reads the file.
    """
    cds, kind = context.service(), context.pick(wanted, "type")
    config = context.pick(wanted, "config", dict)
    try:
        text = Path(context.pick(config, "file")).read_text()
        settings = read_settings(load_settings(text, context.pick(config, "environment", dict)), kind, cds.version)
    except (OSError, Unreadable):
        settings = None
    if settings is None:
        raise errors.WRONG_REQUEST("service without configuration")
    running = Running(kind, context.pick(wanted, "name"), settings, context.pick(wanted, "http_url"), session)
    cds.services.add(running)
    return running


@group.post("/auth/consumer/local/signup")
@context.ONLY_CONSUMERS
def signup() -> Response:
    body, cds = context.body(), context.service()
    if cds.signup_disabled:
        raise errors.SIGNUP_DISABLED()
    values = {name: context.pick(body, name) for name in ("username", "fullname", "email", "password")}
    if len(values["password"]) < 6 or "@" not in values["email"] or not values["username"]:
        raise errors.WRONG_REQUEST("invalid given signup data")
    if values["username"] in cds.accounts.users:
        raise errors.WRONG_REQUEST("cannot create a user with given username")
    if values["email"] in {user.email for user in cds.accounts.users.values()}:
        raise errors.WRONG_REQUEST("cannot create a user with given email")
    cds.accounts.register(**values)
    return context.answer(None, 201)


@group.post("/auth/consumer/local/verify")
@context.ONLY_CONSUMERS
def verify() -> Response:
    body, cds = context.body(), context.service()
    user = cds.accounts.verify(context.pick(body, "token"), context.pick(body, "init_token"))
    if user is None:
        raise errors.UNAUTHORIZED()
    return _signed_in(cds.accounts.open_session(user, cds.accounts.local_consumer(user)))


# -- signin tokens ------------------------------------------------------------------------------------------------


def _user(username: str, session: Session) -> User:
    """``me`` or oneself; administrators see others, too."""
    if username in ("me", session.user.username):
        return session.user
    found = context.service().accounts.users.get(username)
    if found is None:
        raise errors.NO_USER()
    if not context.is_admin():
        raise errors.FORBIDDEN()
    return found


def _consumer(username: str, number: str) -> Consumer:
    user = _user(username, context.login("AccessToken"))
    found = context.service().accounts.consumers.get(number)
    if found is None or found.user is not user:
        raise errors.NOT_FOUND()
    return found


@group.get(CONSUMERS)
@context.ONLY_CONSUMERS
def consumers(username: str) -> Response:
    user = _user(username, context.login("AccessToken"))
    every = [one for one in context.service().accounts.consumers.values() if one.user is user]
    return context.answer([render.consumer(one, context.version()) for one in every])


@group.post(CONSUMERS)
@context.ONLY_CONSUMERS
def create_consumer(username: str) -> Response:
    session = context.login("AccessToken")
    if _user(username, session) is not session.user:
        raise errors.FORBIDDEN("a user can't create a consumer for someone else")
    body, cds = context.body(), context.service()
    name = context.pick(body, "name")
    if not name:
        raise errors.WRONG_REQUEST("invalid given name for consumer")
    about = context.pick(body, "auth_consumer_user", dict) if context.version().has_consumer_data else body
    scopes = tuple(context.pick(detail, "scope") for detail in context.pick(about, "scope_details", list))
    groups = tuple(context.pick(about, "group_ids", list))
    if not scopes:
        raise errors.WRONG_REQUEST("invalid given scopes for consumer, must contain at least one")
    mine = cds.accounts.group_ids(session)
    if not set(groups) <= mine and not context.is_admin():
        raise errors.FORBIDDEN("invalid given group ids")
    period = (context.pick(body, "validity_periods", list) or [{}])[0]
    try:
        consumer = cds.accounts.add_consumer(
            session.user,
            name,
            description=context.pick(body, "description"),
            parent=session.consumer,
            group_ids=groups,
            scopes=scopes,
            service_name=about.get("service_name"),
            service_type=about.get("service_type"),
            issued_at=_moment(period.get("issued_at")),
            duration=context.pick(period, "duration", int),
        )
    except ValueError as error:
        raise errors.WRONG_REQUEST(str(error)) from None
    value = {"token": consumer.token, "consumer": render.consumer(consumer, context.version())}
    return context.answer(value, 201)


def _moment(text: str | None) -> datetime:
    now = context.service().clock.datetime()
    if not text:
        return now
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise errors.WRONG_REQUEST(f"parsing time {text!r}") from None
    return given if given.tzinfo and given.year > 1 else now


@group.delete(CONSUMERS + "/<number>")
@context.ONLY_CONSUMERS
def delete_consumer(username: str, number: str) -> Response:
    found = _consumer(username, number)
    if found.kind != "builtin":
        raise errors.FORBIDDEN("can't delete a no builtin consumer")
    context.service().accounts.remove_consumer(found)
    return context.answer(None)


@group.post(CONSUMERS + "/<number>/regen")
@context.ONLY_CONSUMERS
def regenerate(username: str, number: str) -> Response:
    found = _consumer(username, number)
    context.service().accounts.regenerate(found)
    return context.answer({"token": found.token, "consumer": render.consumer(found, context.version())})
