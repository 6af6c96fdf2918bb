# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab: which projects this collection has created, and which ones mirror a repository already.

Source: https://docs.gitlab.com/api/projects/#list-all-projects (``import_url`` is shown to maintainers, without credentials)
"""

from __future__ import annotations

import typing as t

from ..core.adoption import entry
from ..core.reconcile import Fields
from ..core.urls import normalised_repository

if t.TYPE_CHECKING:
    from .resource import GitlabResource

# A topic of a project.
MARK = "repobridge"
_MAINTAINER = 40


def is_marked(project: Fields) -> bool:
    """Whether this collection has created a project."""
    return MARK in (project.get("topics") or ())


def mirrors_of(resource: GitlabResource, url: str) -> list[Fields]:
    """The projects that the token's user maintains and whose code comes from ``url``.

    Check mode reads the whole list, once for all tasks of a plan. A real run reads it again for every project that it creates, so
    it only asks for those that are called as the repository.
    """
    session, wanted = resource.session, _address(url)
    search = {} if resource.context.check_mode else {"search": wanted.rpartition("/")[2]}

    def read() -> list[Fields]:
        query = {"membership": True, "min_access_level": _MAINTAINER, "archived": False, "order_by": "id", **search}
        asked = "List the projects that may be mirrors already"
        return [one for one in session.listing("/projects", asked=asked, query=query) if one.get("import_url")]

    key = ("gitlab projects", session.params["api_url"], session.params["api_token"], *search.values())
    found = resource.context.shared.once(key, read)
    return [one for one in found if _address(one["import_url"]) == wanted and not one.get("marked_for_deletion_on")]


def _address(url: str) -> str:
    return normalised_repository(url).lower()


def mirrors_instead(resource: GitlabResource) -> list[Fields]:
    """Entries for projects under other names that mirror what the resource serves."""
    url = resource.params["serves"]
    return [
        entry(
            resource.module,
            one["path_with_namespace"],
            one.get("web_url") or one["id"],
            f"it {'is a pull mirror of' if one.get('mirror') else 'was imported from'} {url}",
            variable="project",
            value=one["path_with_namespace"],
        )
        for one in (mirrors_of(resource, url) if url else [])
    ]
