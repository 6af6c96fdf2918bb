# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication to OCI: every method that can be tested without Oracle's cloud, with real signatures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci import auth
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic
from tests.sandbox.oci import Oci

from .conftest import Runner


@pytest.fixture
def wanted(cloud: Oci) -> dict[str, object]:
    return {"name": "events", "compartment_id": cloud.compartment_id}


def test_api_key_of_the_configuration_file(run: Runner, wanted: dict[str, object]) -> None:
    assert run.ok(Topic, **wanted)["changed"]


def test_options_go_before_the_file_and_stand_without_it(
    run: Runner, cloud: Oci, wanted: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # no ~/.oci/config
    key_file = tmp_path / "oci" / "default.pem"
    config = Path(run.common.pop("config_file_location")).read_text()
    fingerprint = next(line.partition("=")[2] for line in config.splitlines() if line.startswith("fingerprint="))
    options = {
        "api_user": cloud.user_id,
        "api_user_fingerprint": fingerprint,
        "api_user_key_file": str(key_file),
        "tenancy": cloud.tenancy_id,
        "region": cloud.region,
    }
    assert run.ok(Topic, **wanted, **options)["changed"]
    for name in options:
        missing = run.fails(Topic, **wanted, **{key: value for key, value in options.items() if key != name})
        assert "lacks" in missing and "oci setup config" in missing
        assert not run.calls


def test_environment_variables_are_those_of_oracles_collection(
    run: Runner, wanted: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCI_CONFIG_FILE", run.common.pop("config_file_location"))
    monkeypatch.setenv("OCI_ENDPOINT", run.common.pop("endpoint"))
    assert run.ok(Topic, **wanted)["changed"]


def test_a_file_or_profile_that_is_not_there_is_named(run: Runner, wanted: dict[str, object]) -> None:
    assert "has no profile NOWHERE" in run.fails(Topic, **wanted, config_profile_name="NOWHERE")
    run.common["config_file_location"] = "/no/such/config"
    assert "/no/such/config does not exist" in run.fails(Topic, **wanted)


def test_a_key_that_is_no_key_is_said_so(run: Runner, wanted: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("not a key")
    assert "can't be read" in run.fails(Topic, **wanted, api_user_key_file=str(tmp_path / "key.pem"))
    assert "No such file" in run.fails(Topic, **wanted, api_user_key_file="/no/such/key.pem")
    assert not run.calls


def test_a_key_that_oci_does_not_know_gets_the_remedy(run: Runner, wanted: dict[str, object]) -> None:
    message = run.fails(Topic, **wanted, api_user_fingerprint=":".join(["aa"] * 16))
    assert "401 NotAuthenticated" in message and "the clock of this machine" in message


def test_security_token_of_a_session(run: Runner, cloud: Oci, wanted: dict[str, object], tmp_path: Path) -> None:
    run.common["config_file_location"] = str(cloud.principals.write_session_config(tmp_path / "session"))
    assert run.ok(Topic, **wanted, auth_type="security_token", config_profile_name="SESSION")["changed"]


def test_a_session_that_is_over_gets_the_remedy(
    run: Runner, cloud: Oci, wanted: dict[str, object], tmp_path: Path
) -> None:
    run.common["config_file_location"] = str(cloud.principals.write_session_config(tmp_path / "session", seconds=-60))
    message = run.fails(Topic, **wanted, auth_type="security_token", config_profile_name="SESSION")
    assert "401" in message


def test_resource_principal(
    run: Runner, cloud: Oci, wanted: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cloud.principals.resource_principal_environment(tmp_path / "function").items():
        monkeypatch.setenv(name, value)
    del run.common["config_file_location"]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run.ok(Topic, **wanted, auth_type="resource_principal", region=cloud.region)["changed"]


@pytest.mark.parametrize("kind", ["resource_principal", "oke_workload_identity"])
def test_a_kind_that_is_not_there_is_said_so(kind: str, run: Runner, cloud: Oci, wanted: dict[str, object]) -> None:
    message = run.fails(Topic, **wanted, auth_type=kind, region=cloud.region)
    assert f"auth_type {kind} returned no signer" in message and "is available where the task runs" in message
    assert not run.calls


def test_every_kind_of_the_options_has_its_signer() -> None:
    assert set(Topic.spec.options["auth_type"]["choices"]) == set(auth._SIGNERS)


def test_endpoints_of_single_services_go_before_the_common_one(
    run: Runner, cloud: Oci, wanted: dict[str, object]
) -> None:
    right = run.common["endpoint"]
    run.common["endpoint"] = "http://127.0.0.1:9/nothing"
    assert run.ok(Topic, **wanted, endpoints={"ons": f"{right}/"})["changed"]
