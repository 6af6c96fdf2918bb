#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_pipeline_variables
short_description: Manage variables of Bitbucket Pipelines for a repository
version_added: 1.0.0
description:
  - Creates, updates and deletes repository variables of Pipelines in Bitbucket Cloud. One task manages any number of
    variables. A variable is found by its key; variables that are not listed are not changed.
  - Use O(variables[].secret_value) for secrets. Such a variable is secured in Bitbucket, and its value is never shown.
  - The value of a secured variable cannot be read, and Bitbucket has no field to store a fingerprint. O(update_secret)
    controls when it is sent. All other values are compared.
  - A secured variable is never changed to an unsecured one; the task fails before it changes anything.
  - The variables are written in the order of the task.
  - Sends one request for each hundred variables of the repository, and one more for each variable that differs.
  - O(state=absent) deletes all listed variables, regardless of their other options.
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
        description: Key of the variable. Letters, digits and C(_), not beginning with a digit.
        type: str
        required: true
      value:
        description: >-
          Value that is not secret. It is shown in the diff and in the task's results. An empty string is a value.
        type: str
      secret_value:
        description: Value that is secret. An empty string is a value.
        type: str
      state:
        description: Whether this variable exists. Only with O(state=present).
        type: str
        choices: [present, absent]
        default: present
  show:
    description: >-
      Keys of variables, or patterns such as V(REGISTRY_*), to return as they were before the task, whether the task
      manages them or not.
    type: list
    elements: str
    default: []
  update_secret:
    description:
      - When to send the value of an existing secured variable again. V(on_create) never, V(always) in every run.
      - For a value that changes, use a key that contains its version or id, so that each value gets a new variable.
        O(show) returns the old variables, which a further task can delete.
    type: str
    choices: [on_create, always]
    default: on_create
seealso:
  - module: repobridge.bitbucket.bitbucket_pipeline_config
  - module: repobridge.bitbucket.gitlab_project_variables
"""

EXAMPLES = r"""
- name: Set a token and an address for the steps of the pipelines
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

- name: Delete them
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
  description: The variables of the task.
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
  description: For each variable that matches O(show), whether it is C(secured), and its C(value) if not.
  returned: success
  type: dict
  sample:
    REGISTRY_URL:
      secured: false
      value: https://registry.example.com
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: REGISTRY_URL.value
      expected: https://registry.example.com
      actual: https://old.example.com
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_pipeline_variables
      name: acme/shop
      call: PUT /2.0/repositories/{workspace}/{repo_slug}/pipelines_config/variables/{variable_uuid}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pipeline_variables import PipelineVariables
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(PipelineVariables)


if __name__ == "__main__":
    main()
