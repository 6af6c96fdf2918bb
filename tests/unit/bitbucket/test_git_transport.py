# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' git and the network: redirects, certificates, and the API in its place where it fails for its own reason."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from werkzeug.wrappers import Request, Response

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import (
    git_answer,
    git_isolation,
    git_process,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.cloud.source import CloudSource
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User, upload
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.server import Server

from ..other_server import Front, OtherServer
from .conftest import SandboxRunner
from .dc import DcRunner

pytestmark = pytest.mark.any_core

FILES: list[dict[str, Any]] = [
    {"path": "bin/run", "content": "#!/bin/sh\n", "executable": True},
    {"path": "run.ini", "content": "a\n"},
]
CLOUD: dict[str, Any] = {
    "workspace": "acme",
    "repository": "shop",
    "branch": "main",
    "files": FILES,
    "read_with": "git",
}
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "GIT_SSL_CAINFO")


@pytest.fixture(autouse=True)
def login(run: SandboxRunner, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run.login(ada)
    for name in CA_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("both_ways")
class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_to_another_host(self, run: SandboxRunner, status: int) -> None:
        with OtherServer() as other, OtherServer(other.url, status) as first:
            result = run(CommitFiles, **CLOUD, site_url=first.url)
            assert result["failed"] and first.requests and not other.requests
            assert f"{first.url}/acme/shop.git redirects to {other.url}/acme/shop.git" in result["msg"]
            assert "new name of the repository" in result["msg"] and "https" in result["msg"]
        assert run.calls == []  # the API redirects as well

    def test_to_another_name_on_the_same_host(self, dc_run: DcRunner, dc: BitbucketDataCenter, server: Server) -> None:
        def answer(request: Request) -> Response | None:
            if "/old.git/" not in request.path:
                return None
            return Response(status=301, headers={"Location": request.full_path.replace("/old.git/", "/shop.git/")})

        with Front(server, answer=answer) as front:
            site = dc.url.replace(server.url, front.url)
            message = dc_run.fails(CommitFiles, bitbucket_url=site, repository="old", branch="main", files=FILES)
        assert f"{site}/scm/acme/old.git redirects to {site}/scm/acme/shop.git" in message

    @pytest.mark.parametrize("service", ["git-upload-pack", "git-receive-pack"])
    def test_after_the_first_answer(
        self, dc_run: DcRunner, dc: BitbucketDataCenter, server: Server, service: str
    ) -> None:
        """What is sent would go along: the commit, and the credential."""
        with OtherServer() as other:

            def answer(request: Request) -> Response | None:
                if request.method != "POST" or not request.path.endswith(service):
                    return None
                return Response(status=307, headers={"Location": f"{other.url}{request.path}"})

            with Front(server, answer=answer) as front:
                site = dc.url.replace(server.url, front.url)
                assert dc_run(CommitFiles, bitbucket_url=site, branch="main", files=FILES)["failed"]
            assert not other.requests
        assert dc.read("ACME", "shop", "run.ini") is None

    def test_without_a_location_it_is_an_error_all_the_same(self, run: SandboxRunner, server: Server) -> None:
        def answer(request: Request) -> Response | None:
            return Response(status=302) if request.path.endswith("/info/refs") else None

        with Front(server, answer=answer) as front:
            message = run.fails(CommitFiles, **CLOUD, site_url=front.url)
        assert f"{front.url}/acme/shop.git redirects to another address" in message


@pytest.mark.usefixtures("both_ways")
class TestCertificates:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def bundle(self, authority: trustme.CA, tmp_path: Path) -> str:
        path = tmp_path / "a site's ca.pem"
        authority.cert_pem.write_to_path(path)
        return str(path)

    @pytest.fixture
    def stranger(self, tmp_path: Path) -> str:
        """The bundle of an authority that did not sign the server's certificate."""
        path = tmp_path / "stranger.pem"
        trustme.CA().cert_pem.write_to_path(path)
        return str(path)

    @pytest.fixture
    def read(
        self, run: SandboxRunner, bitbucket: Bitbucket, server: Server, authority: trustme.CA
    ) -> Callable[..., bool]:
        """Reads files, the API over HTTP and git over HTTPS; whether git did it."""

        def read(**params: Any) -> bool:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(tls)
            with Front(server, tls) as front:
                site = bitbucket.url.replace(server.url, front.url)
                run.ok(CommitFiles, check_mode=True, **CLOUD, site_url=site, **params)
            assert bool(run.calls) == bool(run.warnings)
            return not run.calls

        return read

    def test_the_tasks(self, read: Callable[..., bool], bundle: str) -> None:
        assert read(ca_path=bundle)

    @pytest.mark.parametrize("variable", CA_VARIABLES)
    def test_that_of_the_environment(
        self, read: Callable[..., bool], bundle: str, variable: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(variable, bundle)
        assert read()

    def test_the_tasks_comes_first(
        self, read: Callable[..., bool], bundle: str, stranger: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for variable in CA_VARIABLES:
            monkeypatch.setenv(variable, stranger)
        assert read(ca_path=bundle) and not read()

    def test_the_order_is_that_of_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        everything = {name: name for name in reversed(CA_VARIABLES)}
        for name in CA_VARIABLES:
            assert git_isolation.ca_bundle(None, everything) == name
            everything[name] = ""  # as good as not set
        assert git_isolation.ca_bundle(None, everything) is None

    def test_an_unknown_one_is_not_trusted_and_the_api_reads(
        self, run: SandboxRunner, read: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
        assert not read()
        (warning,) = run.warnings
        assert "read by the API" in warning and "ca_path" in warning and "certificate" in warning

    def test_it_is_not_verified_only_if_the_task_says_so(self, read: Callable[..., bool]) -> None:
        assert read(validate_certs=False)

    def test_a_folder_is_another_setting(self, tmp_path: Path) -> None:
        made = git_isolation.environment(
            "https://bitbucket.example.com/x.git",
            authorization="Bearer x",
            home="/",
            repository="/",
            validate_certs=True,
            ca_path=str(tmp_path),
            timeout=1,
            environ={},
        )
        assert "http.sslCAPath" in made.values() and "http.sslCAInfo" not in made.values()


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the modules' git run a script in place of a command; the sandbox's goes on working."""

    def broken(script: str, command: str = "fetch", version: str = "2.39.5") -> None:
        real, folder = shutil.which("git"), tmp_path / "broken"
        folder.mkdir()
        (folder / "git").write_text(
            f'#!/bin/sh\n[ "$1" != version ] || {{ echo "git version {version}"; exit 0; }}\n'
            f'[ -n "$GIT_DIR" ] && [ "$1" = {command} ] || exec {real} "$@"\n{script}\n'
        )
        (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{git.environment()['PATH']}")

    return broken


OWN = {
    "no https": "echo \"git: 'remote-https' is not a git command. See 'git --help'.\" >&2; exit 128",
    "command not found": "echo 'fatal: git-remote-https: command not found' >&2; exit 127",
    "unknown option": "echo 'error: unknown option `filter=blob:none' >&2; exit 129",
    "backend": "echo \"fatal: Unsupported SSL backend 'openssl'. Supported SSL backends: gnutls\" >&2; exit 128",
    "no space": "echo 'fatal: write error: No space left on device' >&2; exit 128",
    "ownership": "echo \"fatal: detected dubious ownership in repository at '/tmp/x'\" >&2; exit 128",
    "killed": "kill -9 $$",
    "no reason": "exit 1",
    "unreachable": "echo \"fatal: unable to access 'https://x/': Could not resolve host: x\" >&2; exit 128",
    "down": "echo \"fatal: unable to access 'https://x/': The requested URL returned error: 503\" >&2; exit 128",
    "nothing": "exit 0",
}


@pytest.mark.usefixtures("by_program")
class TestWhereGitFails:
    @pytest.mark.parametrize("reason", OWN)
    def test_the_api_reads(self, run: SandboxRunner, broken: Callable[..., None], reason: str) -> None:
        broken(OWN[reason])
        assert run.ok(CommitFiles, **CLOUD)["changed"] and len(run.warnings) == 1
        assert "acme/shop" in run.warnings[0] and "read by the API" in run.warnings[0]
        assert not run.ok(CommitFiles, **{**CLOUD, "read_with": "api"})["changed"]

    @pytest.mark.parametrize("command", ["init", "remote", "rev-parse", "ls-tree", "cat-file"])
    def test_wherever_it_fails(self, run: SandboxRunner, broken: Callable[..., None], command: str) -> None:
        run.ok(CommitFiles, **CLOUD)
        broken("exit 1", command)
        assert not run.ok(CommitFiles, **CLOUD)["changed"] and len(run.warnings) == 1

    def test_it_warns_once_however_often_it_reads(
        self, run: SandboxRunner, bitbucket: Bitbucket, broken: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, left = CloudSource.commit, [{"theirs": "1"}]

        def late(source: CloudSource, *arguments: Any) -> str:
            if left:
                bitbucket.commit("acme", "shop", "main", left.pop())
            return real(source, *arguments)

        monkeypatch.setattr(CloudSource, "commit", late)
        broken("exit 1")
        run.ok(CommitFiles, **CLOUD)
        assert bitbucket.read("acme", "shop", "theirs") == b"1" and not left and len(run.warnings) == 1

    def test_an_old_git_does_not_get_to_work(self, run: SandboxRunner, broken: Callable[..., None]) -> None:
        """It would know nothing of what keeps it apart from the operator's configuration."""
        broken("exit 1", "none", version="2.30.2")
        run.ok(CommitFiles, **CLOUD)
        assert "git 2.31 or newer is required, but 2.30 is installed" in run.warnings[0]

    def test_a_program_that_can_not_be_run(
        self, run: SandboxRunner, broken: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def popen(*_arguments: Any, **_options: Any) -> None:
            raise PermissionError(13, "Permission denied", "git")

        monkeypatch.setattr(git_process, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": popen}))
        run.ok(CommitFiles, check_mode=True, **CLOUD)
        assert "Permission denied" in run.warnings[0]

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_what_the_server_refuses_is_refused(self, run: SandboxRunner, status: int) -> None:
        with OtherServer(status=status) as first:
            result = run(CommitFiles, **CLOUD, site_url=first.url)
        kinds = {401: "unauthorized", 403: "forbidden", 404: "not_found"}
        assert result["error"]["kind"] == kinds[status] and run.calls == [] and not run.warnings

    def test_nothing_else_sets_the_executable_bit(
        self, run: SandboxRunner, broken: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(upload, "_attribute", lambda _headers: None)
        broken("echo 'fatal: some reason of its own' >&2; exit 128", "push")
        message = run.fails(CommitFiles, **{**CLOUD, "read_with": "api"})
        assert "some reason of its own" in message and "only the executable bit is missing" in message

    def test_its_words_hold_no_secret_not_even_a_piece(self, run: SandboxRunner, broken: Callable[..., None]) -> None:
        token = run.common["api_token"]
        pair = base64.b64encode(f"x-bitbucket-api-token-auth:{token}".encode()).decode()
        # Cut first, and only the end of each would be left.
        broken(f"printf '%s' {token} {pair} >&2; printf '%0480d' 0 >&2; exit 128")
        run.ok(CommitFiles, **CLOUD)
        (shown,) = run.warnings
        assert not [
            piece for secret in (token, pair) for piece in (secret, secret[-12:], secret[:12]) if piece in shown
        ]


@pytest.mark.parametrize(
    ("words", "kind", "own"),
    [
        ("fatal: Authentication failed for 'https://x/'", "unauthorized", False),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", "unauthorized", False),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", "forbidden", False),
        ("remote: Not Found fatal: repository 'https://x/' not found", "not_found", False),
        ("fatal: couldn't find remote ref refs/heads/main", "not_found", False),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 429", "rate_limited", True),
        ("error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503", "unavailable", True),
        ("fatal: unable to access 'https://x/': Failed to connect to x port 443", "unavailable", True),
        ("fatal: unable to access 'https://x/': server certificate verification failed", "unavailable", True),
        ("error: object file not found", "failed", True),
        ("fatal: bad revision 'x'", "failed", True),
    ],
)
def test_what_an_error_is(words: str, kind: str, own: bool) -> None:
    error = git_answer.error_of("git fetch for acme/shop", words, 128, None)
    assert (error.kind, isinstance(error, git_answer.GitFailed)) == (kind, own)
