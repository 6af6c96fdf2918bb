# SPDX-License-Identifier: GPL-3.0-or-later
"""Upsun's answers: the properties of the vendor's API description, with HAL links beside them.

A ``self`` link is on the region's host; the others are paths, with the same place on the API gateway, but for the one
of the webhook.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import git
from . import integration_input
from .model import Activity, Environment, Integration, Project, User

if TYPE_CHECKING:
    from .service import Upsun

Json = dict[str, Any]


def stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None


def link(path: str) -> Json:
    return {"href": path, "meta": {}}


class Render:
    """``admin``: the caller administers the project, so the links to what only admins may do are there."""

    def __init__(self, service: Upsun, admin: bool) -> None:
        self.service = service
        self.admin = admin

    # -- people --------------------------------------------------------------------------------------------------

    @staticmethod
    def user(user: User) -> Json:
        return {
            "id": user.id,
            "deactivated": False,
            "namespace": "upsun",
            "username": user.username,
            "email": user.email,
            "email_verified": True,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "picture": f"https://accounts.upsun.com/pictures/{user.id}.png",
            "company": "",
            "website": "",
            "country": "CH",
            "created_at": stamp(user.created_at),
            "updated_at": stamp(user.created_at),
        }

    # -- projects ------------------------------------------------------------------------------------------------

    def _links(self, path: str, **operations: str) -> Json:
        """``self`` and the operations, whose names are the keys with ``_`` for ``-``, each with a path below."""
        out: Json = {"self": link(self.service.region_url + path)}
        for name, below in operations.items():
            out["#" + name.replace("_", "-")] = link(path + below)
        return out

    @staticmethod
    def project_path(project: Project) -> str:
        return f"/api/projects/{project.id}"

    def project(self, project: Project) -> Json:
        path = self.project_path(project)
        manager = f"{self.service.api_url}/subscriptions/{project.id}"
        out: Json = {
            "id": project.id,
            "created_at": stamp(project.created_at),
            "updated_at": stamp(project.updated_at),
            "attributes": {},
            "title": project.title,
            "description": "",
            "owner": project.organization.owner.id,
            "namespace": "upsun",
            "organization": project.organization.id,
            "default_branch": project.default_branch,
            "status": {"code": "provisioned", "message": "ok"},
            "timezone": "UTC",
            "region": project.region,
            "repository": {"url": self.service.repository_url(project), "client_ssh_key": "ssh-rsa AAAA sandbox"},
            "default_domain": None,
            "subscription": {
                "license_uri": manager,
                "storage": 5120,
                "included_users": 1,
                "subscription_management_uri": manager,
                "restricted": False,
                "suspended": False,
                "user_licenses": 1,
            },
            "maintenance": None,
        }
        operations = {"manage_variables": "/variables"} if self.admin else {}
        if self.admin:
            operations |= {"edit": "", "delete": ""}
        links = self._links(path, **operations)
        for name in ("environments", "environment-types", "activities", "capabilities", "git/refs"):
            links[name.rpartition("/")[2]] = link(f"{path}/{name}")
        if self.admin:
            links["integrations"] = link(f"{path}/integrations")
        return out | {"_links": links}

    @staticmethod
    def capabilities(project: Project) -> Json:
        config = {name: {"enabled": project.allowed.get(name, False), "role": ""} for name in integration_input.TYPES}
        return {
            "custom_domains": {"enabled": True, "environments_with_domains_limit": 2},
            "source_operations": {"enabled": True},
            "runtime_operations": {"enabled": True},
            "tasks": {"enabled": False},
            "outbound_firewall": {"enabled": False},
            "metrics": {"max_range": "30d"},
            "logs_forwarding": {"max_extra_payload_size": 100},
            "guaranteed_resources": {"enabled": False, "instance_limit": 10},
            "images": {},
            "instance_limit": 8,
            "build_resources": {"enabled": True, "max_cpu": 20.0, "max_memory": 40960},
            "object_storage": {
                "enabled": False,
                "min_storage": 0,
                "max_storage": 0,
                "storage_step": 0,
                "cpu_per_step": 0.0,
                "memory_per_step": 0,
                "max_cpu": 0.0,
                "max_memory": 0,
            },
            "data_retention": {"enabled": False},
            "autoscaling": {"enabled": True, "supports_horizontal_scaling_services": False},
            "integrations": {"enabled": project.limits_integrations, "config": config},
        }

    # -- integrations --------------------------------------------------------------------------------------------

    def integration(self, integration: Integration) -> Json:
        path = f"{self.project_path(integration.project)}/integrations/{integration.id}"
        out: Json = {
            "id": integration.id,
            "created_at": stamp(integration.created_at),
            "updated_at": stamp(integration.updated_at),
            "type": integration.type,
            "role": "",
            **integration.settings,
        }
        links = self._links(path, edit="", delete="", validate="/validate", hook="/hook")
        return out | {"_links": links | {"activities": link(f"{path}/activities")}}

    # -- activities ----------------------------------------------------------------------------------------------

    def activity(self, activity: Activity) -> Json:
        where = self.project_path(activity.project)
        if activity.integration:
            where += f"/integrations/{activity.integration.id}"
        path = f"{where}/activities/{activity.id}"
        out: Json = {
            "id": activity.id,
            "created_at": stamp(activity.created_at),
            "updated_at": stamp(activity.updated_at or activity.created_at),
            "type": activity.type,
            "parameters": activity.parameters,
            "project": activity.project.id,
            "environments": [activity.environment] if activity.environment else [],
            "state": activity.state,
            "result": activity.result,
            "failure_reason": activity.failure_reason,
            "started_at": stamp(activity.started_at),
            "completed_at": stamp(activity.completed_at),
            "completion_percent": self.service.activities.percent(activity),
            "cancelled_at": stamp(activity.cancelled_at),
            "timings": {},
            "log": "".join(line for _, line in activity.log),
            "payload": {},
            "description": f"<span>{activity.text}</span>",
            "text": activity.text,
            "expires_at": None,
            "commands": [],
        }
        if activity.integration:
            out["integration"] = activity.integration.id
        links = self._links(path, **({"cancel": "/cancel"} if self.admin and activity.state == "pending" else {}))
        links["log"] = link(f"{self.service.region_url}{path}/log")
        return out | {"_links": links}

    # -- environments --------------------------------------------------------------------------------------------

    @staticmethod
    def machine_name(environment: Environment) -> str:
        """A name of seven more letters, as it is in the URLs."""
        slug = "".join(letter if letter.isalnum() else "-" for letter in environment.id.lower()).strip("-")[:30]
        return f"{slug}-{hashlib.sha1(environment.id.encode()).hexdigest()[:7]}"

    def host_name(self, environment: Environment) -> str:
        project = environment.project
        return f"{self.machine_name(environment)}-{project.id}.{project.region.partition('.')[0]}.platformsh.site"

    def environment(self, environment: Environment) -> Json:
        project, work = environment.project, self.service.environments
        path = f"{self.project_path(project)}/environments/{quote(environment.id, safe='')}"
        dirty, has_deployment = work.is_dirty(environment), environment.deployed_at is not None
        active = environment.status == "active"
        out: Json = {
            "id": environment.id,
            "created_at": stamp(environment.created_at),
            "updated_at": stamp(environment.updated_at),
            "name": environment.id,
            "machine_name": self.machine_name(environment),
            "title": environment.title or environment.id,
            "attributes": {},
            "type": "production" if work.is_main(environment) else "development",
            "parent": environment.parent,
            "default_domain": None,
            "has_domains": False,
            "clone_parent_on_create": environment.clone_parent_on_create,
            "deployment_target": "local",
            "is_pr": environment.is_pr,
            "has_remote": environment.has_remote,
            "status": "dirty" if active and dirty else environment.status,
            "http_access": {"is_enabled": True, "addresses": [], "basic_auth": {}},
            "enable_smtp": True,
            "restrict_robots": True,
            "edge_hostname": self.host_name(environment),
            "deployment_state": self._deployment_state(environment) if has_deployment else None,
            "sizing": None,
            "resources_overrides": {},
            "max_instance_count": None,
            "last_active_at": stamp(environment.deployed_at),
            "last_backup_at": None,
            "project": project.id,
            "is_main": work.is_main(environment),
            "is_dirty": dirty,
            "has_staged_activities": False,
            "can_rolling_deploy": False,
            "supports_rolling_deployments": True,
            "has_code": environment.head_commit is not None,
            "head_commit": environment.head_commit,
            "merge_info": self._merge_info(environment),
            "has_deployment": has_deployment,
            "supports_restrict_robots": True,
        }
        operations = {}
        if self.admin:
            operations = {"edit": "", "branch": "/branch"}
            operations |= (
                {"deactivate": "/deactivate", "redeploy": "/redeploy"} if active else {"activate": "/activate"}
            )
            if not active and not work.is_main(environment):
                operations["delete"] = ""
        links = self._links(path, **operations)
        for name in ("activities", "deployments"):
            links[name] = link(f"{path}/{name}")
        if active:
            routes = work.routes(environment)
            public = [url for url, route in routes.items() if route["type"] == "upstream"]
            links["public-url"] = link(public[0] if public else f"https://{self.host_name(environment)}/")
            links |= {f"pf:routes:{number}": link(url) for number, url in enumerate(public)}
        return out | {"_links": links}

    @staticmethod
    def _deployment_state(environment: Environment) -> Json:
        return {
            "last_state_update_successful": True,
            "last_deployment_successful": environment.deployed_successfully,
            "last_deployment_failure_reason": None if environment.deployed_successfully else "error",
            "last_deployment_commands": [],
            "last_deployment_at": stamp(environment.deployed_at),
            "last_autoscale_up_at": None,
            "last_autoscale_down_at": None,
            "last_maintenance_at": None,
            "crons": {"enabled": True, "status": "running"},
        }

    @staticmethod
    def _merge_info(environment: Environment) -> Json:
        out: Json = {"commits_ahead": None, "commits_behind": None, "parent_ref": None}
        parent = environment.project.environments.get(environment.parent or "")
        if parent is None or not parent.head_commit or not environment.head_commit:
            return out
        between = f"{parent.head_commit}...{environment.head_commit}"
        try:
            counts = git.run(environment.project.path, "rev-list", "--left-right", "--count", between).split()
        except git.GitError:
            return out
        return {"commits_ahead": int(counts[1]), "commits_behind": int(counts[0]), "parent_ref": parent.head_commit}

    def deployment(self, environment: Environment) -> Json:
        """What ``deployments/current`` says; of the many parts of a deployment the ones a client needs are filled."""
        project, work = environment.project, self.service.environments
        path = f"{self.project_path(project)}/environments/{quote(environment.id, safe='')}/deployments/current"
        return {
            "id": "current",
            "created_at": stamp(environment.deployed_at),
            "updated_at": stamp(environment.deployed_at),
            "fingerprint": environment.deployed_commit or "",
            "cluster_name": f"{project.id}-{self.machine_name(environment)}",
            "project_info": {
                "title": project.title,
                "name": project.id,
                "namespace": "upsun",
                "organization": project.organization.id,
                "capabilities": {},
                "settings": {},
            },
            "environment_info": {
                "name": environment.id,
                "status": environment.status,
                "is_main": work.is_main(environment),
                "is_production": work.is_main(environment),
                "constraints": {},
                "reference": f"refs/heads/{environment.id}",
                "machine_name": self.machine_name(environment),
                "environment_type": "production" if work.is_main(environment) else "development",
                "links": {},
            },
            "deployment_target": "local",
            "vpn": None,
            "http_access": {"is_enabled": True, "addresses": [], "basic_auth": {}},
            "enable_smtp": True,
            "restrict_robots": True,
            "variables": [],
            "access": [{"entity_id": user, "role": role} for user, role in project.roles.items()],
            "subscription": self.project(project)["subscription"],
            "services": {},
            "routes": work.routes(environment),
            "webapps": {},
            "workers": {},
            "container_profiles": {},
            "tasks": {},
            "_links": self._links(path),
        }
