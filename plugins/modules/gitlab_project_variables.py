#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project_variables
short_description: Manage many CI/CD variables of a GitLab project at once
version_added: 1.0.0
description:
  - Makes, changes and removes CI/CD variables of a project, as many as the task names. A variable is found by its key and its
    environment scope.
  - What is not set of a variable is left as it is, and so are variables that are not named, unless O(purge) is set.
  - Secrets are given as O(variables[].secret_value). Such a value is shown nowhere, and a new variable with one is masked and
    raw unless the task says otherwise. Values that GitLab can't mask are refused before the first call.
  - A hidden value can't be read back. O(update_secret) says when it is sent. All other values are compared.
  - GitLab hides only new variables. One that is to become hidden is removed and made anew, and if GitLab does not take the new
    one, the old one is put back. One that is hidden can't be made visible; the task fails before it changes anything.
  - One call for each hundred variables of the project if there is nothing to do, one more for each variable that differs,
    and two for one that becomes hidden.
  - O(state=absent) removes the variables that are named, whatever else is said of them.
  - The token needs the scope C(api). Its owner must be Maintainer of the project.
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
        description: Key of the variable. Letters, digits and C(_), at most 255 of them.
        type: str
        required: true
      environment_scope:
        description: The environments it is for, as V(production) or V(review/*). A key may have one value in each scope.
        type: str
        default: "*"
      value:
        description: Its value, if that is no secret. It is shown in differences and in the task's results. An empty text is a value.
        type: str
      secret_value:
        description:
          - Its value, if that is a secret.
          - >-
            To be masked it must have at least 8 characters and no white space, and without O(variables[].raw) only letters, digits
            and C(_), C(+), C(=), C(/), C(@), C(:), C(.), C(~) and C(-). A variable with this text as its key must not exist.
          - An empty text is a value.
        type: str
      masked:
        description: Whether jobs show asterisks in its place. V(true) for a new one with O(variables[].secret_value) if nothing is said.
        type: bool
      hidden:
        description: Whether GitLab never shows the value again. A hidden variable is masked as well. Since GitLab 17.4.
        type: bool
      protected:
        description:
          - Whether only jobs of protected branches and tags get it. V(false) for a new one if nothing is said.
        type: bool
      raw:
        description:
          - Whether C($) in the value is no reference to another variable.
          - V(true) for a new one with O(variables[].secret_value) if nothing is said.
        type: bool
      variable_type:
        description: Whether jobs get the value, or the path of a file that holds it.
        type: str
        choices: [env_var, file]
      description:
        description: What it is for. At most 255 characters; of those the fingerprint of a hidden value takes 39. An empty text clears it.
        type: str
      state:
        description: Whether this one is to be there. Only with O(state=present).
        type: str
        choices: [present, absent]
        default: present
  update_secret:
    description:
      - When the value of a hidden variable that is there already is sent again.
      - V(on_change) when it is another one than last time. For that a salted fingerprint is kept behind the description.
      - V(on_create) never, V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  purge:
    description: Whether variables of the project that the task does not name are removed.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.gitlab_project
"""

EXAMPLES = r"""
- name: What the pipeline needs to report to Bitbucket
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

- name: Take them away
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
  description: The variables that the task says something of. Empty if with O(state=absent) there is none of them.
  returned: success
  type: dict
  contains:
    id:
      description:
        - The project as the task names it; in check mode C(pending:gitlab_project_variables:) and the project, if it does not exist yet.
      type: str
      returned: success
    variables:
      description: Their fields, by key and environment scope. A secret value is hidden.
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
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: BITBUCKET_REPOSITORY[*].value
      expected: shop
      actual: shopp
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_project_variables
      name: acme/shop
      call: PUT /api/v4/projects/{id}/variables/{key}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.variables import ProjectVariables


def main() -> None:
    run_module(ProjectVariables)


if __name__ == "__main__":
    main()
