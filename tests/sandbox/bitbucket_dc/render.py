# SPDX-License-Identifier: GPL-3.0-or-later
"""Data Center's JSON for each thing. https://developer.atlassian.com/server/bitbucket/rest/v902/intro/"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from .. import git
from .dates import millis
from .model import AccessToken, BuildStatus, Invocation, Project, Repository, User, Webhook

Json = dict[str, Any]
SHORT_HASH = 11
SSH_PORT = 7999


def _self(href: str) -> Json:
    return {"self": [{"href": href}]}


@dataclass(frozen=True)
class Render:
    """``root`` is the base URL of this Bitbucket, context path included; ``users`` are found by their mail address.

    ``texts``: times are texts in some places, see ``dates``.
    """

    root: str
    users: Mapping[str, User] = field(default_factory=dict)
    texts: bool = False

    # -- people and places ---------------------------------------------------------------------------------------

    def user(self, user: User) -> Json:
        return {
            "name": user.name,
            "emailAddress": user.email,
            "active": user.active,
            "displayName": user.display_name,
            "id": user.id,
            "slug": user.slug,
            "type": "NORMAL",
            "links": _self(f"{self.root}/users/{user.slug}"),
        }

    def project(self, project: Project) -> Json:
        out = {
            "key": project.key,
            "id": project.id,
            "name": project.name,
            "public": project.public,
            "type": "NORMAL",
            "links": _self(f"{self.root}/projects/{project.key}"),
        }
        return {**out, "description": project.description} if project.description else out

    def repository(self, repository: Repository) -> Json:
        project = repository.project
        path = f"{project.key.lower()}/{repository.slug}.git"
        out: Json = {
            "slug": repository.slug,
            "id": repository.id,
            "name": repository.name,
            "hierarchyId": repository.hierarchy,
            "scmId": "git",
            "state": "AVAILABLE",
            "statusMessage": "Available",
            "forkable": True,
            "project": self.project(project),
            "public": repository.public,
            "archived": False,
            "links": {
                "clone": [
                    {"href": f"{self.root}/scm/{path}", "name": "http"},
                    {"href": f"ssh://git@{urlsplit(self.root).hostname}:{SSH_PORT}/{path}", "name": "ssh"},
                ],
                **_self(f"{self.root}/projects/{project.key}/repos/{repository.slug}/browse"),
            },
        }
        return {**out, "description": repository.description} if repository.description else out

    # -- commits and refs ----------------------------------------------------------------------------------------

    def _person(self, name: str, email: str) -> Json:
        """An author as git has him; a user, if the mail address is that of one."""
        user = self.users.get(email.lower())
        return self.user(user) if user else {"name": name, "emailAddress": email}

    def commit(self, commit: git.Commit) -> Json:
        person = self._person(commit.author, commit.email)
        moment = millis(datetime.fromisoformat(commit.date))
        return {
            "id": commit.sha,
            "displayId": commit.sha[:SHORT_HASH],
            "author": person,
            "authorTimestamp": moment,
            "committer": person,
            "committerTimestamp": moment,
            "message": commit.message.rstrip("\n"),
            "parents": [{"id": sha, "displayId": sha[:SHORT_HASH]} for sha in commit.parents],
        }

    @staticmethod
    def minimal_ref(name: str) -> Json:
        """``refs/heads/x`` as branch x."""
        return {
            "id": name,
            "displayId": name.split("/", 2)[2],
            "type": "TAG" if name.startswith("refs/tags/") else "BRANCH",
        }

    def branch(self, repository: Repository, name: str, sha: str) -> Json:
        out = self.minimal_ref(name)
        return {
            **out,
            "latestCommit": sha,
            "latestChangeset": sha,
            "isDefault": out["displayId"] == git.head(repository.path),
        }

    def tag(self, name: str, commit: str, tag_object: str | None) -> Json:
        """``hash`` is the tag object of an annotated tag."""
        return {**self.minimal_ref(name), "latestCommit": commit, "latestChangeset": commit, "hash": tag_object}

    # -- tokens, hooks, builds -----------------------------------------------------------------------------------

    def token(self, token: AccessToken, secret: bool = False) -> Json:
        """``secret``: only in the answer to its creation."""
        out: Json = {
            "id": token.id,
            "createdDate": millis(token.created),
            "name": token.name,
            "permissions": list(token.permissions),
        }
        if token.last_used:
            out["lastAuthenticated"] = millis(token.last_used)
        if token.expires:
            out["expiryDate"] = millis(token.expires)
        if token.is_personal:
            out["user"] = self.user(token.user)
        if secret:
            out["token"] = token.secret
        return out

    def hook(self, hook: Webhook, statistics: bool = False, show_secret: bool = False) -> Json:
        """The password is never told; the secret is by older servers."""
        configuration = {key: value for key, value in hook.configuration.items() if key != "secret" or show_secret}
        out: Json = {
            "id": hook.id,
            "name": hook.name,
            "createdDate": millis(hook.created),
            "updatedDate": millis(hook.updated),
            "events": list(hook.events),
            "configuration": configuration,
            "url": hook.url,
            "active": hook.active,
            "scopeType": "repository" if isinstance(hook.scope, Repository) else "project",
            "sslVerificationRequired": hook.ssl_verification_required,
        }
        if hook.credentials:
            out["credentials"] = {"username": hook.credentials.get("username")}
        if statistics:
            out["statistics"] = self.statistics(hook.invocations)
        return out

    def invocation(self, hook: Webhook, one: Invocation) -> Json:
        scope = "repository" if isinstance(hook.scope, Repository) else "project"
        return {
            "id": one.id,
            "event": one.event,
            "eventScope": {"id": str(hook.scope.id), "type": scope},
            "start": millis(one.started),
            "finish": millis(one.finished),
            "duration": millis(one.finished) - millis(one.started),
            "request": {"method": "POST", "url": one.url},
            "result": {"description": one.description, "outcome": one.outcome},
        }

    @staticmethod
    def statistics(invocations: list[Invocation]) -> Json:
        counts = {
            outcome: sum(one.outcome == outcome for one in invocations) for outcome in ("ERROR", "FAILURE", "SUCCESS")
        }
        return {
            "counts": {"errors": counts["ERROR"], "failures": counts["FAILURE"], "successes": counts["SUCCESS"]},
            **{
                name: millis(invocations[-1].finished)
                for name, invocations in {
                    "lastError": [one for one in invocations if one.outcome == "ERROR"],
                    "lastFailure": [one for one in invocations if one.outcome == "FAILURE"],
                    "lastSuccess": [one for one in invocations if one.outcome == "SUCCESS"],
                }.items()
                if invocations
            },
        }

    @staticmethod
    def build(build: BuildStatus) -> Json:
        out = {
            "key": build.key,
            "state": build.state,
            "url": build.url,
            "name": build.name,
            "description": build.description,
            "parent": build.parent,
            "ref": build.ref,
            "buildNumber": build.build_number,
            "duration": build.duration,
            "testResults": build.test_results,
            "createdDate": millis(build.created),
            "updatedDate": millis(build.updated),
        }
        return {name: value for name, value in out.items() if value is not None}
