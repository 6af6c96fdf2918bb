#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_source
short_description: Manage a source of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Creates a source of Gemnasium Enterprise, which adds a hosting service to the page "Add Project", with the command
    C(repo-syncer sources create) in its container. The command runs through the engine's API, without a shell and
    without a terminal.
  - The source is identified by O(provider).
  - Each successful command is recorded in a marker in the data volume (below C(.repobridge) in O(data_path)). The
    marker is part of the volume's data and of its backups. It contains the values of the options, and of a secret a
    salted fingerprint.
  - Changes made in Gemnasium by other means cannot be detected, because Gemnasium documents no command that lists,
    changes or deletes objects. New values run the same command again. If Gemnasium rejects it, the task fails with
    Gemnasium's message and the remedy.
  - Sends one request, and one more without O(api_version). Check mode compares with the marker.
  - The task needs access to the container engine, which is equivalent to root on its machine.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gemnasium_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gemnasium
  - repobridge.bitbucket.gemnasium.command
options:
  provider:
    description: Name of the provider, which must exist and have a client for V(sync).
    type: str
    required: true
  label:
    description: Label for users, for example V(Bitbucket Cloud). Required unless O(state=absent).
    type: str
  type:
    description: Type of the service, for example V(bitbucket). Required unless O(state=absent).
    type: str
  api_url:
    description: Address of its API, for example V(https://api.bitbucket.org). Required unless O(state=absent).
    type: str
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_client
"""

EXAMPLES = r"""
- name: Create the source for repositories of Bitbucket Cloud
  repobridge.bitbucket.gemnasium_source:
    provider: bitbucket.org
    label: Bitbucket Cloud
    type: bitbucket
    api_url: https://api.bitbucket.org

- name: Stop managing the source, which remains in Gemnasium
  repobridge.bitbucket.gemnasium_source:
    provider: bitbucket.org
    state: absent
    forget: true
"""

RETURN = r"""
resource:
  description: The object as recorded in the marker, without secrets.
  returned: success
  type: dict
  contains:
    id:
      description: Identity of the object; in check mode a C(pending:) id if it would be created.
      type: str
    how:
      description: >-
        How the object was created. V(made) by the command; V(finished) if the run of that command was interrupted, and
        the engine reported that it succeeded; V(found) if it existed when the command of an interrupted run was
        repeated; V(adopted) by O(adopt).
      type: str
    marker:
      description: Path of the marker in the container.
      type: str
drift:
  description: Differences (path, expected, actual); an empty path means the object itself.
  returned: success
  type: list
  elements: dict
actions:
  description: Actions that were taken, or would be taken in check mode (action, kind, name, call).
  returned: success
  type: list
  elements: dict
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.source import Source


def main() -> None:
    run_module(Source)


if __name__ == "__main__":
    main()
