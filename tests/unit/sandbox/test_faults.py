# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that have an answer of their own, seen by a client that follows, decodes and repeats nothing by itself."""

from __future__ import annotations

import gzip
import http.client
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from urllib.parse import quote, urlsplit

import pytest
import requests

from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.world import World as DataCenter
from tests.sandbox.faults import REDIRECTS
from tests.sandbox.gitlab import GitLab
from tests.sandbox.gitlab.world import World as GitLabWorld
from tests.sandbox.server import Server
from tests.sandbox.strictness import SandboxDefect

APP = "/bitbucket/2.0/repositories/acme/app"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        running.add(Bitbucket(running))
        yield running


@pytest.fixture
def world(server: Server) -> World:
    return World.build(server.services["bitbucket"])  # type: ignore[arg-type]


class Exchange:
    """One request, and its answer as it comes from the socket."""

    def __init__(self, world: World, method: str = "GET", path: str = APP, body: bytes | None = None) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(world.bitbucket.url).netloc, timeout=30)
        self.connection.request(method, path, body, {"Content-Type": "application/json", **world.token.rest})
        self.answer = self.connection.getresponse()

    @property
    def headers(self) -> Message:
        return self.answer.headers


def exchange(
    world: World, method: str = "GET", path: str = APP, body: bytes | None = None
) -> tuple[int, Message, bytes]:
    one = Exchange(world, method, path, body)
    content = one.answer.read()
    one.connection.close()
    return one.answer.status, one.headers, content


# -- answers that are not the service's ---------------------------------------------------------------------------------


def test_login_page_is_a_success_of_the_wrong_kind(server: Server, world: World) -> None:
    server.faults.add("login_page", match="GET .*/app$", title="Sign in to <Acme>")
    status, headers, page = exchange(world)
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert b"<title>Sign in to &lt;Acme&gt;</title>" in page
    assert json.loads(exchange(world)[2])["slug"] == "app"


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("to", ["/bitbucket/2.0/user", "https://login.example.com/?next={path}"])
def test_redirect(server: Server, world: World, status: int, to: str) -> None:
    server.faults.add("redirect", status=status, to=to)
    found, headers, _ = exchange(world, path=f"{APP}?a=%2F")
    assert (found, headers["Location"]) == (status, to.replace("{path}", f"{APP}?a=%2F"))


def test_redirect_needs_a_place_and_a_status_of_its_kind(server: Server) -> None:
    for options in ({}, {"to": "/x", "status": 200}):
        with pytest.raises(ValueError, match="redirect"):
            server.faults.add("redirect", **options)


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "application/json", ""),
        (200, "application/json", "[]"),
        (200, "application/json", "null"),
        (200, "text/plain", "the disk is full"),
        (404, "text/html", b"<title>404 Not Found</title>"),
    ],
)
def test_body_is_the_answer(server: Server, world: World, status: int, content_type: str, body: str | bytes) -> None:
    server.faults.add("body", status=status, content_type=content_type, body=body)
    found, headers, content = exchange(world)
    assert (found, headers["Content-Type"]) == (status, content_type)
    assert content == (body.encode() if isinstance(body, str) else body)


def test_made_up_answers_apply_nothing_unless_wanted(server: Server, world: World) -> None:
    hook = json.dumps({"url": "https://ci.example.com/", "events": ["repo:push"], "description": "CI"}).encode()
    for applied in (False, True):
        server.faults.add("body", match="POST", body="null", applied=applied)
        assert exchange(world, "POST", f"{APP}/hooks", hook)[2] == b"null"
        assert len(world.bitbucket.hooks("acme", "app")) == applied


def test_huge_is_small_on_the_wire(server: Server, world: World) -> None:
    server.faults.add("huge", size=5_000_000)
    status, headers, packed = exchange(world)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert len(packed) < 50_000
    unpacked = gzip.decompress(packed)
    assert len(unpacked) == 5_000_000
    assert set(json.loads(unpacked)) == {"padding"}


# -- answers that do not end --------------------------------------------------------------------------------------------


def test_drip_sends_the_headers_and_then_pieces_for_ever(server: Server, world: World) -> None:
    """What comes is the real answer, piece by piece, and there is always one more piece."""
    real = exchange(world)[2]
    server.faults.add("drip", size=7)
    dripping = Exchange(world)
    assert dripping.answer.status == 200 and dripping.headers["Content-Type"].startswith("application/json")
    pieces = [dripping.answer.read1(1000) for _ in range(len(real))]
    dripping.connection.close()
    assert all(pieces) and max(map(len, pieces)) == 7
    assert b"".join(pieces)[: len(real)] == real
    assert not b"".join(pieces)[len(real) :].strip()


def test_drip_ends_with_the_sandbox() -> None:
    with Server() as server:
        server.add(Bitbucket(server))
        world = World.build(server.services["bitbucket"])  # type: ignore[arg-type]
        server.faults.add("drip", seconds=3600.0)
        waiting = Exchange(world)
    assert waiting.answer.read() == b""
    waiting.connection.close()


# -- pages --------------------------------------------------------------------------------------------------------------


def test_repeated_page_of_bitbucket(server: Server, world: World) -> None:
    server.faults.add("repeat_page", match="/refs", times=None)
    path = f"{APP}/refs/branches?pagelen=1&q=" + quote('name ~ "e"')
    first = json.loads(exchange(world, path=path)[2])
    assert first["next"] == server.url + path
    assert len(first["values"]) == 1
    again = urlsplit(first["next"])
    assert json.loads(exchange(world, path=f"{again.path}?{again.query}")[2]) == first


