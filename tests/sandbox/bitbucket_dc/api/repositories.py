# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-repository/"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors
from ..permissions import REPOSITORY as REPOSITORY_PERMISSIONS
from ..permissions import level
from .places import API, PROJECT, REPOSITORY

group = Blueprint("repositories", __name__, url_prefix=API)
_ARCHIVED = ("ACTIVE", "ARCHIVED", "ALL")
_STATES = ("AVAILABLE", "INITIALISING", "INITIALISATION_FAILED", "OFFLINE")


@group.get("/repos")
def search() -> Response:
    """``permission=REPO_ADMIN`` leaves those the caller administers: the way to test what a credential may."""
    context.authorize()
    query = request.args
    permission, visibility = query.get("permission"), query.get("visibility")
    if permission is not None and permission not in REPOSITORY_PERMISSIONS:
        raise errors.refused(400, f"{permission} is not a repository permission.")
    if visibility not in (None, "public", "private"):
        raise errors.refused(400, f"{visibility} is not a valid visibility.")
    archived, state = query.get("archived", "ACTIVE").upper(), query.get("state", "AVAILABLE").upper()
    if archived not in _ARCHIVED:
        raise errors.refused(400, f"{archived} is not a valid value of archived.")
    if state not in _STATES:
        raise errors.refused(400, f"{state} is not a valid repository state.")
    needed, anonymous = level(permission or "REPO_READ"), context.authorize() is None
    found = []
    for one in sorted(context.service().repositories(), key=lambda one: one.name.lower()):
        public = one.public or one.project.public
        if (
            context.level(one) >= needed
            and not (permission and anonymous)  # nobody has the permission, though everybody may read
            and query.get("name", "").strip().lower() in one.name.lower()
            and query.get("projectname", "").strip().lower() in one.project.name.lower()
            and query.get("projectkey", one.project.key).strip().lower() == one.project.key.lower()
            # All of them are available, and none is archived.
            and archived != "ARCHIVED"
            and state == "AVAILABLE"
            and (visibility is None or public is (visibility == "public"))
        ):
            found.append(context.render().repository(one))
    return context.listing(found)


@group.get(f"{PROJECT}/repos")
def listing(key: str) -> Response:
    project = context.project(key)
    seen = [one for one in list(project.repositories.values()) if context.level(one) >= context.READ]
    return context.listing([context.render().repository(one) for one in sorted(seen, key=lambda one: one.name.lower())])


@group.post(f"{PROJECT}/repos")
def create(key: str) -> Response:
    """The slug comes from the name."""
    project = context.project(key, context.ADMIN)
    body = context.body()
    name = context.text(body, "name")
    if not name or not re.fullmatch(r"[\w][\w .\-]*", name):
        raise errors.invalid(
            name="The repository name must start with a letter or digit and have no special characters."
        )
    if body.get("scmId", "git") != "git":
        raise errors.invalid(scmId="The SCM is not available.")
    slug = re.sub(r"\s+", "-", name.lower())
    if slug in project.repositories:
        words = "This repository URL is already taken."
        raise errors.refused(409, words, "repository.DuplicateRepositoryException", "name")
    made = context.service().create_repository(
        project.key,
        slug,
        public=bool(body.get("public", False)),
        main_branch=context.text(body, "defaultBranch") or "master",
        description=context.text(body, "description") or "",
        name=name,
    )
    return context.answer(context.render().repository(made), 201)


@group.get(REPOSITORY)
def get(key: str, slug: str) -> Response:
    return context.answer(context.render().repository(context.repository(key, slug)))


@group.put(REPOSITORY)
def update(key: str, slug: str) -> Response:
    """Description, default branch and whether everybody may read; 201, although nothing is made.

    A new name would change the slug: this sandbox does not move repositories.
    """
    repository = context.repository(key, slug, context.ADMIN)
    body = context.body()
    if context.text(body, "name") not in (None, repository.name):
        raise errors.invalid(name="Repositories of the sandbox keep their names.")
    branch = (context.text(body, "defaultBranch") or "").removeprefix("refs/heads/")
    if branch and not git.has_branch(repository.path, branch):
        raise errors.refused(404, f'Branch "{branch}" does not exist.', "repository.NoSuchBranchException")
    with repository.lock:
        if branch:
            git.set_head(repository.path, branch)
        if "description" in body:
            repository.description = context.text(body, "description") or ""
        repository.public = bool(body.get("public", repository.public))
    return context.answer(context.render().repository(repository), 201)


@group.delete(REPOSITORY)
def delete(key: str, slug: str) -> Response:
    """202 for what is there; 204 for what is not."""
    project = context.project(key)
    if slug.lower() not in project.repositories:
        return context.empty()
    found = context.repository(key, slug, context.ADMIN)
    context.service().delete_repository(project.key, found.slug)
    return context.answer(
        {"context": None, "message": "Repository scheduled for deletion.", "exceptionName": None}, 202
    )


@group.get(f"{REPOSITORY}/default-branch")
def default_branch(key: str, slug: str) -> Response:
    """The one that is configured, whether it exists or not."""
    repository = context.repository(key, slug)
    return context.answer(context.render().minimal_ref(f"refs/heads/{git.head(repository.path)}"))


@group.put(f"{REPOSITORY}/default-branch")
def set_default_branch(key: str, slug: str) -> Response:
    repository = context.repository(key, slug, context.ADMIN)
    wanted = (context.text(context.body(), "id") or "").removeprefix("refs/heads/")
    if not wanted or not git.has_branch(repository.path, wanted):
        raise errors.refused(404, f'Branch "{wanted}" does not exist.', "repository.NoSuchBranchException")
    with repository.lock:
        git.set_head(repository.path, wanted)
    return context.empty()
