# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client against a real server that returns prepared responses, or none."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError, OutcomeUnknown
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.answer import OBJECT
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.rest import JsonClient
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.sessions import Transport

DROP = "the connection is closed without an answer"
WRITING = ("POST", "PATCH")


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"ok": true}'
    late: float = 0.0


@dataclass
class Service:
    """``answers`` are given one after the other, then 200; ``asked`` has what came."""

    url: str = ""
    answers: list[Answer | str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def serve(service: Service, context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.asked.append((self.command, self.path))
            service.headers.append(dict(self.headers))
            answer = service.answers.pop(0) if service.answers else Answer()
            if isinstance(answer, str):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            done.wait(answer.late)
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """A client that hangs up is what some tests are about."""

        def shutdown(self) -> None:
            done.set()
            super().shutdown()

    done = threading.Event()
    server = Quiet(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    service.url = f"{'https' if context else 'http'}://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@pytest.fixture
def service() -> Iterator[Service]:
    out = Service()
    server = serve(out)
    yield out
    server.shutdown()
    server.server_close()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between retries, which take no time here."""
    out: list[float] = []
    monkeypatch.setattr(time, "sleep", out.append)
    return out


class Client(JsonClient):
    service = "Example"
    error_keys = ("message", "ok")

    def remedy(self, response: requests.Response) -> str | None:
        return "Ask again tomorrow." if response.status_code == 403 else None

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        try:
            return "E7", response.json()["message"]
        except (ValueError, KeyError):
            return super().words(response)


def client(service: Service, **options: Any) -> Client:
    return Client(service.url + "/api/", Transport(**options), Context())


def call(service: Service, method: str, **options: Any) -> requests.Response:
    return client(service, **options).call(method, "things/1?x=y", asked="Do a thing", expects=OBJECT)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_gives_the_same_when_repeated_is_retried(
    service: Service, slept: list[float], method: str, status: int
) -> None:
    service.answers = [Answer(status), Answer(status)]
    assert call(service, method).json() == {"ok": True}
    assert service.asked == [(method, "/api/things/1?x=y")] * 3
    assert all(0 <= pause <= 20 for pause in slept)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_it_is_retried_after_a_lost_connection(service: Service, slept: list[float], method: str) -> None:
    service.answers = [DROP]
    assert call(service, method).status_code == 200
    assert len(service.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
def test_other_answers_are_final(service: Service, slept: list[float], status: int) -> None:
    service.answers = [Answer(status)]
    with pytest.raises(BridgeError) as caught:
        call(service, "GET")
    assert caught.value.status == status
    assert len(service.asked) == 1
    assert slept == []


@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_not_repeated_on_an_error_of_the_server(
    service: Service, slept: list[float], method: str, status: int
) -> None:
    service.answers = [Answer(status)]
    with pytest.raises(BridgeError) as caught:
        call(service, method)
    assert len(service.asked) == 1
    # A gateway may have lost the answer only; the service's own 500 is one.
    assert isinstance(caught.value, OutcomeUnknown) is (status != 500)


@pytest.mark.parametrize("method", WRITING)
def test_a_write_is_repeated_when_the_service_says_when(service: Service, slept: list[float], method: str) -> None:
    service.answers = [Answer(503, {"Retry-After": "2"})]
    assert call(service, method).status_code == 200
    assert slept == [2]


@pytest.mark.parametrize("value", ["1.5", "soon", "-5", "", "1;2", "٣"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_that_is_none_counts_as_absent(
    service: Service, slept: list[float], value: str, status: int
) -> None:
    service.answers = [Answer(status, {"Retry-After": value.encode().decode("latin-1")})]
    assert call(service, "GET").status_code == 200
    assert len(service.asked) == 2
    service.asked.clear()
    service.answers = [Answer(503, {"Retry-After": value.encode().decode("latin-1")})]
    with pytest.raises(OutcomeUnknown):
        call(service, "POST")
    assert len(service.asked) == 1


@pytest.mark.parametrize("method", WRITING)
def test_a_write_is_repeated_when_it_was_refused_for_its_rate(
    service: Service, slept: list[float], method: str
) -> None:
    service.answers = [Answer(429, {"Retry-After": "3"})]
    assert call(service, method).status_code == 200
    assert len(service.asked) == 2
    assert slept == [3]


@pytest.mark.parametrize("method", WRITING)
def test_a_write_whose_answer_is_lost_is_not_repeated(service: Service, slept: list[float], method: str) -> None:
    service.answers = [DROP]
    with pytest.raises(OutcomeUnknown, match=r"Do a thing: no response from Example to \w+ /api/things/1"):
        call(service, method)
    assert len(service.asked) == 1


@pytest.mark.parametrize(("headers", "unknown"), [({"Retry-After": "3"}, False), ({}, True)])
def test_a_503_that_says_when_to_come_again_has_applied_nothing(
    service: Service, slept: list[float], headers: dict[str, str], unknown: bool
) -> None:
    service.answers = [Answer(503, headers)]
    with pytest.raises(BridgeError) as error:
        call(service, "POST", max_retries=0)
    assert isinstance(error.value, OutcomeUnknown) is unknown


@pytest.mark.parametrize("answer", [DROP, Answer(503)], ids=["lost", "503"])
def test_a_post_that_does_no_harm_is_sent_three_times_and_no_more(
    service: Service, slept: list[float], answer: Answer | str
) -> None:
    service.answers = [answer, answer]
    assert client(service).until_answered(lambda: call(service, "POST")).status_code == 200
    assert len(service.asked) == 3
    service.answers = [answer, answer, answer]
    with pytest.raises(OutcomeUnknown):
        client(service).until_answered(lambda: call(service, "POST"))
    assert len(service.asked) == 6
    service.answers = [Answer(403)]
    with pytest.raises(BridgeError, match="403"):
        client(service).until_answered(lambda: call(service, "POST"))
    assert len(service.asked) == 7, "a refusal is an answer"


@pytest.mark.parametrize("answer", [DROP, Answer(503)], ids=["lost", "503"])
def test_what_makes_another_thing_each_time_is_not_repeated_whatever_its_method(
    service: Service, slept: list[float], answer: Answer | str
) -> None:
    service.answers = [answer]
    with pytest.raises(OutcomeUnknown):
        client(service).call("PUT", "things", asked="Make a thing", expects=OBJECT, once=True)
    assert len(service.asked) == 1
    service.answers = [Answer(429, {"Retry-After": "3"})]
    assert client(service).call("PUT", "things", asked="Make a thing", expects=OBJECT, once=True).status_code == 200


def test_a_write_that_never_reached_the_service_is_known_not_to_be_applied(slept: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = Service(url=f"http://localhost:{unused.getsockname()[1]}")
        with pytest.raises(BridgeError) as caught:
            call(nobody, "POST", max_retries=1)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert "Connection refused" in str(caught.value)
    assert "Check the address" in str(caught.value)


@pytest.mark.parametrize(("method", "kind"), [("GET", BridgeError), ("POST", OutcomeUnknown)])
def test_an_answer_that_comes_too_late(
    service: Service, slept: list[float], method: str, kind: type[BridgeError]
) -> None:
    service.answers = [Answer(late=5)]
    with pytest.raises(BridgeError, match=r"increase timeout") as caught:
        call(service, method, timeout=0.1, max_retries=0)
    assert type(caught.value) is kind
    assert caught.value.kind == "unavailable"


def test_retry_after_is_obeyed(service: Service, slept: list[float]) -> None:
    service.answers = [Answer(503, {"Retry-After": "7"})]
    assert call(service, "GET").status_code == 200
    assert slept == [7]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_long_retry_after_is_an_error_at_once(service: Service, slept: list[float], method: str) -> None:
    service.answers = [Answer(429, {"Retry-After": "3600"})]
    with pytest.raises(BridgeError) as caught:
        call(service, method)
    assert caught.value.kind == "rate_limited"
    assert caught.value.status == 429
    assert len(service.asked) == 1
    assert slept == []


def test_retries_come_to_an_end_with_the_services_last_answer(service: Service, slept: list[float]) -> None:
    service.answers = [Answer(503, body=b'{"message": "Down for maintenance"}')] * 9
    with pytest.raises(BridgeError, match=r"Example answered 503 E7.*Down for maintenance") as caught:
        call(service, "GET", max_retries=2)
    assert caught.value.kind == "unavailable"
    assert len(service.asked) == 3


def test_no_retries_where_none_are_wanted(service: Service, slept: list[float]) -> None:
    service.answers = [Answer(503)]
    with pytest.raises(BridgeError, match="answered 503"):
        call(service, "GET", max_retries=0)
    assert len(service.asked) == 1


def test_an_error_has_the_services_words_and_the_remedy(service: Service) -> None:
    service.answers = [Answer(403, {"X-Request-Id": "r-1"}, json.dumps({"message": "Not yours"}).encode())]
    with pytest.raises(BridgeError) as caught:
        call(service, "GET")
    assert str(caught.value) == (
        'Do a thing: Example answered 403 E7 to GET /api/things/1: "Not yours" (request r-1). Ask again tomorrow.'
    )


def test_a_status_that_is_expected_is_no_error(service: Service) -> None:
    service.answers = [Answer(404)]
    assert client(service).call("GET", "x", asked="Look", expects=OBJECT, accept=(404,)).status_code == 404


def test_a_link_below_the_service_is_followed_and_one_elsewhere_is_not(service: Service) -> None:
    one = client(service)
    assert one.call("GET", f"{service.url}/api/next?page=2", asked="Page", expects=OBJECT).status_code == 200
    assert service.asked == [("GET", "/api/next?page=2")]
    for link in ("http://elsewhere.example/api", service.url.replace("http:", "https:") + "/api"):
        with pytest.raises(BridgeError, match="credentials are only sent to localhost:"):
            one.call("GET", link, asked="Page", expects=OBJECT)
    assert len(service.asked) == 1


def test_no_connection_before_the_first_call(service: Service) -> None:
    one = client(service)
    assert one._session is None
    one.call("GET", "x", asked="Look", expects=OBJECT)
    assert one._session is one.session


# -- TLS ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate for localhost that nobody but the tests trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    out = Service()
    server = serve(out, context)
    yield out
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_certificate_is_refused_and_the_way_out_named(
    secure: Service, slept: list[float], method: str
) -> None:
    with pytest.raises(BridgeError, match="set ca_path to the site's CA") as caught:
        call(secure, method, max_retries=1)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert "certificate" in str(caught.value.words)
    assert secure.asked == []


def test_the_sites_own_authority_can_be_given(secure: Service, certificate: Path) -> None:
    assert call(secure, "GET", ca_path=str(certificate)).status_code == 200


def test_verification_can_be_turned_off(secure: Service) -> None:
    with pytest.warns(Warning, match="Unverified HTTPS request"):
        assert call(secure, "GET", validate_certs=False).status_code == 200


def test_the_environments_bundle_counts(secure: Service, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert call(secure, "GET").status_code == 200


def test_the_tasks_own_authority_goes_before_the_environments(
    secure: Service, certificate: Path, monkeypatch: pytest.MonkeyPatch, slept: list[float]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", requests.certs.where())
    assert call(secure, "GET", ca_path=str(certificate)).status_code == 200


@pytest.mark.parametrize("kind", ["text/html", "text/plain; charset=utf-8", "application/javascript"])
def test_json_of_another_content_type_is_no_answer_of_the_api(service: Service, kind: str) -> None:
    service.answers = [Answer(headers={"Content-Type": kind})]
    with pytest.raises(BridgeError, match=f"is {kind.partition(';')[0]}"):
        call(service, "GET")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/hal+json"])
def test_every_spelling_of_json_is_an_answer_of_the_api(service: Service, kind: str) -> None:
    service.answers = [Answer(headers={"Content-Type": kind})]
    assert call(service, "GET").json() == {"ok": True}


def test_nobodys_netrc_is_sent_along(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login ada password adas-own-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.utils.get_netrc_auth(service.url) == ("ada", "adas-own-password")
    call(service, "GET")
    assert "Authorization" not in service.headers[-1]
