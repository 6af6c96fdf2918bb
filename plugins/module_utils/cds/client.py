# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS's REST API: how to sign in to which version, and what its refusals mean.

Sources: https://ovh.github.io/cds/docs/development/rest/ and the errors and routes of the releases.
"""

from __future__ import annotations

import typing as t
from http.cookiejar import DefaultCookiePolicy

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields
from ..core.urls import joined
from ..http.answer import NOTHING, NULL, OBJECT, OBJECTS, Shape
from ..http.rest import JsonClient, nobody
from ..http.sessions import Transport
from .version import Version

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

# CDS from 0.51.0 on answers parts of /v2 with YAML labelled as JSON if the request has exactly "Accept: application/json", and with
# JSON labelled as YAML otherwise. Every engine answers this header with JSON.
# Source: WriteMarshal in https://github.com/ovh/cds/blob/master/engine/service/http.go
ACCEPT = "application/json, */*;q=0.5"


def _code(number: t.Any) -> str:
    """The code of an error (``BridgeError.code``) by CDS's own number."""
    return f"error {number}"


# CDS's own numbers of errors do not go with HTTP's: something that exists already is a 403.
GROUP_PRESENT, NOT_A_MEMBER = _code(23), _code(151)
NO_PIPELINE, NO_MANAGER, NOT_LINKED, REPOSITORY_NOT_FOUND = map(_code, (12, 42, 44, 45))
PIPELINE_USED, USED_BY_APPLICATION, USED_BY_HOOK = map(_code, (104, 168, 177))
UNAUTHORIZED, FORBIDDEN = _code(10), _code(11)
# Something of that name exists already (group, object, application, project or workflow, pipeline, key, data): answered with
# 403 or 409, depending on the release. https://github.com/ovh/cds/blob/master/sdk/error.go
_EXISTS = frozenset(map(_code, (33, 67, 69, 75, 88, 138, 192)))


def check_login(params: Fields) -> None:
    """:raises InvalidInput: the task gives no way to sign in, or two."""
    if params["session_token"]:
        return
    if bool(params["token"]) == bool(params["password"]):
        raise InvalidInput(
            "Sign in to CDS either with token or with username and password",
            "From 0.44 on set token, the sign-in token of a consumer; before that username and password.",
        )
    if params["password"] and not params["username"]:
        raise InvalidInput("username is missing, which password requires")


# Projects, applications, servers, workflows: all objects that are read or written have a name.
_KEYS = ("name",)


