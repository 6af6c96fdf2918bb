# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``cds``: a repository of Bitbucket Cloud built by CDS, in every generation of its integration."""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Callable
from typing import Any

from ephemeral_port_reserve import reserve

from tests.sandbox.cds.engine import install
from tests.sandbox.cds.model import Application, Project, Workflow
from tests.sandbox.cds.settings import toml
from tests.sandbox.cds.versions import Version
from tests.sandbox.sandbox import CDS_CONSUMER_SCOPES, Sandbox

from ..consent import Consent
from ..playbook import Run
from ..scenario import Drift, Failure, Scenario, calm, fault

SCOPES = (
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
)
# Starts the services anew, as a supervisor would that is not systemd.
RESTART = """\
#!/bin/sh
cd {folder}
if [ -f pid ]; then
  kill "$(cat pid)" 2>/dev/null
  while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.05; done
fi
REPOBRIDGE_ENGINE_TICK=0.1 setsid {engine} start vcs hooks --config {config} >log 2>&1 </dev/null &
echo $! >pid
"""


def project(sandbox: Sandbox) -> Project:
    return sandbox.cds.projects["ACME"]


def workflow(sandbox: Sandbox) -> Workflow:
    return project(sandbox).workflows["shop"]


def application(sandbox: Sandbox) -> Application:
    return project(sandbox).applications["shop"]


def _attribute(module: str, path: str, of: Callable[[Sandbox], Any], name: str, value: Any) -> Drift:
    """A field that is an attribute of an object of the sandbox."""
    return Drift(module, path, lambda s: setattr(of(s), name, value), lambda s: getattr(of(s), name))


def _entry(module: str, path: str, of: Callable[[Sandbox], dict[str, Any]], name: str, value: Any) -> Drift:
    """A field that is an entry of a dict of the sandbox."""

    def spoil(sandbox: Sandbox) -> None:
        of(sandbox)[name] = value

    return Drift(module, path, spoil, lambda s: of(s).get(name))


def _vcs(path: str, name: str, value: Any) -> Drift:
    return _entry("cds_projects", f"ACME.vcs.{path}", lambda s: project(s).vcs["bitbucketcloud"].options, name, value)


def _template(sandbox: Sandbox) -> dict[str, Any]:
    (notification,) = workflow(sandbox).notifications
    template: dict[str, Any] = notification.settings["template"]
    return template


def _hook(name: str, value: Any) -> Drift:
    return _attribute(
        "cds_repository", f"webhook in Bitbucket.{name}", lambda s: s.bitbucket.hooks("acme", "shop")[0], name, value
    )


_COMMON = (
    _attribute("cds_projects", "ACME.project.description", project, "description", "changed by hand"),
    _attribute("cds_repository", "application.description", application, "description", "changed by hand"),
    _attribute("cds_repository", "application.repository", application, "repository", "acme/stock"),
    _entry(
        "cds_repository", "application.connection_type", lambda s: application(s).strategy, "connection_type", "https"
    ),
    _hook("active", False),
    _hook("events", ["repo:fork"]),
)
_NOTIFICATIONS = (
    _entry("cds_repository", "webhook.report_status", _template, "disable_status", True),
    _entry("cds_repository", "webhook.comment_pull_requests", _template, "disable_comment", False),
    _attribute("cds_repository", "webhook.retention_policy", workflow, "retention_policy", "return true"),
)


