# SPDX-License-Identifier: GPL-3.0-or-later
"""All calls to OCI: retries, pages, verification, and responses that are not from OCI."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import oci
import pytest
from werkzeug.wrappers import Response

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http import paging
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log_group import LogGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror_info import MirrorInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.retries import retry_after
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.session import Session
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault
from tests.sandbox.oci import Oci

from .conftest import Runner

Environ = dict[str, Any]
LOGIN = "<html><head><title>Sign in to Example Corp</title></head><body>Who are you?</body></html>"
ELSEWHERE = "http://elsewhere.example.com/oci"


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; none of them lasts."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def intercept(cloud: Oci, match: str, respond: Callable[[], Response]) -> list[str]:
    """Answer the calls that match (``METHOD /path``) in the place of the service; the list of those calls."""
    service, seen = cloud.wsgi, []

    def wsgi(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if not re.search(match, line):
            return service(environ, start_response)
        seen.append(line)
        return respond()(environ, start_response)

    cloud.wsgi = wsgi
    return seen


def said(body: object, status: int = 200, content_type: str = "application/json", **headers: str) -> Response:
    """A response that some gateway makes, without OCI's request id."""
    text = body if isinstance(body, str) else json.dumps(body)
    response = Response(text, status, content_type=content_type)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


FOREIGN: dict[str, Callable[[], Response]] = {
    "login page": lambda: said(LOGIN, 200, "text/html"),
    "login page as JSON": lambda: said(LOGIN),
    "empty body": lambda: said(""),
    "null": lambda: said(None),
    "a word": lambda: said('"ok"'),
    "a list of words": lambda: said(["ok"]),
    "text error": lambda: said("upstream connect error", 403, "text/plain"),
    "HTML 404": lambda: said(LOGIN, 404, "text/html"),
    "HTML 401": lambda: said(LOGIN, 401, "text/html"),
    "JSON 404 of a proxy": lambda: said({"error": "no route"}, 404),
    "JSON 404 of a gateway": lambda: said({"code": 404, "message": "Not Found"}, 404),
    "not UTF-8": lambda: Response(b"\xff\xfe{}", 200, content_type="application/json"),
}
REDIRECTS: dict[str, Callable[[], Response]] = {
    f"{status} {where}": lambda status=status, target=target: said("", status, Location=target)  # type: ignore[misc]
    for status in (301, 302, 303, 307, 308)
    for where, target in (("to another host", f"{ELSEWHERE}/trap"), ("to the same host", "/oci/trap"))
}


def options(cloud: Oci, operation: type[Operation]) -> dict[str, Any]:
    """What a task needs to create one; the OCIDs of what it stands on are invented."""
    place = {"name": "bridge", "compartment_id": cloud.compartment_id}
    return {
        Vault: place,
        Key: {**place, "management_endpoint": cloud.url},
        Secret: {**place, "vault_id": "ocid1.vault.x", "key_id": "ocid1.key.x", "content": "token"},
        Topic: place,
        Policy: {"name": "bridge", "statements": ["Allow any-user to read secret-family in tenancy"]},
        DynamicGroup: {"name": "bridge", "matching_rule": "ALL {resource.type = 'devopsconnection'}"},
        Project: {**place, "notification_topic_id": "ocid1.onstopic.x"},
        LogGroup: place,
        MirrorInfo: {"repository_id": "ocid1.devopsrepository.x"},
    }[operation]


RESOURCES = (Vault, Key, Secret, Topic, Policy, DynamicGroup, Project, LogGroup)


def refused(result: dict[str, Any], cloud: Oci) -> str:
    """A result that is an error with service, address, operation and remedy; its message."""
    assert result.get("failed") and not result["changed"], result
    error = result["error"]
    assert error["service"] == "OCI" and error["operation"] and error["remedy"], error
    assert error["kind"] not in ("not_found", "invalid"), error
    assert cloud.server.url in result["msg"], result["msg"]
    return str(result["msg"])


