# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin bitbucket_repositories against the sandbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository import RepositoryInfo
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.server import Server

from .conftest import EVERYTHING, SandboxRunner
from .inventory_source import Source

LIST = "GET /2.0/repositories/acme"
MALICIOUS = "{{ lookup('ansible.builtin.pipe', 'touch hacked') }}"
ALLOWED = {"opt_in_targets": ["gitlab_ci", "upsun"], "opt_in_variables": ["gitlab_ci_image", "gitlab_ci_variables"]}


@pytest.fixture
def source(bitbucket: Bitbucket, ada: User, tmp_path: Path) -> Source:
    """The workspace acme with shop and stock (project PROJ), and ops in the project OPS, as ada sees it."""
    bitbucket.create_repository("acme", "stock", {"README.md": "Stock\n"}, private=False, description="The Stock")
    bitbucket.create_repository("acme", "ops", project="OPS")
    token = bitbucket.create_api_token(ada, EVERYTHING).secret
    urls = {"api_url": bitbucket.url, "site_url": bitbucket.url}
    return Source(tmp_path, **urls, username=ada.email, api_token=token, workspaces=["acme"], max_retries=0)


@pytest.fixture
def lines(server: Server) -> Any:
    """The calls so far, and no more of them afterwards."""

    def calls() -> list[str]:
        found = [f"{call.method} {call.path}" for call in server.calls.all()]
        server.calls.clear()
        return found

    return calls


def refused(source: Source, **options: Any) -> str:
    with pytest.raises(AnsibleError) as error:
        source(**options)
    return str(error.value)


# -- hosts ----------------------------------------------------------------------------------------------------------------


def test_every_repository_is_a_host_and_one_call_is_sent(source: Source, lines: Any) -> None:
    assert list(source()) == ["acme/shop", "acme/stock", "acme/ops"]
    assert lines() == [LIST]
    assert source.groups == {} and not source.warnings


def test_a_host_has_what_the_module_returns(
    source: Source, run: SandboxRunner, ada: User, bitbucket: Bitbucket
) -> None:
    run.login(ada)
    own = source()["acme/shop"]
    facts = dict(own["bitbucket_repository_facts"])
    assert facts.pop("read_at").endswith("+00:00")
    assert facts == run.ok(RepositoryInfo, workspace="acme", repository="shop", refs=False)["repository"]
    assert (own["bitbucket_workspace"], own["bitbucket_repository"]) == ("acme", "shop")
    assert own["bitbucket_api_url"] == own["bitbucket_site_url"] == bitbucket.url
    assert "bitbucket_edition" not in own and "bitbucket_url" not in own


def test_no_credential_reaches_a_host(source: Source, tmp_path: Path) -> None:
    found = source(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(tmp_path / "cache"))
    texts = [json.dumps(found, default=str), *(path.read_text() for path in (tmp_path / "cache").iterdir())]
    assert len(texts) == 2
    assert not any(source.common["api_token"] in text for text in texts)


def test_addresses_of_the_environment_are_not_copied(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITBUCKET_API_URL", source.common["api_url"])
    monkeypatch.setenv("BITBUCKET_SITE_URL", source.common["site_url"])
    monkeypatch.setenv("BITBUCKET_API_TOKEN", source.common["api_token"])
    assert "bitbucket_api_url" not in source(api_url=None, site_url=None, api_token=None)["acme/shop"]


def test_options_may_be_templates(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", source.common["api_token"])
    assert source(api_token="{{ lookup('ansible.builtin.env', 'SOME_TOKEN') }}")


# -- filters --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"projects": ["OPS"]}, ["ops"]),
        ({"projects": ["OPS", "PROJ"]}, ["shop", "stock", "ops"]),
        ({"name": "O"}, ["shop", "stock", "ops"]),
        ({"name": "ST"}, ["stock"]),
        ({"name": 'a"b\\'}, []),
        ({"q": "is_private = false"}, ["stock"]),
        ({"q": 'name = "ops" OR name = "stock"', "projects": ["PROJ"]}, ["stock"]),
        ({"q": 'name = "ops" OR name = "stock"', "name": "ock"}, ["stock"]),
        ({"role": "admin"}, ["shop", "stock", "ops"]),
    ],
)
def test_the_server_filters(source: Source, server: Server, filters: dict[str, Any], found: list[str]) -> None:
    assert list(source(**filters)) == [f"acme/{slug}" for slug in found]
    assert len(server.calls.all()) == 1
    assert bool(source.warnings) is (not found)


