# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits read one by one, and tags of whatever git lets be tagged."""

from __future__ import annotations

from tests.sandbox import git
from tests.sandbox.gitlab.world import World

CONFIG = "job: {script: [echo hello]}\n"


def test_one_commit_says_what_it_changed_and_how_it_went(world: World) -> None:
    world.gitlab.commit(world.project, "main", {"a": "1\n2\n3\n", "picture": b"\0\1\2"})
    first = world.call("GET", "repository/commits/main").json()
    assert first["stats"] == {"additions": 3, "deletions": 0, "total": 3}
    assert first["last_pipeline"] is None and first["status"] is None
    world.gitlab.commit(world.project, "main", {"a": "1\n4\n", ".gitlab-ci.yml": CONFIG})
    second = world.call("GET", "repository/commits/main").json()
    assert second["stats"] == {"additions": 2, "deletions": 2, "total": 4}
    (pipeline,) = world.call("GET", "pipelines").json()
    assert second["last_pipeline"] == {name: value for name, value in pipeline.items() if name != "name"}
    assert second["status"] == pipeline["status"] and second["project_id"] == world.project.id
    assert "stats" not in world.call("GET", "repository/commits/main?stats=false").json()
    (listed, _) = world.call("GET", "repository/commits").json()
    assert not {"stats", "last_pipeline"} & listed.keys()


def test_tags_of_tags_and_of_files(world: World) -> None:
    sha = world.gitlab.commit(world.project, "main", {"a": "1\n"})
    path = world.project.git_path
    git.tag(path, "v1", "main", "First")
    inner = git.refs(path, "refs/tags")["refs/tags/v1"]
    blob = git.run(path, "rev-parse", "main:a").decode().strip()
    tree = git.run(path, "rev-parse", "main^{tree}").decode().strip()
    text = f"object {inner}\ntype tag\ntag outer\ntagger O <o@example.com> 1700000000 +0000\n\nA tag of a tag\n"
    outer = git.run(path, "hash-object", "-t", "tag", "-w", "--stdin", stdin=text.encode()).decode().strip()
    for name, target in (("outer", outer), ("file", blob), ("folder", tree)):
        git.run(path, "update-ref", f"refs/tags/{name}", target)
    answer = world.call("GET", "repository/tags")
    assert answer.status_code == 200
    tags = {one["name"]: one for one in answer.json()}
    assert {name: one["target"] for name, one in tags.items()} == {
        "v1": inner,
        "outer": outer,
        "file": blob,
        "folder": tree,
    }
    assert tags["outer"]["commit"]["id"] == tags["v1"]["commit"]["id"] == sha
    assert tags["outer"]["message"] == "A tag of a tag"
    assert tags["file"]["commit"] is None and tags["folder"]["commit"] is None
    for name, one in tags.items():
        assert world.call("GET", f"repository/tags/{name}").json() == one
