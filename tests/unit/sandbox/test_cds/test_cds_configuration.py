# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine makes of its file: which keys are read, and what the services then do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox.cds import Version
from tests.sandbox.cds.configuration import Settings, Unreadable, load, service
from tests.sandbox.cds.loop import connect, make_workflow, push, statuses
from tests.sandbox.cds.world import World

SERVER = '[vcs.servers.bitbucketcloud.{tag}]\nclientId = "id"\nclientSecret = "secret"\n{more}'


def read(text: str, kind: str = "vcs", version: str = "0.41.0", **environment: str) -> Settings | None:
    return service(load(text, environment), kind, Version(version))


def server(more: str = "", tag: str = "bitbucketcloud", version: str = "0.41.0") -> object:
    settings = read(SERVER.format(tag=tag, more=more), version=version)
    assert settings
    return settings.servers.get("bitbucketcloud")


def test_the_tag_that_0_41_prints_is_not_what_it_reads() -> None:
    assert server(tag="bitbucketcloud") is not None
    assert server(tag="bitbucket_cloud") is None


def test_keys_have_no_case_and_names_of_servers_lose_theirs() -> None:
    settings = read('[VCS]\nNAME = "x"\n[VCS.Servers.MyServer.BitbucketCloud]\nCLIENTID = "id"')
    assert settings
    assert settings.name == "x"
    assert list(settings.servers) == ["myserver"]


def test_unknown_keys_are_passed_over_without_a_word() -> None:
    """``disableWebHooksCreation`` stands in the documentation only."""
    found = server("disableWebHooksCreation = true\n")
    assert found
    assert found.disable_webhooks is False  # type: ignore[attr-defined]


def test_era_c_passes_over_the_servers() -> None:
    settings = read(SERVER.format(tag="bitbucketcloud", more=""), version="0.57.0")
    assert settings
    assert settings.servers == {}


def test_the_environment_overrides_the_file() -> None:
    settings = read('[vcs]\nname = "file"\n', CDS_VCS_NAME="environment", CDS_VCS_HTTP_PORT="1234")
    assert settings
    assert (settings.name, settings.port) == ("environment", 1234)


@pytest.mark.parametrize("value", ['"true"', "1", '"T"', "true"])
def test_flags_may_be_written_in_several_ways(value: str) -> None:
    assert server(f"disableWebHooks = {value}\n").disable_webhooks is True  # type: ignore[attr-defined]


def test_a_flag_that_is_none_stops_the_engine() -> None:
    with pytest.raises(Unreadable, match="disablewebhooks"):
        server('disableWebHooks = "perhaps"\n')


def test_only_address_and_name_are_checked() -> None:
    assert read("[vcs]\n").check() is not None  # type: ignore[union-attr]
    assert read('[vcs]\nURL = "http://x"\n').check() == "please enter a name in your vcs configuration"  # type: ignore[union-attr]
    fine = read('[vcs]\nURL = "not an address"\nname = "x"\nproxyWebhook = "neither"\n')
    assert fine
    assert fine.check() is None


def test_the_public_address_of_the_hooks_is_only_looked_at_by_a_start() -> None:
    text = '[hooks]\nURL = "http://x"\nname = "x"\nurlPublic = "localhost"\n'
    settings = read(text, "hooks")
    assert settings
    assert settings.check() is None
    assert settings.check_start(Version("0.57.0")) is not None
    assert settings.check_start(Version("0.41.0")) is None


# -- what the services do with it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0.41.0", "0.53.0"])
def test_a_server_without_its_section_has_a_name_and_is_good_for_nothing(
    build: Callable[..., World], version: str
) -> None:
    world = build(version)
    world.start(server_settings="", server="empty")
    text_of = world.cds.services.vcs().settings
    text_of.servers["empty"] = None
    assert world.get("/repositories_manager").json() == ["empty"]
    assert world.post("/project/DEMO/repositories_manager/empty/authorize").json()["id"] == 43


@pytest.mark.parametrize("version", ["0.41.0", "0.53.0"])
def test_show_detail_tells_the_run_s_address_whatever_its_comment_says(
    build: Callable[..., World], version: str
) -> None:
    """The comment says that true keeps the address back."""
    world = build(version)
    connect(world)
    make_workflow(world)
    push(world)
    world.settle()
    assert {url for _, _, url in statuses(world).values()} == {"https://ovh.github.io/cds/"}
    world.start(status_settings="showDetail = true")
    push(world, text="2")
    world.settle()
    assert f"{world.cds.ui_url}/project/DEMO/workflow/wf/run/2" in {url for _, _, url in statuses(world).values()}


@pytest.mark.parametrize("version", ["0.41.0", "0.53.0"])
def test_statuses_can_be_switched_off(build: Callable[..., World], version: str) -> None:
    world = build(version)
    world.start(status_settings="disable = true")
    connect(world)
    make_workflow(world)
    push(world)
    world.settle(60)
    assert statuses(world) == {}


@pytest.mark.parametrize("version", ["0.41.0", "0.53.0"])
def test_webhooks_can_be_switched_off(build: Callable[..., World], version: str) -> None:
    world = build(version)
    world.start(server_settings="disableWebHooks = true")
    connect(world)
    with pytest.raises(AssertionError, match="hook creation are forbidden supported:true disabled:true"):
        make_workflow(world)
    assert world.get("/project/DEMO/workflows/wf").status_code == 404


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_proxy_keeps_the_last_part_of_the_webhook_s_address(middle: World, slash: str) -> None:
    middle.start(server_settings=f'proxyWebhook = "https://proxy.example.com/cds{slash}"')
    connect(middle)
    make_workflow(middle)
    hook = middle.bitbucket.bitbucket.hooks("acme", "app")[0]
    uuid = middle.get("/project/DEMO/workflows/wf").json()["workflow_data"]["node"]["hooks"][0]["uuid"]
    assert hook.url == f"https://proxy.example.com/cds/{uuid}"


def test_in_era_c_the_proxy_stands_in_the_service_s_own_section(new: World) -> None:
    new.start(vcs_settings='proxyWebhook = "https://proxy.example.com"')
    connect(new)
    make_workflow(new)
    assert new.bitbucket.bitbucket.hooks("acme", "app")[0].url.startswith("https://proxy.example.com/")


def test_era_a_takes_the_ui_s_address_from_the_vcs_settings(old: World) -> None:
    connect(old)
    old.start(status_settings="showDetail = true")
    old.cds.services.vcs().settings.ui_url = "https://cds.example.com"
    make_workflow(old)
    push(old)
    old.settle()
    assert [url for _, _, url in statuses(old).values()] == ["https://cds.example.com/project/DEMO/workflow/wf/run/1"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"disableStatus": True}, 0), ({"disableStatusDetails": True}, 0), ({"disableStatusDetails": False}, 1)],
)
def test_the_options_of_a_project_s_server(new: World, options: dict[str, bool], expected: int) -> None:
    """Without details the address is empty, which Bitbucket does not take: then there is no status at all."""
    connect(new, options=options)
    make_workflow(new)
    push(new)
    new.settle()
    assert len(statuses(new)) == expected
    assert bool(new.cds.log) is (options == {"disableStatusDetails": True})


def test_a_project_s_server_can_forbid_webhooks(new: World) -> None:
    connect(new, options={"disableWebhooks": True})
    with pytest.raises(AssertionError, match="hook creation are forbidden"):
        make_workflow(new)