def test_the_role_is_that_of_the_credentials_account(source: Source, bitbucket: Bitbucket) -> None:
    carol = bitbucket.create_user("carol")
    for slug, permission in (("shop", "read"), ("stock", "write"), ("ops", "admin")):
        bitbucket.grant(carol, permission, "acme", slug)
    login = {"username": carol.email, "api_token": bitbucket.create_api_token(carol, EVERYTHING).secret}
    assert list(source(role="admin", **login)) == ["acme/ops"]
    assert list(source(role="contributor", **login)) == ["acme/stock", "acme/ops"]
    assert list(source(role="member", **login)) == ["acme/shop", "acme/stock", "acme/ops"]


def test_a_query_that_bitbucket_refuses_is_an_error_with_its_words(source: Source) -> None:
    message = refused(source, q="name ==")
    assert "400" in message and "could not be parsed" in message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"workspaces": []}, "workspaces is not set"),
        ({"workspaces": None}, "workspaces is not set"),
        ({"workspace": "acme"}, "There is no option workspace; did you mean workspaces?"),
        ({"role": "boss"}, "role"),
        ({"api_token": None}, "needs exactly one credential"),
        ({"timeout": -1}, "timeout"),
        ({"opt_in_file": "x", "opt_in_targets": ["shop"]}, "opt_in_targets has shop"),
        ({"opt_in_file": "x", "opt_in_variables": ["ansible_connection"]}, "opt_in_variables has ansible_connection"),
        ({"opt_in_file": "x", "opt_in_variables": ["gitlab_api_token"]}, "credential does not belong"),
    ],
)
def test_wrong_options_are_refused_before_any_call(
    source: Source, lines: Any, options: dict[str, Any], words: str
) -> None:
    assert words in refused(source, **options)
    assert not lines()


# -- pages ----------------------------------------------------------------------------------------------------------------


def test_a_hundred_repositories_are_one_call(source: Source, bitbucket: Bitbucket, lines: Any) -> None:
    for number in range(101):
        bitbucket.create_repository("acme", f"r{number:03}")
    assert len(source()) == 104
    assert lines() == [LIST, LIST]
    assert list(source(name="r")) == [f"acme/r{number:03}" for number in range(101)]


def test_a_list_that_does_not_end_is_an_error(source: Source, server: Server) -> None:
    server.faults.add("repeat_page", match="bitbucket GET /2.0/repositories/acme", times=None)
    assert "does not end" in refused(source)


# -- names and groups -----------------------------------------------------------------------------------------------------


def test_hosts_have_the_name_that_the_first_expression_gives(source: Source) -> None:
    names = ["repository.nothing.of_it", "repository.description", "repository.slug ~ '.' ~ bitbucket_workspace"]
    found = source(hostnames=names[:1] + names[2:])
    assert list(found) == ["shop.acme", "stock.acme", "ops.acme"]
    assert found["shop.acme"]["bitbucket_repository"] == "shop"
    assert "hostnames: repository.nothing.of_it fails for acme/shop" in refused(source, hostnames=names, strict=True)
    assert "No expression of hostnames results in a name for acme/shop" in refused(source, hostnames=names[1:2])


def test_two_repositories_never_become_one_host(source: Source, bitbucket: Bitbucket, ada: User) -> None:
    bitbucket.create_workspace("other")
    bitbucket.create_repository("other", "shop")
    bitbucket.grant(ada, "owner", "other")
    both = {"workspaces": ["acme", "other"]}
    assert list(source(**both))[-1] == "other/shop" and len(source(**both)) == 4
    message = refused(source, hostnames=["repository.slug"], **both)
    assert "acme/shop and other/shop would both be the host shop" in message