class TestForeignResponses:
    @pytest.mark.parametrize("operation", [*RESOURCES, MirrorInfo])
    @pytest.mark.parametrize("way", ["present", "absent", "check"])
    def test_to_a_read_are_errors(self, run: Runner, cloud: Oci, operation: type[Operation], way: str) -> None:
        state = {} if operation is MirrorInfo or way == "check" else {"state": way}
        for what, respond in FOREIGN.items():
            intercept(cloud, "", respond)
            message = refused(run(operation, way == "check", **options(cloud, operation), **state), cloud)
            if "page" in what or "HTML" in what:
                assert "Sign in to Example Corp" in message and "Who are you" not in message

    @pytest.mark.parametrize("operation", [Vault, Topic, Policy, DynamicGroup, LogGroup])
    def test_to_a_creation_or_a_deletion_are_errors(self, run: Runner, cloud: Oci, operation: type[Operation]) -> None:
        wanted, service = options(cloud, operation), cloud.wsgi
        for respond in FOREIGN.values():
            intercept(cloud, "^POST ", respond)
            refused(run(operation, **wanted), cloud)
            cloud.wsgi = service
        run.ok(operation, **wanted)
        for respond in FOREIGN.values():
            intercept(cloud, "^(DELETE|POST) ", respond)
            refused(run(operation, **wanted, state="absent"), cloud)
            cloud.wsgi = service
        assert run.ok(operation, **wanted, state="absent")["changed"]

    def test_redirects_are_never_followed(self, run: Runner, cloud: Oci) -> None:
        """A signature is for one path and one host, and a redirected POST becomes a GET."""
        service = cloud.wsgi
        for what, respond in REDIRECTS.items():
            for match in ("^GET ", "^POST "):
                seen = intercept(cloud, match, respond)
                message = refused(run(Topic, **options(cloud, Topic)), cloud)
                cloud.wsgi = service
                assert len(seen) == 1
                assert (f"{ELSEWHERE}/trap" if "another" in what else f"{cloud.url}/trap") in message
                assert "endpoint" in message
        assert not cloud.all("topic")
        assert not [call for call in cloud.server.calls.all() if "trap" in call.path]

    def test_a_shape_that_is_another_is_an_error(self, run: Runner, cloud: Oci) -> None:
        for operation, shape in (
            (Vault, {"items": {}}),
            (Project, {}),
            (Project, {"items": {}}),
            (Project, {"items": [1]}),
            (Project, {"items": None}),
        ):
            service = cloud.wsgi
            intercept(cloud, "^GET ", lambda shape=shape: said(shape, opc_request_id="x"))  # type: ignore[misc]
            refused(run(operation, **options(cloud, operation)), cloud)
            cloud.wsgi = service

    def test_oci_s_own_404_is_absence(self, run: Runner, cloud: Oci) -> None:
        assert "OCI's response is the same if the object does not exist" in run.fails(
            Topic, name="x", compartment_id="ocid1.compartment.x"
        )

    def test_an_outage_stays_one_in_whatever_words(self, run: Runner, cloud: Oci) -> None:
        run.common["max_retries"] = 0
        intercept(cloud, "", lambda: said(LOGIN, 502, "text/html"))
        assert "OCI is temporarily unavailable" in run.fails(Topic, **options(cloud, Topic))

    def test_what_the_sdk_raises_leaves_as_one_error(
        self, run: Runner, cloud: Oci, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        params = Session({}, Context())
        for error in (KeyError("token"), ValueError("x"), AttributeError("y")):

            def list_topics(error: Exception = error) -> None:
                raise error

            with pytest.raises(BridgeError, match=f"Oracle's SDK failed in list_topics.*{type(error).__name__}") as out:
                params.call(list_topics, asked="Look for topics")
            assert (out.value.service, out.value.operation) == ("OCI", "list_topics")

    def test_a_client_that_can_not_be_set_up_says_so(
        self, run: Runner, cloud: Oci, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: Any, **_options: Any) -> None:
            raise oci.exceptions.InvalidConfig({"user": "malformed"})

        monkeypatch.setattr(oci.ons, "NotificationControlPlaneClient", refuse)
        message = run.fails(Topic, **options(cloud, Topic))
        assert "client for ons" in message and "Check region, endpoint" in message


class TestPages:
    def test_a_page_that_comes_twice_is_an_error(self, run: Runner, cloud: Oci) -> None:
        seen = intercept(cloud, "^GET ", lambda: said([], opc_request_id="x", opc_next_page="again"))
        message = refused(run(Vault, **options(cloud, Vault)) | {"msg": cloud.server.url}, cloud)
        message = run.fails(Vault, **options(cloud, Vault))
        assert "list_vaults" in message and "the page again was returned twice" in message
        assert len(seen) == 4

    def test_pages_without_an_end_are_an_error(self, run: Runner, cloud: Oci, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paging, "MOST_PAGES", 5)
        numbers = iter(range(100))
        seen = intercept(cloud, "^GET ", lambda: said([], opc_request_id="x", opc_next_page=f"page-{next(numbers)}"))
        message = run.fails(Vault, **options(cloud, Vault))
        assert "list_vaults does not end" in message and "more than 5 pages" in message
        assert len(seen) == 5

    def test_every_page_is_read(self, run: Runner, cloud: Oci) -> None:
        cloud.default_page = 2
        run.ok(LogGroup, **options(cloud, LogGroup))
        for number in range(5):
            run.ok(LogGroup, **{**options(cloud, LogGroup), "name": f"other-{number}"})
        assert not run.ok(LogGroup, **options(cloud, LogGroup))["changed"]
        assert len(run.calls) == 3

    def test_no_list_asks_for_more_than_the_service_gives(self, run: Runner, cloud: Oci) -> None:
        for operation in (Vault, Topic, Policy, DynamicGroup, LogGroup):
            run.ok(operation, **options(cloud, operation))
        limits = {call.path: call.query for call in cloud.server.calls.all("oci") if "limit=" in call.query}
        assert set(limits) == {"/20180608/vaults"} and "limit=100" in limits["/20180608/vaults"]


class TestRepetitions:
    """``once``: calls that do it again when they are sent again (a secret's new version, its deletion)."""

    @pytest.fixture
    def secret(self, run: Runner, cloud: Oci) -> dict[str, Any]:
        place = {"name": "bridge", "compartment_id": cloud.compartment_id}
        vault = run.ok(Vault, **place)["resource"]
        key = run.ok(Key, **place, management_endpoint=vault["management_endpoint"])["resource"]
        made = {**place, "vault_id": vault["id"], "key_id": key["id"]}
        run.ok(Secret, **made, content="old")
        run.common["max_retries"] = 2
        return made

    @staticmethod
    def contents(cloud: Oci) -> list[bytes]:
        return cloud.secret_contents(cloud.find("secret", live=False)["id"])

    @pytest.mark.parametrize(
        ("status", "headers"),
        [(429, {}), (429, {"Retry-After": "3"}), (409, {}), (503, {"Retry-After": "3"})],
    )
    def test_a_refusal_is_repeated_for_every_call(
        self, run: Runner, cloud: Oci, secret: dict[str, Any], slept: list[float], status: int, headers: dict[str, str]
    ) -> None:
        for match in ("PUT /20180608/secrets", "actions/scheduleDeletion", "actions/cancelDeletion"):
            slept.clear()
            cloud.server.faults.add("status", match=match, status=status, headers=headers, times=2)
            if "cancel" in match:
                run.ok(Secret, **secret, content="new")
            elif "schedule" in match:
                run.ok(Secret, **secret, state="absent")
            else:
                run.ok(Secret, **secret, content="new")
            assert slept.count(3.0) == (2 if headers else 0)
        assert self.contents(cloud) == [b"old", b"new"]

    @pytest.mark.parametrize("status", [429, 409])
    def test_a_refusal_that_stays_ends_with_the_retries(
        self, run: Runner, cloud: Oci, secret: dict[str, Any], slept: list[float], status: int
    ) -> None:
        cloud.server.faults.add("status", match="PUT /20180608/secrets", status=status, times=None)
        assert str(status) in run.fails(Secret, **secret, content="new")
        assert len(run.writes()) == 3
        run.common["max_retries"] = 0
        assert str(status) in run.fails(Secret, **secret, content="new")
        assert len(run.writes()) == 1

    def test_other_conflicts_are_not_repeated(
        self, run: Runner, cloud: Oci, secret: dict[str, Any], slept: list[float]
    ) -> None:
        intercept(cloud, "^PUT ", lambda: said({"code": "Conflict", "message": "no"}, 409))
        assert "409 Conflict" in run.fails(Secret, **secret, content="new")
        assert len(run.writes()) == 1

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_an_outage_at_a_write_is_looked_up(
        self, run: Runner, cloud: Oci, secret: dict[str, Any], slept: list[float], status: int
    ) -> None:
        """It may have been applied. This one was, and the answer was lost on the way through a gateway."""
        service = cloud.wsgi

        def applied(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] != "PUT":
                return service(environ, start_response)
            Response.from_app(service, environ, buffered=True)
            cloud.wsgi = service
            return said("Bad gateway", status, "text/html")(environ, start_response)

        cloud.wsgi = applied
        assert run.ok(Secret, **secret, content="new")["changed"]
        assert self.contents(cloud) == [b"old", b"new"]

    @pytest.mark.parametrize("value", ["1.5", "soon", "-5", "", "³", " 7 seconds", "1e3"])
    def test_an_invalid_time_to_come_back_counts_as_none(
        self, run: Runner, cloud: Oci, secret: dict[str, Any], slept: list[float], value: str
    ) -> None:
        if value.isascii():
            headers = {"Retry-After": value}
            cloud.server.faults.add("status", match="PUT /20180608/secrets", status=429, headers=headers)
            run.ok(Secret, **secret, content="new")
            assert max(slept) <= 20
        error: Any = type("Refusal", (Exception,), {"headers": {"Retry-After": value}})()
        assert retry_after(error) is None

    def test_whoever_wants_to_be_left_alone_for_long_gets_an_error(
        self, run: Runner, cloud: Oci, secret: dict[str, Any], slept: list[float]
    ) -> None:
        cloud.server.faults.add("status", match="PUT ", status=429, headers={"Retry-After": "3600"}, times=None)
        message = run.fails(Secret, **secret, content="new")
        assert "429" in message and "3600 s" in message
        assert len(run.writes()) == 1 and 3600 not in slept

    def test_what_was_never_sent_is_no_unknown_outcome(self, run: Runner, cloud: Oci, slept: list[float]) -> None:
        run.common["endpoint"] = "http://127.0.0.1:9"
        message = run.fails(Vault, **options(cloud, Vault))
        assert "no response from OCI to list_vaults" in message


class TestVerification:
    @pytest.mark.parametrize("given", [None, "", "/etc/ssl/own.pem"])
    @pytest.mark.parametrize("validated", [True, False])
    def test_nothing_but_validate_certs_switches_it_off(
        self, cloud: Oci, run: Runner, given: str | None, validated: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A bundle that the environment names counts where the task gives none, as with every requests client."""
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
        params: dict[str, Any] = {"auth_type": "api_key", "wait_timeout": 1.0, "endpoints": None}
        session = Session({**params, **run.common, "ca_path": given, "validate_certs": validated}, Context())
        client = session.client("ons", "NotificationControlPlaneClient")
        seen: dict[str, Any] = {}

        def send(_request: Any, **settings: Any) -> Any:
            seen.update(settings)
            raise RuntimeError("seen")

        monkeypatch.setattr(client.base_client.session, "send", send)
        with pytest.raises(BridgeError, match="seen"):
            session.list(client.list_topics, cloud.compartment_id, asked="Look for topics")
        assert seen["verify"] == ((given or "/nowhere/bundle.pem") if validated else False)
        assert seen["allow_redirects"] is False
