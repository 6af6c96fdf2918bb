# SPDX-License-Identifier: GPL-3.0-or-later
"""The activities of a source integration: the webhook is registered, the repository is fetched, environments follow.

https://docs.upsun.com/integrations/source/bitbucket.html
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .. import git
from . import upstream
from .activities import Failed, Log
from .model import Activity, Environment, Integration, Project
from .upstream import PullRequest, Unavailable, Upstream

if TYPE_CHECKING:
    from .service import Upsun

BOT = "Upsun"
HOOKS_SECONDS = 5.0
FETCH_SECONDS = 10.0
RETRY_SECONDS = 20.0
MAXIMUM_KEY = 40  # of a build status, in the Cloud


class Synchronization:
    """What integrations do. Environments are changed by ``service.environments``."""

    def __init__(self, service: Upsun) -> None:
        self.service = service
        # The documentation warns that a success may hide what failed in it; then only the log tells, and Bitbucket.
        self.hides_failed_hooks = False
        self.retries = True  # a webhook that was faster than Bitbucket's git is followed by another look

    def other_end(self, integration: Integration) -> Upstream:
        return upstream.of(integration, self.service.bitbucket_api_url, self.service.bitbucket_site_url)

    def start(self, integration: Integration, hooks: bool) -> list[Activity]:
        """The activities of a new or changed integration; ``hooks``: also the webhook's."""
        out = [self._register_hooks(integration)] if hooks else []
        return [*out, self.fetch(integration)]

    def _activity(self, integration: Integration, what: str, text: str, seconds: float) -> Activity:
        now = self.service.clock.datetime()
        kind = f"integration.{integration.type}.{what}"
        return Activity(kind, integration.project, text, now, seconds, integration=integration)

    # -- the webhook ---------------------------------------------------------------------------------------------

    def _register_hooks(self, integration: Integration) -> Activity:
        """Bitbucket may refuse it: then the integration is there all the same, and nothing tells but this activity."""

        def work(log: Log) -> None:
            if integration.id not in integration.project.integrations:
                return
            url = self.service.hook_url(integration)
            try:
                integration.hook_id = self.other_end(integration).register_hook(url, integration.hook_id)
            except Unavailable as error:
                words = f"The webhook could not be registered: {error}"
                if not self.hides_failed_hooks:
                    raise Failed(words) from None
                log(f"W: {words}")
                return
            log("Registered the webhook")

        text = f"{BOT} registered hooks on {integration.settings['repository']}"
        return self.service.activities.add(self._activity(integration, "register_hooks", text, HOOKS_SECONDS), work)

    # -- fetching ------------------------------------------------------------------------------------------------

    def fetch(self, integration: Integration, hooked: bool = False) -> Activity:
        """Everything from Bitbucket; ``hooked``: because Bitbucket said that something has changed."""

        def work(log: Log) -> None:
            if integration.id not in integration.project.integrations:
                return
            try:
                changed = self._follow(integration, log)
            except (Unavailable, git.GitError) as error:
                raise Failed(f"Fetching {integration.settings['repository']} failed: {error}") from None
            if not changed and hooked and self.retries:
                log("W: No changes found, scheduling a retry..")
                self.service.clock.soon(RETRY_SECONDS, lambda: self._retry(integration))

        text = f"{BOT} fetched {integration.settings['repository']}"
        return self.service.activities.add(self._activity(integration, "fetch", text, FETCH_SECONDS), work)

    def _retry(self, integration: Integration) -> None:
        if integration.id in integration.project.integrations:
            self.fetch(integration)

    def _follow(self, integration: Integration, log: Log) -> bool:
        """Whether anything had changed."""
        project, settings, end = integration.project, integration.settings, self.other_end(integration)
        remote = end.remote()
        integration.clone_url = remote.url
        log(f"Fetching {remote.url}")
        options = ("--quiet", "--prune", "--no-write-fetch-head", "--no-tags")
        refs = "+refs/heads/*:refs/remote/heads/*"
        git.ask(project.path, remote.username, remote.password, "fetch", *options, remote.url, refs)
        branches = {
            name.removeprefix("refs/remote/heads/"): sha
            for name, sha in git.refs(project.path, "refs/remote/heads").items()
        }
        changed = False
        if settings["fetch_branches"]:
            changed |= self._branches(integration, branches, log)
            if settings["prune_branches"]:
                changed |= self._prune(project, branches, log)
        if settings["build_pull_requests"]:
            open_ones, complete = end.pull_requests()
            changed |= self._pull_requests(integration, open_ones, log)
            if complete:
                changed |= self._close(project, {_name(one) for one in open_ones}, log)
        return changed

    # -- branches ------------------------------------------------------------------------------------------------

    def _branches(self, integration: Integration, branches: dict[str, str], log: Log) -> bool:
        project, work, changed = integration.project, self.service.environments, False
        for name, sha in sorted(branches.items(), key=lambda one: (one[0] != project.default_branch, one[0])):
            found = project.environments.get(name)
            if found is not None and (found.status == "deleting" or (found.head_commit == sha and found.has_remote)):
                continue
            changed = True
            if found is None:
                log(f"Found a new branch: {name}")
                work.create(project, name, project.default_branch, sha, has_remote=True)
                continue
            found.has_remote = True
            if found.head_commit != sha:
                log(f"Updated {name}: {(found.head_commit or '')[:8]}..{sha[:8]}")
                work.move(found, sha)
                work.push(found, BOT, sha)
        return changed

    def _prune(self, project: Project, branches: dict[str, str], log: Log) -> bool:
        """Whatever has no branch in Bitbucket, wherever it came from; but never the main environment."""
        gone = [
            one
            for one in list(project.environments.values())
            if one.id not in branches
            and not one.is_pr
            and not self.service.environments.is_main(one)
            and one.status != "deleting"
        ]
        for one in gone:
            log(f"Pruned {one.id}: there is no such branch")
            self.service.environments.delete(one, BOT)
        return bool(gone)

    # -- pull requests -------------------------------------------------------------------------------------------

    def _pull_requests(self, integration: Integration, open_ones: list[PullRequest], log: Log) -> bool:
        changed = False
        for one in open_ones:
            found = integration.project.environments.get(_name(one))
            sha = git.resolve(integration.project.path, one.commit)
            if sha is None or (found is not None and found.status == "deleting"):
                continue
            changed |= self._pull_request(integration, one, found, sha, log)
        return changed

    def _pull_request(
        self, integration: Integration, one: PullRequest, found: Environment | None, sha: str, log: Log
    ) -> bool:
        project, settings, work = integration.project, integration.settings, self.service.environments
        parent = one.target if one.target in project.environments else project.default_branch
        title = f"PR-{one.number}: {one.title}"
        if found is None:
            log(f"Found a new pull request: {title}")
            clone = settings["pull_requests_clone_parent_data"]
            more = {"title": title, "clone_parent_on_create": clone, "source_branch": one.source}
            made = work.create(project, _name(one), parent, sha, is_pr=True, has_remote=True, **more)
            self._report(integration, made, "activate")
            return True
        found.title, found.parent = title, parent
        if found.head_commit == sha:
            return False
        log(f"Updated {found.id}: {(found.head_commit or '')[:8]}..{sha[:8]}")
        work.move(found, sha)
        if settings.get("resync_pull_requests"):
            work.synchronize(found, BOT)
        self._report(integration, found, "push")
        return True

    def _close(self, project: Project, wanted: set[str], log: Log) -> bool:
        """Merged, declined, deleted: the environment goes, whether branches are pruned or not."""
        gone = [
            one
            for one in list(project.environments.values())
            if one.is_pr and one.id not in wanted and one.status != "deleting"
        ]
        for one in gone:
            log(f"The pull request of {one.id} is closed")
            self.service.environments.delete(one, BOT)
        return bool(gone)

    # -- what Bitbucket is told ----------------------------------------------------------------------------------

    def _report(self, integration: Integration, environment: Environment, what: str) -> None:
        """Deploy the environment of a pull request, and tell Bitbucket about the commit before and after."""
        sha = environment.head_commit or ""

        def tell(state: str, log: Log) -> None:
            if integration.id not in integration.project.integrations:
                return
            work = self.service.environments
            url = work.url(environment) if state == "SUCCESSFUL" else None
            if state == "SUCCESSFUL" and url is None:
                return  # nothing was deployed that has a URL
            console = f"{self.service.console_url}/projects/{environment.project.id}/{environment.id}"
            words = "Environment deployed" if url else "Deploying the environment"
            try:
                branch, key = environment.source_branch, status_key(environment)
                self.other_end(integration).report(sha, branch, key, state, url or console, words)
            except Unavailable as error:
                log(f"W: The status could not be reported to Bitbucket: {error}")
                return
            log(f"Reported {state} {url or console} to Bitbucket for {sha[:8]}")

        def began(log: Log) -> None:
            tell("INPROGRESS", log)

        def ended(log: Log) -> None:
            tell("SUCCESSFUL", log)

        if what == "activate":
            self.service.environments.activate(environment, BOT, began, ended)
        else:
            self.service.environments.push(environment, BOT, sha, began, ended)


def _name(one: PullRequest) -> str:
    return f"pr-{one.number}"


def status_key(environment: Environment) -> str:
    """One per environment, and never longer than Bitbucket takes."""
    key = f"upsun/{environment.project.id}/{environment.id}"
    return key if len(key) <= MAXIMUM_KEY else "upsun/" + hashlib.sha1(key.encode()).hexdigest()[:32]