def test_a_workspace_that_is_listed_twice_gives_each_host_once(source: Source) -> None:
    assert len(source(workspaces=["acme", "acme"])) == 3


@pytest.mark.parametrize("name", ["'localhost'", "'all'", "'a b'", "'{' ~ '{ 1 }}'", "'a,b'", "repository.is_private"])
def test_names_that_no_host_can_have_are_refused(source: Source, name: str) -> None:
    refused(source, hostnames=[name], projects=["OPS"])


def test_groups_composed_variables_and_keyed_groups(source: Source) -> None:
    found = source(
        compose={"gitlab_ci_group": "'acme/' ~ repository.project | lower", "broken": "repository.x.y"},
        groups={"gitlab_ci": True, "upsun": "gitlab_ci_group == 'acme/ops'", "broken": "repository.x.y"},
        keyed_groups=[{"key": "repository.project", "prefix": "project"}, {"key": "x.y"}],
    )
    assert [one["gitlab_ci_group"] for one in found.values()] == ["acme/proj", "acme/proj", "acme/ops"]
    assert source.groups == {
        "gitlab_ci": ["acme/ops", "acme/shop", "acme/stock"],
        "upsun": ["acme/ops"],
        "project_PROJ": ["acme/shop", "acme/stock"],
        "project_OPS": ["acme/ops"],
    }


@pytest.mark.parametrize(
    "options",
    [{"compose": {"x": "repository.x.y"}}, {"groups": {"x": "repository.x.y"}}, {"keyed_groups": [{"key": "x.y"}]}],
)
def test_with_strict_an_expression_that_fails_is_an_error(source: Source, options: dict[str, Any]) -> None:
    assert source(**options)
    assert "acme/shop" in refused(source, strict=True, **options)


