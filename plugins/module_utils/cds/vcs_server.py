# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VCS server of a project as CDS has it, and as our options describe it.

Source: https://ovh.github.io/cds/docs/integrations/bitbucketcloud/
"""

from __future__ import annotations

import typing as t

from ..core.fingerprint import join_mark, split_mark
from ..core.reconcile import Fields, Snapshot
from ..core.redact import HIDDEN

# Our options by their effect -> where CDS has them, and whether it has the opposite there.
AUTH = {"vcs_username": "username", "ssh_key": "sshKeyName"}
OPTIONS = {
    "webhooks": "disableWebhooks",
    "push_status": "disableStatus",
    "push_run_url": "disableStatusDetails",
    "polling": "disablePolling",
}


class Unshown(t.NamedTuple):
    """What of a server is not among its fields: the fingerprint behind the description, and what nobody manages here."""

    mark: str | None = None
    auth: Fields = {}
    options: Fields = {}


_NOTHING = Unshown()


def server_of(answer: Fields) -> Snapshot:
    """A server by the names of our options. In the answers to POST and PUT auth is empty: there it is what was sent."""
    auth, options = answer.get("auth") or {}, answer.get("options") or {}
    text, mark = split_mark(answer.get("description"))
    unshown = Unshown(
        mark,
        {name: value for name, value in auth.items() if name not in ("token", *AUTH.values())},
        {name: value for name, value in options.items() if name not in OPTIONS.values()},
    )
    fields = {
        "id": answer["id"],
        "name": answer["name"],
        "type": answer["type"],
        "description": text,
        "url": answer.get("url") or "",
        **{ours: auth.get(theirs) or "" for ours, theirs in AUTH.items()},
        **{ours: not options.get(theirs, False) for ours, theirs in OPTIONS.items()},
        "vcs_token": HIDDEN,
    }
    return Snapshot(fields, unshown)


def body_of(name: str, fields: Fields, mark: str | None, unshown: Unshown = _NOTHING) -> Fields:
    """What is sent: a PUT replaces all but the token."""
    return {
        "name": name,
        "type": fields["type"],
        "description": join_mark((fields.get("description") or "").strip(), mark),
        "url": fields.get("url") or "",
        "auth": {
            **unshown.auth,
            **{theirs: fields[ours] for ours, theirs in AUTH.items() if fields.get(ours)},
            **({"token": fields["vcs_token"]} if fields.get("vcs_token") else {}),
        },
        "options": {**unshown.options, **{theirs: not fields.get(ours, True) for ours, theirs in OPTIONS.items()}},
    }
