#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_consumers
short_description: Check the OAuth consumers of Bitbucket Cloud that Gemnasium Enterprise gets
version_added: 1.0.0
description:
  - Gets a token as each OAuth consumer and compares what it may do with what Gemnasium asks for. A consumer can only be created in the
    browser, so the error says where and with which callback URL and permissions.
  - It changes nothing, in Bitbucket or in Gemnasium. Two calls of Bitbucket for each consumer; one that serves both uses is checked once.
  - Bitbucket gives such a token to private consumers only. Gemnasium itself works with public ones too, see O(check).
  - No credential but the consumers is needed.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
options:
  workspace:
    description: Slug of the workspace, in which consumers are created.
    type: str
    required: true
  clients:
    description: The OAuth consumers, one for each use. The same one may serve both.
    type: list
    elements: dict
    required: true
    suboptions:
      usage:
        description: V(login) lets users sign in, V(sync) lets them add repositories.
        type: str
        choices: [login, sync]
        required: true
      client_id:
        description: Key of the consumer.
        type: str
      client_secret:
        description: Its secret.
        type: str
      scopes:
        description: What Gemnasium asks for.
        type: list
        elements: str
        default: []
  check:
    description: Whether Bitbucket is asked. With V(false) it is only an error if a key or a secret is missing.
    type: bool
    default: true
  url:
    description: Address of Gemnasium, for the callback URL in the error.
    type: str
  provider:
    description: Name of the provider in Gemnasium, with which the callback URL ends.
    type: str
    default: bitbucket.org
seealso:
  - module: repobridge.bitbucket.gemnasium_configuration
  - module: repobridge.bitbucket.bitbucket_credential_info
"""

EXAMPLES = r"""
- name: Check the consumer before Gemnasium gets it
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
  description: What was checked.
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
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gemnasium.consumers import Consumers


def main() -> None:
    run_module(Consumers)


if __name__ == "__main__":
    main()
