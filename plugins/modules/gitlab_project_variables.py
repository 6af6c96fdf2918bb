#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project_variables
short_description: Manage many CI/CD variables of a GitLab project at once
version_added: 1.0.0
description:
  - Creates, updates and deletes CI/CD variables of a project. One task manages any number of variables. A variable is
    found by its key and its environment scope.
  - Fields of a variable that are not set are not changed. Variables that are not listed are not changed, unless
    O(purge) is set.
  - Use O(variables[].secret_value) for secrets. Such a value is never shown, and a new variable with a secret value is
    masked and raw unless the task sets other values. Values that GitLab cannot mask are rejected before the first
    request.
  - A hidden value cannot be read. O(update_secret) controls when it is sent. All other values are compared.
  - GitLab can hide only new variables. To hide an existing variable, the module deletes and recreates it; if GitLab
    rejects the new one, the module restores the old one. A hidden variable cannot be made visible; the task fails
    before it changes anything.
  - Sends one request for each hundred variables of the project, one more for each variable that differs, and two for a
    variable that becomes hidden.
  - O(state=absent) deletes all listed variables, regardless of their other options.
  - The token needs the scope C(api). Its user must be a Maintainer of the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.gitlab
  - repobridge.bitbucket.gitlab.project
options:
  variables:
    description: The variables.
    type: list
    elements: dict
    required: true
    suboptions:
      key:
        description: Key of the variable. Letters, digits and C(_), at most 255 characters.
        type: str
        required: true
      environment_scope:
        description: >-
          Environment scope, for example V(production) or V(review/*). A key can have one value in each scope.
        type: str
        default: "*"
      value:
        description: >-
          Value that is not secret. It is shown in the diff and in the task's results. An empty string is a value.
        type: str
      secret_value:
        description:
          - Value that is secret.
          - A masked value must have at least 8 characters and no white space, and without O(variables[].raw) only
            letters, digits and C(_), C(+), C(=), C(/), C(@), C(:), C(.), C(~) and C(-). No variable may have this text
            as its key.
          - An empty string is a value.
        type: str
      masked:
        description: >-
          Whether job logs show asterisks instead of the value. The default for a new variable with
          O(variables[].secret_value) is V(true).
        type: bool
      hidden:
        description: Whether GitLab hides the value permanently. A hidden variable is masked as well. Since GitLab 17.4.
        type: bool
      protected:
        description:
          - Whether the variable is only available to jobs of protected branches and tags. The default for a new
            variable is V(false).
        type: bool
      raw:
        description:
          - Whether C($) in the value is literal and not a reference to another variable.
          - The default for a new variable with O(variables[].secret_value) is V(true).
        type: bool
      variable_type:
        description: Whether jobs get the value, or the path of a file with the value.
        type: str
        choices: [env_var, file]
      description:
        description: >-
          Description of the variable. At most 255 characters, of which the fingerprint of a hidden value takes 39. An
          empty string clears it.
        type: str
      state:
        description: Whether this variable exists. Only with O(state=present).
        type: str
        choices: [present, absent]
        default: present
  update_secret:
    description:
      - When to send the value of an existing hidden variable again.
      - V(on_change) when it differs from the last one. For this a salted fingerprint is stored after the description.
      - V(on_create) never, V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  purge:
    description: Whether to delete variables of the project that are not listed in the task.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.gitlab_project
"""

EXAMPLES = r"""
- name: Set the variables with which the pipeline reports to Bitbucket
  repobridge.bitbucket.gitlab_project_variables:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    variables:
      - key: BITBUCKET_NAMESPACE
        value: acme
      - key: BITBUCKET_REPOSITORY
        value: shop
      - key: BITBUCKET_ACCESS_TOKEN
        secret_value: "{{ bitbucket_api_token }}"
        hidden: true
        protected: false
        description: Reports build statuses
      - key: BITBUCKET_APP_PASSWORD
        state: absent

- name: Delete them
  repobridge.bitbucket.gitlab_project_variables:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    variables:
      - key: BITBUCKET_NAMESPACE
      - key: BITBUCKET_REPOSITORY
      - key: BITBUCKET_ACCESS_TOKEN
    state: absent
"""

RETURN = r"""
resource:
  description: The variables of the task. Empty if with O(state=absent) none of them exists.
  returned: success
  type: dict
  contains:
    id:
      description:
        - The project as given in the task; in check mode C(pending:gitlab_project_variables:) and the project, if it
          does not exist yet.
      type: str
      returned: success
    variables:
      description: Fields of the variables, by key and environment scope. A secret value is hidden.
      type: dict
      returned: success
      sample:
        "BITBUCKET_ACCESS_TOKEN[*]":
          value: "********"
          masked: true
          hidden: true
          protected: false
          raw: true
          variable_type: env_var
          description: Reports build statuses
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: BITBUCKET_REPOSITORY[*].value
      expected: shop
      actual: shopp
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_project_variables
      name: acme/shop
      call: PUT /api/v4/projects/{id}/variables/{key}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.variables import ProjectVariables


def main() -> None:
    run_module(ProjectVariables)


if __name__ == "__main__":
    main()
