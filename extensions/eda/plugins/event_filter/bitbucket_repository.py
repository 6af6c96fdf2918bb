# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event filter for ansible-rulebook: which repository a webhook of Bitbucket is about, the same for Cloud and Data Center."""

from __future__ import annotations

import re
import typing as t

DOCUMENTATION = r"""
---
short_description: Find the repository of a webhook of Bitbucket
description:
  - Sets C(event.bitbucket) to C(edition) (C(cloud) or C(data_center)), C(key) (the kind of the event, for example C(repo:push)),
    C(workspace) (Data Center has the key of the project), C(repository) (the slug) and C(full_name).
  - Sets C(event.meta.hosts) to the repository's host in the inventory, so that the playbook of the action runs for it only.
  - An event without a repository, such as the test of a connection, is left as it is. So a condition must require
    C(event.bitbucket), or the action runs for all hosts.
options:
  hosts:
    description:
      - Names that the host may have in the inventory, with C({workspace}), C({repository}) and C({full_name}).
      - Names that the inventory does not have do no harm, if it has one of them.
    type: list
    elements: str
    default: ["{repository}", "{full_name}"]
"""

Values = dict[str, t.Any]
# What is part of a pattern for hosts (a comma, a colon, an asterisk …), or names all of them, would mean other hosts.
_NAME = re.compile(r"(?!(?:all|ungrouped)$)[A-Za-z0-9~][A-Za-z0-9._-]*")


def main(event: Values, hosts: t.Sequence[str] = ("{repository}", "{full_name}")) -> Values:
    """The event with its repository, if it has one."""
    payload, headers = event.get("payload"), _headers(event)
    found = _repository(payload) if isinstance(payload, dict) else None
    if found is None or "x-event-key" not in headers:
        return event
    edition, workspace, repository = found
    if not (_NAME.fullmatch(workspace) and _NAME.fullmatch(repository)):
        return event
    names = {"workspace": workspace, "repository": repository, "full_name": f"{workspace}/{repository}"}
    one = {"edition": edition, "key": headers["x-event-key"], **names}
    return {**event, "bitbucket": one, "meta": {**event["meta"], "hosts": [host.format(**names) for host in hosts]}}


def _headers(event: Values) -> dict[str, str]:
    headers = (event.get("meta") or {}).get("headers") or {}
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _repository(payload: Values) -> tuple[str, str, str] | None:
    """Edition, workspace or project, and slug.

    https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ and
    https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
    """
    one = payload.get("repository") or payload.get("new") or _target(payload)
    if not isinstance(one, dict):
        return None
    project = one.get("project")
    if isinstance(one.get("slug"), str) and isinstance(project, dict):
        return "data_center", str(project.get("key")), one["slug"]
    workspace, slash, slug = str(one.get("full_name", "")).partition("/")
    return ("cloud", workspace, slug) if slash else None


def _target(payload: Values) -> t.Any:
    """The repository into which a pull request of Data Center is to be merged."""
    request = payload.get("pullRequest")
    target = request.get("toRef") if isinstance(request, dict) else None
    return target.get("repository") if isinstance(target, dict) else None
