# SPDX-License-Identifier: GPL-3.0-or-later
"""gitlab_project_info: a project with the commits of its branches and tags."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project_info import ProjectInfo
from tests.sandbox import git
from tests.sandbox.gitlab import GitLab, Project, User

from .conftest import Runner


def test_branches_and_tags_are_told_by_their_commits(run: Runner, gitlab: GitLab, shop: Project) -> None:
    main = gitlab.commit(shop, "main", {"a": "a"})
    gitlab.commit(shop, "feature/x", {"b": "b"})
    git.run(shop.git_path, "update-ref", "refs/tags/v1", main)
    result = run.ok(ProjectInfo, project="acme/shop")
    assert result["refs"] == gitlab.refs(shop)
    assert result["refs"]["refs/tags/v1"] == main
    assert result["project"]["id"] == shop.id
    assert result["project"]["mirror_trigger_url"] == f"{gitlab.api_url}/projects/{shop.id}/mirror/pull"
    assert len(run.calls) == 3


def test_without_refs_it_is_one_call(run: Runner, shop: Project) -> None:
    assert run.ok(ProjectInfo, project=str(shop.id), refs=False)["refs"] == {}
    assert run.calls == [f"GET /projects/{shop.id}"]


def test_more_than_a_page_is_read_to_its_end(run: Runner, gitlab: GitLab, shop: Project) -> None:
    main = gitlab.commit(shop, "main", {"a": "a"})
    for number in range(120):
        git.run(shop.git_path, "update-ref", f"refs/tags/v{number}", main)
    assert len(run.ok(ProjectInfo, project="acme/shop")["refs"]) == 121


def test_what_is_not_there_is_empty(run: Runner, gitlab: GitLab) -> None:
    for name in ("acme/nothing", "pending:gitlab_project:acme/nothing"):
        result = run.ok(ProjectInfo, check_mode=True, project=name)
        assert (result["project"], result["refs"]) == ({}, {})


def test_a_wrong_token_is_an_error(run: Runner, gitlab: GitLab, shop: Project, ada: User) -> None:
    run.common["api_token"] = "wrong"
    assert "401" in run.fails(ProjectInfo, project="acme/shop")
