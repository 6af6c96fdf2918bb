# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and committing files over the API."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from tests.sandbox.bitbucket.world import World

SRC = "repositories/acme/app/src"


def head(world: World, branch: str = "main") -> str:
    return world.bitbucket.refs("acme", "app")[f"refs/heads/{branch}"]


def post(world: World, by: Any = "owner", **fields: Any) -> requests.Response:
    """Fields with a slash are files: (None, content) multipart parts."""
    return world.call("POST", SRC, by, files={name: (None, value) for name, value in fields.items()})


def meta(world: World, path: str, revision: str = "main") -> dict[str, Any]:
    answer: dict[str, Any] = world.get(f"{SRC}/{revision}/{path}?format=meta").json()
    return answer


def executable(content: str, attribute: str = "executable") -> RequestField:
    field = RequestField("/deploy.sh", content, filename="deploy.sh")
    where = 'form-data; name="/deploy.sh"; filename="deploy.sh"'
    field.headers["Content-Disposition"] = f'{where}; x-attributes="{attribute}"'
    return field


def test_raw_file_comes_as_it_is(world: World) -> None:
    answer = world.get(f"{SRC}/{head(world)}/src/main.py")
    assert answer.text == "print('hello')\n"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert world.get(f"{SRC}/main/src/main.py", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_meta_has_attributes_and_size(world: World) -> None:
    assert meta(world, "bin/run")["attributes"] == ["executable"]
    plain = meta(world, "README.md")
    assert (plain["attributes"], plain["size"], plain["type"]) == ([], 6, "commit_file")


def test_directories(world: World) -> None:
    values = world.get(f"{SRC}/main/").json()["values"]
    assert [(v["path"], v["type"]) for v in values] == [
        ("README.md", "commit_file"),
        ("bin", "commit_directory"),
        ("src", "commit_directory"),
    ]
    deep = world.get(f"{SRC}/main/?max_depth=2").json()["values"]
    assert "src/main.py" in [v["path"] for v in deep]
    assert [v["path"] for v in world.get(f"{SRC}/main/src/").json()["values"]] == ["src/main.py"]
    assert [v["path"] for v in world.get(f"{SRC}/main/src").json()["values"]] == ["src/main.py"]
    assert meta(world, "src/")["type"] == "commit_directory"


def test_root_needs_its_slash_and_src_leads_there(world: World) -> None:
    assert world.get(f"{SRC}/main").status_code == 404
    answer = world.get(SRC)
    assert answer.url.endswith(f"/src/{head(world)}/") and answer.json()["size"] == 3


def test_absent_files_and_revisions(world: World) -> None:
    assert world.get(f"{SRC}/main/nothing.txt").status_code == 404
    assert world.get(f"{SRC}/nothing/README.md").status_code == 404


def test_branch_with_a_slash_has_to_be_resolved_first(world: World) -> None:
    assert world.get(f"{SRC}/feature%2Flogin/login.py").status_code == 404
    assert world.get(f"{SRC}/{head(world, 'feature/login')}/login.py").status_code == 200


def test_commit_several_files_and_delete_one(world: World) -> None:
    before = head(world)
    answer = post(
        world,
        **{
            "/a.txt": "a",
            "b/c.txt": "c",
            "/message": "a file",
            "message": "Three",
            "files": "README.md",
            "author": "Ann <ann@example.com>",
            "branch": "main",
            "parents": before,
        },
    )
    assert answer.status_code == 201 and answer.content == b""
    sha = answer.headers["Location"].rpartition("/")[2]
    assert answer.headers["Location"].startswith(world.bitbucket.api_url) and sha == head(world) != before
    commit = world.get(f"repositories/acme/app/commit/{sha}").json()
    assert commit["message"] == "Three" and commit["author"]["raw"] == "Ann <ann@example.com>"
    assert commit["parents"][0]["hash"] == before
    assert world.get(f"{SRC}/{sha}/message").text == "a file"
    assert world.get(f"{SRC}/{sha}/b/c.txt").text == "c"
    assert world.get(f"{SRC}/{sha}/README.md").status_code == 404


def test_parent_that_is_not_the_head_is_409_and_changes_nothing(world: World) -> None:
    old = head(world)
    new = world.bitbucket.commit("acme", "app", "main", {"x": "y"})
    assert post(world, **{"/a": "a", "branch": "main", "parents": old}).status_code == 409
    assert head(world) == new


def test_of_many_at_once_one_wins_with_a_parent_and_all_without(world: World) -> None:
    old = head(world)
    with ThreadPoolExecutor(6) as pool:
        with_parent = list(pool.map(lambda n: post(world, **{f"/{n}": "x", "parents": old}).status_code, range(6)))
        without = list(pool.map(lambda n: post(world, **{f"/more-{n}": "x"}).status_code, range(6)))
    assert sorted(with_parent) == [201] + [409] * 5
    assert without == [201] * 6
    paths = [entry["path"] for entry in world.get(f"{SRC}/main/?pagelen=50").json()["values"]]
    assert len([path for path in paths if path.startswith("more-")]) == 6


def test_new_branch_starts_from_the_parent_even_without_files(world: World) -> None:
    old = head(world)
    world.bitbucket.commit("acme", "app", "main", {"x": "y"})
    assert post(world, branch="hotfix", parents=old, message="Start").status_code == 201
    assert world.get(f"repositories/acme/app/commits/{head(world, 'hotfix')}").json()["values"][1]["hash"] == old
    assert world.get(f"{SRC}/hotfix/x").status_code == 404


def test_first_commit_of_an_empty_repository_makes_the_main_branch(world: World) -> None:
    world.bitbucket.create_repository("acme", "empty")
    answer = world.call("POST", "repositories/acme/empty/src", data={"/a": "b", "branch": "trunk", "message": "First"})
    assert answer.status_code == 201
    assert world.get("repositories/acme/empty").json()["mainbranch"]["name"] == "trunk"


def multipart(world: World, field: RequestField) -> requests.Response:
    body, kind = encode_multipart_formdata(
        [field, RequestField("message", "Deploy", headers={"Content-Disposition": 'form-data; name="message"'})]
    )
    return world.call("POST", SRC, data=body, headers={"Content-Type": kind})


def test_executable_bit_comes_with_the_attribute_and_goes_without(world: World) -> None:
    assert multipart(world, executable("#!/bin/sh\n")).status_code == 201
    assert meta(world, "deploy.sh")["attributes"] == ["executable"]
    assert post(world, **{"/deploy.sh": "#!/bin/sh\n"}).status_code == 201
    assert meta(world, "deploy.sh")["attributes"] == []
    assert multipart(world, executable("README.md", "link")).status_code == 201
    assert meta(world, "deploy.sh")["attributes"] == ["link"]


def test_urlencoded_bodies_cannot_carry_the_bit(world: World) -> None:
    assert world.call("POST", SRC, data={"/bin/run": "#!/bin/sh\n", "message": "x"}).status_code == 201
    assert meta(world, "bin/run")["attributes"] == []


def test_bytes_are_not_touched(world: World) -> None:
    content = bytes(range(256)) * 3 + b"\r\n--x\r\n"
    assert post(world, **{"/odd name \u00e9.bin": content}).status_code == 201
    assert world.get(f"{SRC}/main/odd name \u00e9.bin").content == content
    assert meta(world, "odd name \u00e9.bin")["attributes"] == ["binary"]


@pytest.mark.parametrize(
    "fields",
    [
        {"/../x": "1"},
        {"/.git/config": "1"},
        {"/a": "1", "author": "nobody"},
        {"message": "x"},
        {"/a": "", "branch": "a..b"},
    ],
)
def test_what_is_refused(world: World, fields: dict[str, str]) -> None:
    assert post(world, **fields).status_code == 400


def test_json_bodies_are_refused(world: World) -> None:
    assert world.call("POST", SRC, json={"/a": "b"}).status_code == 400


def test_writing_needs_the_scope_and_the_permission(world: World) -> None:
    reader = world.bitbucket.create_api_token(world.owner, ["read:repository:bitbucket"])
    assert post(world, reader, **{"/a": "a"}).status_code == 403
    rita = world.bitbucket.create_user("rita")
    world.bitbucket.grant(rita, "read", "acme", "app")
    token = world.bitbucket.create_api_token(rita, ["read:repository:bitbucket", "write:repository:bitbucket"])
    assert post(world, token, **{"/a": "a"}).status_code == 403
