# SPDX-License-Identifier: GPL-3.0-or-later
"""gemnasium_configuration (Configuration) and gemnasium_consumers (Consumers)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gemnasium.configuration import Configuration
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gemnasium.consumers import Consumers
from tests.sandbox.sandbox import Sandbox

from .conftest import Runner

CLIENTS = [
    {"usage": "login", "client_id": "key", "client_secret": "the-secret-of-the-key", "scopes": ["account", "email"]},
    {"usage": "sync", "client_id": "key", "client_secret": "the-secret-of-the-key", "scopes": ["repository"]},
]


def test_markers_are_read_once_for_all_objects(run: Runner) -> None:
    first = run.ok(Configuration, clients=CLIENTS)
    assert [action["kind"] for action in first["actions"]] == [
        "gemnasium_auth_provider",
        "gemnasium_auth_client",
        "gemnasium_auth_client",
        "gemnasium_source",
    ]
    assert "the-secret-of-the-key" not in str(first)
    assert not run.ok(Configuration, clients=CLIENTS)["changed"]
    assert [call.partition("?")[0] for call in run.calls] == ["GET /containers/gemnasium/archive"] or len(
        run.calls
    ) == 1


def test_check_mode_foretells_and_writes_nothing(run: Runner) -> None:
    foretold = run.ok(Configuration, check_mode=True, clients=CLIENTS)
    assert not run.writes()
    assert foretold["actions"] == run.ok(Configuration, clients=CLIENTS)["actions"]


def test_without_synchronisation_there_is_no_source(run: Runner) -> None:
    run.ok(Configuration, clients=CLIENTS[:1])
    added = run.ok(Configuration, clients=CLIENTS)
    assert [drift["path"] for drift in added["drift"]] == ["client sync", "source"]


def test_what_stays_is_named_until_it_is_to_be_forgotten(run: Runner) -> None:
    run.ok(Configuration, clients=CLIENTS)
    said = run.fails(Configuration, state="absent", workspace="acme")
    assert "bitbucket.org sync" in said and "acme/workspace/settings/oauth-consumers" in said
    gone = run.ok(Configuration, state="absent", workspace="acme", forget=True)
    assert gone["changed"] and gone["resource"]["left"]
    assert not run.ok(Configuration, state="absent", workspace="acme")["changed"]


def test_a_container_that_does_not_exist_has_nothing_left(run: Runner) -> None:
    assert not run.ok(Configuration, state="absent", workspace="acme", container="nobody")["changed"]


# -- consumers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        made.populate()
        yield made


def check(sandbox: Sandbox, clients: list[dict[str, Any]], **params: Any) -> dict[str, Any]:
    url = sandbox.bitbucket.url
    given = {"workspace": "acme", "clients": clients, "api_url": url, "site_url": url, **params}
    given["url"] = "https://gemnasium.example.com/"
    validation = ArgumentSpecValidator(Consumers.spec.options, **Consumers.spec.rules()).validate(given)
    assert not validation.error_messages, validation.error_messages
    return execute(Consumers, validation.validated_parameters, Context())


def of(consumer: Any, usage: str, *scopes: str) -> dict[str, Any]:
    return {"usage": usage, "client_id": consumer.key, "client_secret": consumer.secret, "scopes": list(scopes)}


def test_one_consumer_for_both_uses_needs_the_scopes_of_both(sandbox: Sandbox) -> None:
    consumer = sandbox.bitbucket.create_oauth_consumer("acme", ("account", "email", "repository"))
    both = [of(consumer, "login", "account", "email"), of(consumer, "sync", "repository", "webhook")]
    said = check(sandbox, both)
    assert said["failed"] and "lacks webhook" in said["msg"]
    assert "https://gemnasium.example.com/auth/auth/bitbucket.org" in said["msg"]
    sandbox.calls.clear()
    good = check(sandbox, [both[0], of(consumer, "sync", "repository")])
    assert not good.get("failed") and not good["changed"]
    assert len(sandbox.calls.all()) == 2


def test_a_missing_consumer_is_an_error_without_a_check_too(sandbox: Sandbox) -> None:
    said = check(sandbox, [{"usage": "login", "scopes": ["account"]}], check=False)
    assert said["failed"] and "No OAuth consumer is set for login" in said["msg"] and "Account: Email" in said["msg"]
    assert not sandbox.calls.all()
