#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_configuration
short_description: Configure Gemnasium Enterprise for Bitbucket Cloud
version_added: 1.0.0
description:
  - Runs the commands in the container of Gemnasium Enterprise that create the provider, a client for each use, and the
    source if repositories are synchronised. It does the same as M(repobridge.bitbucket.gemnasium_auth_provider),
    M(repobridge.bitbucket.gemnasium_auth_client) and M(repobridge.bitbucket.gemnasium_source), in one task that reads
    the markers once.
  - Gemnasium documents no command that lists, changes or deletes objects. Each successful command is recorded in a
    marker in the data volume, which identifies the object. For a secret the marker contains a salted fingerprint.
  - Check mode compares with the markers. Changes made in Gemnasium by other means are not detected.
  - If nothing changes, it sends one request to the engine, and one more without O(api_version).
  - After a change the markers are read again. The task fails if the volume does not contain the marker of every object.
  - O(state=absent) fails if markers exist. With O(forget=true) it only deletes the markers. If the container does not
    exist, nothing changes.
  - The task needs access to the container engine, which is equivalent to root on its machine.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gemnasium_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gemnasium
options:
  state:
    description: V(present) creates the objects that no marker records. V(absent) is described above.
    type: str
    choices: [present, absent]
    default: present
  workspace:
    description: >-
      Slug of the workspace in Bitbucket, for the address of its OAuth consumers in messages. Required for
      O(state=absent).
    type: str
  provider:
    description: Name of the provider. The callback URL of the consumers ends with it.
    type: str
    default: bitbucket.org
  provider_type:
    description: Type of the provider.
    type: str
    default: bitbucket
  authorize_url:
    description: Authorization endpoint.
    type: str
    default: https://bitbucket.org/site/oauth2/authorize
  token_url:
    description: Token endpoint.
    type: str
    default: https://bitbucket.org/site/oauth2/access_token
  cli:
    description: Form of the command for the provider. V(versioned) is C(auth providers create) with a version of OAuth.
    type: str
    choices: [classic, versioned]
    default: classic
  clients:
    description: The OAuth consumers, one for each use. One consumer can serve both uses. Required for O(state=present).
    type: list
    elements: dict
    suboptions:
      usage:
        description: V(login) for sign-in of users, V(sync) for adding repositories.
        type: str
        choices: [login, sync]
        required: true
      client_id:
        description: Key of the consumer.
        type: str
        required: true
      client_secret:
        description: Secret of the consumer.
        type: str
        required: true
      scopes:
        description: Scopes that Gemnasium requests.
        type: list
        elements: str
        required: true
  source_label:
    description: Label on the page "Add Project".
    type: str
    default: Bitbucket Cloud
  source_type:
    description: Type of the source.
    type: str
    default: bitbucket
  source_api_url:
    description: Address of Bitbucket's API for Gemnasium.
    type: str
    default: https://api.bitbucket.org
  list_commands:
    description: >-
      Commands in the container that list existing objects, one per line, if your release has them. They also run in
      check mode.
    type: dict
    suboptions:
      provider:
        description: Lists providers.
        type: list
        elements: str
      client:
        description: Lists clients.
        type: list
        elements: str
      source:
        description: Lists sources.
        type: list
        elements: str
  command_timeout:
    description: Timeout of a command in seconds.
    type: float
    default: 120.0
  exists_pattern:
    description: Regular expression for the message with which Gemnasium rejects an object that exists.
    type: str
    default: '(?i)\balready (exists?|been taken|taken|registered|in use)\b|\bduplicate\b|\bnot unique\b'
  force:
    description: Whether to run the commands regardless of the markers. The task then always reports a change.
    type: bool
    default: false
  adopt:
    description: Whether to adopt an object that exists in Gemnasium. The marker then records the values of the task.
    type: bool
    default: false
  forget:
    description: With O(state=absent), whether to delete the markers although the objects remain in Gemnasium.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.gemnasium_consumers
  - module: repobridge.bitbucket.gemnasium_info
  - module: repobridge.bitbucket.gemnasium_auth_provider
  - module: repobridge.bitbucket.gemnasium_auth_client
  - module: repobridge.bitbucket.gemnasium_source
"""

EXAMPLES = r"""
- name: Configure sign-in and synchronisation with Bitbucket
  repobridge.bitbucket.gemnasium_configuration:
    clients:
      - usage: login
        client_id: "{{ bitbucket_client_id }}"
        client_secret: "{{ bitbucket_client_secret }}"
        scopes: [account, email]
      - usage: sync
        client_id: "{{ bitbucket_client_id }}"
        client_secret: "{{ bitbucket_client_secret }}"
        scopes: [repository, webhook]

- name: Delete the markers; the objects remain in Gemnasium
  repobridge.bitbucket.gemnasium_configuration:
    workspace: acme
    state: absent
    forget: true
"""

RETURN = r"""
resource:
  description: The objects that exist or were created.
  returned: success
  type: dict
  contains:
    objects:
      description: The objects, each as its own module returns it.
      type: list
      elements: dict
    left:
      description: With O(state=absent) the names of the objects that remain in Gemnasium.
      type: list
      elements: str
drift:
  description: Differences between the task's options and the markers before the run. The path names the object.
  returned: success
  type: list
  elements: dict
  sample:
    - path: client sync
      expected: present
      actual: absent
actions:
  description: >-
    Actions that were taken, or would be taken in check mode, each with the module of the object and the command.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: gemnasium_source
      name: bitbucket.org
      call: repo-syncer sources create
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gemnasium.configuration import Configuration


def main() -> None:
    run_module(Configuration)


if __name__ == "__main__":
    main()
