# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS's REST API: how to sign in to which version, and what its refusals mean.

Sources: https://ovh.github.io/cds/docs/development/rest/ and the errors and routes of the releases.
"""

from __future__ import annotations

import typing as t
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote

from ..errors import BridgeError, InvalidInput, OutcomeUnknown
from ..reconcile import Context, Fields
from ..rest import JsonClient, Transport
from .version import Version

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

# CDS from 0.51.0 on answers parts of /v2 with YAML labelled as JSON if the request has exactly "Accept: application/json", and with
# JSON labelled as YAML otherwise. Every engine answers this header with JSON.
# Source: WriteMarshal in https://github.com/ovh/cds/blob/master/engine/service/http.go
ACCEPT = "application/json, */*;q=0.5"

# CDS's own numbers of errors, which do not go with HTTP's: something that exists already is a 403.
GROUP_PRESENT, NOT_A_MEMBER = "23", "151"
NO_PIPELINE, NO_MANAGER, NOT_LINKED, REPOSITORY_NOT_FOUND = "12", "42", "44", "45"
PIPELINE_USED, USED_BY_APPLICATION, USED_BY_HOOK = "104", "168", "177"
_UNAUTHORIZED, _FORBIDDEN = "10", "11"


def check_login(params: Fields) -> None:
    """:raises InvalidInput: the task gives no way to sign in, or two."""
    if params["session_token"]:
        return
    if bool(params["token"]) == bool(params["password"]):
        raise InvalidInput(
            "CDS is signed in to either with token or with username and password",
            "From 0.44 on give token, the sign-in token of a consumer; before that username and password.",
        )
    if params["password"] and not params["username"]:
        raise InvalidInput("username is missing, which goes with password")


class Cds(JsonClient):
    """One task's connection to CDS. It signs in with the first call, unless the task brings a session."""

    service = "CDS"
    content_types = ("application/json", "application/x-yaml")  # what CDS labels JSON with, see ACCEPT

    def __init__(self, params: Fields, context: Context) -> None:
        names = ("timeout", "max_retries", "validate_certs", "ca_path")
        super().__init__(params["api_url"], Transport(**{name: params[name] for name in names}), context.redactor)
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
            answer = self.call("GET", "/mon/version", asked="Read the version of CDS", auth=_nobody)
            version = _json(answer).get("version")
            if not version:
                raise BridgeError(
                    f"What answers at {self.base_url} is no CDS API",
                    service=self.service,
                    operation="GET /mon/version",
                    remedy="Check api_url. Behind the UI the API is at /cdsapi of its address.",
                )
            self._version = Version(str(version))
        return self._version

    def sign_in(self) -> str:
        """A new session. Asking twice does no harm, so a lost answer is simply asked for again."""
        check_login(self.params)
        path, body = self._way_in()
        for attempt in (1, 2, 3):
            try:
                asked = "Sign in to CDS"
                answer = _json(self.call("POST", path, asked=asked, json=body, auth=_nobody))
                break
            except OutcomeUnknown:
                if attempt == 3:
                    raise
        token = str(answer["token"])
        self.redactor.add(token)
        self.redactor.add(answer.get("password"))  # the old API sends it back
        return token

    def _way_in(self) -> tuple[str, Fields]:
        user = {name: self.params[name] for name in ("username", "password")}
        if not self.version.consumers:
            if not self.params["password"]:
                raise InvalidInput(
                    f"CDS {self.version} is signed in to with username and password",
                    "Sign-in tokens came with 0.44. Leave token out.",
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
            raise InvalidInput(f"username is missing: CDS {self.version} wants it beside the session's token")
        self.redactor.add_basic(self.params["username"], self._session_token)
        return OldSession(self.params["username"], self._session_token)

    # -- calling -----------------------------------------------------------------------------------------------------

    def get(self, path: str, *, asked: str, absent: t.Container[int] = (404,), **options: t.Any) -> t.Any:
        """What is there; None where nothing is."""
        answer = self.call("GET", path, asked=asked, accept=absent, **options)
        return None if answer.status_code in absent else self._value(answer, asked)

    def send(self, method: str, path: str, *, asked: str, **options: t.Any) -> t.Any:
        """One call that changes something; its answer, if there is one."""
        answer = self.call(method, path, asked=asked, **options)
        return self._value(answer, asked) if answer.content else None

    def _value(self, answer: requests.Response, asked: str) -> t.Any:
        """The JSON of an answer. Its label is not looked at: of JSON it may say YAML.

        :raises BridgeError: it is not JSON, so what the call has done cannot be said.
        """
        try:
            return answer.json()
        except ValueError:
            label = answer.headers.get("Content-Type", "no content type")
            raise BridgeError(
                asked,
                service=self.service,
                operation=f"{answer.request.method} {answer.request.path_url.partition('?')[0]}",
                status=answer.status_code,
                words=f"not JSON, although labelled {label}",
                request_id=self.request_id(answer),
                remedy="Check api_url, and what a proxy before CDS does to requests and answers (its Accept header must stay).",
            ) from None

    # -- errors ------------------------------------------------------------------------------------------------------

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """``{"id": 149, "message": "…", "from": "…", "request_id": "…"}``, from old versions without the last two."""
        answer = _json(response)
        number = answer.get("id")
        if not answer.get("message"):
            return None, "" if "html" in response.headers.get("Content-Type", "") else response.text[:500]
        said = [str(answer["message"]), str(answer.get("from") or "")]
        if said[1] in said[0]:
            said.pop()
        return f"error {number}" if number else None, ": ".join(said)

    def request_id(self, response: requests.Response) -> str | None:
        return _json(response).get("request_id") or super().request_id(response)

    def remedy(self, response: requests.Response) -> str | None:
        number, status = str(_json(response).get("id") or ""), response.status_code
        signing_in = response.request.path_url.endswith(("/signin", "/login"))
        if signing_in and status in (400, 401, 403):
            return (
                "Check token: it may be wrong or expired, or belong to a service (vcs, hooks), whose tokens open nothing else. "
                "Check username and password where those are given."
            )
        if number in (NO_MANAGER, NOT_LINKED):
            return (
                "Link the repositories manager to the project, or set up the project's VCS server, before it is used."
            )
        if number == REPOSITORY_NOT_FOUND:
            return "Either there is no such repository, or the account CDS uses in Bitbucket must not see it."
        if status == 401 or number == _UNAUTHORIZED:
            return (
                "The session has ended or the token is not good: give another token, or leave session_token out. CDS answers the same "
                "to a consumer that lacks the scope for a call (the scope Project is enough for all but consumers and groups)."
            )
        if status == 403 or number == _FORBIDDEN:
            return "The user, or the scopes or groups of the consumer whose token it is, may not do this in CDS."
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


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """For calls without a session; None would have requests look into ~/.netrc."""
    return request


def _json(response: requests.Response) -> Fields:
    """The answer as a dict; an empty one for anything else."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def path(*parts: str) -> str:
    """A path of the API; what is between the slashes may hold slashes itself."""
    return "/" + "/".join(quote(part, safe="") for part in parts)
