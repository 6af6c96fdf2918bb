#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: upsun_integration_info
short_description: Read and validate the source integrations of an Upsun project
version_added: 1.0.0
description:
  - Reads the source integrations of a project (Bitbucket, GitHub, GitLab), of which there should be one, with their
    options, the address for a webhook, the result of Upsun's validation, and their last activities.
  - Upsun never returns secrets, so they are not in the result.
  - A project without an integration is not an error.
  - It sends two requests (access token, integrations), and for each integration one to validate it, one for its
    activities, and one more for the log of each failed activity.
  - The user of the API token must be an admin of the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.upsun_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.upsun
  - repobridge.bitbucket.upsun.project
options:
  validate:
    description: >-
      Whether to validate them with Upsun, which tests whether the repository exists and the credentials work.
    type: bool
    default: true
  activities:
    description: Number of last activities to read for each integration; 0 for none.
    type: int
    default: 10
  wait:
    description: Whether the task waits until all of these are complete. Not in check mode.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.upsun_integration
  - module: repobridge.bitbucket.upsun_environment_info
"""

EXAMPLES = r"""
- name: Read the integration of the project
  repobridge.bitbucket.upsun_integration_info:
    api_token: "{{ upsun_api_token }}"
    project: "{{ upsun_project }}"
  register: shop_integrations

- name: Show the address for a webhook
  ansible.builtin.debug:
    msg: "{{ shop_integrations.integrations | map(attribute='hook_url') | list }}"
"""

RETURN = r"""
integrations:
  description: The source integrations. Empty if none exists.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id.
      type: str
      sample: abcdefghijklm
    type:
      description: Type, C(bitbucket), C(bitbucket_server), C(github) or C(gitlab).
      type: str
      sample: bitbucket
    repository:
      description: The repository; for a Bitbucket server with the key of its project.
      type: str
      sample: acme/shop
    hook_url:
      description: Address for a webhook of the repository.
      type: str
      sample: https://eu-3.platform.sh/api/projects/abcdefgh1234567/integrations/abcdefghijklm/hook
    key:
      description: Key of the OAuth consumer.
      type: str
      returned: for C(bitbucket)
    url:
      description: Address of the server.
      type: str
      returned: for C(bitbucket_server)
    username:
      description: User name with which Upsun logs in.
      type: str
      returned: for C(bitbucket_server)
    fetch_branches:
      description: >-
        Whether branches are mirrored. The other options of M(repobridge.bitbucket.upsun_integration) are returned as
        well.
      type: bool
    validation:
      description: >-
        Whether it works, as C(valid), which is null if Upsun cannot determine it, and the message as C(words) if it
        does not work.
      type: dict
      returned: with O(validate)
      sample:
        valid: true
        words: null
    webhook_registered:
      description: Whether Upsun could add its webhook in the last attempt. Null if Upsun has not reported this (yet).
      type: bool
      returned: with O(activities)
    activities:
      description: Its last activities, newest first; failed activities with the last lines of their C(log).
      type: list
      elements: dict
      returned: with O(activities)
      sample:
        - id: abcdefghijklm
          type: integration.bitbucket.fetch
          state: complete
          result: success
          completion_percent: 100
          failure_reason: null
          text: Fetch from Bitbucket
          created_at: "2026-11-21T09:30:00+00:00"
          started_at: "2026-11-21T09:30:00+00:00"
          completed_at: "2026-11-21T09:30:10+00:00"
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration_info import IntegrationInfo


def main() -> None:
    run_module(IntegrationInfo)


if __name__ == "__main__":
    main()
