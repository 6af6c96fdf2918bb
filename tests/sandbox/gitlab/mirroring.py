# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull mirrors: git really fetches, as the mirror's user name, at the times GitLab's scheduler would.

https://docs.gitlab.com/user/project/repository/mirror/pull/ and https://docs.gitlab.com/api/project_pull_mirroring/
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .. import git
from . import errors
from .model import Mirror, Project, User
from .upstream import apply, fetch, split

if TYPE_CHECKING:
    from .service import GitLab

SCHEMES = ("http", "https", "ssh", "git")
BLOCKED_SCHEME = "is blocked: Only allowed schemes are http, https, ssh, git"
BLOCKED_URI = "is blocked: URI is invalid"
BLOCKED_HOST = "is blocked: Hostname or IP address invalid"


def check_form(url: str) -> None:
    """Refuse what is no URL, whether a mirror is on or off: the model takes no other. (``lib/gitlab/url_blocker.rb``)"""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise errors.invalid(import_url=BLOCKED_URI) from None
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise errors.invalid(import_url=BLOCKED_URI)
    if parts.scheme not in SCHEMES:
        raise errors.invalid(import_url=BLOCKED_SCHEME)
    if not host or not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?", host):
        raise errors.invalid(import_url=BLOCKED_HOST)


