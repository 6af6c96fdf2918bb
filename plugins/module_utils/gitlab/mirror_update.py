# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The update of a pull mirror: waited for where a task has started one, and judged.

Source: https://docs.gitlab.com/user/project/repository/mirror/pull/
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from ..core.reconcile import Fields, Snapshot

if t.TYPE_CHECKING:
    from .mirror import PullMirror

CREDENTIALS = (
    "GitLab itself must be able to read url with auth_user and auth_password. For git at Bitbucket Cloud the user of "
    "an API token is x-bitbucket-api-token-auth, and that of an access token x-token-auth."
)

_DIVERGED = (
    "Overwrite the branch with mirror_overwrites_diverged_branches, or reset the branch in GitLab to the source."
)


def updated(mirror: PullMirror, current: Snapshot, started: bool) -> Fields:
    """The mirror after the update that a change started, or after a first one that is still under way.

    The snapshot's origin is when the last update ended before that.

    :raises BridgeError: it failed. One of an earlier run is worth a warning.
    """
    waits = mirror.params["wait"] and (started or not current["last_successful_update_at"])
    found: Fields = _waited_for(mirror, current, started) if waits else current
    if found["update_status"] == "failed":
        if waits:
            raise BridgeError(
                f"The pull mirror of {mirror.name} could not be updated from {found['url']}",
                service="GitLab",
                words=found["last_error"],
                remedy=f"{_DIVERGED if 'diverged' in (found['last_error'] or '') else CREDENTIALS} The next run tries again.",
            )
        mirror.context.warn(f"The last update of the pull mirror of {mirror.name} failed: {found['last_error']}")
    return found


def _waited_for(mirror: PullMirror, current: Snapshot, started: bool) -> Fields:
    def ended(now: Fields) -> bool:
        new = not started or now["last_update_at"] != current.origin
        return new and now["update_status"] in ("finished", "failed")

    return mirror.poll(
        lambda: mirror.current(str(current["id"])),
        ended,
        what=f"{mirror.module} {mirror.name}: the update",
        describe=lambda now: str(now["update_status"]),
        first=dict(current),
    )
