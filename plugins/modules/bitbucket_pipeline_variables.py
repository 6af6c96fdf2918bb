#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_pipeline_variables
short_description: Manage variables of Bitbucket Pipelines for a repository
version_added: 1.0.0
description:
  - Makes, changes and removes variables that Pipelines gives to the steps of a repository of Bitbucket Cloud, as many as the task
    names. A variable is found by its key; variables that are not named are left as they are.
  - Secrets are given as O(variables[].secret_value). Such a variable is secured in Bitbucket, and the value is shown nowhere.
  - The value of a secured variable can't be read back, and there is no place beside it where a fingerprint could be kept.
    O(update_secret) says when it is sent. All other values are compared.
  - A secured variable is never turned into one in clear; the task fails before it changes anything.
  - The variables are written in the order of the task.
  - One call for each hundred variables of the repository if there is nothing to do, one more for each variable that differs.
  - O(state=absent) removes the variables that are named, whatever else is said of them.
  - An API token needs the scopes C(read:pipeline:bitbucket) and C(admin:pipeline:bitbucket), other credentials
    C(pipeline:variable). The account must be an admin of the repository.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.cloud_repository
options:
  variables:
    description: The variables.
    type: list
    elements: dict
    default: []
    suboptions:
      key:
        description: Key of the variable. Letters, digits and C(_), and no digit at the beginning.
        type: str
        required: true
      value:
        description: Its value, if that is no secret. It is shown in differences and in the task's results. An empty text is a value.
        type: str
      secret_value:
        description: Its value, if that is a secret. An empty text is a value.
        type: str
      state:
        description: Whether this one is to be there. Only with O(state=present).
        type: str
        choices: [present, absent]
        default: present
  show:
    description: >-
      Keys of variables, or patterns as V(REGISTRY_*), that are returned as they were before the task, whether it manages them or
      not.
    type: list
    elements: str
    default: []
  update_secret:
    description:
      - When the value of a secured variable that is there already is sent again, V(on_create) never, V(always) in every run.
      - >-
        For a value that changes from time to time a key with its version or id in it makes a new variable each time. O(show)
        finds the old ones, which a task then removes.
    type: str
    choices: [on_create, always]
    default: on_create
seealso:
  - module: repobridge.bitbucket.bitbucket_pipeline_config
  - module: repobridge.bitbucket.gitlab_project_variables
"""

EXAMPLES = r"""
- name: A token and an address for the steps of the pipelines
  repobridge.bitbucket.bitbucket_pipeline_variables:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    variables:
      - key: REGISTRY_TOKEN
        secret_value: "{{ build_server_secret }}"
      - key: REGISTRY_URL
        value: https://registry.example.com

- name: They are gone
  repobridge.bitbucket.bitbucket_pipeline_variables:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    variables:
      - key: REGISTRY_TOKEN
      - key: REGISTRY_URL
    state: absent
"""

RETURN = r"""
resource:
  description: The variables the task names.
  returned: success
  type: dict
  contains:
    id:
      description: Slugs of workspace and repository.
      type: str
      sample: acme/shop
    variables:
      description: For each key its C(value), hidden if it is a secret, and whether it is C(secured).
      type: dict
      sample:
        REGISTRY_URL:
          value: https://registry.example.com
          secured: false
shown:
  description: For each variable that O(show) asks for, whether it is C(secured), and its C(value) if not.
  returned: success
  type: dict
  sample:
    REGISTRY_URL:
      secured: false
      value: https://registry.example.com
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: REGISTRY_URL.value
      expected: https://registry.example.com
      actual: https://old.example.com
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_pipeline_variables
      name: acme/shop
      call: PUT /2.0/repositories/{workspace}/{repo_slug}/pipelines_config/variables/{variable_uuid}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pipeline_variables import PipelineVariables
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(PipelineVariables)


if __name__ == "__main__":
    main()
