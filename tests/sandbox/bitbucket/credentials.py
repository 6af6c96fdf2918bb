# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket's kinds of credential, each with its own secret format, scopes and life time.

https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/ and …/using-access-tokens/
"""

from __future__ import annotations

import secrets
import string
import threading
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..clock import Clock
from . import scopes as scope_names
from .model import LEVELS, Project, Repository, User, Workspace

API_TOKEN_GIT_USER = "x-bitbucket-api-token-auth"
ACCESS_TOKEN_GIT_USER = "x-token-auth"
YEAR = 365 * 24 * 3600.0
OAUTH_LIFETIME = 7200
CODE_LIFETIME = 600.0
# What X-Credential-Type calls them. OAuth 2's value is in no public source; clients have to bear any value there.
CREDENTIAL_TYPES = {
    "api_token": "api_token",
    "repository_access_token": "repo_access_token",
    "project_access_token": "project_access_token",
    "workspace_access_token": "workspace_access_token",
    "oauth_token": "oauth2",
}
# As in the real service, the start of a secret tells its kind.
_PREFIXES = {"api_token": "ATATT3x", "app_password": "ATBB"}


@dataclass(eq=False)
class Credential:
    """Something a client logs in with. ``kind`` is a key of ``CREDENTIAL_TYPES`` or ``app_password``."""

    kind: str
    secret: str
    scopes: tuple[str, ...]
    user: User | None = None
    resource: Repository | Project | Workspace | None = None  # what an access token or a consumer belongs to
    workspace: Workspace | None = None
    expires_at: float | None = None  # on the sandbox's clock
    revoked: bool = False
    refresh_token: str | None = None
    consumer: OAuthConsumer | None = None  # where an OAuth token comes from

    @property
    def username(self) -> str | None:
        return self.user.username if self.user else None

    @property
    def email(self) -> str | None:
        return self.user.email if self.user else None

    @property
    def rest(self) -> dict[str, str]:
        """The header that is right for the REST API, for ``requests.get(url, headers=…)``."""
        if self.kind in ("api_token", "app_password"):
            name = self.email if self.kind == "api_token" else self.username
            return {"Authorization": "Basic " + b64encode(f"{name}:{self.secret}".encode()).decode()}
        return {"Authorization": f"Bearer {self.secret}"}

    @property
    def git_user(self) -> str:
        """The user name that is right for git, the secret being the password."""
        if self.kind == "app_password":
            return self.username or ""
        return API_TOKEN_GIT_USER if self.kind == "api_token" else ACCESS_TOKEN_GIT_USER

    @property
    def is_access_token(self) -> bool:
        return self.kind.endswith("_access_token")

    @property
    def credential_type(self) -> str:
        return CREDENTIAL_TYPES[self.kind]

    def needed(self, need: scope_names.Need) -> tuple[str, ...]:
        """The need in the names this credential's scopes have."""
        return need.api_token if self.kind == "api_token" else need.old

    def has(self, need: scope_names.Need) -> bool:
        granted = set(self.scopes) if self.kind == "api_token" else scope_names.expanded(self.scopes)
        return granted.issuperset(self.needed(need))

    def level(self, repository: Repository) -> str:
        """What the credential may do with a repository at most (its scopes say what of that)."""
        if self.is_access_token:
            inside = self.resource in (repository, repository.project, repository.workspace)
            return "admin" if inside else "none"
        if self.kind == "oauth_token" and self.workspace is repository.workspace:
            return "admin"  # a client_credentials token acts for the consumer's owner
        return self.user.level(repository) if self.user else "none"

    def may(self, repository: Repository, level: str) -> bool:
        return LEVELS.index(self.level(repository)) >= LEVELS.index(level)

    def owns(self, workspace: Workspace) -> bool:
        """Whether this is an owner of the workspace."""
        if self.is_access_token:
            return self.resource is workspace
        if self.kind == "oauth_token" and self.workspace is workspace:
            return True
        return bool(self.user and self.user.role(workspace) == "owner")

    def belongs_to(self, workspace: Workspace) -> bool:
        """Whether the workspace can be seen at all."""
        return self.owns(workspace) or self.workspace is workspace or bool(self.user and self.user.role(workspace))