def test_extra_variables_are_seen_where_they_are_asked_for(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible.plugins import inventory

    monkeypatch.setattr(inventory, "load_extra_vars", lambda _loader: {"stage": "test"})
    compose = {"x": "stage ~ repository.slug"}
    assert "x" not in source(compose=compose)["acme/shop"]
    assert source(compose=compose, use_extra_vars=True)["acme/shop"]["x"] == "testshop"


# -- what comes from Bitbucket is data ------------------------------------------------------------------------------------


def resolved(value: Any) -> Any:
    """The value of a variable, as a task gets it."""
    return Templar(loader=DataLoader(), variables={}).template(value)


def test_texts_of_bitbucket_are_never_templates(source: Source, bitbucket: Bitbucket, tmp_path: Path) -> None:
    bitbucket.create_repository("acme", "bad", description=MALICIOUS)
    own = source(name="bad", compose={"x": "repository.description", "y": "'see ' ~ repository.description"})[
        "acme/bad"
    ]
    assert resolved(own["bitbucket_repository_facts"])["description"] == MALICIOUS
    assert (resolved(own["x"]), resolved(own["y"])) == (MALICIOUS, f"see {MALICIOUS}")
    refused(source, name="bad", hostnames=["repository.description"])


def test_also_those_of_the_cache_and_of_files(source: Source, bitbucket: Bitbucket, tmp_path: Path) -> None:
    text = f'variables:\n  gitlab_ci_image: "{MALICIOUS}"\n  gitlab_ci_variables: [{{key: "{MALICIOUS}"}}]\n'
    bitbucket.create_repository("acme", "bad", {"x.yml": text}, description=MALICIOUS)
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    for _attempt in range(2):
        own = source(opt_in_file="x.yml", **ALLOWED, **kept)["acme/bad"]
        assert resolved(own["gitlab_ci_image"]) == MALICIOUS
        assert resolved(own["gitlab_ci_variables"]) == [{"key": MALICIOUS}]
        assert resolved(own["bitbucket_repository_facts"])["description"] == MALICIOUS


# -- the cache ------------------------------------------------------------------------------------------------------------


def test_a_list_is_read_again_only_if_it_has_to_be(source: Source, lines: Any, tmp_path: Path) -> None:
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = source(**kept)
    assert lines() == [LIST]
    # Other groups and variables come from the same list, which says when it was read.
    again = source(groups={"gitlab_ci": True}, compose={"x": "repository.slug"}, **kept)
    assert lines() == [] and len(source.groups["gitlab_ci"]) == 3
    assert again["acme/shop"]["x"] == "shop"
    times = [one["acme/shop"]["bitbucket_repository_facts"]["read_at"] for one in (first, again)]
    assert times[0] == times[1]
    # Another query, and --flush-cache.
    assert list(source(projects=["OPS"], **kept)) == ["acme/ops"]
    assert lines() == [LIST]
    source(use_cache=False, **kept)
    assert lines() == [LIST]
    source(**{**kept, "cache": None})
    assert lines() == [LIST]


def test_another_account_does_not_get_the_list_of_the_first(
    source: Source, bitbucket: Bitbucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    carol = bitbucket.create_user("carol")
    assert len(source(**kept)) == 3
    token = bitbucket.create_api_token(carol, EVERYTHING).secret
    assert list(source(username=carol.email, api_token=token, role="member", **kept)) == []
    assert list(source(username=carol.email, api_token=token, **kept)) == ["acme/stock"]
    monkeypatch.setenv("BITBUCKET_USERNAME", carol.email)
    assert list(source(username=None, api_token=token, **kept)) == ["acme/stock"]


# -- errors ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"), [(403, "403"), (404, "404"), (429, "429"), (401, "401"), (500, "temporarily unavailable")]
)
def test_a_list_that_cannot_be_read_is_an_error_whatever_strict_is(
    source: Source, server: Server, status: int, words: str
) -> None:
    server.faults.add("status", match="bitbucket GET /2.0/repositories/acme", status=status, times=None)
    message = refused(source, strict=False)
    assert words in message and "List the repositories of acme" in message
    assert source.common["api_token"] not in message


def test_a_wrong_token_and_a_missing_workspace(source: Source) -> None:
    message = refused(source, api_token="an-api-token-that-is-wrong")
    assert "401" in message and "an-api-token-that-is-wrong" not in message
    message = refused(source, workspaces=["acme", "nowhere"])
    assert "List the repositories of nowhere" in message and "No workspace with identifier" in message


# -- the file in the repository -------------------------------------------------------------------------------------------

OPT_IN = """\
targets: [gitlab_ci]
variables:
  gitlab_ci_image: python:3.13
"""


def test_only_repositories_with_the_file_take_part(source: Source, bitbucket: Bitbucket, lines: Any) -> None:
    bitbucket.commit("acme", "shop", "main", {".repobridge.yml": OPT_IN})
    bitbucket.commit("acme", "stock", "main", {".repobridge.yml": ""})
    found = source(opt_in_file=".repobridge.yml", **ALLOWED)
    assert list(found) == ["acme/shop", "acme/stock"]
    assert source.groups == {"gitlab_ci": ["acme/shop"]}
    assert found["acme/shop"]["gitlab_ci_image"] == "python:3.13"
    # The empty repository ops has no branch to look at.
    assert lines() == [LIST, *(f"{LIST}/{slug}/src/main/.repobridge.yml" for slug in ("shop", "stock"))]


def test_a_main_branch_with_a_slash(source: Source, bitbucket: Bitbucket, lines: Any) -> None:
    bitbucket.create_repository("acme", "odd", {"a/b c.yml": OPT_IN}, main_branch="release/1")
    assert list(source(name="odd", opt_in_file="a/b c.yml", **ALLOWED)) == ["acme/odd"]
    assert len(lines()) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("targets: [oci_devops]", "the target oci_devops, which is not allowed; allowed are gitlab_ci, upsun"),
        ("variables: {bitbucket_api_url: 'http://evil'}", "the variable bitbucket_api_url, which is not allowed"),
        ("variables: {ansible_connection: ssh}", "the variable ansible_connection, which is not allowed"),
        ("groups: [gitlab_ci]", "the key groups, which is not allowed; allowed are targets, variables"),
        ("targets: gitlab_ci", "targets must be a list of names"),
        ("targets: [{a: b}]", "targets must be a list of names"),
        ("variables: [a]", "variables must be a mapping"),
        ("- a", "it must be a mapping"),
        ("a: [", "it is not valid YAML (line "),
        ("a: 1\n---\nb: 2", "it is not valid YAML"),
        ("variables: {gitlab_ci_image: &a x, gitlab_ci_variables: *a}", "anchors and aliases are not allowed"),
        ("variables: {gitlab_ci_image: !!python/object/apply:os.system [id]}", "tags are not allowed"),
        ("variables: {gitlab_ci_image: !unsafe x}", "tags are not allowed"),
        ("variables: {gitlab_ci_image: 2026-01-01}", "a value is a date"),
        ("variables: {1: x}", "a key is not a text"),
        ("variables: {gitlab_ci_variables: " + "[" * 2000 + "]" * 2000 + "}", "more than 10 levels"),
        ("# " + "x" * 16_383, "but at most 16384 are read"),
        (b"\xff\xfe", "is not UTF-8"),
        ("a: \x01", "it is not valid YAML"),
    ],
)
def test_an_invalid_file_is_a_warning_and_with_strict_an_error(
    source: Source, bitbucket: Bitbucket, text: str | bytes, words: str
) -> None:
    bitbucket.commit("acme", "shop", "main", {"x.yml": text})
    bitbucket.commit("acme", "stock", "main", {"x.yml": OPT_IN})
    assert list(source(opt_in_file="x.yml", **ALLOWED)) == ["acme/stock"]
    (warning,) = source.warnings
    assert warning.startswith("x.yml of acme/shop: ") and words in warning
    assert words in refused(source, opt_in_file="x.yml", strict=True, **ALLOWED)


