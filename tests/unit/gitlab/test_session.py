# SPDX-License-Identifier: GPL-3.0-or-later
"""How GitLab is spoken to: what is repeated and what is not, where the token goes, and what an error says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError, OutcomeUnknown
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.session import Session, project_path, words
from tests.sandbox.gitlab import Project as Shop

from .conftest import Runner

SHOP = "/projects/acme%2Fshop"


@pytest.fixture
def session(run: Runner, shop: Shop) -> Session:
    return make(run)


def make(run: Runner, **options: Any) -> Session:
    params = {"validate_certs": True, "ca_path": None, **run.common, **options}
    return Session(params, Context())


def refused(session: Session, method: str = "GET", path: str = SHOP, **options: Any) -> BridgeError:
    with pytest.raises(BridgeError) as caught:
        session.call(method, path, asked="Try it", **options)
    return caught.value


def count(run: Runner) -> int:
    return len(run.server.calls.all())


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_may_be_repeated_is(run: Runner, session: Session, method: str, status: int) -> None:
    run.server.faults.add("status", status=status, headers={"Retry-After": "0"})
    body = {"description": "x"} if method == "PUT" else None
    session.call(method, SHOP, asked="Try it", body=body)
    assert count(run) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_post_is_sent_once(run: Runner, session: Session, status: int) -> None:
    run.server.faults.add("status", status=status, times=None)
    error = refused(session, "POST", f"{SHOP}/variables", body={"key": "A", "value": "x"})
    assert (count(run), error.status, error.kind) == (1, status, "unavailable")
    # A gateway may have lost the answer only; GitLab's own 500 is one.
    assert isinstance(error, OutcomeUnknown) is (status != 500)


def test_a_post_that_was_refused_for_its_rate_is_repeated(run: Runner, session: Session) -> None:
    run.server.faults.add("status", status=429, headers={"Retry-After": "0"})
    session.call("POST", f"{SHOP}/variables", asked="Try it", body={"key": "A", "value": "x"})
    assert count(run) == 2


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_the_lost_answer_to_a_post_is_not_known(run: Runner, session: Session, kind: str) -> None:
    run.server.faults.add(kind)
    error = refused(session, "POST", f"{SHOP}/variables", body={"key": "A", "value": "x"})
    assert isinstance(error, OutcomeUnknown)
    assert count(run) == 1


def test_every_call_has_a_timeout(run: Runner, shop: Shop) -> None:
    run.server.faults.add("latency", seconds=2.0, times=None)
    error = refused(make(run, timeout=0.2, max_retries=0))
    assert "No response within 0.2 s" in str(error)


def test_where_nobody_listens(run: Runner) -> None:
    error = refused(make(run, api_url="http://127.0.0.1:9", max_retries=0), "POST", body={})
    assert error.kind == "unavailable"
    assert not isinstance(error, OutcomeUnknown)
    assert "Check the address" in str(error)


def test_an_error_has_gitlabs_words_and_what_to_do(run: Runner, session: Session) -> None:
    error = refused(session, path="/projects/acme%2Fgone", needs="a key")
    assert (error.kind, error.words) == ("not_found", "404 Project Not Found")
    assert error.operation == "GET /gitlab/api/v4/projects/acme%2Fgone"
    assert error.request_id
    assert "The call needs a key." in str(error)


def test_a_wrong_token_and_one_without_the_scope(run: Runner, session: Session) -> None:
    error = refused(make(run, api_token="glpat-wrong"))
    assert (error.kind, error.status) == ("unauthorized", 401)
    assert "api_token" in str(error)
    run.login(run.gitlab.users[min(run.gitlab.users)], "read_user")
    error = refused(make(run), needs="the scope api")
    assert error.kind == "forbidden"
    assert "higher privileges" in str(error)
    assert "the scope api" in str(error)


def test_a_token_that_is_over_says_so(run: Runner, session: Session) -> None:
    token = next(iter(run.gitlab.tokens.all.values()))
    run.gitlab.revoke(token)
    assert "Token was revoked" in str(refused(session))


def test_a_page_of_a_proxy_is_no_api(run: Runner, session: Session) -> None:
    run.server.faults.add("status", status=502, times=None)
    error = refused(make(run, max_retries=0))
    assert "<html>" not in str(error)
    assert str(error.words) == "GitLab is not responding (502)"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"value": ["is invalid"]}, "value is invalid"),
        (
            {"import_url": ["is blocked", "is bad"], "name": ["is taken"]},
            "import_url is blocked, is bad; name is taken",
        ),
        ("404 Not Found", "404 Not Found"),
        (["a", "b"], "a, b"),
        (None, None),
    ],
)
def test_words_in_all_their_shapes(message: Any, said: str | None) -> None:
    assert words(message) == said


def test_paths_are_quoted() -> None:
    assert project_path("acme/sub/shop", "variables", "A") == "/projects/acme%2Fsub%2Fshop/variables/A"
    assert project_path("/acme/shop/") == "/projects/acme%2Fshop"
    assert project_path("7") == "/projects/7"


# -- redirects ----------------------------------------------------------------------------------------------------------


class Elsewhere:
    """A server that sends every call on to ``target``, and answers below /moved; ``seen`` has the tokens it got."""

    def __init__(self) -> None:
        self.target = ""
        self.seen: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.seen.append(self.headers.get("PRIVATE-TOKEN"))
                there = self.path.startswith("/moved")
                body = b'{"id": 7}' if there else b""
                self.send_response(200 if there else 301)
                self.send_header("Content-Type", "application/json")
                if not there:
                    self.send_header("Location", outer.target + self.path)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_PUT = do_GET
            do_POST = do_GET

            def log_message(self, *_arguments: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_the_token_goes_to_no_other_host(run: Runner, elsewhere: Elsewhere, method: str) -> None:
    other = Elsewhere()
    elsewhere.target = other.url
    error = refused(make(run, api_url=elsewhere.url), method)
    assert elsewhere.seen == [run.common["api_token"]]
    assert other.seen == []
    assert f"redirects {elsewhere.url}" in str(error)
    assert "set api_url to it" in str(error)
    other.server.shutdown()
    other.server.server_close()


def test_a_read_is_sent_on_within_the_installation(run: Runner, elsewhere: Elsewhere) -> None:
    """So GitLab leads from the old path of a project to the new one."""
    elsewhere.target = f"{elsewhere.url}/moved"
    assert make(run, api_url=elsewhere.url).call("GET", SHOP, asked="Try it") == {"id": 7}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_change_is_not_turned_into_a_read(run: Runner, elsewhere: Elsewhere, method: str) -> None:
    elsewhere.target = f"{elsewhere.url}/moved"
    error = refused(make(run, api_url=elsewhere.url), method)
    assert error.kind == "failed"
    assert "correct the options that name it, or api_url" in str(error)