@dataclass(eq=False)
class OAuthConsumer:
    """A consumer of a workspace: key and secret buy tokens, if it is a private one. ``user`` is who created it.

    ``callback_url``: where browsers are sent to with a code, once their user has agreed.
    """

    key: str
    secret: str
    workspace: Workspace
    scopes: tuple[str, ...]
    private: bool
    user: User | None
    revoked: bool = False
    callback_url: str = ""


@dataclass
class AuthorizationCode:
    """What a user's agreement is told as; good once, for this consumer, and not for long."""

    consumer: OAuthConsumer
    user: User
    expires_at: float


@dataclass
class Vault:
    """All credentials there are."""

    clock: Clock
    credentials: dict[str, Credential] = field(default_factory=dict)
    consumers: dict[str, OAuthConsumer] = field(default_factory=dict)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _add(self, credential: Credential) -> Credential:
        with self.lock:
            self.credentials[credential.secret] = credential
        return credential

    def api_token(self, user: User, scopes: Iterable[str], expires_in: float) -> Credential:
        if not 0 < expires_in <= YEAR:
            raise ValueError("An API token lives for a year at most")
        names = scope_names.check_names(scopes, api_token=True)
        return self._add(Credential("api_token", _secret("api_token"), names, user, expires_at=self._in(expires_in)))

    def access_token(
        self, resource: Repository | Project | Workspace, workspace: Workspace, scopes: Iterable[str], expires_in: float
    ) -> Credential:
        kind = f"{type(resource).__name__.lower()}_access_token"
        names = scope_names.check_names(scopes, api_token=False)
        return self._add(
            Credential(
                kind,
                _secret("access_token"),
                names,
                resource=resource,
                workspace=workspace,
                expires_at=self._in(expires_in),
            )
        )

    def app_password(self, user: User, scopes: Iterable[str]) -> Credential:
        names = scope_names.check_names(scopes, api_token=False)
        return self._add(Credential("app_password", _secret("app_password"), names, user))

    def consumer(self, workspace: Workspace, scopes: Iterable[str], private: bool, user: User | None) -> OAuthConsumer:
        names = scope_names.check_names(scopes, api_token=False)
        out = OAuthConsumer(_letters(18), _letters(32), workspace, names, private, user)
        with self.lock:
            self.consumers[out.key] = out
        return out

    def oauth_token(self, consumer: OAuthConsumer, granted_by: User | None = None) -> Credential:
        """A new access token for a consumer. Real ones live for two hours, whatever the documentation says.

        One that a user has agreed to may do what that user may, others what the consumer's owner may.
        """
        place = None if granted_by else consumer.workspace
        return self._add(
            Credential(
                "oauth_token",
                _secret("oauth_token"),
                consumer.scopes,
                granted_by or consumer.user,
                resource=place,
                workspace=place,
                consumer=consumer,
                expires_at=self._in(OAUTH_LIFETIME),
                refresh_token=secrets.token_urlsafe(18),
            )
        )

    def authorization_code(self, consumer: OAuthConsumer, user: User) -> str:
        code = secrets.token_urlsafe(13)
        with self.lock:
            self.codes[code] = AuthorizationCode(consumer, user, self._in(CODE_LIFETIME))
        return code

    def redeem(self, code: str, consumer: OAuthConsumer) -> Credential | None:
        """The token for a code, which is used up by the attempt."""
        with self.lock:
            found = self.codes.pop(code, None)
        if found is None or found.consumer is not consumer or found.expires_at <= self.clock.now():
            return None
        return self.oauth_token(consumer, found.user)

    def find(self, secret: str) -> Credential | None:
        with self.lock:
            return self.credentials.get(secret)

    def alive(self, credential: Credential) -> bool:
        return not credential.revoked and (credential.expires_at is None or credential.expires_at > self.clock.now())

    def _in(self, seconds: float) -> float:
        return self.clock.now() + seconds


def looks_like(kind: str, secret: str) -> bool:
    """Whether a secret has the form of an ``api_token`` or an ``app_password``, known or not."""
    return secret.startswith(_PREFIXES[kind])


def _letters(number: int) -> str:
    """Keys and secrets of consumers have no other characters, so that none is taken for an option of a command."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(number))


def _secret(kind: str) -> str:
    return _PREFIXES.get(kind, "ATCTT3x" if kind == "access_token" else "") + secrets.token_urlsafe(36)