def test_a_file_of_the_largest_size_is_read(source: Source, bitbucket: Bitbucket) -> None:
    bitbucket.commit("acme", "shop", "main", {"x.yml": "# " + "x" * 16_382})
    assert list(source(opt_in_file="x.yml")) == ["acme/shop"]


def test_a_repository_whose_file_is_refused_is_left_out(source: Source, bitbucket: Bitbucket, server: Server) -> None:
    for slug in ("shop", "stock"):
        bitbucket.commit("acme", slug, "main", {"x.yml": ""})
    server.faults.add("status", match="bitbucket GET /2.0/repositories/acme/shop/src", status=403, times=None)
    assert list(source(opt_in_file="x.yml")) == ["acme/stock"]
    assert "403" in source.warnings[0]
    server.faults.clear()
    # What is true of all of them is no reason to leave one out.
    server.faults.add("status", match="bitbucket GET /2.0/repositories/acme/shop/src", status=429, times=None)
    assert "429" in refused(source, opt_in_file="x.yml")


# -- Data Center ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dc_source(dc: BitbucketDataCenter, tmp_path: Path) -> Source:
    """ACME with shop and stock, OPS with shop."""
    dc.create_repository("ACME", "stock", description="The Stock")
    dc.create_project("OPS")
    dc.create_repository("OPS", "shop", {"x.yml": OPT_IN})
    ada = dc.users["ada"]
    dc.grant(ada, "PROJECT_READ", "OPS")
    token = dc.create_token(ada, ("PROJECT_ADMIN", "REPO_ADMIN"), "test").secret
    return Source(tmp_path, bitbucket_url=dc.url, access_token=token, max_retries=0)


