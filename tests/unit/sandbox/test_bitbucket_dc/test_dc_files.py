# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: read, and edited one at a time."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox import git
from tests.sandbox.bitbucket_dc.world import World

APP = "projects/ACME/repos/app"


def edit(world: World, path: str, content: str | bytes, by: Any = "token", **fields: str) -> requests.Response:
    form = {"branch": "main", **fields}
    return world.call("PUT", f"{APP}/browse/{path}", by, data=form, files={"content": content})


def exception(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["errors"][0]["exceptionName"]).rpartition(".")[2]


def test_raw_browse_and_files(world: World) -> None:
    world.dc.commit("ACME", "app", "main", {"logo.png": b"\0\1"})
    raw = world.get(f"{APP}/raw/src/main.py?at=refs/heads/main")
    assert raw.content == b"print('hello')\n" and raw.headers["Content-Type"].startswith("text/plain")
    assert world.get(f"{APP}/raw/logo.png").content == b"\0\1"
    assert world.get(f"{APP}/browse/src/main.py").json()["lines"] == [{"text": "print('hello')"}]
    assert world.get(f"{APP}/browse/logo.png").json()["binary"] is True
    assert world.get(f"{APP}/browse/src?type=true").json() == {"type": "DIRECTORY"}
    assert world.get(f"{APP}/browse/README.md?size=true").json() == {"size": 6}
    children = world.get(f"{APP}/browse").json()["children"]["values"]
    kinds = {one["path"]["toString"]: one["type"] for one in children}
    assert kinds == {"README.md": "FILE", "bin": "DIRECTORY", "logo.png": "FILE", "src": "DIRECTORY"}
    assert world.get(f"{APP}/files").json()["values"] == ["README.md", "bin/run", "logo.png", "src/main.py"]
    assert world.get(f"{APP}/files/src").json()["values"] == ["main.py"]
    assert exception(world.get(f"{APP}/raw/none"), 404) == "NoSuchPathException"
    assert exception(world.get(f"{APP}/raw/README.md?at=none"), 404) == "NoSuchCommitException"
    assert world.get(f"{APP}/raw/src").status_code == world.get(f"{APP}/files/README.md").status_code == 400


def test_no_answer_tells_that_a_file_is_executable(world: World) -> None:
    child = world.get(f"{APP}/browse/bin").json()["children"]["values"][0]
    plain = world.get(f"{APP}/browse/src").json()["children"]["values"][0]
    assert set(child) == set(plain)


def test_new_file_is_one_commit_and_never_executable(world: World) -> None:
    before = world.dc.refs("ACME", "app")["refs/heads/main"]
    answer = edit(world, "bin/new.sh", "#!/bin/sh\n", message="Add")
    commit = answer.json()
    assert answer.status_code == 200 and commit["message"] == "Add"
    assert [one["id"] for one in commit["parents"]] == [before]
    assert commit["author"] == world.get("users/olivia").json()
    entry = git.entry(world.app.path, "main", "bin/new.sh")
    assert entry is not None and entry.mode == git.REGULAR


def test_compare_and_swap_by_the_file_not_by_the_branch(world: World) -> None:
    """Other files may have changed since ``sourceCommitId``; this one may not."""
    first = world.dc.refs("ACME", "app")["refs/heads/main"]
    assert exception(edit(world, "README.md", "x"), 409) == "FileAlreadyExistsException"
    world.dc.commit("ACME", "app", "main", {"other": "1"})
    second = edit(world, "README.md", "# New\n", sourceCommitId=first)
    assert second.status_code == 200 and second.json()["message"] == "README.md edited online with Bitbucket"
    assert exception(edit(world, "README.md", "# Late\n", sourceCommitId=first), 409) == "FileOutOfDateException"
    assert world.dc.read("ACME", "app", "README.md", "main") == b"# New\n"
    now = second.json()["id"]
    same = edit(world, "README.md", "# New\n", sourceCommitId=now)
    assert exception(same, 409) == "FileContentUnmodifiedException"
    assert edit(world, "README.md", "x", sourceCommitId="f" * 40).status_code == 404


def test_executable_files_stay_what_they_are(world: World) -> None:
    first = world.dc.refs("ACME", "app")["refs/heads/main"]
    edit(world, "bin/run", "#!/bin/sh\necho\n", sourceCommitId=first)
    entry = git.entry(world.app.path, "main", "bin/run")
    assert entry is not None and entry.mode == git.EXECUTABLE


@pytest.mark.parametrize("kind", ["project", "repository"])
def test_tokens_without_a_user_edit_nothing(world: World, kind: str) -> None:
    owner: Any = world.app if kind == "repository" else world.app.project
    answer = edit(world, "new", "x", world.dc.create_token(owner, ["REPO_ADMIN"]))
    assert answer.status_code == 403 and "does not have a valid user" in answer.text


def test_new_branch_starts_from_another(world: World) -> None:
    assert edit(world, "new", "x", branch="topic").status_code == 404
    made = edit(world, "new", "x", branch="topic", sourceBranch="feature/login").json()
    refs = world.dc.refs("ACME", "app")
    assert refs["refs/heads/topic"] == made["id"]
    assert [one["id"] for one in made["parents"]] == [refs["refs/heads/feature/login"]]


def test_first_commit_of_an_empty_repository(world: World) -> None:
    world.dc.create_repository("ACME", "empty")
    form = {"branch": "trunk"}
    path = "projects/ACME/repos/empty/browse/README.md"
    answer = world.call("PUT", path, data=form, files={"content": "x"})
    assert answer.status_code == 200 and answer.json()["parents"] == []
    assert world.get("projects/ACME/repos/empty/branches/default").json()["displayId"] == "trunk"


def test_what_is_refused(world: World) -> None:
    assert world.call("PUT", f"{APP}/browse/a", data={"branch": "main"}).status_code == 400
    assert world.call("PUT", f"{APP}/browse/a", data={"content": "x"}).status_code == 400
    assert edit(world, "a/.git/b", "x").status_code == 400
    reader = world.dc.create_token(world.owner, ["REPO_READ"])
    assert edit(world, "a", "x", reader).status_code == 401
