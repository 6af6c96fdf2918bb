# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of a repository, and of a host that CDS runs on, come to."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.cds.target import CDS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed, without_blanks

Values = dict[str, Any]


def given(environment: dict[str, str] | None = None, host: str = "acme/shop", **values: Any) -> Given:
    """As the action settings has them: without blanks, in their types."""
    options = declared.of_target("cds")
    return Given(typed(options, without_blanks(values, CDS.blank)), environment or {}, host)


def repository(environment: dict[str, str] | None = None, **values: Any) -> Values:
    return CDS.resolve(given(environment, **{"bitbucket_workspace": "acme-co", **values}))


def engine(**values: Any) -> Values:
    return CDS.parts["engine"](given(host="cds.example.com", **values))


def test_a_workspace_is_enough() -> None:
    settings = repository()
    assert settings["repository"] == settings["application"] == settings["workflow"] == "shop"
    assert settings["project"] == "ACMECO"
    assert settings["project_and_access"]["ssh_key"] == "proj-ssh-acmeco"
    assert settings["application_options"] == {"connection_type": "ssh", "ssh_key": "proj-ssh-acmeco"}
    assert settings["pipelines"][0]["name"] == settings["definition"]["workflow"]["build"]["pipeline"] == "shop-build"
    assert settings["events"] == ["repo:push"] and settings["report_status"] is True
    assert settings["connection"] == {"bitbucket": {}, "cds": {}}


def test_texts_of_extra_variables_and_surveys_have_their_types() -> None:
    settings = repository(
        cds_report_status="false",
        cds_events="repo:push,pullrequest:created",
        cds_existing_project="yes",
        cds_link_timeout="30",
        cds_pipelines='[{"name": "own"}]',
        cds_timeout="2.5",
    )
    project = settings["project_and_access"]
    assert settings["report_status"] is False
    assert settings["events"] == ["repo:push", "pullrequest:created"]
    assert project["existing"] is True and project["link_timeout"] == 30.0
    assert settings["pipelines"] == [{"name": "own"}]
    assert settings["connection"]["cds"] == {"timeout": 2.5}


def test_what_is_blank_is_not_set_but_for_the_retention_policy() -> None:
    settings = repository(
        cds_application="", cds_project_key=" ", cds_vcs_token="", cds_retention_policy="", bitbucket_api_token="t"
    )
    assert (settings["application"], settings["project"]) == ("shop", "ACMECO")
    assert settings["project_and_access"]["vcs_token"] == "t"
    assert settings["retention_policy"] == ""
    assert "retention_policy" not in repository()


def test_credential_of_cds_then_of_bitbucket_then_of_the_environment() -> None:
    environment = {"BITBUCKET_USERNAME": "env@example.com", "BITBUCKET_API_TOKEN": "of-env\n"}

    def credential(**values: str) -> tuple[str, str]:
        project = repository(environment, **values)["project_and_access"]
        return project["vcs_username"], project["vcs_token"]

    own = {"bitbucket_username": "b@example.com", "bitbucket_api_token": "of-bitbucket"}
    assert credential() == ("env@example.com", "of-env")
    assert credential(**own) == ("b@example.com", "of-bitbucket")
    assert credential(**own, cds_vcs_username="c@example.com", cds_vcs_token="of-cds") == ("c@example.com", "of-cds")


def test_a_credential_that_cds_could_not_keep_is_refused_where_it_is_known_to_be_needed() -> None:
    with pytest.raises(InvalidInput, match=r"needs a Bitbucket credential.*cds_vcs_username and cds_vcs_token"):
        repository(cds_integration="project_vcs", bitbucket_access_token="t")
    repository(cds_integration="project_vcs", cds_state="absent")
    repository(cds_integration="auto")


def test_a_missing_workspace_is_refused() -> None:
    with pytest.raises(InvalidInput, match="bitbucket_workspace is not set"):
        CDS.resolve(given(host="shop"))


def test_what_belongs_to_somebody_else_is_left_alone() -> None:
    settings = repository(
        cds_existing_project=True, cds_project_name="Ours", cds_groups=[{"name": "dev"}], cds_existing_workflow=True
    )
    assert not {"name", "description", "groups"} & set(settings["project_and_access"])
    assert settings["application_options"] == {}
    https = repository(cds_existing_workflow=True, cds_connection_type="ssh")["application_options"]
    assert https == {"connection_type": "ssh", "ssh_key": "proj-ssh-acmeco"}


def test_projects_of_two_cds_are_two() -> None:
    one, two = (repository(cds_api_url=f"https://{name}.example.com")["place"] for name in ("a", "b"))
    assert one != two and one.endswith(" ACMECO")
    assert repository({"CDS_API_URL": "https://a.example.com"})["place"] == one


def test_an_engine_needs_no_workspace_and_its_version_decides_what_it_is_given() -> None:
    settings = engine(cds_client_id="key", cds_client_secret="secret", cds_push_status="no")
    (server,) = settings["servers"]["repositories_manager"]
    assert server == {
        "name": "bitbucketcloud",
        "client_id": "key",
        "client_secret": "secret",
        "webhooks": True,
        "push_status": False,
        "push_run_url": True,
    }
    assert settings["servers"]["project_vcs"] == []
    assert settings["check_consumer"] == {"repositories_manager": True, "project_vcs": False}
    assert engine(cds_check_consumer="false")["check_consumer"]["repositories_manager"] is False


def test_an_operator_overrides_what_the_engine_is_given() -> None:
    settings = engine(cds_integration="project_vcs", cds_client_id="key")
    assert list(settings["servers"].values()) == [[], []]
    assert not any(settings["check_consumer"].values())
    linked = engine(cds_integration="repositories_manager", cds_client_id="key")
    assert all(linked["servers"].values()) and all(linked["check_consumer"].values())


def test_addresses_and_the_restart_of_services() -> None:
    settings = engine(cds_hooks_settings={"url": "http://localhost:9083"})
    assert (settings["vcs_url"], settings["hooks_url"]) == ("http://localhost:8084", "http://localhost:9083")
    assert settings["restart_services"] is True and settings["restart_command"] == []
    assert "vcs_settings" not in settings
    settings = engine(cds_restart_command="[/bin/restart]", cds_vcs_url="http://own:1")
    assert settings["vcs_url"] == "http://own:1" and settings["restart_services"] is False
