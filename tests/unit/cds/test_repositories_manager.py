# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_repositories_manager: what a program can do of an OAuth link, and the step in the browser that it can't."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.repositories_manager import RepositoriesManager

from .conftest import MIDDLE, NEW, OLD, Runner

linking = pytest.mark.parametrize("run", [OLD, MIDDLE], indirect=True)
LINKS = "GET /project/DEMO/repositories_manager"


def consent(run: Runner, url: str) -> None:
    with run.bitbucket.browser(run.world.bitbucket.owner) as browser:
        browser.grant(url)


@linking
def test_somebody_agrees_and_cds_completes_the_link(run: Runner) -> None:
    assert run.ok(RepositoriesManager, check_mode=True)["changed"] and run.calls == [LINKS]
    begun = run.ok(RepositoriesManager)
    path = "/project/DEMO/repositories_manager/bitbucketcloud"
    assert run.calls == [LINKS, "GET /repositories_manager", f"POST {path}/authorize"]
    assert begun["resource"]["linked"] is False
    consent(run, begun["resource"]["authorize_url"])
    done = run.ok(RepositoriesManager)
    assert (done["changed"], done["resource"]["linked"], run.calls) == (False, True, [LINKS])

    assert run.ok(RepositoriesManager, state="absent")["changed"]
    assert run.calls == [LINKS, f"DELETE {path}"]
    assert not run.ok(RepositoriesManager, state="absent")["changed"]


@linking
def test_a_code_from_the_browser_completes_it_too(run: Runner) -> None:
    begun = run.ok(RepositoriesManager)["resource"]
    with run.bitbucket.browser(run.world.bitbucket.owner) as browser:
        sent_to = browser.answer(begun["authorize_url"])
    code = parse_qs(urlsplit(sent_to).query)["code"][0]
    done = run.ok(RepositoriesManager, code=code, request_token=begun["request_token"])
    assert done["resource"]["linked"] and code not in repr(done)
    assert not run.ok(RepositoriesManager)["changed"]
    # A code is good once.
    run.ok(RepositoriesManager, state="absent")
    assert "valid once" in run.fails(RepositoriesManager, code=code, request_token=begun["request_token"])


@linking
def test_no_link_at_all_is_a_null(run: Runner) -> None:
    """CDS answers with null where others have an empty list."""
    assert not run.ok(RepositoriesManager, state="absent")["changed"]


@linking
def test_a_server_that_the_running_service_does_not_have(run: Runner) -> None:
    said = run.fails(RepositoriesManager, name="elsewhere")
    assert "runs no repositories manager elsewhere, but bitbucketcloud" in said and "restart" in said
    assert run.ok(RepositoriesManager, check_mode=True, name="elsewhere")["changed"]


@linking
def test_a_link_in_use_is_taken_away_by_force_only(run: Runner) -> None:
    run.world.link()
    run.world.attach()
    said = run.fails(RepositoriesManager, state="absent")
    assert "still used by an application" in said and "force" in said
    assert run.ok(RepositoriesManager, state="absent", force=True)["changed"]


@pytest.mark.parametrize("run", ["v0.53.1", NEW], indirect=True)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_versions_without_links_say_what_to_use(run: Runner, state: str) -> None:
    said = run.fails(RepositoriesManager, state=state)
    assert "removed in 0.53.1" in said and "cds_project_vcs" in said
    assert not run.calls


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
@linking
def test_a_lost_answer(run: Runner, kind: str) -> None:
    run.server.faults.add(kind, match="cds POST .*authorize$", times=1)
    consent(run, run.ok(RepositoriesManager)["resource"]["authorize_url"])
    assert not run.ok(RepositoriesManager)["changed"]


def test_bad_input(old: Runner) -> None:
    params: dict[str, Any] = {"code": "https://cds.example.com/?code=abc", "request_token": "x"}
    assert "after code=" in old.fails(RepositoriesManager, **params)
