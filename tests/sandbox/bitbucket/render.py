# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket's JSON for each thing. https://developer.atlassian.com/cloud/bitbucket/rest/"""

from __future__ import annotations

import html
import mimetypes
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from .. import git
from .credentials import Credential
from .dates import nanoseconds, seconds, stamp
from .model import BuildStatus, Project, Repository, User, Webhook, Workspace

Json = dict[str, Any]
MERGE_STRATEGIES = [
    "merge_commit",
    "squash",
    "fast_forward",
    "squash_fast_forward",
    "rebase_fast_forward",
    "rebase_merge",
]


def _link(href: str) -> Json:
    return {"href": href}


def rendered(text: str) -> Json:
    return {"type": "rendered", "raw": text, "markup": "markdown", "html": f"<p>{html.escape(text.strip())}</p>"}


def _uid(uuid: str) -> str:
    return quote(uuid, safe="")


@dataclass(frozen=True)
class Render:
    """``root`` is where this Bitbucket is reached; API links begin with ``root``/2.0, pages for people with ``root``.

    ``credential``: who is asking; a user finds the own name in https clone links, as in the real answers.
    """

    root: str
    users: dict[str, User]
    credential: Credential | None = None

    @property
    def api(self) -> str:
        return f"{self.root}/2.0"

    # -- people and places ---------------------------------------------------------------------------------------

    def user(self, user: User, full: bool = False) -> Json:
        place = f"{self.root}/{_uid(user.uuid)}/"
        out: Json = {
            "type": "user",
            "uuid": user.uuid,
            "account_id": user.account_id,
            "display_name": user.display_name,
            "nickname": user.username,
            "links": {
                "self": _link(f"{self.api}/users/{_uid(user.uuid)}"),
                "avatar": _link(f"{place}avatar/"),
                "html": _link(place),
            },
        }
        if full:
            out.update(
                username=user.username,
                created_on=stamp(user.created_on),
                account_status="active",
                is_staff=False,
                has_2fa_enabled=None,
            )
        return out

    def nobody(self, name: str = "sandbox") -> Json:
        """Stands for a credential that is no user."""
        return {"type": "app_user", "display_name": name, "links": {}}

    def workspace(self, workspace: Workspace, full: bool = False) -> Json:
        links = {
            "self": _link(f"{self.api}/workspaces/{workspace.slug}"),
            "html": _link(f"{self.root}/{workspace.slug}/"),
            "avatar": _link(f"{self.root}/workspaces/{workspace.slug}/avatar/"),
        }
        out: Json = {
            "type": "workspace",
            "uuid": workspace.uuid,
            "slug": workspace.slug,
            "name": workspace.name,
            "links": links,
        }
        if full:
            api = f"{self.api}/workspaces/{workspace.slug}"
            links.update(
                members=_link(f"{api}/members"),
                projects=_link(f"{api}/projects"),
                repositories=_link(f"{self.api}/repositories/{workspace.slug}"),
                owners=_link(f"{api}/members?q=permission%3D%22owner%22"),
            )
            out.update(is_private=True, created_on=stamp(workspace.created_on))
        return out

    def workspace_base(self, workspace: Workspace) -> Json:
        links = self.workspace(workspace)["links"]
        return {
            "type": "workspace_base",
            "uuid": workspace.uuid,
            "slug": workspace.slug,
            "links": {"self": links["self"], "avatar": links["avatar"]},
        }

    def project(self, project: Project, workspace: Workspace) -> Json:
        page = f"{self.root}/{workspace.slug}/workspace/projects/{project.key}"
        return {
            "type": "project",
            "key": project.key,
            "uuid": project.uuid,
            "name": project.name,
            "links": {
                "self": _link(f"{self.api}/workspaces/{workspace.slug}/projects/{project.key}"),
                "html": _link(page),
                "avatar": _link(f"{page}/avatar/32"),
            },
        }

    # -- repositories --------------------------------------------------------------------------------------------

    def repository_api(self, repository: Repository) -> str:
        return f"{self.api}/repositories/{repository.full_name}"

    def repository_base(self, repository: Repository) -> Json:
        """The short form that is embedded in other answers."""
        return {
            "type": "repository",
            "full_name": repository.full_name,
            "name": repository.slug,
            "uuid": repository.uuid,
            "links": {
                "self": _link(self.repository_api(repository)),
                "html": _link(f"{self.root}/{repository.full_name}"),
                "avatar": _link(f"{self.root}/ravatar/{_uid(repository.uuid)}"),
            },
        }

    def repository(self, repository: Repository) -> Json:
        out = self.repository_base(repository)
        api = self.repository_api(repository)
        for name, path in {
            "watchers": "watchers",
            "branches": "refs/branches",
            "tags": "refs/tags",
            "commits": "commits",
            "source": "src",
            "hooks": "hooks",
            "forks": "forks",
            "downloads": "downloads",
            "pullrequests": "pullrequests",
        }.items():
            out["links"][name] = _link(f"{api}/{path}")
        out["links"]["clone"] = self._clone_links(repository)
        main = repository.main_branch
        out.update(
            slug=repository.slug,
            is_private=repository.is_private,
            description=repository.description,
            scm="git",
            website="",
            language="",
            has_wiki=False,
            has_issues=False,
            fork_policy="no_public_forks",
            parent=None,
            size=repository.size,
            mainbranch={"type": "branch", "name": main} if main else None,
            created_on=stamp(repository.created_on),
            updated_on=stamp(repository.updated_on),
            workspace=self.workspace(repository.workspace),
            owner=self.team(repository.workspace),
            project=self.project(repository.project, repository.workspace),
            override_settings={"default_merge_strategy": False, "branching_model": False},
            enforced_signed_commits=None,
        )
        return out

    def team(self, workspace: Workspace) -> Json:
        return {
            "type": "team",
            "username": workspace.slug,
            "display_name": workspace.name,
            "uuid": workspace.uuid,
            "links": {
                "self": _link(f"{self.api}/workspaces/{_uid(workspace.uuid)}"),
                "html": _link(f"{self.root}/{workspace.slug}/"),
                "avatar": _link(f"{self.root}/account/{workspace.slug}/avatar/"),
            },
        }

    def _clone_links(self, repository: Repository) -> list[Json]:
        parts = urlsplit(self.root)
        user = f"{self.credential.username}@" if self.credential and self.credential.username else ""
        return [
            {"name": "https", "href": f"{parts.scheme}://{user}{parts.netloc}{parts.path}/{repository.full_name}.git"},
            {"name": "ssh", "href": f"git@{parts.hostname}:{repository.full_name}.git"},
        ]

    # -- commits and refs ----------------------------------------------------------------------------------------

    def commit_base(self, repository: Repository, sha: str) -> Json:
        return {
            "type": "commit",
            "hash": sha,
            "links": {
                "self": _link(f"{self.repository_api(repository)}/commit/{sha}"),
                "html": _link(f"{self.root}/{repository.full_name}/commits/{sha}"),
            },
        }

    def commit(self, repository: Repository, commit: git.Commit) -> Json:
        out = self.commit_base(repository, commit.sha)
        api = self.repository_api(repository)
        for name, path in {
            "diff": "diff/{}",
            "patch": "patch/{}",
            "approve": "commit/{}/approve",
            "comments": "commit/{}/comments",
            "statuses": "commit/{}/statuses",
        }.items():
            out["links"][name] = _link(f"{api}/{path.format(commit.sha)}")
        out.update(
            date=seconds(commit.date),
            author=self._author(commit.author, commit.email),
            message=commit.message,
            parents=[self.commit_base(repository, sha) for sha in commit.parents],
            summary=rendered(commit.message),
            repository=self.repository_base(repository),
        )
        return out

    def _author(self, name: str, email: str) -> Json:
        out: Json = {"type": "author", "raw": f"{name} <{email}>"}
        user = self.users.get(email.lower())
        if user:
            out["user"] = self.user(user)
        return out

    def branch(self, repository: Repository, name: str, commit: git.Commit) -> Json:
        out = self._ref(repository, "branch", name, commit)
        out.update(merge_strategies=list(MERGE_STRATEGIES), default_merge_strategy="merge_commit")
        out["links"]["html"] = _link(f"{self.root}/{repository.full_name}/branch/{quote(name)}")
        return out

    def tag(self, repository: Repository, name: str, commit: git.Commit) -> Json:
        out = self._ref(repository, "tag", name, commit)
        out["links"]["html"] = _link(f"{self.root}/{repository.full_name}/commits/tag/{quote(name)}")
        out.update(message=None, date=None, tagger=None)  # filled for annotated tags
        return out

    def annotated(self, tag: Json, message: str, date: str, name: str, email: str) -> Json:
        """A tag with what its tag object says."""
        return {**tag, "message": message, "date": seconds(date), "tagger": self._author(name, email)}

    def _ref(self, repository: Repository, kind: str, name: str, commit: git.Commit) -> Json:
        api, plural = self.repository_api(repository), {"branch": "branches", "tag": "tags"}[kind]
        return {
            "type": kind,
            "name": name,
            "target": self.commit(repository, commit),
            "links": {
                "self": _link(f"{api}/refs/{plural}/{quote(name)}"),
                "commits": _link(f"{api}/commits/{quote(name)}"),
            },
        }

    # -- files ---------------------------------------------------------------------------------------------------

    def entry(self, repository: Repository, sha: str, entry: git.Entry, binary: bool = False) -> Json:
        """A file or a directory of a commit. Paths of directories have a slash at the end in links only."""
        api, path = self.repository_api(repository), quote(entry.path)
        place = f"{api}/src/{sha}/{path}{'/' if entry.kind == 'tree' else ''}"
        links = {"self": _link(place), "meta": _link(f"{place}?format=meta")}
        out: Json = {"path": entry.path, "commit": self.commit_base(repository, sha), "links": links}
        if entry.kind == "tree":
            return {"type": "commit_directory", **out}
        links["history"] = _link(f"{api}/filehistory/{sha}/{path}")
        kind = {git.EXECUTABLE: ["executable"], git.LINK: ["link"], "160000": ["subrepository"]}.get(entry.mode, [])
        return {
            "type": "commit_file",
            **out,
            "attributes": kind + (["binary"] if binary else []),
            "escaped_path": entry.path,
            "size": entry.size or 0,
            "mimetype": mimetypes.guess_type(entry.path)[0],
        }

    # -- hooks and statuses --------------------------------------------------------------------------------------

    def hook(self, hook: Webhook) -> Json:
        """Never the secret, only whether there is one."""
        if isinstance(hook.subject, Repository):
            subject = self.repository_base(hook.subject)
        else:
            subject = self.workspace(hook.subject)
        return {
            "type": "webhook_subscription",
            "uuid": hook.uuid,
            "url": hook.url,
            "description": hook.description,
            "subject_type": subject["type"],
            "subject": subject,
            "active": hook.active,
            "created_at": nanoseconds(hook.created_at),
            "events": list(hook.events),
            "secret_set": bool(hook.secret),
            "skip_cert_verification": hook.skip_cert_verification,
            "history_enabled": hook.history_enabled,
            "read_only": False,
            "source": None,
            "links": {"self": _link(f"{subject['links']['self']['href']}/hooks/{_uid(hook.uuid)}")},
        }

    def status(self, repository: Repository, sha: str, status: BuildStatus) -> Json:
        commit = self.commit_base(repository, sha)
        place = commit["links"]["self"]["href"]
        return {
            "type": "build",
            "key": status.key,
            "state": status.state,
            "name": status.name,
            "url": status.url,
            "description": status.description,
            "refname": status.refname,
            "commit": commit,
            "repository": self.repository_base(repository),
            "created_on": stamp(status.created_on),
            "updated_on": stamp(status.updated_on),
            "links": {"self": _link(f"{place}/statuses/build/{quote(status.key, safe='')}"), "commit": _link(place)},
        }
