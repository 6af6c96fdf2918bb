# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects: made empty, adopted without being rewritten, never owning what is about mirroring."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project import Project
from tests.sandbox.gitlab import GitLab, User
from tests.sandbox.gitlab import Project as Shop

from .conftest import Runner


def test_a_new_project_is_empty_and_private_and_found_again_with_one_call(run: Runner, gitlab: GitLab) -> None:
    gitlab.find_namespace("acme").visibility = "public"  # type: ignore[union-attr]
    options = {"project": "acme/shop", "ci_only": True, "features": {"pages": "disabled", "wiki": "private"}}
    made = run.ok(Project, **options)
    assert run.calls == ["GET /projects/acme/shop", "GET /namespaces/acme", "POST /projects"]
    found = gitlab.find_project("acme/shop")
    assert found
    assert (made["changed"], made["resource"]["id"], found.visibility) == (True, found.id, "private")
    assert made["resource"]["empty_repo"]
    levels = {
        name: found.settings[f"{name}_access_level"]
        for name in ("issues", "snippets", "merge_requests", "wiki", "pages")
    }
    assert levels == {
        "issues": "disabled",
        "snippets": "disabled",
        "merge_requests": "disabled",
        "wiki": "private",
        "pages": "disabled",
    }
    assert found.settings["builds_access_level"] == "enabled"
    again = run.ok(Project, **options)
    assert (again["changed"], run.calls) == (False, ["GET /projects/acme/shop"])


def test_check_mode_from_nothing_names_the_project_to_be(run: Runner, gitlab: GitLab) -> None:
    result = run.ok(Project, check_mode=True, project="acme/shop", description="Pipelines")
    assert result["resource"]["id"] == "pending:gitlab_project:acme/shop"
    assert result["diff"]["after"]["visibility"] == "private"
    assert not run.writes()
    assert gitlab.find_project("acme/shop") is None


def test_only_what_is_set_is_changed(run: Runner, gitlab: GitLab, ada: User) -> None:
    shop = gitlab.create_project(
        "acme", "shop", creator=ada, name="The Shop", visibility="internal", description="ours"
    )
    adopted = run.ok(Project, project="acme/shop")
    assert not adopted["changed"]
    changed = run.ok(Project, project=str(shop.id), build_timeout=600, auto_cancel_pending_pipelines=False)
    assert run.calls == [f"GET /projects/{shop.id}", f"PUT /projects/{shop.id}"]
    assert [d["path"] for d in changed["drift"]] == ["build_timeout", "auto_cancel_pending_pipelines"]
    assert (shop.name, shop.visibility, shop.settings["description"]) == ("The Shop", "internal", "ours")
    assert (shop.settings["build_timeout"], shop.settings["auto_cancel_pending_pipelines"]) == (600, "disabled")


def test_nothing_about_mirroring_is_sent(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    run.ok(Project, project="acme/shop", ci_only=True, description="x", auto_devops_enabled=False)
    (call,) = [call for call in run.server.calls.all() if call.method == "PUT"]
    assert b"mirror" not in call.body
    assert b"import" not in call.body


@pytest.mark.parametrize(
    ("gitlab", "able"), [("ce", False), ("ee_free", False), ("premium", True)], indirect=["gitlab"]
)
def test_it_tells_for_nothing_whether_pull_mirrors_are_to_be_had(run: Runner, shop: Shop, able: bool) -> None:
    assert run.ok(Project, project="acme/shop")["resource"]["pull_mirroring"] is able
    assert len(run.calls) == 1


def test_an_empty_description_is_none(run: Runner, shop: Shop) -> None:
    assert not run.ok(Project, project="acme/shop", description="")["changed"]


def test_absent_and_back_by_its_id(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    assert run.ok(Project, project="acme/shop", state="absent")["actions"][0]["call"] == "DELETE /api/v4/projects/{id}"
    assert shop.marked_for_deletion_on
    assert not run.ok(Project, project="acme/shop", state="absent")["changed"]
    assert not run.ok(Project, project=str(shop.id), state="absent")["changed"]
    back = run.ok(Project, project=str(shop.id))
    assert [action["action"] for action in back["actions"]] == ["restore"]
    assert not shop.marked_for_deletion_on
    assert back["resource"]["path_with_namespace"] == "acme/shop"


def test_a_lost_answer_makes_no_second_project(run: Runner, gitlab: GitLab) -> None:
    run.server.faults.add("apply_then_drop", match="POST /api/v4/projects$")
    made = run.ok(Project, project="acme/shop")
    assert made["changed"]
    assert [action["action"] for action in made["actions"]] == ["create"]
    assert len(gitlab.projects) == 1
    assert run.writes() == ["POST /projects"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"project": "shop"}, "is not a valid project"),
        ({"project": "/shop"}, "is not a valid project"),
        ({"features": {"blog": "disabled"}}, "blog is not a feature"),
        ({"features": {"wiki": "public"}}, "cannot be 'public'"),
        ({"features": {"wiki": False}}, "cannot be False"),
    ],
)
def test_bad_input_is_refused_before_the_first_call(run: Runner, options: dict[str, object], words: str) -> None:
    assert words in run.fails(Project, **{"project": "acme/shop", **options})
    assert not run.calls


def test_an_unknown_group_is_named_in_check_mode_too(run: Runner) -> None:
    message = run.fails(Project, check_mode=True, project="nowhere/shop")
    assert "Find the group nowhere" in message
    assert "404 Namespace Not Found" in message


def test_an_id_nobody_has_is_not_made(run: Runner) -> None:
    assert "GitLab assigns the ids itself" in run.fails(Project, project="4711")
    assert run.calls == ["GET /projects/4711"]


def test_what_gitlab_leaves_as_it_was_is_an_error(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    """As with a setting that the group forbids."""
    gitlab.projects[shop.id].settings = Stubborn(shop.settings)
    assert "did not change shared_runners_enabled" in run.fails(
        Project, project="acme/shop", shared_runners_enabled=False
    )


class Stubborn(dict):  # type: ignore[type-arg]
    def update(self, *_args: object, **_kwargs: object) -> None:
        """Nothing changes."""


def test_a_feature_gitlab_does_not_know_is_left_out_with_a_warning(run: Runner, shop: Shop) -> None:
    result = run.ok(Project, project="acme/shop", features={"requirements": "disabled"})
    assert not result["changed"]
    assert "requirements" in run.warnings[0]


def test_the_group_must_see_it_to_find_it(run: Runner, gitlab: GitLab, shop: Shop) -> None:
    """A project under the path that the token must not see."""
    bob = gitlab.create_user("bob")
    run.login(bob)
    message = run.fails(Project, project="acme/shop")
    assert "the group acme" in message
    assert "role in the group" in message
