# SPDX-License-Identifier: GPL-3.0-or-later
"""DevOps: connections to other hosts of code, and their validation.

https://docs.oracle.com/en-us/iaas/Content/devops/using/create_connection.htm and …/validate_connection.htm
"""

from __future__ import annotations

import base64
import urllib.error
import urllib.request

from flask import Response, request

from .. import peers
from .area import route
from .projects import DevOps
from .secrets import content_of
from .store import Resource
from .wire import OciError, invalid

CLOUD = "BITBUCKET_CLOUD_APP_PASSWORD"
NOT_VALIDATED = ("BITBUCKET_SERVER_ACCESS_TOKEN", "GITLAB_SERVER_ACCESS_TOKEN")  # says the documentation
TIMEOUT_SECONDS = 20


class NoSecret(Exception):
    """The DevOps service may not, or cannot, read the secret a connection names."""


class Connections(DevOps):
    """Connections. Display names are not unique; the credential is a secret's OCID."""

    def _check(self, body: Resource) -> None:
        for field in ("appPassword", "accessToken"):
            if body.get(field) is not None:
                if not body[field].startswith("ocid1.vaultsecret."):
                    raise invalid(f"{field} must be the OCID of a vault secret")
                self.related("secret", body[field], field)
        if body.get("baseUrl") is not None and not body["baseUrl"].startswith(("https://", "http://")):
            raise invalid("baseUrl must be an http(s) URL")
        limit = self.oci.max_username
        if limit is not None and len(body.get("username") or "") > limit:
            raise invalid(f"username must not have more than {limit} characters")

    @route("POST", "/connections")
    def create_connection(self) -> Response:
        body = self.body("CreateConnectionDetails")
        project = self._project(body["projectId"])
        self._check(body)
        connection = self.new("devopsconnection", body, "ACTIVE", compartmentId=project["compartmentId"])
        connection["timeUpdated"] = connection["timeCreated"]
        connection.setdefault("displayName", f"connection{connection['timeCreated'][:19].replace(':', '')}")
        self.store.add("connection", connection)
        return self.show("Connection", connection, 201, self._run("CREATE_CONNECTION", connection, "CREATED"))

    def _run(self, operation: str, connection: Resource, action: str) -> Resource:
        def arrive() -> None:
            if action == "DELETED":
                connection["_gone"] = True

        return self.work.run(operation, connection["compartmentId"], "connection", connection, action, arrive)

    @route("GET", "/connections/<ident>")
    def get_connection(self, ident: str) -> Response:
        return self.show("Connection", self.need("connection", ident))

    @route("GET", "/connections")
    def list_connections(self) -> Response:
        if "connectionType" in request.args:
            # The SDK offers it; the service has been seen to refuse it.
            raise invalid("connectionType is not a valid query parameter")
        if not {"compartmentId", "projectId", "id"} & set(request.args):
            raise invalid("One of compartmentId, projectId and id must be given")
        found = self.filtered(
            "connection", id="id", projectId="projectId", displayName="displayName", lifecycleState="lifecycleState"
        )
        return self.show_list("ConnectionSummary", found, collection=True)

    @route("PUT", "/connections/<ident>")
    def update_connection(self, ident: str) -> Response:
        body = self.body("UpdateConnectionDetails")
        connection = self.need("connection", ident)
        self.require(connection, "ACTIVE")
        if body["connectionType"] != connection["connectionType"]:
            raise invalid(f"connectionType cannot be changed; it is {connection['connectionType']}")
        self._check(body)
        self.apply(connection, body)
        connection["timeUpdated"] = self.oci.now()
        return self.show("Connection", connection, 200, self._run("UPDATE_CONNECTION", connection, "UPDATED"))

    @route("DELETE", "/connections/<ident>")
    def delete_connection(self, ident: str) -> Response:
        connection = self.need("connection", ident)
        self.require(connection, "ACTIVE")
        for repository in self.store.shown("repository"):
            if (repository.get("mirrorRepositoryConfig") or {}).get("connectorId") == ident:
                raise OciError(409, "Conflict", f"The connection is used by the repository {repository['id']}")
        connection["lifecycleState"] = "DELETING"
        return self.done(202, connection, self._run("DELETE_CONNECTION", connection, "DELETED"))

    # -- validation ------------------------------------------------------------------------------------------------

    @route("POST", "/connections/<ident>/actions/validate")
    def validate_connection(self, ident: str) -> Response:
        with self.oci.lock:
            connection = self.need("connection", ident)
            self.require(connection, "ACTIVE")
            kind = connection["connectionType"]
            if kind in NOT_VALIDATED:
                raise invalid(f"Validation is not applicable to connections of type {kind}")
            try:
                secret, failure = read_credential(self, connection, ("devopsconnection",)), None
            except NoSecret as exc:
                secret, failure = "", str(exc)
        if failure is None:
            cloud = kind == CLOUD
            failure = self._ask(connection.get("username", ""), secret) if cloud else f"{kind}: host not reachable"
        with self.oci.lock:
            connection["lastConnectionValidationResult"] = {
                "result": "FAIL" if failure else "PASS",
                "timeValidated": self.oci.now(),
                "message": failure or "The connection was validated.",
            }
            return self.show("Connection", connection)

    def _ask(self, username: str, password: str) -> str | None:
        """One call to Bitbucket's REST API; why it failed, or None."""
        credential = base64.b64encode(f"{username}:{password}".encode()).decode()
        asked = urllib.request.Request(
            f"{self.oci.bitbucket_url}/2.0/user",
            headers={"Authorization": f"Basic {credential}", "User-Agent": "OCI-DevOps", peers.HEADER: "oci"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS):
                return None
        except urllib.error.HTTPError as exc:
            words = exc.read().decode("utf-8", "replace").strip()[:300]
            return f"Bitbucket Cloud answered {exc.code} {exc.reason}: {words}"
        except OSError as exc:
            return f"Bitbucket Cloud could not be reached: {exc}"


def read_credential(
    area: DevOps, connection: Resource, as_types: tuple[str, ...], acting: Resource | None = None
) -> str:
    """The content of the connection's secret, read as the DevOps service reads it: if the policies let it.

    The resource that acts is the connection, or (``acting``) the repository that is being mirrored.
    """
    ident = connection.get("appPassword") or connection.get("accessToken")
    secret = area.store.get("secret", ident)
    words = (
        f"Unable to read the secret {ident}: Authorization failed or requested resource not found. Check that the "
        "secret is active and that a policy lets a dynamic group with this resource read secret-family in its "
        "compartment."
    )
    if secret is None or secret["lifecycleState"] not in ("ACTIVE", "UPDATING"):
        raise NoSecret(words)
    may = any(
        area.oci.policies.allows(resource, kind, "read", "secret-bundles", secret)
        for resource, kind in ((connection, "devopsconnection"), (acting or connection, "devopsrepository"))
        if kind in as_types
    )
    content = content_of(secret) if may else None
    if content is None:
        raise NoSecret(words)
    return content.decode("utf-8", "replace")
