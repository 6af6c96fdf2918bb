# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI: what this collection has created, and what existing mirrors of the same Bitbucket workspace use.

A mirror leads to all it needs: its connection, the secret of that, its vault and key, the project, its topic and log. Each
list is read once for all tasks of a process, and only if something is missing.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable
from urllib.parse import urlsplit

from ..core.adoption import entry
from ..core.pending import is_pending
from ..core.reconcile import Fields
from ..core.urls import normalised_repository
from .policy_text import canonical_statements

if t.TYPE_CHECKING:
    from .iam import IamResource
    from .resource import OciResource

# A tag's key may have neither dots nor spaces. https://docs.oracle.com/en-us/iaas/Content/Tagging/Concepts/taggingoverview.htm
MARK = {"repobridge": "managed"}
_DEVOPS = ("devops", "DevopsClient")
_LOGGING = ("logging", "LoggingManagementClient")
# What DevOps calls itself in matching rules, compartments in them, and a group in a statement.
_OURS = re.compile(r"devops(connection|repository)", re.IGNORECASE)
_COMPARTMENT = re.compile(r"ocid1\.(?:compartment|tenancy)\.[\w.-]+")
_GROUP = re.compile(r"(dynamic-group )\S+", re.IGNORECASE)
_OVER = ("DELETED", "DELETING", "TERMINATED", "PENDING_DELETION", "SCHEDULING_DELETION")


def is_marked(tags: Fields | None) -> bool:
    """Whether free-form tags are those of an object that this collection has created."""
    return MARK.items() <= (tags or {}).items()


def workspace_of(url: str | None) -> tuple[str, str]:
    """Host and workspace of a repository's address."""
    parts = urlsplit(normalised_repository(url or "").lower())
    return parts.netloc, parts.path.strip("/").partition("/")[0]


def same_repository(one: str | None, other: str | None) -> bool:
    """Whether two addresses are those of one repository."""
    return normalised_repository(one or "").lower() == normalised_repository(other or "").lower()


def url_of(repository: Fields) -> str | None:
    """Address of what a repository of OCI DevOps mirrors."""
    url: str | None = (repository.get("mirror_repository_config") or {}).get("repository_url")
    return url


class InUse:
    """What is in use by the mirrors of the workspace that ``resource`` serves, in its compartment: lists by kind."""

    def __init__(self, resource: OciResource) -> None:
        self._resource = resource
        self._place: str = resource.params["compartment_id"]
        self._serves: str = resource.params["serves"]

    def _listing(self, client: tuple[str, str], method: str, *args: t.Any, **more: t.Any) -> list[Fields]:
        one = self._resource
        key = (one.client.base_client.endpoint, method, *map(str, args), *map(str, more.items()))
        found = one.context.shared.once(key, lambda: one.evidence(client, method, *args, **more))
        return [item for item in found if item.get("lifecycle_state") not in _OVER]

    def _of(self, ids: Iterable[t.Any], client: tuple[str, str], method: str, **more: t.Any) -> list[Fields]:
        wanted = set(filter(None, ids))
        return (
            [item for item in self._listing(client, method, self._place, **more) if item["id"] in wanted]
            if wanted
            else []
        )

    def mirrors(self) -> list[Fields]:
        """Of any repository of the workspace."""
        items = self._listing(_DEVOPS, "list_repositories", compartment_id=self._place)
        place = workspace_of(self._serves)
        return [one for one in items if one["repository_type"] == "MIRRORED" and workspace_of(url_of(one)) == place]

    def repository(self) -> list[Fields]:
        """The mirrors of the repository itself."""
        return [one for one in self.mirrors() if same_repository(url_of(one), self._serves)]

    def connection(self) -> list[Fields]:
        used = {(one.get("mirror_repository_config") or {}).get("connector_id") for one in self.mirrors()}
        found = self._listing(_DEVOPS, "list_connections", compartment_id=self._place) if used else []
        return [one for one in found if one["id"] in used]

    def project(self) -> list[Fields]:
        used = {one["project_id"] for one in self.mirrors()}
        found = self._listing(_DEVOPS, "list_projects", compartment_id=self._place) if used else []
        return [one for one in found if one["id"] in used]

    def secret(self) -> list[Fields]:
        used = (one.get("app_password") or one.get("access_token") for one in self.connection())
        return self._of(used, ("vault", "VaultsClient"), "list_secrets")

    def vault(self) -> list[Fields]:
        return self._of((one["vault_id"] for one in self.secret()), ("key_management", "KmsVaultClient"), "list_vaults")

    def key(self) -> list[Fields]:
        keys, client = {one["key_id"] for one in self.secret()}, ("key_management", "KmsManagementClient")
        ends = [one["management_endpoint"] for one in self.vault()]
        return [one for end in ends for one in self._of(keys, client, "list_keys", endpoint=end)]

    def topic(self) -> list[Fields]:
        used = {(one.get("notification_config") or {}).get("topic_id") for one in self.project()}
        client = ("ons", "NotificationControlPlaneClient")
        found = self._listing(client, "list_topics", self._place) if used else []
        return [{"id": one["topic_id"], **one} for one in found if one["topic_id"] in used]

    def log(self) -> list[Fields]:
        projects = {one["id"] for one in self.project()}
        groups = self._listing(_LOGGING, "list_log_groups", self._place) if projects else []
        logs = (one for group in groups for one in self._listing(_LOGGING, "list_logs", group["id"]))
        return [one for one in logs if _source_of(one) in projects]

    def log_group(self) -> list[Fields]:
        return self._of((one["log_group_id"] for one in self.log()), _LOGGING, "list_log_groups")


