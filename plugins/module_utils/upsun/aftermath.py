# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes after a change of an integration: Upsun fetches, and adds its webhook, and both may fail on their own."""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from . import activities as act
from .project import InProject
from .source import CLOUD


class Aftermath:
    """The activities of one integration, waited for and judged."""

    def __init__(self, task: InProject, integration: str, count: int = 10) -> None:
        self.task, self.client, self.context, self.project = task, task.client, task.context, task.project
        self.integration, self.count = integration, count

    def activities(self) -> list[Fields]:
        return act.activities(self.client, self.project, self.integration, self.count)

    def settled(self, started: t.Collection[str] | None) -> list[Fields]:
        """The activities, with ``wait`` once all are over: those that ``started`` names, and the others that are listed.

        Where nothing was started (None) only the webhook is waited for, which an earlier run may not have done.
        """

        def done(found: list[Fields]) -> bool:
            if started is None:
                registration = act.latest(found, act.REGISTRATION)
                return registration is None or act.over(registration)
            return set(started) <= {one["id"] for one in found} and all(map(act.over, found))

        return self.task.waited(self.activities, done, _progress)

    def judge_fetch(self, found: list[Fields], changed: bool, advice: str) -> None:
        """:raises BridgeError: the fetch of this run failed. One of an earlier run is worth a warning."""
        fetch = act.latest(found, act.FETCH)
        if fetch is None or not act.failed(fetch):
            return
        words = act.log_of(self.client, fetch)
        if not changed:
            self.context.warn(f"The last fetch of the project {self.project} from Bitbucket failed: {words}")
            return
        raise BridgeError(
            f"Upsun could not fetch the repository into the project {self.project}",
            service=self.client.service,
            words=words,
            remedy=advice,
        )

    def registration(self, found: list[Fields]) -> Fields:
        """Whether Upsun could add its webhook to the repository; ``registered`` is None where it says nothing of it."""
        registration = act.latest(found, act.REGISTRATION)
        if registration is None or not act.over(registration):
            return {"registered": None, "words": None}
        failed = act.failed(registration)
        return {"registered": not failed, "words": act.log_of(self.client, registration) if failed else None}

    def judge_webhook(self, found: list[Fields], current: Fields, advice: str, needed: bool) -> Fields:
        """``registration``. :raises BridgeError: the webhook is ``needed``, and Upsun could not add it."""
        webhook = self.registration(found)
        if webhook["registered"] is False and needed:
            raise BridgeError(
                f"The project {self.project} is integrated with {current['repository']}, but Upsun could not add its "
                "webhook there",
                service=self.client.service,
                words=webhook["words"],
                remedy=f"{advice} Or add the webhook by hand, with the URL {current['hook_url']}, and set "
                "require_webhook to false.",
            )
        return webhook


def advice(kind: str) -> str:
    """What the operator can do about an integration that Upsun tried and refused."""
    if kind == CLOUD:
        return (
            "Upsun must be able to use the OAuth consumer: it is private, has a callback URL, and the permissions "
            "that bitbucket_credential_info requires with use=upsun; and its owner is admin of the repository."
        )
    return (
        "Upsun must be able to reach url from the internet and to log in there with username and token; the token "
        "needs read on projects and admin on repositories, and its owner must be admin of the repository."
    )


def _progress(found: list[Fields]) -> str:
    """What is under way: ``bitbucket.fetch in_progress 40 %``."""
    under_way = [
        f"{str(one.get('type', '')).removeprefix('integration.')} {one.get('state')} "
        f"{one.get('completion_percent') or 0} %"
        for one in found
        if not act.over(one)
    ]
    return ", ".join(under_way) or "waiting for its activities"
