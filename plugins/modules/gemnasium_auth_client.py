#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_auth_client
short_description: Manage an OAuth client of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Gives Gemnasium Enterprise an OAuth consumer for signing in or for synchronising repositories, by the command
    C(auth clients create) in its container. It is run through the engine's API, without a shell and without a terminal.
  - It is found again by O(provider) and O(usage).
  - What was done is remembered in a marker in the data volume (below C(.repobridge) in O(data_path)), written after the command
    ended well. It goes wherever the data goes, into backups too. It holds the values of the options, and of a secret a salted
    fingerprint.
  - What somebody changes in Gemnasium by other means can't be seen, because no command that shows anything is documented.
    Nor is one that changes or removes. New values run the same command again, and if Gemnasium refuses, the task
    fails with its words and what to do.
  - The secret is in no process list where the task runs. The command itself takes it as an argument, so while it runs, for
    a moment, whoever sees the processes of the engine's machine can read it. Whoever may use the engine can also read
    it in its events (C(docker events)), and for some minutes in what it keeps of the command. No documented form of the command
    avoids that.
  - One call if there is nothing to do, one more without O(api_version). Check mode reports from the marker.
  - The task needs access to the engine, which is as much as root on its machine.
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
    description: Name of the provider, which must be there.
    type: str
    required: true
  usage:
    description: What the consumer is for, signing in or synchronising.
    type: str
    choices: [login, sync]
    required: true
  client_id:
    description: The consumer's key. Needed unless O(state=absent).
    type: str
  client_secret:
    description: The consumer's secret. Needed unless O(state=absent).
    type: str
  update_secret:
    description:
      - When another O(client_secret) is a difference. V(on_change) if the marker's fingerprint is another one, V(on_create) never,
        V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  scopes:
    description:
      - What Gemnasium asks Bitbucket for, as V(account), V(email), V(repository), V(webhook). Needed unless O(state=absent).
    type: list
    elements: str
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_provider
  - module: repobridge.bitbucket.bitbucket_credential_info
"""

EXAMPLES = r"""
- name: Sign in with accounts of Bitbucket
  repobridge.bitbucket.gemnasium_auth_client:
    provider: bitbucket.org
    usage: login
    client_id: "{{ bitbucket_client_id }}"
    client_secret: "{{ bitbucket_client_secret }}"
    scopes: [account, email]

- name: Synchronise repositories of Bitbucket
  repobridge.bitbucket.gemnasium_auth_client:
    provider: bitbucket.org
    usage: sync
    client_id: "{{ bitbucket_client_id }}"
    client_secret: "{{ bitbucket_client_secret }}"
    scopes: [repository, webhook]

- name: Leave the client in Gemnasium, and manage it no longer
  repobridge.bitbucket.gemnasium_auth_client:
    provider: bitbucket.org
    usage: login
    state: absent
    forget: true
"""

RETURN = r"""
resource:
  description: The object as the marker remembers it; without secrets.
  returned: success
  type: dict
  contains:
    id:
      description: What identifies it; in check mode a C(pending:) id for one that would be made.
      type: str
    how:
      description: >-
        V(made) by the command; V(finished) if the run of that command was cut off, and the engine knew that it ended well;
        V(found) if Gemnasium had it when the command of a run that was cut off was repeated; V(adopted) by O(adopt).
      type: str
    marker:
      description: The marker's path in the container.
      type: str
drift:
  description: What differed (path, expected, actual); an empty path stands for the object itself.
  returned: success
  type: list
  elements: dict
actions:
  description: What was, or in check mode would be, done (action, kind, name, call).
  returned: success
  type: list
  elements: dict
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_client import AuthClient


def main() -> None:
    run_module(AuthClient)


if __name__ == "__main__":
    main()
