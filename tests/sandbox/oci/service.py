# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Oracle Cloud: one tenancy behind the prefix ``/oci``.

Every service answers below the same endpoint (``http://127.0.0.1:PORT/oci``); the SDK adds the version path. The
endpoint ``…/oci/other-region`` is the same tenancy seen from a region that is not its home.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from .. import strictness
from ..server import Headers, MadeWhenAsked, WsgiApp
from . import auth
from .area import FIRST_PAGE, Area, text
from .connections import Connections
from .domains import Domains
from .identity import Identity
from .kms import Keys, Vaults
from .logs import Logging
from .mirror import Mirrors
from .ons import Topics
from .policies import Policies
from .principals import Principals
from .projects import Projects
from .repositories import Repositories
from .retry_tokens import RetryTokens
from .secrets import Bundles, Secrets
from .store import Resource, Store
from .wire import OciError, error_body

if TYPE_CHECKING:
    from ..calls import Call
    from ..server import Server

# Operations that wait for something outside: they take the lock themselves, for as short as they can.
UNLOCKED = ("devops.validate_connection", "git.serve")
# Keys are found at their vault's own endpoint and nowhere else.
ABSENT = (r"\w+ (/other-region)?/20180608/keys\b.*",)
# What a tenancy offers beside secrets, principals and mirrors.
AREAS: tuple[type[Area], ...] = (
    Vaults,
    Keys,
    Bundles,
    Identity,
    Domains,
    Topics,
    Projects,
    Connections,
    Repositories,
    Logging,
)


class _App(Flask):
    """A Flask app whose operations run one at a time, apart from those that wait for the network."""

    lock: threading.RLock
    retry_tokens: RetryTokens

    def dispatch_request(self) -> Any:
        endpoint = request.endpoint or ""
        if endpoint in UNLOCKED:
            return super().dispatch_request()
        with self.lock:  # over the look at the token as well, or two creations at the same time would both be the first
            return self.retry_tokens.replay(endpoint) or self._first(endpoint)

    def _first(self, endpoint: str) -> Any:
        answer = self.make_response(super().dispatch_request())
        self.retry_tokens.remember(endpoint, answer)
        return answer


class Oci:
    """A tenancy with one user, one compartment ``devops`` and two identity domains. A ``Service`` of the sandbox."""

    name = "oci"

    def __init__(self, server: Server, region: str = "eu-frankfurt-1", other_region: str = "eu-amsterdam-1") -> None:
        self.server = server
        self.region = region
        self.home_region = region
        self.other_region = other_region
        self.url = f"{server.url}/oci"
        self.other_region_url = f"{self.url}/other-region"
        self.endpoint = self.url  # the SDK's service_endpoint, for every service
        self.wsgi: WsgiApp = self._serve
        self.folder = Path(server.root) / "oci"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.store = Store("repobridge")
        self.founded = self.now()

        # What a test may set.
        self.default_page = 10  # entries of a list's page when the client sets no limit
        self.iam_delay_seconds = 60.0  # until a new or changed dynamic group or policy counts
        self.bitbucket_url = f"{server.url}/bitbucket"  # REST and git of the sandbox's Bitbucket
        self.url_rewrites = {"https://bitbucket.org/": f"{self.bitbucket_url}/"}  # where a mirror really fetches
        self.max_username: int | None = None  # 30 is documented; whether it is enforced is not known

        self.tenancy_id = f"ocid1.tenancy.oc1..{self.store.unique()}"
        self.tenancy_name = "sandbox"
        self.groups = ["Administrators"]
        self.token_key = auth.private_key("token service")
        self.users: dict[str, auth.Principal] = {}
        self.user = self.create_user("sandbox@example.com")
        self.user_id = self.user.id
        self.compartment_id = self.add_compartment("devops")["id"]

        self.policies = Policies(self)
        self.mirrors = Mirrors(self)
        self.principals = Principals(self)
        self.retry_tokens = RetryTokens(self)
        self.secrets = Secrets(self)
        self._areas = (self.secrets, self.principals, self.mirrors, *(kind(self) for kind in AREAS))
        self.app = MadeWhenAsked(self._make_app)

    # -- for tests -------------------------------------------------------------------------------------------------

    def create_user(self, name: str, denied: Iterable[str] = ()) -> auth.Principal:
        """Another user with an API key. ``denied``: operations answered with 404, e.g. ``get_secret_bundle*``."""
        ident = f"ocid1.user.oc1..{self.store.unique()}"
        key = auth.private_key(name).public_key()
        keys = {auth.fingerprint(key): key}
        user = auth.Principal(ident, name, self.tenancy_id, "user", keys, list(denied), self.now())
        self.users[ident] = user
        return user

    def add_compartment(self, name: str, parent_id: str | None = None) -> Resource:
        """Another compartment, in the tenancy or in another compartment."""
        return self.store.add(
            "compartment",
            {
                "id": f"ocid1.compartment.oc1..{self.store.unique()}",
                "compartmentId": parent_id or self.tenancy_id,
                "name": name,
                "description": name,
                "timeCreated": self.now(),
                "lifecycleState": "ACTIVE",
                "isAccessible": True,
                "freeformTags": {},
                "definedTags": {},
            },
        )

    def write_config(self, folder: str | Path, user: auth.Principal | None = None, profile: str = "DEFAULT") -> Path:
        """An SDK configuration file with the user's API key beside it; the path of the file."""
        user = user or self.user
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        key_file = folder / f"{profile.lower()}.pem"
        key = auth.private_key(user.name)
        files = {key_file: auth.private_pem(key), folder / "config": self._profile(user, profile, key_file)}
        for path, content in files.items():
            path.touch(mode=0o600)
            path.write_bytes(content)
        return folder / "config"

    def _profile(self, user: auth.Principal, profile: str, key_file: Path) -> bytes:
        lines = [
            f"[{profile}]",
            f"user={user.id}",
            f"fingerprint={next(iter(user.keys))}",
            f"tenancy={self.tenancy_id}",
            f"region={self.region}",
            f"key_file={key_file}",
            "",
        ]
        return "\n".join(lines).encode()

    def find(self, kind: str, live: bool = True, **wanted: Any) -> Resource:
        """The one resource of a kind with these values; changing it is drift. LookupError unless there is one.

        Kinds: vault, key, secret, dynamic_group, policy, compartment, domain, topic, project, connection, repository,
        work_request, log_group, log, log_work_request.
        """
        return self.store.find(kind, live, **wanted)

    def all(self, kind: str, live: bool = True) -> list[Resource]:
        """All resources of a kind: the living ones, or with ``live=False`` also those (being) deleted."""
        return self.store.all(kind, live)

    def secret_contents(self, secret_id: str) -> list[bytes]:
        """What the secret's versions hold, the first version first."""
        return [version["_content"] for version in self.store.kinds["secret"][secret_id]["_versions"]]

    def rotate_by_hand(self, secret_id: str, content: bytes) -> None:
        """A new version of a secret, as somebody makes it in the console."""
        with self.lock:
            self.secrets.add_version(self.store.kinds["secret"][secret_id], content, {})

    def mirror_folder(self, repository_id: str) -> Path:
        """The bare git repository behind a DevOps repository."""
        return self.mirrors.folder(repository_id)

    def issue_session_token(self, seconds: float = 3600, **more: Any) -> tuple[str, bytes]:
        """A session token of the user and the session's private key (PEM)."""
        return self.principals.issue(seconds=seconds, **more)

    # -- for the services ------------------------------------------------------------------------------------------

    def datetime(self) -> datetime:
        return self.server.clock.datetime()

    def now(self) -> str:
        """The sandbox's time as OCI writes it."""
        return text(self.datetime())

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Change state once the sandbox's time has come, under the lock."""

        def locked() -> None:
            with self.lock:
                work()

        self.server.clock.after(seconds, locked)

    def ocid(self, type_name: str, regional: bool = True, extra: str = "") -> str:
        """A new OCID: ``ocid1.<type>.oc1.<region>.<unique>``. Policies look at its second field."""
        regional = regional and type_name not in ("dynamicgroup", "policy", "domain")
        return f"ocid1.{type_name}.oc1.{self.region if regional else ''}.{extra}{self.store.unique()}"

    def in_compartment(self, inner: str, outer: str) -> bool:
        """Whether a compartment is, or lies below, another."""
        while inner != outer:
            parent = self.store.get("compartment", inner)
            if parent is None:
                return False
            inner = parent["compartmentId"]
        return True

    # -- one request -----------------------------------------------------------------------------------------------

    def _make_app(self) -> _App:
        app = _App("sandbox-oci")
        strictness.make_strict(app, ABSENT)
        app.lock = self.lock
        app.retry_tokens = self.retry_tokens
        app.url_map.merge_slashes = False
        for area in self._areas:
            area.register(app)
        app.before_request(self._before)
        app.after_request(self._after)
        app.register_error_handler(OciError, lambda e: self._error(e.status, e.code, e.message))
        app.register_error_handler(HTTPException, self._http_error)
        return app

    def _before(self) -> Response | None:
        endpoint = request.endpoint or ""
        g.home = not request.environ.get("sandbox.other_region")
        if endpoint.startswith(("imds.", "git.")):
            return None
        if "//" in request.environ["REQUEST_URI"].partition("?")[0]:
            # An endpoint with a trailing slash: the SDK signs //…, what is sent (or arrives) has one slash.
            raise OciError(401)
        g.principal = auth.verify(request, self.principals.key_of)
        if not g.principal.may(endpoint):
            raise OciError(404)
        return None

    def _after(self, answer: Response) -> Response:
        answer.headers["opc-request-id"] = (
            request.headers.get("opc-request-id")
            or hashlib.md5(f"{time.time_ns()}".encode(), usedforsecurity=False).hexdigest().upper()
        )
        return answer

    def _error(self, status: int, code: str | None = None, message: str | None = None) -> Response:
        if request.endpoint and request.endpoint.startswith("domains.") and status != 401:
            # https://docs.oracle.com/en/cloud/paas/iam-domains-rest-api/: errors are SCIM's.
            error = OciError(status, code, message)
            body = {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "detail": error.message,
                "status": str(status),
            }
            return Response(json.dumps(body), status, content_type="application/scim+json")
        return Response(error_body(status, code, message), status, content_type="application/json")

    def _http_error(self, exc: HTTPException) -> Response:
        return self._error(exc.code or 500, None, exc.name)

    def _serve(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The WSGI app: takes the region off the path."""
        path = environ["PATH_INFO"]
        if path.startswith("/other-region/"):
            environ["sandbox.other_region"] = True
            environ["PATH_INFO"] = path.removeprefix("/other-region")
        return self.app(environ, start_response)

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        """Oracle's words for an outage."""
        return error_body(status), "application/json"

    def repeat_page(self, call: Call, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        """The token for the next page is the one of this page."""
        token = parse_qs(call.query).get("page", [FIRST_PAGE])[0]
        try:
            value = json.loads(body)
        except ValueError:
            return headers, body
        is_list = isinstance(value, list) or (isinstance(value, dict) and bool({"items", "Resources"} & set(value)))
        if not is_list:
            return headers, body
        return [*((k, v) for k, v in headers if k != "opc-next-page"), ("opc-next-page", token)], body
