# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects: https://docs.gitlab.com/api/projects/ and https://docs.gitlab.com/api/project_import_export/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ... import git
from .. import context, deletion, errors, features, mirroring, paging, paths, project_filters, upstream
from ..model import DEVELOPER, MAINTAINER, OWNER, VISIBILITIES, Namespace, Project, User
from ..params import read

group = Blueprint("projects", __name__, url_prefix="/api/v4/projects")


def _shown(project: Project, status: int = 200) -> Response:
    token = context.caller()
    user = token.user if token else None
    return context.answer(context.render().project(project, user, project.level(user) >= MAINTAINER), status)


@group.get("")
def listing() -> Response:
    """To strangers, and with ``simple``, only what is basic."""
    user = context.login(anonymous=True)
    given = read(project_filters.FIELDS)
    seen = [one for one in list(context.service().projects.values()) if one.visible_to(user)]
    found = project_filters.select(seen, given, user)
    render = context.render()

    def draw(one: Project) -> dict[str, Any]:
        if user is None or given.get("simple"):
            return render.project_basic(one)
        return render.project(one, user, one.level(user) >= MAINTAINER)

    if request.args.get("pagination") == "keyset":
        chosen, headers = paging.by_key(found, f"{context.service().api_url}/projects")
        return context.answer([draw(one) for one in chosen], headers=headers)
    return context.listing(found, draw)


@group.get("/<part:project>")
def get(project: str) -> Response:
    return _shown(context.project(project, permission="read_project"))


@group.post("")
def create() -> Response:
    """A project, empty, or imported from ``import_url``; as a mirror only where that is licensed, else silently not."""
    context.login()
    service, user = context.service(), context.user()
    given = read(features.on_create(service.edition))
    if not given.get("name") and not given.get("path"):
        raise errors.bad_parameter("name, path are missing, at least one parameter must be provided")
    place = _namespace(given.get("namespace_id"), user)
    path = given.get("path") or paths.from_name(given["name"])
    name = given.get("name") or path
    visibility = given.get("visibility") or "private"
    _check_names(place, name, path, None)
    if place.kind == "group" and VISIBILITIES.index(visibility) > VISIBILITIES.index(place.visibility):
        raise errors.invalid(visibility_level=f"{visibility} is not allowed in a {place.visibility} group.")
    source = _import_source(given.get("import_url"))
    project = service.create_project(place, path, user, name, visibility, **features.chosen(given))
    if given.get("default_branch"):
        git.set_head(project.git_path, given["default_branch"])
    if given.get("initialize_with_readme") and source is None:
        service.commit(project, git.head(project.git_path), {"README.md": f"# {name}\n"}, "Initial commit", user)
    if source:
        _import(project, source, given, user)
    return _shown(project, 201)


def _namespace(number: int | None, user: User) -> Namespace:
    service = context.service()
    if number is None:
        found = next((one for one in service.namespaces.values() if one.owner is user), None)
    else:
        found = service.find_namespace(number)
    if found is None or found.level(user) < DEVELOPER:
        raise errors.invalid(namespace="is not valid")
    return found


def _check_names(place: Namespace, name: str, path: str, itself: Project | None) -> None:
    """Rules are for names that are new; ``project_namespace`` is the vendor's own double of a project."""
    wrong: dict[str, list[str]] = {}
    if itself is None or path != itself.path:
        _add(wrong, "path", paths.problems(path))
    if itself is None or name != itself.name:
        _add(wrong, "name", paths.problems_of_name(name))
    for other in list(context.service().projects.values()):
        if other.namespace is place and other is not itself:
            if other.name == name:
                _add(wrong, "name", ["has already been taken"])
            if other.path.lower() == path.lower():
                _add(wrong, "path", ["has already been taken"])
    if wrong:
        raise errors.message(400, wrong)


def _add(wrong: dict[str, list[str]], field: str, words: list[str]) -> None:
    if words:
        for key in (f"project_namespace.{field}", field):
            wrong[key] = [*wrong.get(key, []), *words]


