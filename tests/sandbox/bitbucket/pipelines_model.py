# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bitbucket Pipelines holds of a repository. Data only."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass, field
from datetime import datetime


def _uuid() -> str:
    return f"{{{uuids.uuid4()}}}"


@dataclass(eq=False)
class PipelineVariable:
    """A variable of a repository. Of a secured one the value is never told again."""

    key: str
    value: str
    secured: bool = False
    uuid: str = field(default_factory=_uuid)


@dataclass(eq=False)
class Step:
    """One step. ``result`` is None as long as it has not ended, else SUCCESSFUL, FAILED, ERROR or NOT_RUN."""

    name: str
    image: str
    script: list[str]
    clone_depth: int | None = 50
    clone: bool = True
    result: str | None = None
    started_on: datetime | None = None
    completed_on: datetime | None = None
    log: str = ""
    uuid: str = field(default_factory=_uuid)


@dataclass(eq=False)
class Pipeline:
    """What a push to one branch or tag started. ``pattern``: which definition of the file it is, None the default one."""

    number: int
    ref_type: str  # branch or tag
    ref_name: str
    commit: str
    selector: str
    pattern: str | None
    created_on: datetime
    creator: str | None = None  # user name
    steps: list[Step] = field(default_factory=list)
    result: str | None = None
    error: str | None = None  # of the file
    completed_on: datetime | None = None
    uuid: str = field(default_factory=_uuid)


@dataclass(eq=False)
class PipelinesState:
    """``enabled`` None: never switched on, so that there is no configuration at all."""

    enabled: bool | None = None
    variables: dict[str, PipelineVariable] = field(default_factory=dict)  # by uuid
    runs: list[Pipeline] = field(default_factory=list)

    def variable(self, key: str) -> PipelineVariable | None:
        return next((one for one in list(self.variables.values()) if one.key == key), None)
