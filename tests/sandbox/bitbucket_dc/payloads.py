# SPDX-License-Identifier: GPL-3.0-or-later
"""The payloads of webhooks. https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .. import git
from . import dates
from .model import Repository, User
from .render import Render

NOTHING = "0" * 40
MAXIMUM_COMMITS = 5


def envelope(event: str, moment: datetime, actor: dict[str, Any]) -> dict[str, Any]:
    """What every payload begins with."""
    return {"eventKey": event, "date": dates.seconds(moment), "actor": actor}


def refs_changed(
    render: Render, repository: Repository, before: dict[str, str], after: dict[str, str], actor: User, moment: datetime
) -> dict[str, Any]:
    """A push, a merge, or a branch made by hand: all refs that moved, in one payload."""
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    out = {
        **envelope("repo:refs_changed", moment, render.user(actor)),
        "repository": render.repository(repository),
        "changes": [_change(render, name, before.get(name), after.get(name)) for name in names],
    }
    tips = [after[name] for name in names if name in after]
    if tips:
        known = [f"^{sha}" for sha in before.values()]
        found = git.log(repository.path, f"-{MAXIMUM_COMMITS}", tips[0], *known)
        out["commits"] = [_commit(render, commit) for commit in found]
        out["toCommit"] = _commit(render, git.log(repository.path, "-1", tips[0])[0])
    return out


def _commit(render: Render, commit: git.Commit) -> dict[str, Any]:
    out = render.commit(commit)
    if render.texts:
        moment = dates.fraction(datetime.fromisoformat(commit.date))
        out.update(authorTimestamp=moment, committerTimestamp=moment)
    return out


def _change(render: Render, name: str, old: str | None, new: str | None) -> dict[str, Any]:
    kind = "ADD" if old is None else "DELETE" if new is None else "UPDATE"
    return {
        "ref": render.minimal_ref(name),
        "refId": name,
        "fromHash": old or NOTHING,
        "toHash": new or NOTHING,
        "type": kind,
    }