class Cds(Scenario):
    """The newest: a user name and a token in the project."""

    name = "cds"
    version = "0.57.0"
    # Bitbucket: the repository (which tells of the credential), its webhooks. CDS: version, session, project, VCS server,
    # repository, application, the workflow with its webhook.
    budget = {"bitbucket": 2, "cds": 7}
    task_results = 6
    reading: tuple[str, ...] = ("/access_token", "/signin", "/login", "/services/register")
    creations: tuple[str, ...] = (
        "cds POST /project",
        "cds POST /v2/project/ACME/vcs",
        "cds POST /v2/project/ACME/vcs/bitbucketcloud/repository",
        "cds POST /project/ACME/applications",
        "cds POST /project/ACME/import/pipeline",
        "cds POST /project/ACME/import/workflows",
    )
    # CDS adds the webhook to the repository before it stores it: of two requests at the same moment it forgets one.
    in_turn: tuple[str, ...] = ("cds PUT /project/ACME/workflows/shop",)
    drifts: tuple[Drift, ...] = (
        *_COMMON,
        *_NOTIFICATIONS,
        _vcs("webhooks", "disableWebhooks", True),
        _vcs("push_status", "disableStatus", True),
        _vcs("push_run_url", "disableStatusDetails", True),
        _entry(
            "cds_projects",
            "ACME.vcs.ssh_key",
            lambda s: project(s).vcs["bitbucketcloud"].auth,
            "sshKeyName",
            "proj-of-somebody",
        ),
    )
    comments = "        cds_comment_pull_requests: false\n"

    def arrange(self) -> None:
        sandbox = self.sandbox
        sandbox.cds.version = Version(self.version)
        sandbox.bitbucket.cross_workspace_listings = True  # CDS can't do without
        sandbox.populate()
        self.token = sandbox.bitbucket.create_api_token(self.user, SCOPES)
        self.environment = sandbox.environment(self.token)
        self.start()

    def start(self) -> None:
        """The services, inside of the sandbox."""
        self.sandbox.cds.start(toml(self.sandbox.cds))

    @property
    def user(self) -> Any:
        return self.sandbox.bitbucket.users["jdoe"]

    def inventory_text(self) -> str:
        return f"""---
all:
  children:
    cds:
      hosts:
        shop:
      vars:
        bitbucket_workspace: acme
        cds_project_description: Builds of our repositories
        cds_application_description: The shop
{self.comments}"""

    def made(self) -> dict[str, list[str]]:
        sandbox = self.sandbox
        found = sandbox.cds.projects.get("ACME")
        hooks = [hook.events for slug in ("shop", "stock") for hook in sandbox.bitbucket.hooks("acme", slug)]
        return {
            "project": ["ACME"] if found else [],
            "access": sorted([*found.links, *found.vcs]) if found else [],
            "repository": sorted(name for vcs in found.vcs.values() for name in vcs.repositories) if found else [],
            "application": sorted(f"{a.name} {a.repository}" for a in found.applications.values()) if found else [],
            "pipeline": sorted(found.pipelines) if found else [],
            "workflow": sorted(one.name for one in found.workflows.values() if not one.to_delete) if found else [],
            "webhook": [" ".join(events) for events in hooks],
        }

    def expected(self) -> dict[str, list[str]]:
        return {
            "project": ["ACME"],
            "access": ["bitbucketcloud"],
            "repository": ["acme/shop"],
            "application": ["shop acme/shop"],
            "pipeline": ["shop-build"],
            "workflow": ["shop"],
            "webhook": ["repo:push"],
        }

    def verify(self) -> None:
        """A push starts a run, and its commit shows how the run went and where it is."""
        sandbox = self.sandbox
        commit = sandbox.bitbucket.commit("acme", "shop", "main", {"pushed.txt": f"{sandbox.clock.now()}\n"})
        sandbox.bitbucket.wait_for_deliveries()
        sandbox.clock.advance(60)
        sandbox.clock.advance(60)
        run = sandbox.cds.workflow_runs("ACME", "shop")[0]
        assert (run.hash, run.status) == (commit, "Success")
        states = [
            (one.state, one.url)
            for (sha, _key), one in sandbox.bitbucket.repository("acme", "shop").statuses.items()
            if sha == commit
        ]
        assert len(states) == 1 and states[0][0] == "SUCCESSFUL", states
        assert "/project/ACME/workflow/shop/run/" in states[0][1]

    def lose(self) -> None:
        self.sandbox.bitbucket.repository("acme", "shop").hooks.clear()

    def secrets(self) -> dict[str, tuple[str, ...]]:
        """The Bitbucket token goes to CDS for its VCS server; sessions and addresses of hooks are CDS's own."""
        return {
            self.token.secret: ("bitbucket", r"cds /v2/project/ACME/vcs"),
            self.sandbox.cds_consumer.token: (r"cds /signin$",),
            **self.secrets_of_cds(),
        }

    def secrets_of_cds(self) -> dict[str, tuple[str, ...]]:
        calls = "\n".join(call.request_text() for call in self.sandbox.calls.all())
        hooks = set(re.findall(r"/webhook/([0-9a-f-]{36})", calls))
        assert hooks
        sessions = [token for token in self.sandbox.cds.accounts.sessions if token in calls]
        assert sessions
        return {
            **dict.fromkeys(sessions, ("cds",)),
            **dict.fromkeys(hooks, (r"bitbucket /hooks", r"cds /workflows/", r"cds /webhook/")),
        }


