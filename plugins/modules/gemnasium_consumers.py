#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_consumers
short_description: Check the OAuth consumers of Bitbucket Cloud for Gemnasium Enterprise
version_added: 1.0.0
description:
  - Requests a token with each OAuth consumer and compares its permissions with the scopes that Gemnasium requests. A
    consumer can only be created in the browser, so the error contains the address of the page, the callback URL and the
    permissions.
  - It changes nothing, neither in Bitbucket nor in Gemnasium. It sends two requests to Bitbucket for each consumer; a
    consumer that serves both uses is checked once.
  - Bitbucket issues such a token to private consumers only. Gemnasium itself also works with public consumers, see
    O(check).
  - It needs no credential except the consumers.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
options:
  workspace:
    description: Slug of the workspace in which the consumers are created.
    type: str
    required: true
  clients:
    description: The OAuth consumers, one for each use. One consumer can serve both uses.
    type: list
    elements: dict
    required: true
    suboptions:
      usage:
        description: V(login) for sign-in of users, V(sync) for adding repositories.
        type: str
        choices: [login, sync]
        required: true
      client_id:
        description: Key of the consumer.
        type: str
      client_secret:
        description: Secret of the consumer.
        type: str
      scopes:
        description: Scopes that Gemnasium requests.
        type: list
        elements: str
        default: []
  check:
    description: >-
      Whether to check the consumers in Bitbucket. With V(false) the task only fails if a key or a secret is missing.
    type: bool
    default: true
  url:
    description: Address of Gemnasium, for the callback URL in the error.
    type: str
  provider:
    description: Name of the provider in Gemnasium, which is the end of the callback URL.
    type: str
    default: bitbucket.org
seealso:
  - module: repobridge.bitbucket.gemnasium_configuration
  - module: repobridge.bitbucket.bitbucket_credential_info
"""

EXAMPLES = r"""
- name: Check the consumer before it is sent to Gemnasium
  repobridge.bitbucket.gemnasium_consumers:
    workspace: acme
    url: https://gemnasium.example.com
    clients:
      - usage: sync
        client_id: "{{ bitbucket_client_id }}"
        client_secret: "{{ bitbucket_client_secret }}"
        scopes: [repository, webhook]
"""

RETURN = r"""
resource:
  description: The checked consumers.
  returned: success
  type: dict
  contains:
    consumers:
      description: Each consumer once, with its C(client_id), C(usages) and C(scopes).
      type: list
      elements: dict
drift:
  description: Always empty.
  returned: success
  type: list
  elements: dict
actions:
  description: Always empty.
  returned: success
  type: list
  elements: dict
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gemnasium.consumers import Consumers


def main() -> None:
    run_module(Consumers)


if __name__ == "__main__":
    main()