class Cds(JsonClient):
    """One task's connection to CDS. It signs in with the first call, unless the task brings a session."""

    service = "CDS"
    setting_hint = (
        "Through the UI the API is at /cdsapi of its address; a proxy in between must not change the Accept header."
    )
    error_keys = ("message",)
    content_types = ("application/x-yaml",)  # what CDS labels JSON with, see ACCEPT

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params["api_url"], Transport.of(params), context)
        self.params = params
        self._version = Version(params["version"]) if params["version"] else None
        self._session_token: str | None = params["session_token"]

    @property
    def session(self) -> requests.Session:
        if self._session is None:
            session = super().session
            session.headers.update({"X-Requested-With": "X-CDS-SDK", "Accept": ACCEPT})
            # With its cookie CDS would take us for a browser, and want the token that keeps other sites from using it.
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return super().session

    # -- version and session -----------------------------------------------------------------------------------------

    @property
    def version(self) -> Version:
        """Of the API that answers, unless the task says which it is."""
        if self._version is None:
            answer = self.json("GET", "/mon/version", asked="Read the version of CDS", auth=nobody)
            self._version = Version(str(answer["version"]))
        return self._version

    def sign_in(self) -> str:
        """A new session."""
        check_login(self.params)
        path, body = self._way_in()
        answer = self.until_answered(lambda: self.json("POST", path, asked="Sign in to CDS", json=body, auth=nobody))
        token = str(answer["token"])
        self.redactor.add(token)
        self.redactor.add(answer.get("password"))  # the old API sends it back
        return token

    def _way_in(self) -> tuple[str, Fields]:
        user = {name: self.params[name] for name in ("username", "password")}
        if not self.version.consumers:
            if not self.params["password"]:
                raise InvalidInput(
                    f"CDS {self.version} requires sign-in with username and password",
                    "Sign-in tokens exist since 0.44. Omit token.",
                )
            return "/login", user
        if self.params["token"]:
            return "/auth/consumer/builtin/signin", {"token": self.params["token"]}
        return "/auth/consumer/local/signin", user

    def authorize(self) -> t.Any:
        if self._session_token is None:
            self._session_token = self.sign_in()
        if self.version.consumers:
            return SessionToken(self._session_token)
        if not self.params["username"]:
            raise InvalidInput(f"username is missing: CDS {self.version} requires it with the session's token")
        self.redactor.add_basic(self.params["username"], self._session_token)
        return OldSession(self.params["username"], self._session_token)

    # -- calling -----------------------------------------------------------------------------------------------------

    def get(
        self, path: str, *, asked: str, expects: Shape = OBJECT, absent: t.Container[int] = (404,), **options: t.Any
    ) -> t.Any:
        """What is there; None where nothing is."""
        return self.json("GET", path, asked=asked, expects=expects, keys=_KEYS, accept=absent, **options)

    def send(self, method: str, path: str, *, asked: str, **options: t.Any) -> Fields:
        """Create or change an object, which is the answer."""
        return t.cast("Fields", self.json(method, path, asked=asked, keys=_KEYS, **options))

    def listing(self, path: str, *, asked: str, **options: t.Any) -> list[Fields]:
        """A list, which has no pages; older versions answer null for an empty one."""
        return self.get(path, asked=asked, expects=OBJECTS | NULL, **options) or []

    def delete(self, path: str, *, asked: str, expects: Shape = NOTHING | NULL, **options: t.Any) -> None:
        """Delete something; that it does not exist any more is fine. Some deletions are answered with null."""
        self.json("DELETE", path, asked=asked, expects=expects, accept=(404,), **options)

    def group_ids(self, names: list[str]) -> list[int]:
        """The ids of groups. :raises BridgeError: there is none of that name, or the user must not see it."""
        there = {one["name"]: one["id"] for one in self.listing("/group", asked="List the groups")} if names else {}
        missing = [name for name in names if name not in there]
        if missing:
            raise BridgeError(
                f"The group {', '.join(missing)} does not exist in CDS, or the user has no access to it",
                kind="not_found",
            )
        return [there[name] for name in names]

    # -- errors ------------------------------------------------------------------------------------------------------

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """``{"id": 149, "message": "…", "from": "…", "request_id": "…"}``, from old versions without the last two."""
        answer = self.problem(response)
        number = answer.get("id")
        if not answer.get("message"):
            return None, self.redactor.excerpt(response.text)
        said = [str(answer["message"]), str(answer.get("from") or "")]
        if said[1] in said[0]:
            said.pop()
        return _code(number) if number else None, ": ".join(said)

    def error(self, response: requests.Response, operation: str, asked: str) -> BridgeError:
        """Whether something exists already is in CDS's own number: the status is that of a missing permission."""
        error = super().error(response, operation, asked)
        if _code(self.problem(response).get("id")) in _EXISTS:
            error.kind = "conflict"
        return error

    def request_id(self, response: requests.Response) -> str | None:
        return self.problem(response).get("request_id") or super().request_id(response)

    def remedy(self, response: requests.Response) -> str | None:
        code, status = _code(self.problem(response).get("id")), response.status_code
        signing_in = response.request.path_url.endswith(("/signin", "/login"))
        if signing_in and status in (400, 401, 403):
            return (
                "Check token: it may be wrong or expired, or belong to a service (vcs, hooks), whose tokens are not "
                "valid for other calls. Check username and password if they are set."
            )
        if code in (NO_MANAGER, NOT_LINKED):
            return (
                "Link the repositories manager to the project, or set up the project's VCS server, before it is used."
            )
        if code == REPOSITORY_NOT_FOUND:
            return "Either the repository does not exist, or the account of CDS in Bitbucket has no access to it."
        if status == 401 or code == UNAUTHORIZED:
            return (
                "The session has expired or the token is invalid: set another token, or omit session_token. The "
                "response of CDS is the same if the consumer lacks the scope for a call (the scope Project is "
                "sufficient for everything except consumers and groups)."
            )
        if status == 403 or code == FORBIDDEN:
            return "The user, or the scopes or groups of the consumer whose token it is, do not permit this in CDS."
        return None


class SessionToken:
    """The session of a consumer."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class OldSession:
    """The session of a user before 0.44, which is told twice."""

    def __init__(self, username: str, token: str) -> None:
        self.username, self.token = username, token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Session-Token"] = self.token
        basic = requests.auth.HTTPBasicAuth(self.username.encode(), self.token.encode())
        return basic(request)


def path(*parts: str) -> str:
    """A path of the API; what is between the slashes may hold slashes itself."""
    return f"/{joined(*parts)}"
