# SPDX-License-Identifier: GPL-3.0-or-later
"""Log groups and logs: the traps, by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oci
import pytest

from tests.unit.sandbox.oci_support import Tenancy, refused, running

LOGGING = oci.logging.models


@pytest.fixture
def tenancy(tmp_path: Path) -> Iterator[Tenancy]:
    with running(tmp_path) as one:
        yield one


def group(tenancy: Tenancy, name: str = "devops") -> str:
    """The OCID of a new log group, which only the work request tells."""
    made = tenancy.logging.create_log_group(
        LOGGING.CreateLogGroupDetails(compartment_id=tenancy.cloud.compartment_id, display_name=name)
    )
    assert not made.data
    work = tenancy.work(made, tenancy.logging)
    assert work.operation_type == "CREATE_LOG_GROUP" and work.resources[0].action_type == "CREATED"
    return str(work.resources[0].identifier)


def details(project: Any, name: str = "devops", **more: Any) -> Any:
    source = LOGGING.OciService(service="devops", resource=project.id, category=more.pop("category", "all"))
    return LOGGING.CreateLogDetails(
        display_name=name, log_type="SERVICE", configuration=LOGGING.Configuration(source=source), **more
    )


def test_a_create_answers_without_a_body(tenancy: Tenancy) -> None:
    project, ident = tenancy.project(), group(tenancy)
    made = tenancy.logging.create_log(ident, details(project))
    assert not made.data
    log_id = tenancy.work(made, tenancy.logging).resources[0].identifier
    log = tenancy.logging.get_log(ident, log_id).data
    assert (log.lifecycle_state, log.is_enabled, log.retention_duration) == ("ACTIVE", True, 30)
    found = tenancy.logging.list_logs(ident, source_service="devops", source_resource=project.id).data
    assert found[0].configuration.source.category == "all"


def test_names_and_triplets_are_unique(tenancy: Tenancy) -> None:
    project, one, two = tenancy.project(), group(tenancy), group(tenancy, "other")
    with refused(409, "Conflict"):
        group(tenancy)
    tenancy.work(tenancy.logging.create_log(one, details(project)), tenancy.logging)
    with refused(409, "Conflict", "displayName"):
        tenancy.logging.create_log(one, details(project))
    with refused(409, "Conflict", "service, resource and category"):
        tenancy.logging.create_log(two, details(project, "another"))


def test_a_list_is_filtered_page_by_page(tenancy: Tenancy) -> None:
    """The limit counts what is looked at, not what matches: a page without a match still has a next one."""
    ident, project = group(tenancy), tenancy.project()
    custom = LOGGING.CreateLogDetails
    tenancy.work(tenancy.logging.create_log(ident, details(project, "first")), tenancy.logging)
    for name in ("second", "third"):
        tenancy.work(tenancy.logging.create_log(ident, custom(display_name=name, log_type="CUSTOM")), tenancy.logging)
    page = tenancy.logging.list_logs(ident, source_service="devops", limit=2)
    assert page.data == [] and page.has_next_page
    rest = tenancy.logging.list_logs(ident, source_service="devops", limit=2, page=page.next_page)
    assert [log.display_name for log in rest.data] == ["first"] and not rest.has_next_page
    group(tenancy, "newer")
    page = tenancy.logging.list_log_groups(tenancy.cloud.compartment_id, display_name="devops", limit=1)
    assert page.data == [] and page.has_next_page


def test_a_disabled_log_is_inactive(tenancy: Tenancy) -> None:
    project, ident = tenancy.project(), group(tenancy)
    made = tenancy.logging.create_log(ident, details(project, is_enabled=False))
    log_id = tenancy.work(made, tenancy.logging).resources[0].identifier
    assert tenancy.logging.get_log(ident, log_id).data.lifecycle_state == "INACTIVE"
    update = LOGGING.UpdateLogDetails(is_enabled=True, retention_duration=60)
    tenancy.work(tenancy.logging.update_log(ident, log_id, update), tenancy.logging)
    assert tenancy.logging.get_log(ident, log_id).data.lifecycle_state == "ACTIVE"


@pytest.mark.parametrize("more", [{"retention_duration": 45}, {"category": "some"}])
def test_bad_settings_are_refused(tenancy: Tenancy, more: dict[str, Any]) -> None:
    project, ident = tenancy.project(), group(tenancy)
    with refused(400, "InvalidParameter"):
        tenancy.logging.create_log(ident, details(project, **more))


def test_a_group_with_logs_is_not_deleted(tenancy: Tenancy) -> None:
    project, ident = tenancy.project(), group(tenancy)
    made = tenancy.logging.create_log(ident, details(project))
    log_id = tenancy.work(made, tenancy.logging).resources[0].identifier
    with refused(409, "Conflict"):
        tenancy.logging.delete_log_group(ident)
    tenancy.work(tenancy.logging.delete_log(ident, log_id), tenancy.logging)
    tenancy.work(tenancy.logging.delete_log_group(ident), tenancy.logging)
    assert tenancy.logging.list_log_groups(tenancy.cloud.compartment_id).data == []
    with refused(404, "NotAuthorizedOrNotFound"):
        tenancy.logging.get_log_group(ident)
