# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as Data Center writes them: milliseconds since the epoch, and from 10.0 on texts in some places.

Seen as texts so far:

- ``createdDate``, ``updatedDate`` and ``closedDate`` of pull requests, in answers and in payloads:
  https://github.com/drone/go-scm, ``scm/driver/stash/testdata/pr_iso_dates.json`` and ``webhooks/pr_merged_iso_dates.json``
- ``authorTimestamp`` and ``committerTimestamp`` of the commits in payloads of ``repo:refs_changed``, in another form:
  https://github.com/jenkinsci/bitbucket-branch-source-plugin/pull/1210, recorded from a 10.x

Everything else is taken to be as it was: nobody has shown otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_WITH_TEXTS = 10


def has_texts(version: str) -> bool:
    """Whether the release (``9.2.0``) writes texts where they have been seen."""
    return int(version.partition(".")[0]) >= FIRST_WITH_TEXTS


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def seconds(moment: datetime) -> str:
    """``2018-07-05T05:01:10+0000``"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def fraction(moment: datetime) -> str:
    """``2018-09-21T14:09:51.000Z``"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