class Mirroring:
    """Starts, schedules and runs mirrors and imports. The numbers are attributes, for tests to change."""

    def __init__(self, service: GitLab) -> None:
        self.service = service
        self.interval = 300.0  # plan limit pull_mirror_interval_seconds: no two updates nearer than that
        self.idle = 1800.0  # without anybody asking
        self.maximum_failures = 14
        self.scheduled_seconds = 5.0
        self.started_seconds = 5.0
        self.validate_url = True  # feature flag validate_pull_mirror_url
        # The facts name no pipeline for what the first fetch brings; later ones have theirs.
        self.builds_on_first_import = False

    # -- configuring ---------------------------------------------------------------------------------------------

    def configure(self, project: Project, given: dict[str, Any], by: User) -> None:
        """What PUT does: store, become the mirror's user, and fetch at once, whether anything changed or not."""
        mirror = project.mirror
        enabled = given.get("enabled", mirror.enabled)
        url, username, password = self._place(mirror, given)
        if enabled and not url:
            raise errors.bad_parameter("url is missing")
        if self.service.edition != "premium":
            return  # a 200 that did nothing
        new_place = (url, username, password) != (mirror.url, mirror.username, mirror.password)
        if url and (new_place or "url" in given):
            check_form(url)
            if enabled and self.validate_url and not self.reachable(url, username, password):
                raise errors.invalid(import_url=errors.UNREACHABLE)
        with self.service.lock:
            mirror.url, mirror.username, mirror.password = url, username, password
            mirror.enabled, mirror.user = enabled, by
            for name, attribute in (
                ("mirror_trigger_builds", "trigger_builds"),
                ("mirror_overwrites_diverged_branches", "overwrite"),
            ):
                if given.get(name) is not None:
                    setattr(mirror, attribute, given[name])
            if "only_mirror_protected_branches" in given:
                mirror.only_protected, mirror.branch_regex = bool(given["only_mirror_protected_branches"]), None
            if "mirror_branch_regex" in given:  # of both this one wins; an empty one clears
                regex = given["mirror_branch_regex"] or None
                mirror.branch_regex = regex
                mirror.only_protected = mirror.only_protected and regex is None
        if enabled:
            self.force(project)
        else:
            self.disable(project)

    @staticmethod
    def _place(mirror: Mirror, given: dict[str, Any]) -> tuple[str | None, str, str]:
        """URL, user and password as they will be; those in the URL count unless they are given apart."""
        url, username, password = mirror.url, mirror.username, mirror.password
        if given.get("url"):
            url, inner_user, inner_password = split(given["url"])
            if (inner_user or inner_password) or url != mirror.url:
                username, password = inner_user, inner_password
        username = given["auth_user"] or "" if "auth_user" in given else username
        password = given["auth_password"] or "" if "auth_password" in given else password
        return url, username, password

    def reachable(self, url: str, username: str, password: str) -> bool:
        try:
            self.service.root.mkdir(parents=True, exist_ok=True)
            git.ask(self.service.root, username, password, "ls-remote", "--heads", self._real(url))
        except git.GitError:
            return False
        return True

    def _real(self, url: str) -> str:
        for start, instead in self.service.url_rewrites.items():
            if url.startswith(start):
                return instead + url.removeprefix(start)
        return url

    def disable(self, project: Project, forget: bool = True) -> None:
        """No mirror any more; ``forget``: nor its credentials."""
        mirror = project.mirror
        mirror.enabled, mirror.due_at = False, None
        mirror.turn += 1
        if forget:
            mirror.username = mirror.password = ""
        if mirror.status in ("scheduled", "started"):
            mirror.status = "none"

    # -- scheduling ----------------------------------------------------------------------------------------------

    def trigger(self, project: Project) -> None:
        """What POST does: an update now, or as soon as the last one is five minutes ago."""
        mirror = project.mirror
        if not self.service.mirrors(project):
            raise errors.message(400, errors.NOT_MIRRORED)
        if mirror.failures >= self.maximum_failures:
            raise errors.message(403, errors.ON_PAUSE)
        if mirror.status in ("scheduled", "started"):
            return
        last = mirror.last_update_at.timestamp() if mirror.last_update_at else 0.0
        wait = last + self.interval - self.service.clock.now()
        if wait <= 0:
            self._schedule(project)
        elif mirror.due_at is None or mirror.due_at > self.service.clock.now() + wait:
            self._later(project, wait)

    def force(self, project: Project) -> None:
        """``force_import_job!``: an update now, the failures forgotten."""
        mirror = project.mirror
        mirror.failures = 0
        if mirror.status not in ("scheduled", "started"):
            self._schedule(project)

    def _later(self, project: Project, seconds: float) -> None:
        mirror = project.mirror
        mirror.turn += 1
        turn = mirror.turn
        mirror.due_at = self.service.clock.now() + seconds

        def due() -> None:
            if mirror.turn == turn and self._wanted(project):
                self._schedule(project)

        self.service.clock.after(seconds, due)

    def _wanted(self, project: Project) -> bool:
        return self.service.mirrors(project) and project.id in self.service.projects

    def _schedule(self, project: Project) -> None:
        mirror = project.mirror
        mirror.turn += 1
        turn = mirror.turn
        mirror.status, mirror.due_at = "scheduled", None
        if project.import_status == "none":
            project.import_status = "scheduled"

        def start() -> None:
            if mirror.turn != turn or not self._wanted(project):
                return
            mirror.status, mirror.last_update_started_at = "started", self.service.clock.datetime()
            project.import_status = "started"
            self.service.clock.soon(self.started_seconds, lambda: self._update(project, turn))

        self.service.clock.soon(self.scheduled_seconds, start)

    # -- running -------------------------------------------------------------------------------------------------

    def _update(self, project: Project, turn: int) -> None:
        mirror = project.mirror
        if mirror.turn != turn or not self._wanted(project):
            return
        error = None
        try:
            self._fetch(project)
        except (git.GitError, OSError) as exc:
            error = str(exc)
        now = self.service.clock.datetime()
        mirror.last_update_at, mirror.last_error = now, error
        if mirror.turn != turn:
            return
        if error is None:
            mirror.status, mirror.failures, mirror.last_successful_update_at = "finished", 0, now
            wait = self.idle
        else:
            mirror.status = "failed"
            mirror.failures += 1
            wait = max(self.interval, 30.0 * mirror.failures)
        project.import_status, project.import_error = mirror.status, error
        if mirror.failures < self.maximum_failures:
            self._later(project, wait)

    def _fetch(self, project: Project) -> None:
        mirror = project.mirror
        url = self._real(mirror.url or "")
        first = not git.refs(project.git_path, "refs/heads")
        head = fetch(project, url, mirror.username, mirror.password)
        builds = mirror.trigger_builds and (not first or self.builds_on_first_import)
        with self.service.changes(project, mirror.user, builds=builds):
            if first and head:
                git.set_head(project.git_path, head)
            diverged = apply(project, mirror)
        if diverged:
            raise git.GitError(
                f"The default branch ({diverged}) has diverged from its upstream counterpart and could not be updated "
                "automatically."
            )

    # -- imports that are no mirrors -----------------------------------------------------------------------------

    def import_once(self, project: Project, url: str, username: str, password: str) -> None:
        """``import_url`` of a new project: fetched once, after a while."""
        project.import_status, project.import_url = "scheduled", url

        def run() -> None:
            try:
                head = fetch(project, self._real(url), username, password)
                with self.service.changes(project, project.creator, builds=False):
                    if head:
                        git.set_head(project.git_path, head)
                    apply(project, Mirror())
                project.import_status = "finished"
            except git.GitError as exc:
                project.import_status, project.import_error = "failed", str(exc)

        def start() -> None:
            project.import_status = "started"
            self.service.clock.soon(self.started_seconds, run)

        self.service.clock.soon(self.scheduled_seconds, start)

    def wait(self, project: Project, timeout: float) -> str:
        """Let time pass until the update has ended; when git is at it in another thread, really wait."""
        mirror, end = project.mirror, time.monotonic() + timeout
        needed = self.scheduled_seconds + self.started_seconds
        while mirror.status in ("scheduled", "started") and time.monotonic() < end:
            if needed > -5:
                self.service.clock.advance(1.0)
                needed -= 1.0
            else:
                time.sleep(0.01)
        return mirror.status
