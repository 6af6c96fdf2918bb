# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects that mirror a repository already, and the mark of those that the collection has created."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project import Project
from tests.sandbox.gitlab import GitLab, User

from .conftest import Runner

URL = "https://bitbucket.org/acme/shop.git"


def mirror(gitlab: GitLab, ada: User, path: str = "storefront", url: str = URL, group: str = "acme") -> None:
    made = gitlab.create_project(group, path, creator=ada)
    made.mirror.enabled, made.mirror.url = True, url
    made.mirror.username, made.mirror.password = "x-token-auth", "a-secret-of-theirs"


def test_a_project_that_mirrors_the_repository_is_found_where_ours_is_missing(
    run: Runner, gitlab: GitLab, ada: User
) -> None:
    gitlab.grant(ada, 50, gitlab.create_group("legacy"))
    mirror(gitlab, ada, group="legacy", url="https://BITBUCKET.org/Acme/shop")
    mirror(gitlab, ada, "stock", "https://bitbucket.org/acme/stock.git")
    gitlab.create_project("acme", "empty", creator=ada)
    result = run.ok(Project, check_mode=True, project="acme/shop", serves=URL)
    (one,) = result["unmanaged"]
    assert one == {
        "kind": "gitlab_project",
        "name": "legacy/storefront",
        "where": f"{gitlab.url}/legacy/storefront",
        "variable": "project",
        "value": "legacy/storefront",
        "reason": f"it is a pull mirror of {URL}",
    }
    assert "a-secret-of-theirs" not in str(result)
    assert run.calls.count("GET /projects") == 1


def test_a_real_run_asks_only_for_those_that_are_called_so(run: Runner, gitlab: GitLab, ada: User) -> None:
    mirror(gitlab, ada)
    mirror(gitlab, ada, "old-shop")
    real = run.ok(Project, project="acme/shop", serves=URL)
    assert [one["name"] for one in real["unmanaged"]] == ["acme/old-shop"] and gitlab.find_project("acme/shop")
    asked = [call.query for call in run.server.calls.all() if call.path.endswith("/projects") and call.query]
    assert "search=shop" in asked[-1]


def test_nothing_is_looked_for_where_ours_exists_or_nobody_asks(run: Runner, gitlab: GitLab, ada: User) -> None:
    mirror(gitlab, ada)
    assert "unmanaged" not in run.ok(Project, check_mode=True, project="acme/shop")
    run.ok(Project, project="acme/shop")
    assert "unmanaged" not in run.ok(Project, project="acme/shop", serves=URL)
    assert run.calls == ["GET /projects/acme/shop"]


def test_one_that_was_only_imported_is_called_so(run: Runner, gitlab: GitLab, ada: User) -> None:
    gitlab.create_project("acme", "copy", creator=ada).import_url = URL
    (one,) = run.ok(Project, check_mode=True, project="acme/shop", serves=URL)["unmanaged"]
    assert (one["name"], one["reason"]) == ("acme/copy", f"it was imported from {URL}")


def test_one_that_is_to_be_deleted_or_is_not_ours_to_maintain_is_none(run: Runner, gitlab: GitLab, ada: User) -> None:
    mirror(gitlab, ada)
    found = gitlab.find_project("acme/storefront")
    assert found
    gitlab.delete_project(found)
    bob = gitlab.create_user("bob")
    gitlab.grant(bob, 50, gitlab.create_group("bobs"))
    mirror(gitlab, bob, group="bobs")
    assert "unmanaged" not in run.ok(Project, check_mode=True, project="acme/shop", serves=URL)


def test_what_is_created_is_marked_and_only_that_is_deleted_with_keep(run: Runner, gitlab: GitLab, ada: User) -> None:
    made = run.ok(Project, project="acme/shop")
    assert gitlab.find_project("acme/shop").settings["topics"] == ["repobridge"]  # type: ignore[union-attr]
    assert made["resource"]["adopted"] is False
    gitlab.create_project("acme", "theirs", creator=ada, topics=["shop"])
    assert run.ok(Project, project="acme/theirs")["resource"]["adopted"] is True
    kept = run.ok(Project, project="acme/theirs", state="absent", unmarked="keep")
    assert not kept["changed"] and kept["kept"][0]["where"] == f"{gitlab.url}/acme/theirs" and not run.writes()
    assert run.ok(Project, project="acme/shop", state="absent", unmarked="keep")["changed"]
    assert run.ok(Project, project="acme/theirs", state="absent")["changed"]


@pytest.mark.parametrize(("topics", "level"), [([], "enabled"), (["repobridge"], "disabled")])
def test_a_default_disables_no_feature_of_an_adopted_project(
    run: Runner, gitlab: GitLab, ada: User, topics: list[str], level: str
) -> None:
    shop = gitlab.create_project("acme", "shop", creator=ada, topics=topics)
    run.ok(Project, project="acme/shop", ci_only=True, defaults=["ci_only"])
    assert shop.settings["wiki_access_level"] == level
    run.ok(Project, project="acme/shop", ci_only=True)
    assert shop.settings["wiki_access_level"] == "disabled"
