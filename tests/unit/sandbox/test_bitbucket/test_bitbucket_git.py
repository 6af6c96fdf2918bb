# SPDX-License-Identifier: GPL-3.0-or-later
"""git itself against the sandbox: clone and push with every kind of credential."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.sandbox import git
from tests.sandbox.bitbucket.world import World

READ, WRITE = "read:repository:bitbucket", "write:repository:bitbucket"


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = git.environment()
    return subprocess.run(["git", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def url(world: World, user: str, secret: str, suffix: str = ".git") -> str:
    root = world.bitbucket.url.removeprefix("http://")
    return f"http://{quote(user, safe='')}:{quote(secret, safe='')}@{root}/acme/app{suffix}"


def fetches(world: World, user: str, secret: str) -> bool:
    return run("ls-remote", url(world, user, secret)).returncode == 0


def refused(world: World, user: str, secret: str, service: str = "git-upload-pack") -> requests.Response:
    where = f"{world.bitbucket.url}/acme/app.git/info/refs?service={service}"
    return requests.get(where, auth=(user, secret), timeout=30)


@pytest.mark.parametrize("suffix", [".git", ""])
def test_clone_and_push(world: World, tmp_path: Path, suffix: str) -> None:
    work = tmp_path / "work"
    assert run("clone", "-q", url(world, "olivia", world.token.secret, suffix), str(work)).returncode == 0
    assert (work / "bin/run").stat().st_mode & 0o111
    (work / "new.txt").write_text("new\n")
    run("add", ".", cwd=work)
    run("commit", "-qm", "New", cwd=work)
    run("tag", "v9", cwd=work)
    pushed = run("push", "-q", "origin", "main", "v9", ":feature/login", cwd=work)
    assert pushed.returncode == 0, pushed.stderr
    sha = run("rev-parse", "HEAD", cwd=work).stdout.strip()
    refs = world.bitbucket.refs("acme", "app")
    assert refs["refs/heads/main"] == refs["refs/tags/v9"] == sha
    assert "refs/heads/feature/login" not in refs


def test_large_push_is_chunked_and_arrives(world: World, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run("clone", "-q", url(world, "olivia", world.token.secret), str(work))
    (work / "big.bin").write_bytes(os.urandom(3 << 20))
    run("add", ".", cwd=work)
    run("commit", "-qm", "Big", cwd=work)
    pushed = run("push", "-q", cwd=work)
    assert pushed.returncode == 0, pushed.stderr
    assert world.bitbucket.read("acme", "app", "big.bin", "main") == (work / "big.bin").read_bytes()


def test_gzipped_negotiation_is_understood(world: World) -> None:
    """git gzips what it sends when that is long."""
    want = f"want {world.bitbucket.refs('acme', 'app')['refs/heads/main']}\n"
    body = gzip.compress(f"{len(want) + 4:04x}{want}00000009done\n".encode())
    headers = {"Content-Type": "application/x-git-upload-pack-request", "Content-Encoding": "gzip"}
    where = f"{world.bitbucket.clone_url('acme', 'app')}/git-upload-pack"
    answer = requests.post(where, body, headers=headers, auth=("olivia", world.token.secret), timeout=30)
    assert answer.content.startswith(b"0008NAK\nPACK")


def test_api_token_takes_the_user_name_or_the_fixed_one_never_the_email(world: World) -> None:
    assert fetches(world, "olivia", world.token.secret)
    assert fetches(world, "x-bitbucket-api-token-auth", world.token.secret)
    assert not fetches(world, "olivia@example.com", world.token.secret)
    assert not fetches(world, "x-token-auth", world.token.secret)
    assert refused(world, "olivia@example.com", world.token.secret).status_code == 401


@pytest.mark.parametrize("kind", ["repository", "project", "workspace"])
def test_access_tokens_take_x_token_auth(world: World, kind: str) -> None:
    token = world.bitbucket.create_access_token(kind, "acme", "app")
    assert fetches(world, "x-token-auth", token.secret)
    assert not fetches(world, "x-bitbucket-api-token-auth", token.secret)


def test_oauth_tokens_take_x_token_auth(world: World) -> None:
    token = world.bitbucket.vault.oauth_token(world.bitbucket.create_oauth_consumer("acme"))
    assert fetches(world, "x-token-auth", token.secret)
    assert not fetches(world, "olivia", token.secret)


def test_app_password_is_410(world: World) -> None:
    dead = world.bitbucket.create_app_password(world.owner)
    answer = refused(world, "olivia", dead.secret)
    assert answer.status_code == 410
    assert "CHANGE-3222" in answer.text


def test_nobody_is_asked_who_he_is(world: World) -> None:
    answer = requests.get(f"{world.bitbucket.url}/acme/app.git/info/refs?service=git-upload-pack", timeout=30)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Bitbucket.org HTTP"'
    world.bitbucket.create_repository("acme", "open", files={"a": "b"}, private=False)
    assert run("ls-remote", f"{world.bitbucket.url}/acme/open.git").returncode == 0


def test_scopes_for_fetch_and_push(world: World) -> None:
    reader = world.bitbucket.create_api_token(world.owner, [READ])
    assert fetches(world, "olivia", reader.secret)
    answer = refused(world, "olivia", reader.secret, "git-receive-pack")
    assert answer.status_code == 403
    assert "Your credentials lack one or more required privilege scopes." in answer.text
    writer = world.bitbucket.create_api_token(world.owner, [WRITE])
    assert not fetches(world, "olivia", writer.secret)  # write does not imply read


def test_permission_counts_beside_the_scopes(world: World) -> None:
    sam = world.bitbucket.create_user("sam")
    token = world.bitbucket.create_api_token(sam, [READ, WRITE])
    assert refused(world, "sam", token.secret).status_code == 404
    world.bitbucket.grant(sam, "read", "acme", "app")
    assert fetches(world, "sam", token.secret)
    assert refused(world, "sam", token.secret, "git-receive-pack").status_code == 403


def test_the_old_protocol_is_not_served(world: World) -> None:
    answer = requests.get(
        f"{world.bitbucket.url}/acme/app.git/info/refs", auth=("olivia", world.token.secret), timeout=30
    )
    assert answer.status_code == 403


def test_push_fires_the_webhook(world: World, tmp_path: Path, receiver: Any) -> None:
    world.call("POST", "repositories/acme/app/hooks", json={"url": receiver.url, "events": ["repo:push"]})
    work = tmp_path / "work"
    run("clone", "-q", url(world, "olivia", world.token.secret), str(work))
    run("commit", "-q", "--amend", "-m", "Rewritten", cwd=work)
    assert run("push", "-q", "--force", "origin", "main", "main:next", cwd=work).returncode == 0
    (delivery,) = world.bitbucket.wait_for_deliveries()
    changes = {change["new"]["name"]: change for change in delivery.payload["push"]["changes"]}
    assert changes["main"]["forced"] and not changes["main"]["created"]
    assert changes["next"]["created"] and not changes["next"]["forced"]
    assert delivery.payload["actor"]["nickname"] == "olivia"
    assert delivery.delivered
