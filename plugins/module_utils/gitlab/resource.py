# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all GitLab resources have in common: a project, and how its API is called."""

from __future__ import annotations

import typing as t
from abc import abstractmethod

from ..core.errors import InvalidInput
from ..core.pending import is_pending
from ..core.reconcile import Context, Fields, Resource
from ..http.answer import NOTHING
from .session import REQUIRES, Session, project_path

MAINTAINER = "the scope api and the role Maintainer in the project"


def check_project(project: str) -> None:
    """:raises InvalidInput: what names a project is neither its id nor its full path."""
    if not (project.isdigit() or is_pending(project) or project.strip("/").find("/") > 0):
        raise InvalidInput(
            f"{project} is not a valid project",
            remedy="Give its id, or its full path with the group: acme/shop.",
        )


class GitlabResource(Resource):
    """A project, or something in one. Subclasses name their ``noun`` and where it is below the project's path."""

    requires = REQUIRES
    identity: t.ClassVar[tuple[str, ...]] = ("project",)
    noun: t.ClassVar[str]
    below: t.ClassVar[tuple[str, ...]] = ()
    needs: t.ClassVar[str] = MAINTAINER
    # What each of its objects has.
    keys: t.ClassVar[tuple[str, ...]] = ("id",)

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.session = Session(params, context)
        self.project: str = params["project"]

    def validate(self) -> None:
        check_project(self.project)
        super().validate()

    @property
    def name(self) -> str:
        # Of a project that only check mode has "made" so far its path, which the real run will say as well.
        return str(self.params["project"]).removeprefix("pending:gitlab_project:")

    def asked(self, verb: str) -> str:
        """The purpose of a call, for its error: ``Change the pull mirror of acme/shop``."""
        return f"{verb} the {self.noun} {self.name}"

    def path(self, *rest: str, project: str | None = None) -> str:
        """Where the resource is, or ``rest`` below it. ``project`` is the id, once it is known."""
        return project_path(project or self.project, *self.below, *rest)

    def call(self, method: str, *rest: str, verb: str, project: str | None = None, **options: t.Any) -> t.Any:
        """One call at the resource's place, or at ``rest`` below it."""
        options.setdefault("keys", self.keys)
        path = self.path(*rest, project=project)
        return self.session.call(method, path, asked=self.asked(verb), needs=self.needs, **options)

    def listing(self, verb: str, **query: t.Any) -> list[Fields]:
        """All there are at the resource's place."""
        return self.session.listing(self.path(), asked=self.asked(verb), needs=self.needs, query=query)


class ProjectPart(GitlabResource):
    """Something in a project with a name of its own."""

    identity: t.ClassVar[tuple[str, ...]] = ("project", "name")

    @property
    def name(self) -> str:
        return str(self.params["name"])

    def asked(self, verb: str) -> str:
        return f"{verb} the {self.noun} {self.name} of {self.params['project']}"


class NamedPart(ProjectPart):
    """Such a part that GitLab's API has below its name."""

    # What a deletion is called, which may be that of a rule about the thing.
    deletes: t.ClassVar[str] = "Delete"

    @abstractmethod
    def shown(self, answer: Fields) -> Fields:
        """An answer with the names of our options."""

    def read(self) -> Fields | None:
        answer = self.call("GET", self.name, verb="Read", accept=(404,))
        return self.shown(answer) if answer else None

    def delete(self, current: Fields) -> None:
        self.call("DELETE", self.name, verb=self.deletes, expects=NOTHING, accept=(404,))