def _wrong_token(scenario: Scenario) -> None:
    scenario.environment["BITBUCKET_API_TOKEN"] = "ATATT-not-a-token-at-all"


def _right_token(scenario: Scenario) -> None:
    assert isinstance(scenario, Cds)
    scenario.environment["BITBUCKET_API_TOKEN"] = scenario.token.secret
    scenario.extra.clear()


def _few_scopes(scenario: Scenario) -> None:
    assert isinstance(scenario, Cds)
    few = scenario.sandbox.bitbucket.create_api_token(scenario.user, ("read:repository:bitbucket",))
    scenario.environment["BITBUCKET_API_TOKEN"] = few.secret


def _wrong_vcs_token(scenario: Scenario) -> None:
    scenario.extra["cds_vcs_token"] = "ATATT-of-somebody-else"


def _unknown_repository(scenario: Scenario) -> None:
    scenario.extra["bitbucket_repository"] = "no-such-shop"


def _wrong_cds_token(scenario: Scenario) -> None:
    scenario.environment["CDS_TOKEN"] = "an-expired-token"


def _right_cds_token(scenario: Scenario) -> None:
    scenario.environment["CDS_TOKEN"] = scenario.sandbox.cds_consumer.token


def _no_administrator(scenario: Scenario) -> None:
    """Somebody who may make projects, and then has no role on them."""
    cds = scenario.sandbox.cds
    scenario.environment["CDS_TOKEN"] = cds.create_consumer(cds.create_user("eve"), scopes=CDS_CONSUMER_SCOPES).token


def _no_hooks_service(scenario: Scenario) -> None:
    scenario.sandbox.cds.services.remove("cds-hooks")


def _all_services(scenario: Scenario) -> None:
    assert isinstance(scenario, Cds)
    scenario.start()


def _old_way(scenario: Scenario) -> None:
    scenario.extra["cds_integration"] = "repositories_manager"


Cds.failures = (
    Failure("wrong Bitbucket token", _wrong_token, ("Bitbucket", "401", "API token"), _right_token),
    Failure("missing Bitbucket scopes", _few_scopes, ("read:webhook:bitbucket", "cds"), _right_token),
    Failure("Bitbucket token that CDS can't use", _wrong_vcs_token, ("500", "API token with scopes"), _right_token),
    Failure("unknown repository", _unknown_repository, ("no-such-shop", "404"), _right_token),
    Failure("wrong CDS token", _wrong_cds_token, ("403", "wrong or expired"), _right_cds_token),
    Failure("no role on the project", _no_administrator, ("403", "rbac import"), _right_cds_token),
    Failure("no hooks service", _no_hooks_service, ("hook",), _all_services),
    Failure("the way of older versions", _old_way, ("removed in 0.53.1", "cds_project_vcs"), _right_token),
    Failure("CDS 503 in the middle", fault("status", "^cds PUT .*workflows", status=503), ("503", "again"), calm),
    Failure(
        "CDS does not answer", fault("latency", "^cds .*/vcs", seconds=1.5), ("no response", "increase timeout"), calm
    ),
    Failure("Bitbucket 503", fault("status", "^bitbucket ", status=503), ("503", "again"), calm),
)


