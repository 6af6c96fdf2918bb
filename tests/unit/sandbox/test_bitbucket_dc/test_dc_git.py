# SPDX-License-Identifier: GPL-3.0-or-later
"""git itself against the sandbox, with every kind of credential."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox import git
from tests.sandbox.bitbucket_dc import AccessToken
from tests.sandbox.bitbucket_dc.world import World


def run(*arguments: str, cwd: Path | None = None, bearer: str = "") -> subprocess.CompletedProcess[str]:
    env = git.environment(**({"http__extraHeader": f"Authorization: Bearer {bearer}"} if bearer else {}))
    return subprocess.run(["git", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def url(world: World, user: str, secret: str) -> str:
    return world.dc.clone_url("ACME", "app").replace("://", f"://{user}:{quote(secret, safe='')}@")


def test_clone_link_leads_to_the_repository(world: World, tmp_path: Path) -> None:
    links = world.get("projects/ACME/repos/app").json()["links"]
    http = next(link["href"] for link in links["clone"] if link["name"] == "http")
    assert http == world.dc.clone_url("ACME", "app") == f"{world.dc.url}/scm/acme/app.git"
    assert run("clone", "-q", http, str(tmp_path / "work"), bearer=world.token.secret).returncode == 0
    assert (tmp_path / "work/bin/run").stat().st_mode & 0o111


@pytest.mark.parametrize("secret", ["password", "token"])
def test_push_with_password_or_personal_token(world: World, tmp_path: Path, secret: str) -> None:
    work, word = tmp_path / "work", world.owner.password if secret == "password" else world.token.secret
    assert run("clone", "-q", url(world, "olivia", word), str(work)).returncode == 0
    run("commit", "-q", "--allow-empty", "-m", "More", cwd=work)
    pushed = run("push", "-q", "origin", "main", ":feature/login", cwd=work)
    assert pushed.returncode == 0, pushed.stderr
    refs = world.dc.refs("ACME", "app")
    assert refs["refs/heads/main"] == run("rev-parse", "HEAD", cwd=work).stdout.strip()
    assert "refs/heads/feature/login" not in refs


def fetches(world: World, where: str, bearer: str = "") -> bool:
    return run("ls-remote", where, bearer=bearer).returncode == 0


@pytest.mark.parametrize("kind", ["project", "repository"])
def test_tokens_without_a_user_need_the_bearer_header(world: World, tmp_path: Path, kind: str) -> None:
    owner: Any = world.app if kind == "repository" else world.app.project
    token: AccessToken = world.dc.create_token(owner, ["REPO_WRITE"])
    plain = world.dc.clone_url("ACME", "app")
    assert fetches(world, plain, token.secret)
    assert not fetches(world, url(world, "x-token-auth", token.secret))
    assert not fetches(world, url(world, "olivia", token.secret))
    work = tmp_path / "work"
    run("clone", "-q", plain, str(work), bearer=token.secret)
    run("commit", "-q", "--allow-empty", "-m", "More", cwd=work)
    assert run("push", "-q", cwd=work, bearer=token.secret).returncode == 0


def test_reading_is_not_writing(world: World, tmp_path: Path) -> None:
    token = world.dc.create_token(world.owner, ["REPO_READ"])
    work = tmp_path / "work"
    assert run("clone", "-q", world.dc.clone_url("ACME", "app"), str(work), bearer=token.secret).returncode == 0
    run("commit", "-q", "--allow-empty", "-m", "More", cwd=work)
    pushed = run("push", cwd=work, bearer=token.secret)
    assert pushed.returncode != 0 and "403" in pushed.stderr


def test_strangers_and_nobody(world: World) -> None:
    plain = world.dc.clone_url("ACME", "app")
    assert not fetches(world, plain)
    sam = world.dc.create_user("sam")
    answer = world.get("/scm/acme/app.git/info/refs?service=git-upload-pack", sam)
    assert answer.status_code == 404
    answer = world.get("/scm/acme/app.git/info/refs?service=git-upload-pack", None)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Basic")
    world.dc.create_repository("ACME", "open", {"a": "b"}, public=True)
    assert fetches(world, world.dc.clone_url("ACME", "open"))
    assert world.get("/scm/ACME/open.git/info/refs?service=git-receive-pack", None).status_code == 401
    assert world.get("/scm/acme/app.git/info/refs").status_code == 403  # the old protocol
