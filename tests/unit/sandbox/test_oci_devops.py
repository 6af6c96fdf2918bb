# SPDX-License-Identifier: GPL-3.0-or-later
"""DevOps projects, connections, repositories and real mirrors: the traps, by name."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import oci
import pytest

from tests.sandbox.oci.git import environment
from tests.unit.sandbox.oci_support import Tenancy, refused, running, text_content

DEVOPS = oci.devops.models


@pytest.fixture
def tenancy(tmp_path: Path) -> Iterator[Tenancy]:
    with running(tmp_path) as one:
        yield one


@pytest.fixture
def ready(tenancy: Tenancy) -> SimpleNamespace:
    """Everything a mirror needs, short of the repository."""
    vault = tenancy.vault()
    secret = tenancy.secret(vault, tenancy.key(vault), "first-password")
    project = tenancy.project()
    group, policy = tenancy.allow()
    return SimpleNamespace(
        secret=secret,
        project=project,
        group=group,
        policy=policy,
        connection=tenancy.connection(project, secret),
        work=tenancy.bitbucket.create(),
    )


def rotate(tenancy: Tenancy, secret: Any, content: str) -> None:
    details = oci.vault.models.UpdateSecretDetails(secret_content=text_content(content))
    tenancy.secrets.update_secret(secret.id, details)


# -- projects ------------------------------------------------------------------------------------------------------


def test_a_project_needs_an_active_topic(tenancy: Tenancy) -> None:
    def create(topic_id: str) -> Any:
        return tenancy.devops.create_project(
            DEVOPS.CreateProjectDetails(
                name="p",
                compartment_id=tenancy.cloud.compartment_id,
                notification_config=DEVOPS.NotificationConfig(topic_id=topic_id),
            )
        )

    with refused(400, "RelatedResourceNotAuthorizedOrNotFound"):
        create("ocid1.onstopic.oc1..nowhere")
    topic = tenancy.topic()
    made = create(topic.topic_id)
    assert made.data.lifecycle_state == "CREATING"
    work = tenancy.work(made)
    assert (work.status, work.operation_type) == ("SUCCEEDED", "CREATE_PROJECT")
    assert [(r.entity_type, r.action_type, r.identifier) for r in work.resources] == [
        ("project", "CREATED", made.data.id)
    ]
    with refused(409, "NotAuthorizedOrResourceAlreadyExists"):
        create(topic.topic_id)


def test_a_projects_name_is_not_updated(tenancy: Tenancy) -> None:
    project = tenancy.project()
    body = {"name": "other"}
    with refused(400, "InvalidParameter", "Unrecognized field"):
        tenancy.devops.base_client.call_api(
            resource_path=f"/projects/{project.id}",
            method="PUT",
            body=body,
            header_params={"accept": "application/json", "content-type": "application/json"},
            response_type="object",
        )
    made = tenancy.devops.update_project(project.id, DEVOPS.UpdateProjectDetails(description="d"))
    assert made.data.lifecycle_state == "UPDATING"
    with refused(409, "IncorrectState"):
        tenancy.devops.update_project(project.id, DEVOPS.UpdateProjectDetails(description="e"))


def test_a_project_with_children_is_not_deleted(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    with refused(409, "Conflict"):
        tenancy.devops.delete_project(ready.project.id)
    tenancy.work(tenancy.devops.delete_connection(ready.connection.id))
    tenancy.work(tenancy.devops.delete_project(ready.project.id))
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.devops.get_project(ready.project.id)
    assert tenancy.devops.list_projects(compartment_id=tenancy.cloud.compartment_id, name="mirrors").data.items == []


# -- connections ---------------------------------------------------------------------------------------------------


def test_display_names_of_connections_are_not_unique(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    again = tenancy.connection(ready.project, ready.secret)
    found = tenancy.devops.list_connections(project_id=ready.project.id, display_name="bitbucket").data.items
    assert [c.id for c in found] == [again.id, ready.connection.id]
    assert (found[0].username, found[0].app_password) == ("ada", ready.secret.id)


def test_the_filter_by_connection_type_is_an_error(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    with refused(400, "InvalidParameter", "connectionType"):
        tenancy.devops.list_connections(project_id=ready.project.id, connection_type="BITBUCKET_CLOUD_APP_PASSWORD")


def test_there_is_no_api_token_connection_type(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    details = DEVOPS.CreateConnectionDetails(
        project_id=ready.project.id, connection_type="BITBUCKET_CLOUD_API_TOKEN", display_name="x"
    )
    with refused(400, "InvalidParameter", "unknown type"):
        tenancy.devops.create_connection(details)


@pytest.mark.parametrize("secret", ["my-password", "ocid1.vaultsecret.oc1..nowhere"])
def test_the_credential_is_the_ocid_of_a_secret(tenancy: Tenancy, ready: SimpleNamespace, secret: str) -> None:
    with pytest.raises(oci.exceptions.ServiceError) as failed:
        tenancy.connection(ready.project, SimpleNamespace(id=secret))
    assert failed.value.status == 400


def test_every_connection_type_of_the_sdk(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    for kind, more in {
        "BitbucketServer": {"base_url": "https://git.example.com"},
        "Github": {},
        "Gitlab": {},
        "GitlabServer": {"base_url": "https://git.example.com"},
        "Vbs": {"base_url": "https://git.example.com"},
    }.items():
        made = tenancy.devops.create_connection(
            getattr(DEVOPS, f"Create{kind}AccessTokenConnectionDetails")(
                project_id=ready.project.id, access_token=ready.secret.id, **more
            )
        ).data
        assert tenancy.devops.get_connection(made.id).data.access_token == ready.secret.id
        if kind.endswith("Server"):
            with refused(400, "InvalidParameter", "not applicable"):
                tenancy.devops.validate_connection(made.id)


def test_a_connection_is_updated_within_its_type(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    update = DEVOPS.UpdateBitbucketCloudAppPasswordConnectionDetails
    made = tenancy.devops.update_connection(ready.connection.id, update(description="d"))
    assert (made.data.description, made.data.username) == ("d", "ada")
    assert tenancy.work(made).operation_type == "UPDATE_CONNECTION"
    with refused(400, "InvalidParameter", "cannot be changed"):
        tenancy.devops.update_connection(
            ready.connection.id, DEVOPS.UpdateGithubAccessTokenConnectionDetails(description="d")
        )


def test_validation_asks_bitbucket_with_the_secret(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    assert ready.connection.last_connection_validation_result is None
    result = tenancy.devops.validate_connection(ready.connection.id).data.last_connection_validation_result
    assert (result.result, tenancy.bitbucket.seen) == ("PASS", ["GET /2.0/user"])
    rotate(tenancy, ready.secret, "wrong")
    later = tenancy.devops.validate_connection(ready.connection.id).data.last_connection_validation_result
    assert later.result == "FAIL" and "401" in later.message and later.time_validated > result.time_validated


def test_validation_waits_for_iam(tenancy: Tenancy) -> None:
    vault = tenancy.vault()
    secret = tenancy.secret(vault, tenancy.key(vault), "first-password")
    connection = tenancy.connection(tenancy.project(), secret)
    tenancy.allow(wait=False)

    def validate() -> Any:
        return tenancy.devops.validate_connection(connection.id).data.last_connection_validation_result

    assert "policy" in validate().message
    results = [validate().result for _ in range(12)]
    assert results[0] == "FAIL" and results[-1] == "PASS"


@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        ("Allow dynamic-group connections to manage secret-family in tenancy", True),
        ("allow dynamic-group Default/connections to read secret-bundles in compartment id {compartment}", True),
        ("Allow dynamic-group id {group} to { SECRET_BUNDLE_READ } in tenancy", True),
        ("Allow any-user to read secret-family in tenancy where request.principal.type = 'devopsconnection'", True),
        ("Allow dynamic-group connections to inspect secret-family in tenancy", False),
        ("Allow dynamic-group others to read secret-family in tenancy", False),
        ("Allow dynamic-group connections to read ons-family in tenancy", False),
        ("Allow dynamic-group connections to read secret-family in compartment elsewhere", False),
        ("Allow dynamic-group connections to read secret-family in tenancy where target.secret.name = 'x'", False),
    ],
)
def test_a_policy_decides(tenancy: Tenancy, ready: SimpleNamespace, statement: str, passes: bool) -> None:
    tenancy.cloud.add_compartment("elsewhere")
    filled = statement.replace("{compartment}", tenancy.cloud.compartment_id).replace("{group}", ready.group.id)
    tenancy.identity.update_policy(ready.policy.id, oci.identity.models.UpdatePolicyDetails(statements=[filled]))
    tenancy.server.clock.advance(60)
    result = tenancy.devops.validate_connection(ready.connection.id).data.last_connection_validation_result
    assert (result.result == "PASS") is passes, result.message


# -- mirrors -------------------------------------------------------------------------------------------------------


def refs(tenancy: Tenancy, repository: Any) -> dict[str, str]:
    found = oci.pagination.list_call_get_all_results(tenancy.devops.list_refs, repository.id).data
    return {r.full_ref_name: r.commit_id if r.ref_type == "BRANCH" else r.object_id for r in found}


def source(tenancy: Tenancy, work: Path) -> dict[str, str]:
    out = {}
    lines = tenancy.bitbucket.git("ls-remote", "--heads", "--tags", "origin", cwd=work).splitlines()
    for line in lines:
        commit, name = line.split("\t")
        out[name.removesuffix("^{}")] = commit
    return out


def test_creation_starts_a_first_mirror_that_really_fetches(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection)
    record = tenancy.mirrored(repository)
    assert record.mirror_status == "PASSED" and record.time_ended
    assert refs(tenancy, repository) == source(tenancy, ready.work)
    assert set(refs(tenancy, repository)) == {"refs/heads/main", "refs/heads/feature/x", "refs/tags/v1", "refs/tags/v2"}
    full = tenancy.devops.get_repository(repository.id, fields=["branchCount", "commitCount", "sizeInBytes"]).data
    assert (full.default_branch, full.branch_count, full.commit_count) == ("main", 2, 1)
    assert full.trigger_build_events == ["COMMIT_UPDATES"] and full.size_in_bytes > 0
    branch = tenancy.devops.get_ref(repository.id, "feature/x").data
    commits = tenancy.devops.list_commits(repository.id, ref_name="main").data.items
    assert branch.commit_id == commits[0].commit_id and commits[0].commit_message.strip() == "one"
    assert tenancy.devops.get_commit(repository.id, branch.commit_id).data.author_name == "ada"


def test_a_mirror_follows_pushes_and_deletions(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection)
    tenancy.mirrored(repository)
    tenancy.bitbucket.commit(ready.work, "two")
    tenancy.bitbucket.git("push", "-q", "origin", "main", ":feature/x", cwd=ready.work)
    work = tenancy.devops.mirror_repository(repository.id)
    assert work.status == 202 and not work.data
    assert tenancy.devops.get_mirror_record(repository.id, "current").data.mirror_status in ("QUEUED", "RUNNING")
    done = tenancy.work(work)
    assert (done.status, done.operation_type) == ("SUCCEEDED", "MIRROR_REPOSITORY")
    assert refs(tenancy, repository) == source(tenancy, ready.work)
    records = tenancy.devops.list_mirror_records(repository.id).data.items
    assert [r.mirror_status for r in records] == ["PASSED", "PASSED"]
    assert records[0].work_request_id == done.id and records[0].time_completed  # get says time_ended
    listed = tenancy.devops.list_work_requests(
        tenancy.cloud.compartment_id,
        resource_id=repository.id,
        operation_type_multi_value_query=["MIRROR_REPOSITORY"],
    ).data.items
    assert len(listed) == 2


def test_a_wrong_credential_fails_the_mirror_in_gits_words(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection)
    good = tenancy.mirrored(repository)
    rotate(tenancy, ready.secret, "not-the-password")
    work = tenancy.work(tenancy.devops.mirror_repository(repository.id))
    assert work.status == "FAILED" and work.resources[0].action_type == "FAILED"
    errors = tenancy.devops.list_work_request_errors(work.id).data.items
    logs = tenancy.devops.list_work_request_logs(work.id).data.items
    assert "Authentication failed" in errors[0].message and "not-the-password" not in errors[0].message
    assert any("Authentication failed" in entry.message for entry in logs)
    assert tenancy.devops.get_mirror_record(repository.id, "current").data.mirror_status == "FAILED"
    last = tenancy.devops.get_mirror_record(repository.id, "lastSuccessful").data
    assert last.work_request_id == good.work_request_id
    rotate(tenancy, ready.secret, "first-password")
    assert tenancy.work(tenancy.devops.mirror_repository(repository.id)).status == "SUCCEEDED"


def test_a_mirror_reads_the_secret_by_policy(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    tenancy.identity.delete_policy(ready.policy.id)
    repository = tenancy.repository(ready.connection)
    assert tenancy.mirrored(repository).mirror_status == "FAILED"
    work = tenancy.devops.get_mirror_record(repository.id, "current").data.work_request_id
    assert "policy" in tenancy.devops.list_work_request_errors(work).data.items[0].message
    assert tenancy.devops.get_mirror_record(repository.id, "lastSuccessful").data.mirror_status == "NONE"


def test_a_group_of_repositories_can_mirror_but_not_validate(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    update = oci.identity.models.UpdateDynamicGroupDetails(matching_rule="resource.type = 'devopsrepository'")
    tenancy.identity.update_dynamic_group(ready.group.id, update)
    tenancy.server.clock.advance(60)
    result = tenancy.devops.validate_connection(ready.connection.id).data.last_connection_validation_result
    assert result.result == "FAIL"
    assert tenancy.mirrored(tenancy.repository(ready.connection)).mirror_status == "PASSED"


def test_the_secret_is_read_when_the_mirror_runs(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection)
    tenancy.mirrored(repository)
    tenancy.cloud.rotate_by_hand(ready.secret.id, b"wrong")
    assert tenancy.work(tenancy.devops.mirror_repository(repository.id)).status == "FAILED"
    assert tenancy.secrets.get_secret(ready.secret.id).data.current_version_number == 2


def test_a_retried_mirror_starts_two(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection)
    tenancy.mirrored(repository)
    tenancy.server.faults.add("apply_then_drop", match="actions/mirror")
    with pytest.raises(oci.exceptions.RequestException):
        tenancy.devops.mirror_repository(repository.id)
    tenancy.work(tenancy.devops.mirror_repository(repository.id))
    assert len(tenancy.devops.list_mirror_records(repository.id).data.items) == 3


def test_the_default_schedule_is_half_an_hour(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection, schedule="DEFAULT")
    tenancy.mirrored(repository)
    tenancy.bitbucket.commit(ready.work, "two")
    tenancy.bitbucket.git("push", "-q", "origin", "main", cwd=ready.work)
    tenancy.server.clock.advance(30 * 60)
    assert tenancy.mirrored(repository).mirror_status == "PASSED"
    assert len(tenancy.devops.list_mirror_records(repository.id).data.items) == 2
    assert refs(tenancy, repository) == source(tenancy, ready.work)


def test_a_custom_schedule_is_a_recurrence_rule(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    for bad in ("0 2 * * *", "", "FREQ=SOMETIMES", None):
        with refused(400, "InvalidParameter", "RFC 5545"):
            tenancy.repository(ready.connection, schedule="CUSTOM", custom=bad)
    rule = "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0;INTERVAL=1"
    repository = tenancy.repository(ready.connection, schedule="CUSTOM", custom=rule)
    tenancy.mirrored(repository)
    config = tenancy.devops.get_repository(repository.id).data.mirror_repository_config
    assert config.trigger_schedule.custom_schedule == rule
    tenancy.server.clock.advance(24 * 3600)
    tenancy.mirrored(repository)
    assert len(tenancy.devops.list_mirror_records(repository.id).data.items) == 2


def test_a_schedule_can_be_switched_off(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection, schedule="DEFAULT")
    tenancy.mirrored(repository)
    tenancy.work(
        tenancy.devops.update_repository(
            repository.id,
            DEVOPS.UpdateRepositoryDetails(mirror_repository_config=tenancy.mirror_config(ready.connection)),
        )
    )
    tenancy.server.clock.advance(7200)
    assert len(tenancy.devops.list_mirror_records(repository.id).data.items) == 1


def test_an_unknown_schedule_type_is_refused(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    """The SDK's model sends UNKNOWN_ENUM_VALUE for what it does not know."""
    with refused(400, "InvalidParameter", "must be one of"):
        tenancy.repository(ready.connection, schedule="CRON")


