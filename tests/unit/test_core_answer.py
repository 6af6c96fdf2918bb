# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses that are not from the API, redirects, and the limits of an exchange, against a real server."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import (
    BridgeError,
    Foreign,
    InvalidInput,
    OutcomeUnknown,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.urls import (
    check_base_url,
    nested,
    origin,
    segment,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http import bounded
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.answer import (
    NOTHING,
    NULL,
    OBJECT,
    OBJECTS,
    RAW,
    VALUES,
    Shape,
    listed,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.paging import MOST_PAGES, Pages
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.rest import JsonClient
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.sessions import Transport

from .test_core_rest import Answer, Service, serve

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
LOGIN = Answer(200, HTML, b"<html><head><title>Sign in &amp; go</title></head><body>secret-token-1</body></html>")


class Client(JsonClient):
    service = "Example"
    error_keys = ("message",)

    def authorize(self) -> Any:
        return ("ada", "secret-token-1")


@pytest.fixture
def service() -> Iterator[Service]:
    out = Service()
    server = serve(out)
    yield out
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


def client(service: Service, **options: Any) -> Client:
    context = Context()
    context.redactor.add("secret-token-1")
    return Client(service.url, Transport(**options), context)


def json_answer(value: Any, status: int = 200) -> Answer:
    return Answer(status, JSON, json.dumps(value).encode())


# -- shape --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expects", "value"),
    [
        (json_answer({"a": 1}), OBJECT, {"a": 1}),
        (json_answer([{"a": 1}]), OBJECTS, [{"a": 1}]),
        (json_answer([1, "x"]), VALUES, [1, "x"]),
        (json_answer(None), OBJECT | NULL, None),
        (Answer(204, {}, b""), NOTHING, None),
        (json_answer({"a": 1}), NOTHING | OBJECT, {"a": 1}),
        (Answer(200, {"Content-Type": "application/hal+json"}, b"{}"), OBJECT, {}),
    ],
)
def test_what_is_expected_is_the_value(service: Service, answer: Answer, expects: Shape, value: Any) -> None:
    service.answers = [answer]
    assert client(service).json("GET", "x", asked="Look", expects=expects) == value


NONE_OF_THE_API = {
    "login page": LOGIN,
    "page labelled as JSON": Answer(200, JSON, LOGIN.body),
    "empty": Answer(200, JSON, b""),
    "null": json_answer(None),
    "list": json_answer([]),
    "text": Answer(200, {"Content-Type": "text/plain"}, b"OK"),
    "number": json_answer(7),
    "cut off": Answer(200, JSON, b'{"a": '),
    "deep": Answer(200, JSON, b"[" * 100_000),
    "not UTF-8": Answer(200, JSON, b'{"a": "\xff"}'),
}


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("answer", NONE_OF_THE_API.values(), ids=NONE_OF_THE_API)
def test_what_is_no_answer_is_an_error_that_names_all(service: Service, answer: Answer, method: str) -> None:
    service.answers = [answer]
    with pytest.raises(Foreign) as caught:
        client(service).json(method, "things/1", asked="Do a thing")
    said = str(caught.value)
    assert f"Do a thing: Example should respond to {method} /things/1 with a JSON object" in said
    assert f"api_url ({service.url}/things/1)" in said
    assert "secret-token-1" not in said
    assert caught.value.status is None
    if b"<title>" in answer.body:
        assert '"Sign in & go". The response is from a proxy or login page' in said


@pytest.mark.parametrize(
    "answer",
    [LOGIN, json_answer([1]), json_answer({}), Answer(200, {}, b""), json_answer(None)],
    ids=["page", "list of numbers", "object", "empty", "null"],
)
@pytest.mark.parametrize("expects", [OBJECTS, NOTHING], ids=["objects", "nothing"])
def test_lists_and_deletions_are_checked_too(service: Service, answer: Answer, expects: Shape) -> None:
    service.answers = [answer]
    with pytest.raises(Foreign):
        client(service).json("DELETE", "things/1", asked="Do a thing", expects=expects)


def test_a_key_that_is_missing_names_the_call(service: Service) -> None:
    service.answers = [json_answer({"inner": {}})]
    found = client(service).json("GET", "x", asked="Look")
    assert found.get("id") is None
    for broken in (lambda: found["id"], lambda: found["inner"]["id"]):
        with pytest.raises(BridgeError, match=r"Look: the response of Example to GET /x has no id\. .*api_url"):
            broken()


def test_items_of_a_page_are_objects(service: Service) -> None:
    service.answers = [json_answer({"values": [{"id": 1}], "names": ["x"], "text": "x"})]
    page = client(service).json("GET", "x", asked="Look")
    assert listed(page, "values") == [{"id": 1}]
    for key in ("names", "text", "nothing"):
        with pytest.raises(BridgeError, match=key):
            listed(page, key)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410])
