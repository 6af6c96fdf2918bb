# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS: what a repository's variables mean, and those of a host that CDS runs on."""

from __future__ import annotations

import re
import typing as t

from ...bitbucket.use import CONSUMER, TOKENS, CloudUse, Use
from ..target import Claim, Given, Target, Values, bitbucket_connection
from .credential import check_lasting
from .plays import PLAYS

PREFIX = "cds_"
_CONNECTION = (
    "api_url",
    "token",
    "username",
    "password",
    "version",
    "timeout",
    "max_retries",
    "validate_certs",
    "ca_path",
)
_OF_THE_RUN = ("state", "link_code", "link_request_token", "link_timeout", "link_delay", "place", "cds")
_INTEGRATIONS = ("repositories_manager", "project_vcs")


def resolve(given: Given) -> Values:
    """Settings of a repository. :raises InvalidInput: variables are missing or contradict each other."""
    workspace = given.workspace()
    repository = given.repository("cds_repository")
    project = _project(given, workspace)
    application = given["cds_application"] or repository
    return {
        **given.options(PREFIX, "state", "existing_workflow", "events", "report_status", "comment_pull_requests"),
        **given.options(PREFIX, "retention_policy", "server"),
        "workspace": workspace,
        "repository": repository,
        "project": project["project"],
        "place": project["place"],
        "project_and_access": project,
        "application": application,
        "application_options": _application_options(given, project),
        "workflow": given["cds_workflow"] or repository,
        "definition": given["cds_workflow_definition"] or _definition(application),
        "pipelines": _pipelines(application) if given["cds_pipelines"] is None else given["cds_pipelines"],
        "unmarked_parts": "keep" if given["cds_adopted"] and not given["repobridge_teardown_adopted"] else "manage",
        "use": ["cds"],
        "scopes": given["bitbucket_scopes"] or [],
        "check_permission": bool(given["bitbucket_check_permission"]),
        "connection": {"bitbucket": bitbucket_connection(given), "cds": given.options(PREFIX, *_CONNECTION)},
    }


def _project(given: Given, workspace: str) -> Values:
    """What all repositories of a project share, as the module cds_projects takes it."""
    key = given["cds_project_key"] or re.sub(r"[^A-Z0-9]", "", workspace.upper())
    existing = given["cds_existing_project"]
    out: Values = {
        **given.options(PREFIX, "state", "integration", "server", "server_description", "push_status", "push_run_url"),
        **given.options(PREFIX, "link_code", "link_request_token", "link_timeout", "link_delay"),
        "place": f"{given.first('cds_api_url', 'CDS_API_URL') or ''} {key}".strip(),
        "cds": given.options(PREFIX, *_CONNECTION),
        "project": key,
        "existing": existing,
        "ssh_key": given["cds_ssh_key"] or f"proj-ssh-{key.lower()}",
    }
    if not existing:
        out.update(given.options(PREFIX, name="cds_project_name", description="cds_project_description"))
        out.update({"groups": given["cds_groups"]} if given["cds_groups"] else {})
    username = given.first("cds_vcs_username", "bitbucket_username", "BITBUCKET_USERNAME")
    token = given.first("cds_vcs_token", "bitbucket_api_token", "BITBUCKET_API_TOKEN")
    out.update({name: value.strip() for name, value in (("vcs_username", username), ("vcs_token", token)) if value})
    if out["integration"] == "project_vcs" and out["state"] == "present":
        check_lasting(out)
    return out


def _application_options(given: Given, project: Values) -> Values:
    """An application of somebody else's workflow keeps its way to the code, unless the operator names one."""
    out = given.options(PREFIX, "connection_type", description="cds_application_description")
    if (given["cds_existing_workflow"] or given["cds_adopted"]) and "connection_type" not in out:
        return out
    return {"connection_type": "ssh", "ssh_key": project["ssh_key"], **out}


def _definition(application: str) -> Values:
    return {
        "description": "Begun by the role cds of repobridge.bitbucket",
        "workflow": {"build": {"pipeline": f"{application}-build", "application": application}},
    }


def _pipelines(application: str) -> list[Values]:
    steps = [{"checkout": "."}, {"script": [f'echo "This is where {application} is built"']}]
    return [{"name": f"{application}-build", "jobs": [{"job": "Build", "steps": steps}]}]


def resolve_engine(given: Given) -> Values:
    """Settings of a host that CDS runs on."""
    command = given["cds_restart_command"] or []
    vcs, hooks = (given[f"cds_{kind}_settings"] or {} for kind in ("vcs", "hooks"))
    server = {
        "webhooks": True,
        **given.options(PREFIX, "client_id", "client_secret", "proxy_webhook", "push_status", "push_run_url"),
        "name": given["cds_server"],
    }
    # By what CDS says that it has, unless the operator says so.
    way = given["cds_integration"]
    linked = {name: (name if way == "auto" else way) == "repositories_manager" for name in _INTEGRATIONS}
    return {
        **given.options(PREFIX, "state", "engine_program", "config_path", "config_owner", "config_group"),
        **given.options(PREFIX, "config_backup", "manage_services", "service_user", "service_timeout"),
        **given.options(PREFIX, "client_id", "client_secret"),
        **{f"{kind}_settings": section for kind, section in (("vcs", vcs), ("hooks", hooks)) if section},
        "server": given["cds_server"],
        "servers": {name: [server] if linked[name] else [] for name in _INTEGRATIONS},
        "check_consumer": {name: linked[name] and given["cds_check_consumer"] for name in _INTEGRATIONS},
        "vcs_url": given["cds_vcs_url"] or vcs.get("url") or "http://localhost:8084",
        "hooks_url": given["cds_hooks_url"] or hooks.get("url") or "http://localhost:8083",
        "restart_command": command,
        "restart_services": not command,
        "connection": {
            "bitbucket": given.options(
                "bitbucket_", "api_url", "site_url", "timeout", "max_retries", "validate_certs", "ca_path"
            ),
            "cds": given.options(PREFIX, *_CONNECTION),
        },
    }


def claims(settings: Values) -> t.Iterator[Claim]:
    """The project, which is set up with the settings of its first host."""
    shared = settings["project_and_access"]
    # One run converges the one repository and removes the other; what belongs to a run is nobody's description.
    fields = {name: value for name, value in shared.items() if name not in _OF_THE_RUN}
    remedy = "Set the same for all hosts of a project, or another cds_project_key for one of them."
    yield Claim(
        "the project",
        settings["place"],
        settings["project"],
        {_variable(name): fields[name] for name in fields},
        remedy,
    )


def _variable(name: str) -> str:
    return f"cds_{'project_' if name in ('name', 'description') else ''}{name}"


CDS = Target(
    name="cds",
    title="CDS",
    summary="builds in CDS, with every version of its Bitbucket integration",
    editions="Cloud",
    services=("bitbucket", "cds"),
    groups=("cds", "cds_engine"),
    prefixes=("cds_", "bitbucket_"),
    resolve=resolve,
    parts={"engine": resolve_engine},
    roles=("cds", "bitbucket"),
    plays=PLAYS,
    # The vendor's procedure.
    uses={
        "cds": Use(
            CloudUse(("repository", "pullrequest", "webhook"), (*TOKENS, CONSUMER), of_users=("account",), admin=True)
        )
    },
    adopts={"cds_repository": {name: f"cds_{name}" for name in ("application", "workflow", "adopted")}},
    modules={"cds_projects": "cds_target", "cds_repository": "cds_target"},
    destination=("place", "application"),
    claims=claims,
    blank=("cds_retention_policy",),
)
