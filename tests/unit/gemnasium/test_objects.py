# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers, clients and sources on a real engine: what arrives, what is remembered, what a second run does."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_client import AuthClient
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_provider import AuthProvider
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.info import GemnasiumInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.source import Source

from .conftest import PROVIDER, Runner

SECRET = "a-consumer-secret-nobody-shows"
CLIENT: dict[str, Any] = {
    "provider": "bitbucket.org",
    "usage": "sync",
    "client_id": "the-key",
    "client_secret": SECRET,
    "scopes": ["repository", "webhook"],
}
SOURCE = {
    "provider": "bitbucket.org",
    "label": "Bitbucket Cloud",
    "type": "bitbucket",
    "api_url": "https://api.bitbucket.org",
}


def test_the_three_commands_are_those_of_the_documentation(run: Runner) -> None:
    run.ok(AuthProvider, **PROVIDER)
    run.ok(AuthClient, **CLIENT)
    run.ok(Source, **SOURCE)
    product = run.gemnasium
    provider = {**PROVIDER, "version": "1-era", "terminal": "no"}
    assert product.objects("providers") == [provider]
    assert product.objects("clients") == [
        {
            "provider": "bitbucket.org",
            "usage": "sync",
            "key": "the-key",
            "secret": SECRET,
            "scopes": "repository,webhook",
            "terminal": "no",
        }
    ]
    assert product.objects("sources") == [{**SOURCE, "terminal": "no"}]


def test_the_newer_form_has_a_plural_and_a_version(run: Runner) -> None:
    run.ok(AuthProvider, **PROVIDER, cli="versioned")
    assert run.gemnasium.objects("providers")[0]["version"] == "2.0"
    done = run.ok(
        AuthProvider, **{**PROVIDER, "name": "other"}, command=["auth", "providers", "create"], cli="versioned"
    )
    assert done["actions"][0]["call"] == "auth providers create"


ODD = (
    'it\'s "quoted" with  spaces',
    "$HOME ${PATH} $(reboot) `reboot` *?[a]~;&|<>\\ %s\\n",
    "two\nlines\n",
    "--help",
    " Grün 🐢",
    "x" * 3000,
)


def test_odd_values_arrive_unchanged(run: Runner) -> None:
    credentials = [odd.replace("\n", "").strip() for odd in ODD]  # a line break is refused in one, see input.py
    for odd, credential in zip(ODD, credentials, strict=True):
        run.ok(AuthProvider, **{**PROVIDER, "name": odd})
        run.ok(AuthClient, **{**CLIENT, "provider": odd, "client_id": credential, "client_secret": credential})
        run.ok(Source, **{**SOURCE, "provider": odd, "label": odd})
    assert [provider["name"] for provider in run.gemnasium.objects("providers")] == list(ODD)
    assert [(client["key"], client["secret"]) for client in run.gemnasium.objects("clients")] == [
        (one, one) for one in credentials
    ]
    assert [source["label"] for source in run.gemnasium.objects("sources")] == list(ODD)
    for odd in ODD:
        assert not run.ok(Source, **{**SOURCE, "provider": odd, "label": odd})["changed"]


def test_a_second_run_reads_the_marker_and_nothing_else(with_provider: Runner) -> None:
    again = with_provider.ok(AuthProvider, **PROVIDER)
    assert not again["changed"]
    assert with_provider.calls == ["GET /containers/gemnasium/archive"]
    with_provider.common["api_version"] = None
    with_provider.ok(AuthProvider, **PROVIDER)
    assert with_provider.calls == ["GET /_ping", "GET /containers/gemnasium/archive"]


def test_check_mode_tells_what_would_be_made_and_runs_nothing(run: Runner) -> None:
    would = run.ok(AuthProvider, check_mode=True, **PROVIDER)
    assert would["changed"] and not run.writes()
    assert would["resource"]["id"] == "pending:gemnasium_auth_provider:bitbucket.org"
    assert not run.gemnasium.objects("providers")
    done = run.ok(AuthProvider, **PROVIDER)
    assert done["actions"] == would["actions"]
    assert done["resource"]["how"] == "made"
    assert not run.ok(AuthProvider, check_mode=True, **PROVIDER)["changed"]


def test_the_marker_holds_no_secret(with_provider: Runner) -> None:
    with_provider.ok(AuthClient, **CLIENT)
    markers = with_provider.gemnasium.markers()
    assert sorted(markers) == [
        f"{name}.{which}.json"
        for name in ("gemnasium_auth_client.bitbucket%2Eorg.sync", "gemnasium_auth_provider.bitbucket%2Eorg")
        for which in ("done", "started")
    ]
    assert SECRET not in json.dumps(markers)
    assert markers["gemnasium_auth_client.bitbucket%2Eorg.sync.done.json"]["fingerprints"]["client_secret"]


def test_the_order_of_scopes_is_no_difference(with_provider: Runner) -> None:
    with_provider.ok(AuthClient, **CLIENT)
    assert not with_provider.ok(AuthClient, **{**CLIENT, "scopes": ["webhook", "repository"]})["changed"]


def test_a_new_secret_runs_the_command_again_and_a_refusal_says_what_to_do(with_provider: Runner) -> None:
    with_provider.ok(AuthClient, **CLIENT)
    new = {**CLIENT, "client_secret": "another-secret-nobody-shows"}
    would = with_provider.ok(AuthClient, check_mode=True, **new)
    assert [d["path"] for d in would["drift"]] == ["client_secret"]
    assert "another-secret" not in json.dumps(would)
    said = with_provider.fails(AuthClient, **new)
    assert "client sync of bitbucket.org already exists" in said and "manually" in said and "adopt" in said
    # Still a difference: nothing was remembered of what was refused.
    assert with_provider.ok(AuthClient, check_mode=True, **new)["changed"]
    adopted = with_provider.ok(AuthClient, **new, adopt=True)
    assert adopted["resource"]["how"] == "adopted"
    assert not with_provider.ok(AuthClient, **new)["changed"]
    assert not with_provider.ok(AuthClient, **{**new, "client_secret": "x"}, update_secret="on_create")["changed"]


