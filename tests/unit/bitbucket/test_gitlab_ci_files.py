# SPDX-License-Identifier: GPL-3.0-or-later
"""gitlab_ci_files: the include in a pipeline file of somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.files import GitlabCiFiles
from tests.sandbox.bitbucket import Bitbucket, User

from .conftest import SandboxRunner
from .test_commit_files import TWO, faster, mode, writes


@pytest.fixture(autouse=True)
def _login(run: SandboxRunner, ada: User) -> None:
    run.login(ada)


def test_of_their_change_the_include_is_kept_in(
    run: SandboxRunner, bitbucket: Bitbucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bitbucket.commit("acme", "shop", "main", {".gitlab-ci.yml": "x: 1\n"})
    faster(monkeypatch, bitbucket, {".gitlab-ci.yml": "x: 2\n"})
    result = run.ok(GitlabCiFiles, **{**TWO, "files": [{"path": ".gitlab-ci.yml", "gitlab_include": "a.yml"}]})
    assert bitbucket.read("acme", "shop", ".gitlab-ci.yml") == b"x: 2\ninclude:\n  - local: /a.yml\n"
    assert result["diff"]["before"] == "=== .gitlab-ci.yml\nx: 2\n"


class TestInclude:
    FILES: dict[str, Any] = {
        **TWO,
        "files": [
            {"path": ".gitlab/part.yml", "content": "x: 1\n"},
            {"path": ".gitlab-ci.yml", "gitlab_include": ".gitlab/part.yml"},
        ],
    }
    OWN = "# Ours\nbuild:\n  script: make # all\n"

    def test_is_added_to_what_is_there_and_taken_out_again(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        bitbucket.commit("acme", "shop", "main", {".gitlab-ci.yml": self.OWN})
        run.ok(GitlabCiFiles, **self.FILES)
        text = bitbucket.read("acme", "shop", ".gitlab-ci.yml") or b""
        assert text.decode() == f"{self.OWN}include:\n  - local: /.gitlab/part.yml\n"
        assert not run.ok(GitlabCiFiles, **self.FILES)["changed"]
        run.ok(GitlabCiFiles, **self.FILES, state="absent")
        assert bitbucket.read("acme", "shop", ".gitlab-ci.yml") == self.OWN.encode()
        assert not mode(bitbucket, ".gitlab/part.yml")
        assert not run.ok(GitlabCiFiles, **self.FILES, state="absent")["changed"]

    def test_a_file_that_is_only_that_comes_and_goes(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        run.ok(GitlabCiFiles, **self.FILES)
        assert mode(bitbucket, ".gitlab-ci.yml")
        run.ok(GitlabCiFiles, **self.FILES, state="absent")
        assert not mode(bitbucket, ".gitlab-ci.yml")

    @pytest.mark.parametrize("content", ["x: [\n", "- a\n", b"\xff\xfe"])
    def test_a_file_that_is_none_is_named(self, run: SandboxRunner, bitbucket: Bitbucket, content: Any) -> None:
        bitbucket.commit("acme", "shop", "main", {".gitlab-ci.yml": content})
        message = run.fails(GitlabCiFiles, **self.FILES)
        assert ".gitlab-ci.yml of acme/shop" in message and not writes(run)
