#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_configuration
short_description: Configure Gemnasium Enterprise for Bitbucket Cloud
version_added: 1.0.0
description:
  - Runs in the container of Gemnasium Enterprise the commands that create the provider, a client for each use, and the source if
    repositories are synchronised. It is what M(repobridge.bitbucket.gemnasium_auth_provider),
    M(repobridge.bitbucket.gemnasium_auth_client) and M(repobridge.bitbucket.gemnasium_source) do, in one task that reads the markers
    once.
  - Gemnasium documents no command that shows, changes or removes anything. What was done is remembered in a marker in the data volume,
    and an object is found again by that. Of a secret the marker has a salted fingerprint.
  - Check mode reports from the markers. What somebody changes in Gemnasium by other means is not known.
  - With nothing to do it costs one call of the engine, and one more without O(api_version).
  - After a change the markers are read again. The task fails where the volume does not remember every object.
  - O(state=absent) fails as long as something is remembered, or with O(forget=true) only forgets it. A container that does not exist
    has nothing left.
  - Whoever runs the task needs access to the container engine, which is as much as root on its machine.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gemnasium_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gemnasium
options:
  state:
    description: V(present) creates what is not remembered. V(absent) is described above.
    type: str
    choices: [present, absent]
    default: present
  workspace:
    description: Slug of the workspace in Bitbucket, whose page of OAuth consumers is named. Needed for O(state=absent).
    type: str
  provider:
    description: Name of the provider. The callback of the consumers ends with it.
    type: str
    default: bitbucket.org
  provider_type:
    description: Its type.
    type: str
    default: bitbucket
  authorize_url:
    description: Where users authorise.
    type: str
    default: https://bitbucket.org/site/oauth2/authorize
  token_url:
    description: Where tokens are given.
    type: str
    default: https://bitbucket.org/site/oauth2/access_token
  cli:
    description: Form of the provider's command. V(versioned) is C(auth providers create) with a version of OAuth.
    type: str
    choices: [classic, versioned]
    default: classic
  clients:
    description: The OAuth consumers, one for each use. The same one may serve both. Needed for O(state=present).
    type: list
    elements: dict
    suboptions:
      usage:
        description: V(login) lets users sign in, V(sync) lets them add repositories.
        type: str
        choices: [login, sync]
        required: true
      client_id:
        description: Key of the consumer.
        type: str
        required: true
      client_secret:
        description: Its secret.
        type: str
        required: true
      scopes:
        description: What Gemnasium asks for.
        type: list
        elements: str
        required: true
  source_label:
    description: What users see on the page Add Project.
    type: str
    default: Bitbucket Cloud
  source_type:
    description: Type of the source.
    type: str
    default: bitbucket
  source_api_url:
    description: Address of Bitbucket's API as Gemnasium uses it.
    type: str
    default: https://api.bitbucket.org
  list_commands:
    description: Commands in the container that list what there is, one object a line, where a site knows some. They run in check mode too.
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
    description: Seconds to wait for a command to end.
    type: float
    default: 120.0
  exists_pattern:
    description: Regular expression for the words in which Gemnasium refuses to create what it has already.
    type: str
    default: '(?i)\balready (exists?|been taken|taken|registered|in use)\b|\bduplicate\b|\bnot unique\b'
  force:
    description: Whether the commands run whatever is remembered. The task then always reports a change.
    type: bool
    default: false
  adopt:
    description: Whether an object that Gemnasium says it has already is taken for the one the task describes, and remembered so.
    type: bool
    default: false
  forget:
    description: With O(state=absent), whether the markers are deleted although Gemnasium keeps the objects.
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
- name: Let users sign in with Bitbucket and add repositories
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

- name: Forget what stays in Gemnasium
  repobridge.bitbucket.gemnasium_configuration:
    workspace: acme
    state: absent
    forget: true
"""

RETURN = r"""
resource:
  description: What was found or created.
  returned: success
  type: dict
  contains:
    objects:
      description: The objects, each as its own module returns it.
      type: list
      elements: dict
    left:
      description: With O(state=absent) the names of the objects that Gemnasium keeps.
      type: list
      elements: str
drift:
  description: What differed from the task's options before the run. The path names the object.
  returned: success
  type: list
  elements: dict
  sample:
    - path: client sync
      expected: present
      actual: absent
actions:
  description: What was done, or in check mode would be done, with the module of each object and the command.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: gemnasium_source
      name: bitbucket.org
      call: repo-syncer sources create
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gemnasium.configuration import Configuration


def main() -> None:
    run_module(Configuration)


if __name__ == "__main__":
    main()