class CdsLinked(Cds):
    """0.53.0: an OAuth consumer in the configuration of the engine, which runs on this machine."""

    name = "cds_linked"
    variant = True
    # The engine's files are written on its own host, where two runs are not contested calls.
    together = False
    version = "0.53.0"
    # Bitbucket: the consumer's token and what it opens; the repository, its webhooks. CDS: the version for the engine; version,
    # session, project, link, application, the workflow with its webhook.
    budget = {"bitbucket": 4, "cds": 7}
    task_results = 14
    unplanned_results = 8
    reading = (*Cds.reading, "/site/oauth2/authorize")  # the button in the browser, which no run presses
    drifts: tuple[Drift, ...] = (*_COMMON, *_NOTIFICATIONS)

    def start(self) -> None:
        """Somebody keeps the services of a configuration alive that this scenario's run makes."""
        cds, folder = self.sandbox.cds, self.folder / "engine"
        self.config = folder / "config.toml"
        engine = install(folder, self.version)
        restart = folder / "restart"
        restart.write_text(RESTART.format(folder=folder, engine=engine, config=self.config))
        restart.chmod(0o755)
        self.ports = (reserve(), reserve())
        self.service_tokens = {kind: cds.service_token(kind, f"cds-{kind}") for kind in ("vcs", "hooks")}
        for kind, token in self.service_tokens.items():
            self.environment[f"TOKEN_OF_{kind.upper()}"] = token
        self.environment["CONSUMER_SECRET"] = self.sandbox.cds_oauth.secret

    def inventory_text(self) -> str:
        def settings(kind: str, port: int, *more: str) -> str:
            lines = (
                f"name: cds-{kind}",
                f"url: http://127.0.0.1:{port}",
                "address: 127.0.0.1",
                f"port: {port}",
                f"api_url: {self.sandbox.cds.url}",
                f"api_token: \"{{{{ lookup('ansible.builtin.env', 'TOKEN_OF_{kind.upper()}') }}}}\"",
                *more,
            )
            return "\n".join(f"          {line}" for line in lines)

        ui = (f"ui_url: {self.sandbox.cds.ui_url}",) if self.sandbox.cds.version.ui_in_vcs_settings else ()
        return f"""{super().inventory_text()}        cds_link_timeout: 3
        cds_link_delay: 0.1
    cds_engine:
      hosts:
        engine:
          ansible_connection: local
          ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
      vars:
        cds_engine_program: {self.folder}/engine/engine
        cds_config_path: {self.config}
        cds_client_id: {self.sandbox.cds_oauth.key}
        cds_client_secret: "{{{{ lookup('ansible.builtin.env', 'CONSUMER_SECRET') }}}}"
        cds_restart_command: [{self.folder}/engine/restart]
        cds_service_timeout: 20
        cds_vcs_settings:
{settings("vcs", self.ports[0], *ui)}
        cds_hooks_settings:
{settings("hooks", self.ports[1], f"url_public: {self.sandbox.cds.hooks_url}")}
"""

    def run(self, playbook: str, *arguments: str, **extra: Any) -> Run:
        with Consent(self.sandbox, self.user):
            return super().run(playbook, *arguments, **extra)

    def run_here(self, playbook: str, *arguments: str, **extra: Any) -> Run:
        with Consent(self.sandbox, self.user):
            return super().run_here(playbook, *arguments, **extra)

    def made(self) -> dict[str, list[str]]:
        text = self.config.read_text() if self.config.exists() else ""
        return {**super().made(), "server": sorted(tomllib.loads(text).get("vcs", {}).get("servers", {}))}

    def expected(self) -> dict[str, list[str]]:
        return {**super().expected(), "repository": [], "server": ["bitbucketcloud"]}

    def secrets(self) -> dict[str, tuple[str, ...]]:
        consumer = self.sandbox.cds_oauth
        pair = base64.b64encode(f"{consumer.key}:{consumer.secret}".encode()).decode()
        return {
            pair: (r"bitbucket /access_token$",),
            **dict.fromkeys(self.service_tokens.values(), (r"cds /(signin|services/register)$",)),
            **self.login(),
            **self.secrets_of_cds(),
        }

    def login(self) -> dict[str, tuple[str, ...]]:
        return {self.sandbox.cds_consumer.token: (r"cds /signin$",)}


class CdsOldest(CdsLinked):
    """0.41.0, the version of the manual procedure: passwords, tokens of a group, and statuses that nobody can switch off."""

    name = "cds_oldest"
    killed = False  # it writes what CdsLinked writes
    version = "0.41.0"
    drifts: tuple[Drift, ...] = _COMMON
    comments = ""

    def login(self) -> dict[str, tuple[str, ...]]:
        return {self.sandbox.cds_admin.password: (r"cds /login$",)}


# The same tasks, the same causes: what is tested for the newest holds here.
CdsLinked.failures = ()
