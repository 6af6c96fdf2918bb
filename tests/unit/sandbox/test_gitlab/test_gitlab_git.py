# SPDX-License-Identifier: GPL-3.0-or-later
"""git itself against the sandbox: who may fetch and push, protected branches, push options."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import git
from tests.sandbox.gitlab import Token
from tests.sandbox.gitlab.world import World


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = git.environment()
    return subprocess.run(["git", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def url(world: World, secret: str, user: str = "oauth2") -> str:
    return world.gitlab.clone_url(world.project).replace("://", f"://{user}:{secret}@")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A clone with one commit on main."""
    folder = tmp_path / "work"
    folder.mkdir()
    run("init", "--quiet", "--initial-branch", "main", cwd=folder)
    (folder / "a").write_text("1\n")
    run("add", "a", cwd=folder)
    run("commit", "--quiet", "-m", "One", cwd=folder)
    return folder


Push = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def push(world: World, work: Path) -> Push:
    def it(token: Token, *arguments: str) -> subprocess.CompletedProcess[str]:
        options = [one for one in arguments if one.startswith("-")]
        refs = [one for one in arguments if not one.startswith("-")] or ["main"]
        return run("push", *options, url(world, token.secret), *refs, cwd=work)

    return it


def test_everything_is_pushed_with_a_write_repository_token(world: World, work: Path, push: Push) -> None:
    token = world.gitlab.create_project_token(world.project, ["write_repository"])
    run("tag", "v1", cwd=work)
    run("branch", "feature/x", cwd=work)
    done = push(token, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    assert done.returncode == 0, done.stderr
    assert set(world.gitlab.refs(world.project)) == {"refs/heads/main", "refs/heads/feature/x", "refs/tags/v1"}
    assert list(world.project.protections) == ["main"]  # from the first push on


@pytest.mark.parametrize(
    ("scopes", "fetches", "pushes"),
    [
        (["api"], True, True),
        (["write_repository"], True, True),
        (["read_repository"], True, False),
        (["read_api"], False, False),
    ],
)
def test_scopes(world: World, push: Push, scopes: list[str], fetches: bool, pushes: bool) -> None:
    token = world.gitlab.create_token(world.owner, scopes)
    assert (push(token).returncode == 0) is pushes
    assert (run("ls-remote", url(world, token.secret)).returncode == 0) is fetches


def test_bad_tokens_and_strangers(world: World) -> None:
    assert "Authentication failed" in run("ls-remote", url(world, "glpat-wrong")).stderr
    token = world.gitlab.create_token(world.owner, ["api"], expires_in_days=1)
    assert run("ls-remote", url(world, token.secret)).returncode == 0
    world.gitlab.clock.advance(2 * 24 * 3600)
    assert run("ls-remote", url(world, token.secret)).returncode != 0
    stranger = world.gitlab.create_token(world.gitlab.create_user("stranger"))
    assert "not found" in run("ls-remote", url(world, stranger.secret)).stderr
    assert run("ls-remote", world.gitlab.clone_url(world.project)).returncode != 0
    world.project.visibility = "public"
    assert run("ls-remote", world.gitlab.clone_url(world.project)).returncode == 0


def test_developers_push_to_unprotected_branches(world: World, push: Push) -> None:
    done = push(world.developer_token)
    assert done.returncode != 0 and "protected branches" in done.stderr  # main is going to be the default branch
    assert push(world.token).returncode == 0
    assert push(world.developer_token, "main:topic").returncode == 0
    reporter = world.gitlab.create_project_token(world.project, ["write_repository"], access_level=20)
    assert "not allowed to push" in push(reporter, "main:other").stderr


def test_force_on_the_protected_branch_refuses_every_ref(world: World, work: Path, push: Push) -> None:
    assert push(world.token).returncode == 0
    before = world.gitlab.refs(world.project)
    run("commit", "--quiet", "--amend", "-m", "Other", cwd=work)
    done = push(world.token, "--force", "main", "main:new")
    assert done.returncode != 0 and "force push" in done.stderr
    assert world.gitlab.refs(world.project) == before
    answer = world.call("PATCH", "protected_branches/main", json={"allow_force_push": True})
    assert answer.json()["allow_force_push"] is True
    assert push(world.token, "--force", "main", "main:new").returncode == 0
    assert push(world.token, ":main").returncode != 0


def test_protection_can_be_taken_away(world: World, push: Push) -> None:
    push(world.token)
    assert world.call("DELETE", "protected_branches/main").status_code == 204
    assert push(world.developer_token, "main:main").returncode == 0
    body = {"name": "release/*", "push_access_level": 0}
    assert world.call("POST", "protected_branches", json=body).status_code == 201
    assert world.call("POST", "protected_branches", json=body).status_code == 409
    assert "protected branches" in push(world.token, "main:release/1").stderr


def test_ci_skip_as_push_option(world: World, work: Path, push: Push) -> None:
    (work / ".gitlab-ci.yml").write_text("job: {script: [echo]}\n")
    run("add", ".", cwd=work)
    run("commit", "--quiet", "-m", "CI", cwd=work)
    assert push(world.token, "--push-option=ci.skip").returncode == 0
    (pipeline,) = world.gitlab.wait_for_pipelines()
    assert pipeline.status == "skipped" and pipeline.reason == "ci.skip"
    assert push(world.token, "main:topic").returncode == 0
    assert [one.ref for one in world.gitlab.wait_for_pipelines()] == ["main", "topic"]


def test_the_mirror_s_own_refs_are_not_served(world: World) -> None:
    world.mirror()
    listed = run("ls-remote", url(world, world.token.secret)).stdout
    assert "refs/heads/main" in listed and "refs/mirror" not in listed


def test_a_pointer_to_a_missing_lfs_object_refuses_the_push(world: World, work: Path, push: Push) -> None:
    oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    (work / "film.mp4").write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n")
    run("add", "film.mp4", cwd=work)
    run("commit", "--quiet", "-m", "Film", cwd=work)
    refused = push(world.token)
    assert refused.returncode and "GitLab: LFS objects are missing." in refused.stderr
    assert world.gitlab.refs(world.project) == {}
    world.call("PUT", "", json={"lfs_enabled": False})
    assert push(world.token).returncode == 0
    # Who has uploaded the object, or pushes something else, is not stopped.
    world.call("PUT", "", json={"lfs_enabled": True})
    run("commit", "--quiet", "--allow-empty", "-m", "More", cwd=work)
    assert push(world.token).returncode == 0
    (work / "copy.mp4").write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\nx 1\n")
    run("add", "copy.mp4", cwd=work)
    run("commit", "--quiet", "-m", "Copy", cwd=work)
    assert push(world.token).returncode
    world.project.lfs_objects.add(oid)
    assert push(world.token).returncode == 0
