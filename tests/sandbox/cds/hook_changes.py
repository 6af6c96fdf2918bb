# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hooks of a workflow are new, changed or gone, as CDS sees it when one is sent. (engine/api/workflow/hook.go)"""

from __future__ import annotations

from .hooks import EVENT_FILTER, place
from .model import Hook, Project, Workflow
from .versions import Version

_OWN = ("project", "workflow", "workflow_id")  # what CDS always sets itself
_REPOSITORY = ("vcsServer", "repoFullName")
_DEFAULT = ("", "repo:push")


def between(project: Project, new: Workflow, before: list[Hook], version: Version) -> tuple[list[Hook], list[Hook]]:
    """The hooks to register, and those to unregister; hooks that stay as they are take the settings of the old ones.

    Up to 0.47 a hook is compared before it is given the application's repository: so one that is sent back as it was read
    stays with the repository it had.
    """
    unclaimed, changed = list(before), []
    for hook in new.hooks:
        known = _known(hook, unclaimed)
        if not version.moves_hooks and known and _same(hook, known):
            unclaimed.remove(known)
            _keep(hook, known, new)
            continue
        place(hook, project, new)
        if known is None:
            changed.append(hook)
            continue
        if _same(hook, known):
            unclaimed.remove(known)
            _keep(hook, known, new)
            continue
        moved = any(known.config.get(name) != hook.config.get(name) for name in _REPOSITORY)
        if moved and version.moves_hooks:
            hook.uuid = ""  # a new one, so that the old one is taken out of the old repository
        else:
            hook.uuid = known.uuid
            unclaimed.remove(known)
        changed.append(hook)
    return changed, unclaimed


def _known(hook: Hook, before: list[Hook]) -> Hook | None:
    """By uuid; one without by its model and what can be set on it."""
    if hook.uuid:
        return next((one for one in before if one.uuid == hook.uuid), None)
    return next((one for one in before if _reference(one) == _reference(hook)), None)


def _reference(hook: Hook) -> tuple[str, str]:
    events = hook.config.get(EVENT_FILTER, "")
    return hook.model, "repo:push" if events in _DEFAULT else events


def _same(new: Hook, old: Hook) -> bool:
    """Events that are the default are as good as none. One without a uuid has been found by all that can be set on it."""
    if not new.uuid:
        return all(new.config.get(name, old.config.get(name)) == old.config.get(name) for name in _REPOSITORY)
    for name in {*new.config, *old.config} - set(_OWN):
        mine, theirs = new.config.get(name, ""), old.config.get(name, "")
        if mine != theirs and not (name == EVENT_FILTER and mine in _DEFAULT and theirs in _DEFAULT):
            return False
    return True


def _keep(hook: Hook, known: Hook, workflow: Workflow) -> None:
    hook.uuid, hook.config = known.uuid, known.config | {"workflow": workflow.name}
