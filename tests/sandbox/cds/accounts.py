# SPDX-License-Identifier: GPL-3.0-or-later
"""People, groups, tokens and sessions, of both generations."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock
from . import errors, tokens
from .model import RINGS, SCOPES, Consumer, Group, GroupToken, Session, User

SHARED_INFRA = "shared.infra"
SESSION_SECONDS = 30 * 24 * 3600.0
YEAR = 365 * 24 * 3600 * 10**9  # nanoseconds; what a consumer gets that asks for nothing
STARTUP_SCOPES = {"vcs": ("Service",), "hooks": ("Service", "Project", "Run", "Hooks")}
EXPIRATIONS = {"session": 24 * 3600.0, "daily": 24 * 3600.0, "persistent": None}


@dataclass
class Accounts:
    clock: Clock
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    consumers: dict[str, Consumer] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    registrations: dict[str, dict[str, str]] = field(default_factory=dict)  # signups on their way, by mailed token
    mails: list[dict[str, str]] = field(default_factory=list)
    api_key: str = ""  # of the API's own configuration; what it has signed is known again
    lock: threading.RLock = field(default_factory=threading.RLock)
    _last: int = 0

    def __post_init__(self) -> None:
        self.add_group(SHARED_INFRA)

    def next_id(self) -> int:
        with self.lock:
            self._last += 1
            return self._last

    # -- people --------------------------------------------------------------------------------------------------

    def add_user(self, username: str, password: str, ring: str, email: str | None = None, fullname: str = "") -> User:
        if ring not in RINGS:
            raise ValueError(f"{ring} is not one of {', '.join(RINGS)}")
        mail = email or f"{username}@example.com"
        user = User(username, fullname or username, mail, password, ring, self.clock.datetime())
        with self.lock:
            self.users[username] = user
            local = Consumer("local", "local", user, user.created)
            self.consumers[local.id] = local
        return user

    def has_admin(self) -> bool:
        return any(user.ring == "ADMIN" for user in self.users.values())

    def local_consumer(self, user: User) -> Consumer:
        return next(one for one in self.consumers.values() if one.kind == "local" and one.user is user)

    # -- groups --------------------------------------------------------------------------------------------------

    def add_group(self, name: str, admin: User | None = None) -> Group:
        with self.lock:
            group = Group(self.next_id(), name, {admin.username: True} if admin else {})
            self.groups[name] = group
        return group

    def group_by_id(self, number: int) -> Group | None:
        return next((group for group in self.groups.values() if group.id == number), None)

    def group_ids(self, session: Session) -> set[int]:
        """The groups that count: the user's, and of these only the consumer's if it names some."""
        mine = {group.id for group in self.groups.values() if session.user.username in group.members}
        named = session.consumer.group_ids if session.consumer else ()
        return mine & set(named) if named else mine

    def add_group_token(self, group: Group, expiration: str, description: str, creator: str) -> GroupToken:
        """128 random characters, as ``api.auth.sharedInfraToken`` has them."""
        if expiration not in EXPIRATIONS:
            raise errors.Kind(48, 400, "invalid token expiration")(f"'{expiration}'")
        secret = secrets.token_urlsafe(96)[:128]
        with self.lock:
            token = GroupToken(self.next_id(), secret, description, expiration, creator, self.clock.datetime())
            group.tokens[token.id] = token
        return token

    def group_of_token(self, secret: str) -> Group | None:
        return next(
            (group for group in self.groups.values() if any(t.token == secret for t in group.tokens.values())), None
        )

    # -- consumers and sessions ----------------------------------------------------------------------------------

    def add_consumer(self, user: User, name: str, **more: Any) -> Consumer:
        """A builtin consumer; its signin token is shown once.

        :raises ValueError: it has no scopes, or others than CDS knows.
        """
        if not more.get("scopes"):
            raise ValueError("invalid given scopes for consumer, must contain at least one")
        unknown = set(more.get("scopes", ())) - set(SCOPES)
        if unknown:
            raise ValueError(f"Not scopes of CDS: {', '.join(sorted(unknown))}")
        now = self.clock.datetime()
        more.setdefault("issued_at", now)
        consumer = Consumer(name, "builtin", user, now, **more)
        consumer.duration = consumer.duration or YEAR
        consumer.token = _jws()
        with self.lock:
            self.consumers[consumer.id] = consumer
        return consumer

    def regenerate(self, consumer: Consumer) -> None:
        """A new signin token; the old one is dead at once (no overlap was asked for)."""
        consumer.token, consumer.issued_at = _jws(), self.clock.datetime()

    def remove_consumer(self, consumer: Consumer) -> None:
        with self.lock:
            self.consumers.pop(consumer.id, None)
            for token, session in list(self.sessions.items()):
                if session.consumer is consumer:
                    del self.sessions[token]

    def consumer_by_token(self, secret: str) -> Consumer | None:
        found = next((one for one in self.consumers.values() if one.token and one.token == secret), None)
        payload = tokens.read(secret, self.api_key) if self.api_key and found is None else None
        if payload is not None:
            named = self.consumers.get(str(payload.get("consumer_id")))
            found = named if named and not named.token else None  # once renewed, the first token is dead
        if found is None or found.issued_at is None:
            return None
        end = found.issued_at.timestamp() + found.duration / 1e9
        return found if end > self.clock.now() else None

    def open_session(self, user: User, consumer: Consumer | None = None, service: str | None = None) -> Session:
        token = _jws() if consumer else secrets.token_urlsafe(48)
        session = Session(token, user, self.clock.now() + SESSION_SECONDS, consumer, service)
        with self.lock:
            self.sessions[token] = session
        return session

    def session(self, token: str) -> Session | None:
        found = self.sessions.get(token)
        return found if found and found.expires_at > self.clock.now() else None

    # -- the first administrator ---------------------------------------------------------------------------------

    def register(self, username: str, fullname: str, email: str, password: str) -> str:
        """A signup that waits for the token that is mailed; it stands in ``mails``."""
        token = _jws()
        with self.lock:
            self.registrations[token] = {
                "username": username,
                "fullname": fullname,
                "email": email,
                "password": password,
            }
            self.mails.append({"to": email, "token": token})
        return token

    def verify(self, token: str, init_token: str) -> User | None:
        """The user, if the mailed token is right. With the init token the first one becomes ADMIN, and the services'
        consumers are made."""
        with self.lock:
            found = self.registrations.pop(token, None)
        if found is None:
            return None
        startup = tokens.read(init_token, self.api_key) if self.api_key and init_token else None
        first = not self.has_admin() and startup is not None
        user = self.add_user(
            found["username"], found["password"], "ADMIN" if first else "USER", found["email"], found["fullname"]
        )
        for service in startup["consumers"] if startup and first else ():
            self._add_service(user, service)
        return user

    def _add_service(self, user: User, about: dict[str, str]) -> None:
        """The consumer of a service, as the init token names it; its token is one that the API's key has signed."""
        consumer = self.add_consumer(
            user,
            about["name"],
            service_name=about["name"],
            service_type=about["type"],
            scopes=STARTUP_SCOPES.get(about["type"], ("Service",)),
            duration=2 * YEAR,
        )
        with self.lock:
            del self.consumers[consumer.id]
            consumer.id, consumer.token = about["id"], ""
            self.consumers[consumer.id] = consumer


def _jws() -> str:
    """Three parts with dots, as signed tokens have; what is in them is nobody's business."""
    return ".".join((secrets.token_urlsafe(24), secrets.token_urlsafe(90), secrets.token_urlsafe(64)))
