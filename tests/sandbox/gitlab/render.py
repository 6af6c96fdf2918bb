# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab's JSON for what it holds. https://docs.gitlab.com/api/api_resources/"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from .. import git
from .features import FEATURES
from .model import DEVELOPER, MAINTAINER, Project, Protection, User, Variable
from .render_places import Places, stamp
from .tokens import Token

ROLES = {10: "Guests", 15: "Planners", 20: "Reporters", 30: "Developers + Maintainers", 40: "Maintainers"}
MASK = "*****"


def scrubbed(url: str | None, username: str, password: str) -> str | None:
    """A URL as GitLab shows it: with asterisks where credentials are kept."""
    if url is None:
        return None
    parts = urlsplit(url)
    who = MASK if username else ""
    who += f":{MASK}" if password else ""
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc}" if who else parts.netloc))


class Render(Places):
    """Draws for one service; what the caller may see has been decided before."""

    def project_identity(self, project: Project) -> dict[str, Any]:
        return {
            "id": project.id,
            "description": project.settings.get("description"),
            "name": project.name,
            "name_with_namespace": f"{project.namespace.full_name} / {project.name}",
            "path": project.path,
            "path_with_namespace": project.full_path,
            "created_at": stamp(project.created_at),
        }

    def project_basic(self, project: Project) -> dict[str, Any]:
        web = f"{self.root}/{project.full_path}"
        return self.project_identity(project) | {
            "default_branch": self.default_branch(project),
            "tag_list": [],
            "topics": project.settings.get("topics", []),
            "ssh_url_to_repo": f"git@{urlsplit(self.root).hostname}:{project.full_path}.git",
            "http_url_to_repo": f"{web}.git",
            "web_url": web,
            "readme_url": None,
            "forks_count": 0,
            "avatar_url": None,
            "star_count": 0,
            "last_activity_at": stamp(project.updated_at or project.created_at),
            "visibility": project.visibility,
            "namespace": self.namespace_basic(project.namespace),
        }

    @staticmethod
    def default_branch(project: Project) -> str | None:
        """An empty repository has one too: the one that is going to be."""
        return project.default_branch or git.head(project.git_path)

    def project(self, project: Project, who: User | None, managed: bool = False) -> dict[str, Any]:
        """``managed``: with what only maintainers see."""
        mark = project.marked_for_deletion_on
        day = mark.date().isoformat() if mark else None
        out = self.project_basic(project) | {
            "_links": {"self": f"{self.service.api_url}/projects/{project.id}"},
            "empty_repo": not git.refs(project.git_path, "refs/heads"),
            "archived": project.archived,
            "creator_id": project.creator.id,
            "import_status": project.import_status,
            "updated_at": stamp(project.updated_at or project.created_at),
            "open_issues_count": 0,
            "marked_for_deletion_at": day,
            "marked_for_deletion_on": day,
            "shared_with_groups": [],
        }
        for feature in FEATURES:
            out[f"{feature}_access_level"] = project.settings[f"{feature}_access_level"]
        for old, feature in (
            ("issues", "issues"),
            ("merge_requests", "merge_requests"),
            ("wiki", "wiki"),
            ("jobs", "builds"),
            ("snippets", "snippets"),
        ):
            out[f"{old}_enabled"] = project.settings[f"{feature}_access_level"] != "disabled"
        out |= {name: project.settings[name] for name in project.settings if not name.endswith("_access_level")}
        if managed:
            url = self._import_url(project)
            out |= {"import_url": url, "import_type": "git" if url else None, "import_error": project.import_error}
        if self.service.edition != "ce":
            out |= self._mirror_attributes(project)
        if who is not None:
            own, shared = project.members.get(who.id), project.namespace.level(who)
            out["permissions"] = {
                "project_access": {"access_level": own, "notification_level": 3} if own else None,
                "group_access": {"access_level": shared, "notification_level": 3} if shared else None,
            }
        return out

    @staticmethod
    def _import_url(project: Project) -> str | None:
        mirror = project.mirror
        if mirror.url is not None:
            return scrubbed(mirror.url, mirror.username, mirror.password)
        return project.import_url

    def _mirror_attributes(self, project: Project) -> dict[str, Any]:
        """``mirror`` is on every project whose licence has pull mirrors, and the rest where it is true.

        https://gitlab.com/gitlab-org/gitlab/-/blob/master/ee/lib/ee/api/entities/project.rb
        """
        mirror = project.mirror
        if self.service.edition == "ee_free":
            return {}
        if not self.service.mirrors(project):
            return {"mirror": False}
        return {
            "mirror": True,
            "mirror_user_id": mirror.user.id if mirror.user else None,
            "mirror_trigger_builds": mirror.trigger_builds,
            "only_mirror_protected_branches": mirror.only_protected,
            "mirror_overwrites_diverged_branches": mirror.overwrite,
        }

    def pull_mirror(self, project: Project) -> dict[str, Any]:
        """User and password are never told, not even whether they are right."""
        mirror = project.mirror
        return {
            "id": project.id,
            "update_status": mirror.status,
            "url": scrubbed(mirror.url, mirror.username, mirror.password),
            "last_error": mirror.last_error,
            "last_update_at": stamp(mirror.last_update_at),
            "last_update_started_at": stamp(mirror.last_update_started_at),
            "last_successful_update_at": stamp(mirror.last_successful_update_at),
            "enabled": self.service.mirrors(project),
            "mirror_trigger_builds": mirror.trigger_builds,
            "only_mirror_protected_branches": mirror.only_protected or None,
            "mirror_overwrites_diverged_branches": mirror.overwrite,
            "mirror_branch_regex": mirror.branch_regex,
        }

    def import_state(self, project: Project) -> dict[str, Any]:
        return self.project_identity(project) | {
            "import_status": project.import_status,
            "import_type": "git" if self._import_url(project) else None,
            "import_error": project.import_error,
            "correlation_id": None,
            "failed_relations": [],
            "stats": None,
        }

    @staticmethod
    def variable(variable: Variable) -> dict[str, Any]:
        """A hidden value is never told again."""
        return {
            "variable_type": variable.variable_type,
            "key": variable.key,
            "value": None if variable.hidden else variable.value,
            "hidden": variable.hidden,
            "protected": variable.protected,
            "masked": variable.masked,
            "raw": variable.raw,
            "environment_scope": variable.environment_scope,
            "description": variable.description,
        }

    def token(self, token: Token, secret: bool = False) -> dict[str, Any]:
        """The secret is told once, when it is made."""
        out: dict[str, Any] = {
            "id": token.id,
            "name": token.name,
            "revoked": token.revoked,
            "created_at": stamp(token.created_at),
            "description": token.description,
            "scopes": list(token.scopes),
            "user_id": token.user.id,
            "last_used_at": stamp(token.last_used_at),
            "active": self.service.tokens.active(token),
            "expires_at": token.expires_on.isoformat() if token.expires_on else None,
        }
        if token.project is not None:
            out |= {"access_level": token.access_level, "resource_type": "project", "resource_id": token.project.id}
        return out | {"token": token.secret} if secret else out

    def protection(self, protection: Protection) -> dict[str, Any]:
        """Users, groups and code owners are the Enterprise Edition's, licensed or not."""
        levels = {kind: self._levels(protection, kind) for kind in ("push", "merge", "unprotect")}
        out: dict[str, Any] = {
            "id": protection.id,
            "name": protection.name,
            "push_access_levels": levels["push"],
            "merge_access_levels": levels["merge"],
            "allow_force_push": protection.allow_force_push,
        }
        if self.service.edition == "ce":
            return out
        return out | {
            "unprotect_access_levels": levels["unprotect"],
            "code_owner_approval_required": protection.code_owner_approval,
            "inherited": False,
        }

    def _levels(self, protection: Protection, kind: str) -> list[dict[str, Any]]:
        role, out = getattr(protection, kind), []
        if role is not None:
            words = ROLES.get(role, "No one")
            out.append({"id": protection.id, "access_level": role, "access_level_description": words})
        if self.service.edition == "ce":
            return out
        out = [one | {"deploy_key_id": None, "user_id": None, "group_id": None} for one in out]
        for one in protection.accesses:
            if one.kind == kind:
                who = one.user or one.group
                out.append(
                    {
                        "id": one.id,
                        "access_level": MAINTAINER,
                        "access_level_description": who.name if who else "",
                        "deploy_key_id": None,
                        "user_id": one.user.id if one.user else None,
                        "group_id": one.group.id if one.group else None,
                    }
                )
        return out

    def commit(self, project: Project, commit: git.Commit) -> dict[str, Any]:
        title = commit.message.split("\n", 1)[0]
        return {
            "id": commit.sha,
            "short_id": commit.sha[:8],
            "created_at": commit.date,
            "parent_ids": list(commit.parents),
            "title": title,
            "message": commit.message,
            "author_name": commit.author,
            "author_email": commit.email,
            "authored_date": commit.date,
            "committer_name": commit.author,
            "committer_email": commit.email,
            "committed_date": commit.date,
            "trailers": {},
            "extended_trailers": {},
            "web_url": f"{self.root}/{project.full_path}/-/commit/{commit.sha}",
        }

    def branch(self, project: Project, name: str, commit: git.Commit, who: User | None) -> dict[str, Any]:
        protection = self.service.protection(project, name)
        return {
            "name": name,
            "commit": self.commit(project, commit),
            "merged": False,
            "protected": protection is not None,
            "developers_can_push": bool(protection and protection.push == DEVELOPER),
            "developers_can_merge": bool(protection and protection.merge == DEVELOPER),
            "can_push": protection.allows("push", project, who) if protection else project.level(who) >= DEVELOPER,
            "default": name == project.default_branch,
            "web_url": f"{self.root}/{project.full_path}/-/tree/{quote(name)}",
        }

    def tag(self, project: Project, name: str, target: str, commit: git.Commit | None) -> dict[str, Any]:
        message = ""
        kind = git.run(project.git_path, "cat-file", "-t", target).decode().strip()
        if kind == "tag":
            message = (
                git.run(project.git_path, "for-each-ref", "--format=%(contents)", f"refs/tags/{name}").decode().strip()
            )
        return {
            "name": name,
            "message": message,
            "target": target,
            "commit": self.commit(project, commit) if commit else None,
            "release": None,
            "protected": False,
            "created_at": commit.date if message and commit else None,
        }


def names(refs: Iterable[str], prefix: str) -> list[str]:
    return [ref.removeprefix(prefix) for ref in refs if ref.startswith(prefix)]