def _import_source(url: str | None) -> tuple[str, str, str] | None:
    """``import_url`` as GitLab itself can read it: it asks with git, and an ``@`` in the credentials does not work."""
    if not url:
        return None
    source = upstream.split(url)
    mirroring.check_form(source[0])
    if "@" in source[1] + source[2] or not context.service().mirroring.reachable(*source):
        raise errors.message(422, errors.UNREACHABLE)
    return source


def _import(project: Project, source: tuple[str, str, str], given: dict[str, Any], user: User) -> None:
    service, mirror = context.service(), project.mirror
    if given.get("mirror") and service.edition == "premium":
        mirror.url, mirror.username, mirror.password = source
        mirror.enabled, mirror.user = True, user
        mirror.trigger_builds = bool(given.get("mirror_trigger_builds"))
        service.mirroring.force(project)
        return
    service.mirroring.import_once(project, *source)


@group.put("/<part:project>")
def update(project: str) -> Response:
    found = context.maintained(project, permission="update_project")
    service, user = context.service(), context.user()
    declared = features.on_update(service.edition)
    given = read(declared)
    if not given:
        names = ", ".join(field.name for field in declared)
        raise errors.bad_parameter(f"{names} are missing, at least one parameter must be provided")
    name, path = given.get("name") or found.name, given.get("path") or found.path
    _check_names(found.namespace, name, path, found)
    if given.get("visibility"):
        if found.level(user) < OWNER and given["visibility"] != found.visibility:
            raise errors.forbidden()
        found.visibility = given["visibility"]
    if given.get("default_branch"):
        if not git.has_branch(found.git_path, given["default_branch"]):
            raise errors.invalid(base="Could not set the default branch")
        git.set_head(found.git_path, given["default_branch"])
    if given.get("import_url"):
        mirroring.check_form(upstream.split(given["import_url"])[0])
    found.name, found.path = name, path
    found.settings.update(features.chosen(given))
    found.updated_at = service.clock.datetime()
    if service.edition == "premium":  # without a licence these are dropped without a word
        _update_mirror(found, given, user)
    return _shown(found)


def _update_mirror(project: Project, given: dict[str, Any], user: User) -> None:
    wanted = {name: given[name] for name in features.MIRROR_NAMES if given.get(name) is not None}
    if not wanted and "import_url" not in given:
        return
    number = wanted.pop("mirror_user_id", None)
    if "mirror" in wanted:
        wanted["enabled"] = wanted.pop("mirror")
    if given.get("import_url"):
        wanted["url"] = given["import_url"]
    service = context.service()
    keeps = project.mirror.user or user
    service.mirroring.configure(project, wanted, service.users.get(number or 0) or keeps)


@group.delete("/<part:project>")
def delete(project: str) -> Response:
    """Marked first; marked ones go for good with ``permanently_remove`` and the full path."""
    found = context.project(project, OWNER)
    at_once = request.args.get("permanently_remove") == "true"
    if found.marked_for_deletion_on and not at_once:
        raise errors.message(400, "Project has already been marked for deletion")
    if at_once and (not found.marked_for_deletion_on or request.args.get("full_path") != found.full_path):
        raise errors.message(400, "Project must be marked for deletion first.")
    context.service().delete_project(found, at_once)
    return context.answer({"message": "202 Accepted"}, 202)


@group.post("/<part:project>/restore")
def restore(project: str) -> Response:
    found = context.project(project, OWNER)
    deletion.restore(found)
    return _shown(found, 201)


@group.get("/<part:project>/import")
def import_state(project: str) -> Response:
    return context.answer(context.render().import_state(context.maintained(project)))


@group.get("/<part:project>/members")
@group.get("/<part:project>/members/all")
def members(project: str) -> Response:
    found, users = context.project(project), context.service().users
    inherited = found.namespace.members if request.path.endswith("/all") else {}
    together = {**inherited, **found.members}
    draw = context.render().member
    return context.listing(list(together), lambda number: draw(users[number], together[number], found.created_at))
