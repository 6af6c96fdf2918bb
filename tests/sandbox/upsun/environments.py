# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments: created with a branch, activated with their parent's data, deployed, deleted.

https://docs.upsun.com/environments.html and https://docs.upsun.com/environments/deactivate-environment.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import git
from . import routing
from .activities import Log
from .model import Activity, Environment, Project

if TYPE_CHECKING:
    from .service import Upsun

DEPLOY_SECONDS = 15.0
SHORT_SECONDS = 5.0
Told = Callable[[Log], None]


def _nothing(_log: Log) -> None:
    """Nobody has to be told."""


class Environments:
    """Everything that happens to environments, whoever asked for it. ``by``: who did it, for the activity's text."""

    def __init__(self, service: Upsun) -> None:
        self.service = service

    # -- looking -------------------------------------------------------------------------------------------------

    @staticmethod
    def is_main(environment: Environment) -> bool:
        return environment.id == environment.project.default_branch

    @staticmethod
    def is_dirty(environment: Environment) -> bool:
        """Whether something is under way there."""
        return any(one.is_open and one.environment == environment.id for one in environment.project.activities)

    def routes(self, environment: Environment) -> dict[str, Any]:
        if environment.deployed_commit is None:
            return {}
        host = self.service.render().host_name(environment)
        return routing.routes(environment.project.path, environment.deployed_commit, host)

    def url(self, environment: Environment) -> str | None:
        """The URL of the primary route."""
        return next((url for url, route in self.routes(environment).items() if route["primary"]), None)

    # -- doing ---------------------------------------------------------------------------------------------------

    def create(self, project: Project, name: str, parent: str | None, sha: str | None, **more: Any) -> Environment:
        """An inactive environment with its branch."""
        now = self.service.clock.datetime()
        out = Environment(name, project, parent, now, now, **more)
        with project.lock:
            project.environments[name] = out
        if sha:
            self.move(out, sha)
        return out

    def move(self, environment: Environment, sha: str) -> None:
        """The branch of the environment is at another commit now, wherever it was before."""
        git.run(environment.project.path, "update-ref", f"refs/heads/{environment.id}", sha)
        environment.head_commit, environment.updated_at = sha, self.service.clock.datetime()

    def _activity(self, environment: Environment, what: str, text: str, seconds: float, **parameters: Any) -> Activity:
        return Activity(
            f"environment.{what}",
            environment.project,
            text,
            self.service.clock.datetime(),
            seconds,
            environment=environment.id,
            parameters={"environment": environment.id, **parameters},
        )

    def activate(self, environment: Environment, by: str, began: Told = _nothing, ended: Told = _nothing) -> Activity:
        """Services and data, the data from the parent if the environment is to have that."""

        def start(log: Log) -> None:
            environment.status = "active"
            began(log)

        def work(log: Log) -> None:
            if environment.clone_parent_on_create:
                self._copy_data(environment, log)
            self._deploy(environment, log)
            ended(log)

        text = f"{by} activated environment {environment.id}"
        return self.service.activities.add(
            self._activity(environment, "activate", text, DEPLOY_SECONDS), work, at_start=start
        )

    def push(
        self, environment: Environment, by: str, sha: str, began: Told = _nothing, ended: Told = _nothing
    ) -> Activity:
        """New code, which has come already; an active environment is deployed anew."""
        active = environment.status == "active"

        def work(log: Log) -> None:
            if active:
                self._deploy(environment, log)
                ended(log)
            else:
                log(f"The environment {environment.id} is inactive: nothing to deploy")

        seconds = DEPLOY_SECONDS if active else SHORT_SECONDS
        activity = self._activity(environment, "push", f"{by} pushed to {environment.id}", seconds, new_commit=sha)
        return self.service.activities.add(activity, work, at_start=began if active else None)

    def synchronize(self, environment: Environment, by: str) -> Activity:
        """The parent's data once more."""
        text = f"{by} synced {environment.id}'s data from {environment.parent}"
        activity = self._activity(
            environment, "synchronize", text, SHORT_SECONDS, synchronize_data=True, synchronize_code=False
        )
        return self.service.activities.add(activity, lambda log: self._copy_data(environment, log))

    def redeploy(self, environment: Environment, by: str) -> Activity:
        activity = self._activity(environment, "redeploy", f"{by} redeployed {environment.id}", DEPLOY_SECONDS)
        return self.service.activities.add(activity, lambda log: self._deploy(environment, log))

    def deactivate(self, environment: Environment, by: str) -> Activity:
        """Only the branch is left."""

        def work(log: Log) -> None:
            environment.status = "inactive"
            environment.deployed_at = environment.deployed_commit = environment.data_from = None
            log(f"Deleted the services and the data of {environment.id}")

        text = f"{by} deactivated environment {environment.id}"
        return self.service.activities.add(self._activity(environment, "deactivate", text, SHORT_SECONDS), work)

    def delete(self, environment: Environment, by: str) -> Activity:
        """With its branch. Its children become the children of its parent."""
        project = environment.project
        environment.status = "deleting"

        def work(log: Log) -> None:
            with project.lock:
                project.environments.pop(environment.id, None)
                for child in project.environments.values():
                    if child.parent == environment.id:
                        child.parent = environment.parent
            git.delete_ref(project.path, f"refs/heads/{environment.id}")
            log(f"Deleted environment {environment.id}")

        text = f"{by} deleted environment {environment.id}"
        return self.service.activities.add(self._activity(environment, "delete", text, SHORT_SECONDS), work)

    def _copy_data(self, environment: Environment, log: Log) -> None:
        parent = environment.project.environments.get(environment.parent or "")
        if parent is None or parent.status != "active":
            log(f"The parent of {environment.id} has no data")
            return
        environment.data_from, environment.data_at = parent.id, self.service.clock.datetime()
        log(f"Cloned the data of {parent.id}")

    def _deploy(self, environment: Environment, log: Log) -> None:
        """What there is at the head of the branch now."""
        now = self.service.clock.datetime()
        environment.deployed_commit, environment.deployed_at = environment.head_commit, now
        environment.updated_at, environment.deployed_successfully = now, True
        urls = list(self.routes(environment))
        if urls:
            log("Environment routes")
            for url in urls:
                log(f"  {url}")
        else:
            log("W: There is no .upsun/config.yaml: no application to deploy")