def test_an_error_page_of_a_proxy_says_nothing_of_the_service(service: Service, status: int) -> None:
    service.answers = [Answer(status, HTML, b"<html><title>Blocked</title>")]
    with pytest.raises(Foreign, match=rf"the response {status} is text/html: \"Blocked\"") as caught:
        client(service).json("DELETE", "x", asked="Delete it", expects=NOTHING, accept=(404, 409))
    assert caught.value.status is None
    assert caught.value.kind == "failed"


def test_absence_is_a_404_in_the_services_own_form(service: Service) -> None:
    service.answers = [json_answer({"message": "no such thing"}, 404), json_answer({"detail": "?"}, 404)]
    assert client(service).json("GET", "x", asked="Look", accept=(404,)) is None
    with pytest.raises(Foreign):
        client(service).json("GET", "x", asked="Look", accept=(404,))


# -- redirects ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("where", ["same origin", "other host"])
def test_no_write_follows_a_redirect(service: Service, status: int, method: str, where: str) -> None:
    other = Service()
    server = serve(other)
    try:
        target = f"{service.url}/new" if where == "same origin" else f"{other.url}/x?token=secret"
        service.answers = [Answer(status, {"Location": target})]
        with pytest.raises(BridgeError) as caught:
            client(service).json(method, "old", asked="Change it", json={"secret": "x"})
        said = str(caught.value)
        assert f"redirects {service.url}/old to {target.partition('?')[0]}" in said
        assert "token=secret" not in said
        assert "correct the options" in said or "set api_url to it" in said
        assert len(service.asked) == 1
        assert other.asked == []
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows_within_the_origin_only(service: Service, status: int) -> None:
    other = Service()
    server = serve(other)
    try:
        service.answers = [Answer(status, {"Location": "/moved?x=1"}), json_answer({"here": True})]
        assert client(service).json("GET", "old", asked="Look") == {"here": True}
        assert service.asked[-1] == ("GET", "/moved?x=1")
        assert "Authorization" in service.headers[-1]
        for target in (
            other.url,
            service.url.replace("localhost", "127.0.0.1"),
            "//evil.example:1/",
            "https://localhost/",
        ):
            service.answers = [Answer(status, {"Location": target})]
            with pytest.raises(BridgeError, match="redirects"):
                client(service).json("GET", "old", asked="Look")
        assert other.asked == []
    finally:
        server.shutdown()
        server.server_close()


def test_a_circle_of_redirects_ends(service: Service) -> None:
    service.answers = [Answer(302, {"Location": "/again"})] * 50
    with pytest.raises(BridgeError, match="5 redirects"):
        client(service).json("GET", "again", asked="Look")
    assert len(service.asked) <= 7


def test_https_is_named_where_http_is_sent_on_to_it(service: Service) -> None:
    service.answers = [Answer(301, {"Location": service.url.replace("http:", "https:") + "/old"})]
    with pytest.raises(BridgeError, match="Give api_url with https://"):
        client(service).json("GET", "old", asked="Look")


# -- bounds -------------------------------------------------------------------------------------------------------------