def test_a_repositorys_name_is_unique_in_its_project(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    repository = tenancy.repository(ready.connection)
    with refused(409, "NotAuthorizedOrResourceAlreadyExists"):
        tenancy.repository(ready.connection)
    with refused(409, "Conflict"):
        tenancy.devops.delete_connection(ready.connection.id)
    tenancy.work(tenancy.devops.delete_repository(repository.id))
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.devops.get_repository(repository.id)
    tenancy.work(tenancy.devops.delete_connection(ready.connection.id))


def test_the_mirror_can_be_cloned_with_an_auth_token(tenancy: Tenancy, ready: SimpleNamespace, tmp_path: Path) -> None:
    repository = tenancy.repository(ready.connection)
    tenancy.mirrored(repository)
    user = "sandbox%2Fsandbox%40example.com"
    url = repository.http_url.replace("://", f"://{user}:{tenancy.cloud.mirrors.auth_token}@")
    for address, works in ((url, True), (repository.http_url, False)):
        done = subprocess.run(
            ["git", "clone", "-q", address, str(tmp_path / f"clone-{works}")],
            env=environment(tmp_path),
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 0) is works, done.stderr


def test_a_paged_list_of_refs(tenancy: Tenancy, ready: SimpleNamespace) -> None:
    for number in range(12):
        tenancy.bitbucket.git("branch", f"b{number}", cwd=ready.work)
    tenancy.bitbucket.git("push", "-q", "origin", "--all", cwd=ready.work)
    repository = tenancy.repository(ready.connection)
    tenancy.mirrored(repository)
    assert tenancy.devops.list_refs(repository.id).has_next_page
    assert refs(tenancy, repository) == source(tenancy, ready.work)