def _source_of(log: Fields) -> t.Any:
    return ((log.get("configuration") or {}).get("source") or {}).get("resource")


def in_use_instead(resource: OciResource) -> list[Fields]:
    """Entries for the objects of the resource's kind that mirrors of the same workspace use."""
    if not resource.params.get("serves") or not resource.params.get("compartment_id"):
        return []
    found: list[Fields] = getattr(InUse(resource), resource.kind)()
    what = "it mirrors" if resource.kind == "repository" else "it is used by mirrors of the workspace of"
    reason = f"{what} {resource.params['serves']}"
    return [one for item in found if _may_be_theirs(resource, item) for one in _entries(resource, item, reason)]


def _may_be_theirs(resource: OciResource, item: Fields) -> bool:
    """What carries the mark is part of another foundation of this collection; a second mirror is one too many in any case."""
    return resource.kind == "repository" or not is_marked(item.get("freeform_tags"))


def _entries(resource: OciResource, item: Fields, reason: str) -> Iterable[Fields]:
    """By its name; of what is in a project another project too, unless that is to be created and is named by its own task."""
    name = item[resource.name_field]
    yield entry(resource.module, name, item["id"], reason, variable="name", value=name)
    project = resource.params.get("project_id")
    if project and not is_pending(project) and project != item["project_id"]:
        yield entry(resource.module, name, item["id"], reason, variable="project_id", value=item["project_id"])


def names(users: Iterable[Fields]) -> set[str]:
    """The names of repositories."""
    return {str(one["name"]) for one in users}


def kept(users: Iterable[Fields], unmarked: str) -> set[str]:
    """The names of those repositories that a teardown leaves because it did not create them."""
    return names(one for one in users if unmarked == "keep" and not is_marked(one.get("freeform_tags")))


# -- Identity ----------------------------------------------------------------------------------------------------------


def allowing_the_same(resource: IamResource) -> list[Fields]:
    """Entries for dynamic groups or policies under other names that let DevOps do what ours would."""
    if not resource.params["serves"] or not resource.takes_mark:
        return []
    reason = f"it allows what mirrors of {resource.params['serves']} need"
    found = _policies(resource) if resource.made_of == "statements" else _groups(resource)
    return [
        entry(resource.module, one["name"], one["id"], reason, variable="name", value=one["name"])
        for one in found
        if one.get("lifecycle_state") not in _OVER
        and one["name"].lower() != resource.name.lower()
        and not is_marked(one.get("freeform_tags"))
    ]


def _groups(resource: IamResource) -> list[Fields]:
    """For the same compartments, or for all."""
    own = set(_COMPARTMENT.findall(resource.params["matching_rule"] or ""))
    rules = [
        (one, one["matching_rule"])
        for one in resource.listing(resource.client.list_dynamic_groups, resource.compartment)
    ]
    return [one for one, rule in rules if _OURS.search(rule) and set(_COMPARTMENT.findall(rule)) in (own, set())]


def _policies(resource: IamResource) -> list[Fields]:
    own = _allowed(resource.params["statements"] or [])
    found = resource.listing(resource.client.list_policies, resource.compartment)
    return [one for one in found if own & _allowed(one["statements"])]


def _allowed(statements: list[str]) -> set[str]:
    """What is allowed, whatever the dynamic group is called."""
    return {_GROUP.sub(r"\1*", one).lower() for one in canonical_statements(statements) if _GROUP.search(one)}