def dripping(head: bytes, piece: bytes) -> tuple[str, Callable[[], None]]:
    """A server that sends ``piece`` again and again; its address, and what stops it."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve_one() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(head)
            while not over.wait(0.02):
                try:
                    connection.sendall(piece)
                except OSError:
                    return

    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=serve_one, daemon=True)
    thread.start()

    def stop() -> None:
        over.set()
        thread.join()

    return url, stop


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    ],
    ids=["length", "chunked", "until closed", "header"],
)
@pytest.mark.parametrize(("method", "kind"), [("GET", BridgeError), ("POST", OutcomeUnknown)])
def test_a_dripping_answer_has_a_deadline(head: bytes, piece: bytes, method: str, kind: type[BridgeError]) -> None:
    url, stop = dripping(head, piece)
    try:
        with pytest.raises(BridgeError, match=r"increase timeout") as caught:
            Client(url, Transport(timeout=0.3, max_retries=0), Context()).json(method, "x", asked="Look")
        assert type(caught.value) is kind
    finally:
        stop()


def test_a_small_body_may_be_large_when_it_is_unpacked(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "LARGEST_BODY", 1024 * 1024)
    packed = gzip.compress(b"[" + b" " * 8 * 1024 * 1024 + b"]")
    service.answers = [Answer(200, {**JSON, "Content-Encoding": "gzip"}, packed)]
    with pytest.raises(BridgeError, match="larger than 1 MiB"):
        client(service).json("GET", "x", asked="Look")
    service.answers = [Answer(200, {**JSON, "Content-Encoding": "gzip"}, gzip.compress(b'{"a": 1}'))]
    assert client(service).json("GET", "x", asked="Look") == {"a": 1}


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
def test_encodings_without_a_bound_are_refused(service: Service, encoding: str) -> None:
    service.answers = [Answer(200, {**JSON, "Content-Encoding": encoding}, gzip.compress(gzip.compress(b"{}")))]
    with pytest.raises(BridgeError, match="encoded as"):
        client(service).json("GET", "x", asked="Look")
    assert service.headers[-1]["Accept-Encoding"] == "gzip, deflate"


def test_a_connection_is_used_again(service: Service) -> None:
    one = client(service)
    one.json("GET", "x", asked="Look")
    threads = threading.active_count()
    for _time in range(3):
        one.json("GET", "x", asked="Look")
        one.call("GET", "x", asked="Look", expects=RAW)
    pools = one.session.get_adapter(service.url).poolmanager.pools
    assert [pools[key].num_connections for key in pools.keys()] == [1]  # noqa: SIM118 - it is no dict
    assert threading.active_count() <= threads, "a deadline outlives its answer"


def test_a_list_of_pages_has_an_end() -> None:
    pages = Pages("Example", "List things", "GET /things")
    pages.turn("a")
    with pytest.raises(BridgeError, match="the page a was returned twice"):
        pages.turn("a")
    pages = Pages("Example", "List things", "GET /things")
    for number in range(MOST_PAGES - 1):
        pages.turn(number)
    with pytest.raises(BridgeError, match=f"more than {MOST_PAGES} pages"):
        pages.turn("another")


# -- addresses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", ".", "..", "a/../b", "a/.", "../x"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is not a valid name here"):
        segment(name)


@pytest.mark.parametrize(
    ("name", "encoded"), [("a b", "a%20b"), ("a/b", "a%2Fb"), ("..a", "..a"), ("ü", "%C3%BC"), ("%2e", "%252e")]
)
def test_a_name_is_one_segment(name: str, encoded: str) -> None:
    assert segment(name) == encoded
    assert nested("src/a b/c") == "src/a%20b/c"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host",
        "ftp://host",
        "https://",
        "https://[::1",
        "https://host:port",
        "https://u:p@host",
        "https://h/?a",
        "https://h h/",
    ],
)
def test_addresses_that_no_request_can_be_sent_to(url: str) -> None:
    with pytest.raises(InvalidInput, match="api_url"):
        check_base_url(url, "api_url")


@pytest.mark.parametrize("url", ["https://host", "http://[::1]:8080/api", "https://host.example.com:8443/base/"])
def test_addresses_that_are_fine(url: str) -> None:
    check_base_url(url, "api_url")


def test_an_origin_has_its_port() -> None:
    assert (
        origin("https://HOST/x") == origin("https://host:443") != origin("http://host") != origin("https://host:8443")
    )