def test_repeated_page_of_a_list_without_next(server: Server, world: World) -> None:
    server.faults.add("repeat_page", times=None)
    for number in (1, 2):
        page = json.loads(exchange(world, path=f"{APP}/pipelines_config/variables?page={number}")[2])
        if page.get("type") != "error":
            assert "next" not in page
            assert page["size"] > number * page["pagelen"]


def test_repeated_page_leaves_other_answers_alone(server: Server, world: World) -> None:
    real = exchange(world)[2]
    server.faults.add("repeat_page", times=None)
    assert exchange(world)[2] == real


def test_repeated_page_of_data_center() -> None:
    with Server() as server:
        service = BitbucketDataCenter(server)
        server.add(service)
        world = DataCenter.build(service)
        server.faults.add("repeat_page", times=None)
        for start in (0, 1):
            page = world.get(f"projects/ACME/repos/app/branches?limit=1&start={start}").json()
            assert (page["isLastPage"], page["nextPageStart"]) == (False, start)


def test_repeated_page_of_gitlab() -> None:
    with Server() as server:
        source, service = Bitbucket(server), GitLab(server)
        server.add(source)
        server.add(service)
        world = GitLabWorld.build(service, World.build(source))
        server.faults.add("repeat_page", times=None)
        answer = world.call("GET", "/projects?per_page=1")
        assert (answer.headers["X-Page"], answer.headers["X-Next-Page"]) == ("1", "1")
        assert answer.links["next"]["url"] == answer.url
        keyset = world.call("GET", "/projects?per_page=1&pagination=keyset")
        assert keyset.links["next"]["url"] == keyset.url


# -- git, and somebody else's host --------------------------------------------------------------------------------------


def ls_remote(world: World) -> subprocess.CompletedProcess[bytes]:
    url = world.bitbucket.clone_url("acme", "app").replace("://", f"://{world.token.git_user}:{world.token.secret}@")
    environment = git.environment(http__followRedirects="true")
    return subprocess.run(["git", "ls-remote", url], env=environment, capture_output=True, check=False)


def test_git_is_left_alone_unless_wanted(server: Server, world: World) -> None:
    server.faults.add("status", times=None)
    assert ls_remote(world).returncode == 0


def test_redirect_of_git_arrives_at_the_stranger(server: Server, world: World) -> None:
    server.faults.add("redirect", match="info/refs", to=server.stranger.url + "{path}", git=True)
    assert ls_remote(world).returncode != 0
    [arrived] = server.stranger.calls
    assert (arrived.method, arrived.path) == ("GET", "/bitbucket/acme/app.git/info/refs")
    assert arrived.query == "service=git-upload-pack"


def test_stranger_keeps_what_arrives(server: Server) -> None:
    assert server.stranger is server.stranger
    assert server.stranger.calls == []
    sent = urllib.request.Request(
        server.stranger.url + "/a?b=c", b"secret", {"Authorization": "Bearer t"}, method="PUT"
    )
    with urllib.request.urlopen(sent) as answer:
        assert (answer.status, json.load(answer)) == (200, {})
    [call] = server.stranger.calls
    assert (call.method, call.path, call.query, call.body) == ("PUT", "/a", "b=c", b"secret")
    assert call.headers["Authorization"] == "Bearer t"
    server.stranger.answer = (403, "text/plain", b"no\n")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(server.stranger.url)


# -- the control API ----------------------------------------------------------------------------------------------------


def test_faults_of_the_control_api(server: Server, world: World) -> None:
    def control(**fault: object) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.post(f"{server.url}/_sandbox/faults", json=fault)

    assert control(kind="body", body="null", content_type="text/plain").status_code == 200
    assert exchange(world)[2] == b"null"
    assert control(kind="login_page").status_code == 200
    assert b"Sign in" in exchange(world)[2]
    for wrong in ({"kind": "none"}, {"kind": "body", "colour": "red"}, {"kind": "redirect"}, {}):
        assert control(**wrong).status_code == 400


# -- what the sandbox says of itself ------------------------------------------------------------------------------------


def test_a_handlers_exception_is_shown_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("in the sandbox")

    server = Server().start()
    server.add(Bitbucket(server))
    world = World.build(server.services["bitbucket"])  # type: ignore[arg-type]
    monkeypatch.setattr(Bitbucket, "find_repository", broken)
    status, headers, text = exchange(world)
    assert (status, headers["X-Sandbox"]) == (500, "defect")
    assert b"ZeroDivisionError: in the sandbox" in text and b"Traceback" in text
    with pytest.raises(SandboxDefect, match="in the sandbox"):
        server.stop()


@pytest.mark.parametrize(
    "path", ["/nobody/at/home", "/bitbucket/2.0/snippets/acme", "/bitbucket/2.0/workspaces/acme/x"]
)
def test_what_is_not_built_is_501(world: World, path: str) -> None:
    status, headers, _ = exchange(world, path=path)
    assert (status, headers["X-Sandbox"]) == (501, "not-built")
    status, headers, _ = exchange(world, "DELETE", "/bitbucket/2.0/user", b"")
    assert (status, headers["X-Sandbox"]) == (501, "not-built")
