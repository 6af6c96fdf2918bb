#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_auth_client
short_description: Manage an OAuth client of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Creates an OAuth client of Gemnasium Enterprise for sign-in or for synchronising repositories, with the command
    C(auth clients create) in its container. The command runs through the engine's API, without a shell and without a
    terminal.
  - The client is identified by O(provider) and O(usage).
  - Each successful command is recorded in a marker in the data volume (below C(.repobridge) in O(data_path)). The
    marker is part of the volume's data and of its backups. It contains the values of the options, and of a secret a
    salted fingerprint.
  - Changes made in Gemnasium by other means cannot be detected, because Gemnasium documents no command that lists,
    changes or deletes objects. New values run the same command again. If Gemnasium rejects it, the task fails with
    Gemnasium's message and the remedy.
  - The secret is in no process list where the task runs. The command takes it as an argument, so while it runs, users
    who can see the processes of the engine's machine can read it. Users of the engine can also read it in the engine's
    events (C(docker events)), and for some minutes in its record of the command. No documented form of the command
    avoids this.
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
    description: Name of the provider, which must exist.
    type: str
    required: true
  usage:
    description: Use of the consumer, sign-in or synchronisation.
    type: str
    choices: [login, sync]
    required: true
  client_id:
    description: Key of the consumer. Required unless O(state=absent).
    type: str
  client_secret:
    description: Secret of the consumer. Required unless O(state=absent).
    type: str
  update_secret:
    description:
      - When a changed O(client_secret) is sent. V(on_change) if the fingerprint in the marker differs, V(on_create)
        never, V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  scopes:
    description:
      - Scopes that Gemnasium requests from Bitbucket, for example V(account), V(email), V(repository), V(webhook).
        Required unless O(state=absent).
    type: list
    elements: str
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_provider
  - module: repobridge.bitbucket.bitbucket_credential_info
"""

EXAMPLES = r"""
- name: Configure sign-in with Bitbucket accounts
  repobridge.bitbucket.gemnasium_auth_client:
    provider: bitbucket.org
    usage: login
    client_id: "{{ bitbucket_client_id }}"
    client_secret: "{{ bitbucket_client_secret }}"
    scopes: [account, email]

- name: Configure synchronisation of Bitbucket repositories
  repobridge.bitbucket.gemnasium_auth_client:
    provider: bitbucket.org
    usage: sync
    client_id: "{{ bitbucket_client_id }}"
    client_secret: "{{ bitbucket_client_secret }}"
    scopes: [repository, webhook]

- name: Stop managing the client, which remains in Gemnasium
  repobridge.bitbucket.gemnasium_auth_client:
    provider: bitbucket.org
    usage: login
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
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_client import AuthClient


def main() -> None:
    run_module(AuthClient)


if __name__ == "__main__":
    main()