def test_projects_of_data_center(dc_source: Source, dc: BitbucketDataCenter, lines: Any) -> None:
    found = dc_source(workspaces=["ACME", "OPS"])
    assert list(found) == ["ACME/shop", "ACME/stock", "OPS/shop"]
    assert lines() == [f"GET /rest/api/latest/projects/{key}/repos" for key in ("ACME", "OPS")]
    own = found["ACME/stock"]
    assert (own["bitbucket_workspace"], own["bitbucket_repository"], own["bitbucket_url"]) == ("ACME", "stock", dc.url)
    facts = own["bitbucket_repository_facts"]
    assert (facts["description"], facts["project"], facts["main_branch"]) == ("The Stock", "ACME", None)
    assert sorted(dc_source()) == ["ACME/shop", "ACME/stock", "OPS/shop"]
    assert lines() == ["GET /rest/api/latest/repos"]


def test_filters_of_data_center(dc_source: Source, dc: BitbucketDataCenter) -> None:
    assert list(dc_source(workspaces=["OPS"], role="member")) == ["OPS/shop"]
    assert list(dc_source(workspaces=["OPS"], role="admin")) == []
    assert sorted(dc_source(role="admin")) == ["ACME/shop", "ACME/stock"]
    assert sorted(dc_source(name="SHOP")) == ["ACME/shop", "OPS/shop"]
    assert list(dc_source(workspaces=["ACME"], name="stock")) == ["ACME/stock"]
    for options, words in (
        ({"q": "x"}, "no query language"),
        ({"projects": ["X"]}, "projects is for Cloud only"),
        ({"role": "owner"}, "no role owner"),
        ({"workspaces": ["NOPE"]}, "NOPE"),
    ):
        assert words in refused(dc_source, **options)


def test_pages_and_files_of_data_center(dc_source: Source, dc: BitbucketDataCenter, lines: Any) -> None:
    dc.page_limit = 2
    found = dc_source(workspaces=["ACME", "OPS"], opt_in_file="x.yml", **ALLOWED)
    assert list(found) == ["OPS/shop"] and dc_source.groups == {"gitlab_ci": ["OPS/shop"]}
    assert len(lines()) == 2 + 3
    dc.page_limit = 1
    assert len(dc_source()) == 3
    assert len(lines()) == 3


def test_a_token_that_data_center_refuses(dc_source: Source) -> None:
    with pytest.raises(AnsibleParserError, match="401"):
        dc_source(access_token="wrong-token-of-somebody", workspaces=["ACME"])


# -- documentation --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(4))
def test_the_examples_work(
    source: Source,
    dc_source: Source,
    bitbucket: Bitbucket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    from ansible_collections.repobridge.bitbucket.plugins.inventory.bitbucket_repositories import EXAMPLES

    example = list(yaml.safe_load_all(EXAMPLES))[number]
    bitbucket.create_repository("acme", "till", project="SHOP", description="a mirror")
    bitbucket.create_repository("acme", "toy", project="SHOP", private=False)
    bitbucket.commit("acme", "shop", "main", {".repobridge.yml": "targets: [upsun]\nvariables: {upsun_project: abc}\n"})
    monkeypatch.chdir(tmp_path)
    for name in ("api_url", "site_url", "username", "api_token"):
        monkeypatch.setenv(f"BITBUCKET_{name.upper()}", source.common[name])
    monkeypatch.setenv("BITBUCKET_DC_TOKEN", dc_source.common["access_token"])
    if "bitbucket_url" in example:
        example["bitbucket_url"] = dc_source.common["bitbucket_url"]
    source.common = {}
    hosts = list(source(**{name: value for name, value in example.items() if name != "plugin"}))
    assert (hosts, source.groups) == [
        (["acme/shop", "acme/stock", "acme/ops", "acme/till", "acme/toy"], {"gitlab_ci": sorted(hosts)}),
        (["acme/till"], {"gitlab_ci": hosts, "oci_devops": hosts, "project_SHOP": hosts}),
        (["acme/shop"], {"upsun": hosts}),
        (["acme-shop", "acme-stock", "ops-shop"], {"upsun": ["acme-shop", "acme-stock"]}),
    ][number]
    assert not source.warnings
