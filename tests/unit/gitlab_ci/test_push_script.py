# SPDX-License-Identifier: GPL-3.0-or-later
"""The step of Bitbucket Pipelines that pushes to GitLab, run by real shells between two repositories of the sandbox."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.server import Server

from ..other_server import OtherServer
from .render import render

pytestmark = pytest.mark.any_core


class Step:
    """The destination is played by another repository, which wants a login as GitLab does."""

    def __init__(self, bitbucket: Bitbucket, ada: User, folder: Path, watched: Path) -> None:
        self.bitbucket, self.folder, self.watched = bitbucket, folder, watched
        bitbucket.create_repository("acme", "mirror")
        self.token = bitbucket.create_api_token(ada, ["read:repository:bitbucket", "write:repository:bitbucket"]).secret
        folder.mkdir()
        git.run(folder, "clone", "--quiet", "--branch", "main", str(bitbucket.repository("acme", "shop").path), ".")
        (watched / "arguments").touch()
        self.shell = ["sh"]
        self.write()

    def write(self, **variables: Any) -> None:
        destination = {"_gitlab_ci_push_address": self.bitbucket.clone_url("acme", "mirror")}
        destination["gitlab_ci_push_user"] = "x-bitbucket-api-token-auth"
        (self.folder / "push_to_gitlab").write_text(render("push_to_gitlab.sh.j2", **{**destination, **variables}))

    def __call__(self, **environment: str | None) -> subprocess.CompletedProcess[str]:
        """With these variables; one that is None is not set."""
        every = {**git.environment(), "GITLAB_PUSH_TOKEN_12": self.token, "BITBUCKET_BRANCH": "main", **environment}
        variables = {name: value for name, value in every.items() if value is not None}
        variables.setdefault("PUSH_TO_GITLAB_PAUSE", "0")
        variables["PATH"] = f"{self.watched}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [*self.shell, "push_to_gitlab"],
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert self.token not in done.stdout + done.stderr + (self.watched / "arguments").read_text()
        return done

    def same(self) -> bool:
        return self.bitbucket.refs("acme", "shop") == self.bitbucket.refs("acme", "mirror")


@pytest.fixture
def step(bitbucket: Bitbucket, ada: User, tmp_path: Path, watched: Path) -> Step:
    return Step(bitbucket, ada, tmp_path / "clone", watched)


def test_every_ref_is_the_same(step: Step, bitbucket: Bitbucket, shell: list[str]) -> None:
    step.shell = shell
    bitbucket.tag("acme", "shop", "v1", "main")
    bitbucket.tag("acme", "shop", "v2", "dev", "annotated")
    done = step()
    assert done.returncode == 0, done.stderr
    assert step.same() and "4 refs" in done.stdout
    bitbucket.commit("acme", "shop", "main", {"a": "b"})
    bitbucket.delete_branch("acme", "shop", "dev")
    bitbucket.delete_tag("acme", "shop", "v2")
    assert step().returncode == 0 and step.same()


def test_what_is_gone_stays_in_gitlab_if_wanted(step: Step, bitbucket: Bitbucket) -> None:
    step()
    step.write(gitlab_ci_push_prune=False)
    bitbucket.delete_branch("acme", "shop", "dev")
    assert step().returncode == 0 and "refs/heads/dev" in bitbucket.refs("acme", "mirror")


def test_a_rewritten_branch_is_rewritten(step: Step, bitbucket: Bitbucket) -> None:
    bitbucket.commit("acme", "shop", "dev", {"a": "b"})
    step()
    path = bitbucket.repository("acme", "shop").path
    git.run(path, "update-ref", "refs/heads/dev", "main")
    assert step().returncode == 0 and step.same()


def test_a_shallow_clone_will_do(step: Step, bitbucket: Bitbucket) -> None:
    for number in range(3):
        bitbucket.commit("acme", "shop", "main", {"a": str(number)})
    source = f"file://{bitbucket.repository('acme', 'shop').path}"
    git.run(step.folder, "fetch", "--quiet", "--depth", "1", source, "main")
    git.run(step.folder, "remote", "set-url", "origin", source)
    assert git.run(step.folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
    assert step().returncode == 0 and step.same()


def test_nothing_is_never_pushed(step: Step, bitbucket: Bitbucket) -> None:
    step()
    bitbucket.create_repository("acme", "empty")
    git.run(step.folder, "remote", "set-url", "origin", str(bitbucket.repository("acme", "empty").path))
    done = step()
    assert done.returncode == 1 and "GitLab is not changed" in done.stderr and step.same()


def test_a_push_in_the_meantime_is_pushed_too(step: Step, bitbucket: Bitbucket, watched: Path) -> None:
    late = f"{shutil.which('git')} --git-dir {bitbucket.repository('acme', 'shop').path} branch late main"
    once = f'case " $* " in *" push "*) mkdir "{watched}/once" 2>/dev/null && {late} ;; esac'
    wrapper = watched / "git"
    wrapper.write_text(wrapper.read_text().replace("exec ", f"{once}\nexec ", 1))
    assert step().returncode == 0 and step.same() and "refs/heads/late" in bitbucket.refs("acme", "mirror")


def test_a_wrong_token_fails_the_step(step: Step, shell: list[str]) -> None:
    step.shell = shell
    done = step(GITLAB_PUSH_TOKEN="wrong")
    assert done.returncode == 1 and "GitLab rejected the push" in done.stderr
    assert step(GITLAB_PUSH_TOKEN_12="").returncode == 1


def test_the_newest_token_is_used_and_somebodys_own_before_it(step: Step, shell: list[str]) -> None:
    step.shell = shell
    assert step(GITLAB_PUSH_TOKEN_9="wrong", GITLAB_PUSH_TOKEN_2="wrong").returncode == 0
    assert step(GITLAB_PUSH_TOKEN_100="wrong").returncode == 1
    assert step(GITLAB_PUSH_TOKEN_100="wrong", GITLAB_PUSH_TOKEN=step.token).returncode == 0
    assert step(GITLAB_PUSH_TOKEN_12="", GITLAB_PUSH_TOKEN_ID="12").returncode == 1


def test_a_push_that_another_one_got_in_the_way_of_is_made_again(step: Step, watched: Path) -> None:
    once = f'case " $* " in *" push "*) mkdir "{watched}/once" 2>/dev/null && exit 1 ;; esac'
    wrapper = watched / "git"
    wrapper.write_text(wrapper.read_text().replace("exec ", f"{once}\nexec ", 1))
    assert step().returncode == 0 and step.same()


@pytest.fixture
def other() -> Iterator[OtherServer]:
    other = OtherServer()
    yield other
    other.stop()


def test_a_redirect_is_not_followed_and_both_addresses_are_named(
    step: Step, bitbucket: Bitbucket, shell: list[str], other: OtherServer
) -> None:
    step.shell = shell
    first = OtherServer(other.url)
    try:
        done = step(GITLAB_PUSH_URL=f"{first.url}/group/shop.git")
    finally:
        first.stop()
    assert done.returncode == 1 and first.requests and not other.requests
    assert f"{first.url}/group/shop.git redirects to {other.url}/group/shop.git:" in done.stderr
    assert "GITLAB_PUSH_URL" in done.stderr


def test_no_other_site_gets_the_token(step: Step, bitbucket: Bitbucket, shell: list[str], other: OtherServer) -> None:
    """Nor one with the same name and another port, where the configuration of the clone brings git there."""
    step.shell = shell
    address = bitbucket.clone_url("acme", "mirror")
    git.run(step.folder, "config", f"url.{other.url}/.insteadOf", address)
    done = step()
    assert done.returncode == 1 and other.requests and set(other.authorizations) == {None}


def test_what_git_is_configured_to_here_does_not_count_for_the_push(
    step: Step, server: Server, tmp_path: Path, shell: list[str], other: OtherServer
) -> None:
    step.shell = shell
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    configuration = (
        f'[url "{other.url}/"]\n insteadOf = {step.bitbucket.url}/\n[http]\n followRedirects = true\n'
        f" extraHeader = Authorization: Basic bm9ib2R5\n proxy = {other.url}\n[push]\n gpgSign = true\n"
    )
    (home / ".gitconfig").write_text(configuration)
    (home / ".config" / "git" / "config").write_text(configuration)
    (home / ".netrc").write_text("machine 127.0.0.1 login nobody password wrong\n")
    for named in (str(home / ".gitconfig"), None):
        done = step(HOME=str(home), XDG_CONFIG_HOME=str(home / ".config"), GIT_CONFIG_GLOBAL=named)
        assert done.returncode == 0, done.stderr
    assert step.same() and not other.requests
    assert not [call for call in server.calls.all(git=True) if "nobody" in call.request_text()]


def test_a_trace_shows_no_token(step: Step, shell: list[str]) -> None:
    step.shell = shell
    done = step(GIT_TRACE_CURL="1", GIT_CURL_VERBOSE="1", GIT_TRACE_REDACT="0")
    pair = base64.b64encode(f"x-bitbucket-api-token-auth:{step.token}".encode()).decode()
    assert done.returncode == 0 and pair not in done.stdout + done.stderr


def test_an_address_without_a_site_is_refused(step: Step, shell: list[str]) -> None:
    step.shell = shell
    done = step(GITLAB_PUSH_URL="git@gitlab.example.com:group/shop.git")
    assert done.returncode == 1 and "must begin with https://" in done.stderr


def test_a_shell_that_shows_its_commands_does_not_show_it(step: Step, shell: list[str]) -> None:
    step.shell = [*shell, "-x"]
    assert step().returncode == 0


def test_the_step_runs_for_branches_and_tags_with_the_whole_history() -> None:
    loaded = yaml.safe_load(render("bitbucket-pipelines.yml.j2"))
    (step,) = loaded["definitions"]["steps"]
    assert loaded["clone"] == {"depth": "full"} and step["step"]["script"] == ["sh ./push_to_gitlab"]
    assert loaded["pipelines"] == {"default": [step], "tags": {"**": [step]}}
