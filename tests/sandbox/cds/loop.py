# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that tests of the loop share: a project that reaches Bitbucket, a workflow, a push, and what came of it."""

from __future__ import annotations

from .world import World


def connect(world: World, **settings: object) -> str:
    """The project reaches Bitbucket by OAuth where it can, else by its own server; the server's name."""
    if world.cds.version.has_vcs_servers:
        world.link()
        name = "bitbucketcloud"
    else:
        assert world.post("/v2/project/DEMO/vcs", json=world.vcs_body(**settings)).status_code == 201
        name = "bb"
    world.attach(name)
    return name


def make_workflow(world: World, name: str = "wf", **more: object) -> None:
    world.post("/project/DEMO/pipeline", json={"name": "build"})
    body = {
        "name": name,
        "version": "v2.0",
        "workflow": {"build": {"pipeline": "build", "application": "app"}},
        "hooks": {"build": [{"type": "RepositoryWebHook"}]},
        **more,
    }
    answer = world.post("/project/DEMO/import/workflows", json=body)
    assert answer.status_code == 200, answer.text


def push(world: World, branch: str = "main", text: str = "1") -> str:
    return world.bitbucket.bitbucket.commit("acme", "app", branch, {"file": text})


def statuses(world: World) -> dict[str, tuple[str, str, str]]:
    """key → commit, state, url"""
    repository = world.bitbucket.bitbucket.repository("acme", "app")
    return {key: (commit, one.state, one.url) for (commit, key), one in repository.statuses.items()}


def runs(world: World, name: str = "wf") -> list[dict[str, object]]:
    answer = world.get(f"/project/DEMO/workflows/{name}/runs")
    assert answer.status_code == 200
    return answer.json()
