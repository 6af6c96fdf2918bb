# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all resources of CDS have in common: a project, and how its API is called."""

from __future__ import annotations

import re
import typing as t

from ..core.errors import InvalidInput, Matches, remedies
from ..core.pending import is_pending
from ..core.reconcile import Context, Fields, Resource, Snapshot
from .client import Cds, check_login, path
from .version import Gate, Version

# https://github.com/ovh/cds/blob/master/sdk/project.go and …/sdk/name.go
_PROJECT_KEY = re.compile(r"[A-Z0-9]+")
_NAME = re.compile(r"[a-zA-Z0-9._-]+")


class CdsResource(Resource):
    """A project, or something in one. Subclasses name their ``noun``, the option that holds its name, and where it is."""

    identity: t.ClassVar[tuple[str, ...]] = ("project",)
    noun: t.ClassVar[str]
    named_by: t.ClassVar[str] = "name"
    # The path to the projects, and what stands between a project's key and the name.
    root: t.ClassVar[tuple[str, ...]] = ("project",)
    below: t.ClassVar[tuple[str, ...]] = ()
    # What it takes of CDS's version; looked at before the first reading.
    gates: t.ClassVar[tuple[Gate, ...]] = ()
    # What the operator can do about errors of any of its calls.
    known_errors: t.ClassVar[tuple[tuple[Matches, str], ...]] = ()

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.client = Cds(params, context)
        self.project = str(params["project"]).removeprefix("pending:cds_project:")

    @property
    def name(self) -> str:
        # Of what only check mode has "made" so far its own name, which the real run will say as well.
        return re.sub(r"^pending:\w+:", "", str(self.params[self.named_by]))

    @property
    def version(self) -> Version:
        return self.client.version

    def validate(self) -> None:
        check_login(self.params)
        if not _PROJECT_KEY.fullmatch(self.project):
            raise InvalidInput(
                f"{self.project} is not a valid key of a project", "It has capital letters and digits only, as DEMO."
            )

    def asked(self, verb: str) -> str:
        """The purpose of a call, for its error: ``Read the application shop of the project DEMO``."""
        return f"{verb} the {self.noun} {self.name} of the project {self.project}"

    # -- calling -----------------------------------------------------------------------------------------------------

    def path(self, *rest: str) -> str:
        """Where the project is, or ``rest`` below it."""
        return path(*self.root, self.project, *rest)

    def own(self, *rest: str) -> str:
        """Where the resource is, or ``rest`` below it."""
        return self.path(*self.below, self.name, *rest)

    def check_version(self) -> None:
        """:raises BridgeError: this version of CDS would ignore what the task is about."""
        for gate in self.gates:
            if gate.of(self.params):
                gate.check(self.version)

    def fetch(self) -> Fields | None:
        """The resource as CDS has it."""
        self.check_version()
        with remedies(*self.known_errors):
            return t.cast("Fields | None", self.client.get(self.own(), asked=self.asked("Read")))

    def send(self, method: str, path: str, verb: str, body: t.Any) -> Fields:
        """Create or change it; the answer is what there is then."""
        with remedies(*self.known_errors):
            return self.client.send(method, path, asked=self.asked(verb), json=body)

    def delete(self, current: Snapshot) -> None:
        with remedies(*self.known_errors):
            self.client.delete(self.own(), asked=self.asked("Delete"))


def check_name(what: str, name: str) -> None:
    """:raises InvalidInput: CDS would refuse the name."""
    if not (_NAME.fullmatch(name) or is_pending(name)):
        raise InvalidInput(f"{name} is not a valid name of {what}", "CDS accepts only letters, digits, dots, - and _.")


def check_repository(name: str) -> None:
    """:raises InvalidInput: not a full name."""
    if not re.fullmatch(r"[^/\s]+/[^/\s]+", name):
        raise InvalidInput(
            f"{name} is not a full name of a repository", "Set workspace and slug, for example acme/shop."
        )