def test_what_was_made_by_hand_is_adopted_only_if_told_so(run: Runner) -> None:
    run.gemnasium.shell("auth provider create bitbucket.org bitbucket https://a https://b")
    said = run.fails(AuthProvider, **PROVIDER)
    assert "provider bitbucket.org already exists" in said and "its values cannot be read" in said
    assert run.ok(AuthProvider, **PROVIDER, adopt=True)["resource"]["how"] == "adopted"
    assert not run.ok(AuthProvider, **PROVIDER)["changed"]


def test_words_that_nobody_knows_are_taught(run: Runner) -> None:
    run.gemnasium.shell("auth provider create bitbucket.org bitbucket https://a https://b")
    said = run.fails(AuthProvider, **PROVIDER, adopt=True, exists_pattern="il existe")
    assert "status 1" in said and "already exists" in said and "exists_pattern" in said
    assert run.ok(AuthProvider, **PROVIDER, adopt=True, exists_pattern="already exi")["changed"]


def test_force_runs_the_command_whatever_the_marker_says(with_provider: Runner) -> None:
    with_provider.gemnasium.forget("providers")
    assert not with_provider.ok(AuthProvider, **PROVIDER)["changed"], "nothing tells that it is gone"
    assert with_provider.ok(AuthProvider, **PROVIDER, force=True)["changed"]
    assert with_provider.gemnasium.objects("providers")


def test_nothing_is_taken_away_and_the_marker_only_if_told_so(with_provider: Runner) -> None:
    gone = {"name": "bitbucket.org", "state": "absent"}
    for check_mode in (True, False):
        said = with_provider.fails(AuthProvider, check_mode=check_mode, **gone)
        assert "documents no command" in said and "forget: true" in said
    assert with_provider.ok(AuthProvider, check_mode=True, **gone, forget=True)["changed"]
    assert with_provider.ok(AuthProvider, **gone, forget=True)["changed"]
    assert with_provider.gemnasium.objects("providers"), "remain in Gemnasium"
    assert not with_provider.ok(AuthProvider, **gone)["changed"]
    assert not with_provider.ok(AuthProvider, **gone, forget=True)["changed"]
    assert "already exists" in with_provider.fails(AuthProvider, **PROVIDER)


def test_a_site_with_a_list_command_sees_what_is_there(with_provider: Runner) -> None:
    listing = {"list_command": ["inventory", "providers"]}
    assert not with_provider.ok(AuthProvider, **PROVIDER, **listing)["changed"]
    with_provider.gemnasium.forget("providers")
    would = with_provider.ok(AuthProvider, check_mode=True, **PROVIDER, **listing)
    assert would["drift"] == [{"path": "", "expected": "present", "actual": "absent"}]
    assert with_provider.ok(AuthProvider, **PROVIDER, **listing)["changed"]
    assert len(with_provider.gemnasium.objects("providers")) == 1
    # One that no marker knows is not touched, and not made twice.
    with_provider.gemnasium.shell("auth provider create bitbucket bitbucket https://a https://b")
    other = {**PROVIDER, "name": "bitbucket"}
    assert "its values cannot be read" in with_provider.fails(AuthProvider, check_mode=True, **other, **listing)
    assert with_provider.ok(AuthProvider, **other, **listing, adopt=True)["resource"]["how"] == "adopted"
    assert not with_provider.ok(AuthProvider, **other, **listing)["changed"]
    listing = {"list_command": ["inventory-of-another-release"]}
    assert "cannot run inventory-of-another-release" in with_provider.fails(AuthProvider, **PROVIDER, **listing)


def test_without_its_provider_a_client_is_refused_in_the_words_of_gemnasium(run: Runner) -> None:
    said = run.fails(AuthClient, **CLIENT)
    assert "provider bitbucket.org not found" in said and "status 1" in said and SECRET not in said
    run.ok(AuthProvider, **PROVIDER)
    assert run.ok(AuthClient, **CLIENT)["changed"]


def test_what_it_must_exist_for_is_said(run: Runner) -> None:
    assert "does not exist, and create is false" in run.fails(AuthProvider, **PROVIDER, create=False)


def test_info_tells_the_container_and_what_is_remembered(with_provider: Runner) -> None:
    with_provider.common["api_version"] = None
    found = with_provider.ok(GemnasiumInfo)
    assert len(with_provider.calls) == 3
    assert found["container"] == {
        "name": "gemnasium",
        "image": "repobridge-gemnasium:test",
        "status": "running",
        "external_url": "https://gemnasium.example.com",
        "data_volume": "gemnasium-data",
        "api_version": "1.41",
    }
    (known,) = found["objects"]
    assert (known["kind"], known["name"], known["how"]) == ("gemnasium_auth_provider", "bitbucket.org", "made")
    assert "licence" not in json.dumps(found), "the container's other variables are secrets"


def test_what_no_argument_can_hold_is_refused_before_the_first_call(run: Runner) -> None:
    for wrong in ({"name": ""}, {"type": "a\0b"}):
        assert "an argument of a command cannot contain" in run.fails(AuthProvider, **{**PROVIDER, **wrong})
    assert "comma" in run.fails(AuthClient, **{**CLIENT, "scopes": ["account,email"]})
    assert "absolute" in run.fails(AuthProvider, **PROVIDER, data_path="data")
    assert "regular expression" in run.fails(AuthProvider, **PROVIDER, exists_pattern="(")
    assert not run.server.calls.all()
