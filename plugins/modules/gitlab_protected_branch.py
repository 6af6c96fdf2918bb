#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_protected_branch
short_description: Manage a protected branch of a GitLab project
version_added: 1.0.0
description:
  - Creates, updates and deletes the protection rule of a branch or of a pattern of branches. It is found by that name,
    and the branch may be missing.
  - Options that are not set are not changed. For a new rule the default of GitLab is that Maintainers may push and
    merge, and nobody may force push.
  - Access levels of an existing rule can only be changed by recreating it; for a moment the branch is not protected.
    Other options are updated in place.
  - Rules for individual users, groups and deploy keys (Premium) are not managed. If an access level has several
    entries, it is returned as a list of numbers.
  - Sends one request, one more for a change, and two for a change of access levels.
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
  name:
    description: Name of the branch, or a pattern such as V(release/*).
    type: str
    required: true
  push_access_level:
    description: Who may push.
    type: str
    choices: [nobody, developer, maintainer, admin]
  merge_access_level:
    description: Who may merge.
    type: str
    choices: [nobody, developer, maintainer, admin]
  allow_force_push:
    description: Whether users who may push may also force push.
    type: bool
seealso:
  - module: repobridge.bitbucket.gitlab_project
"""

EXAMPLES = r"""
- name: Allow Maintainers to force push to release branches
  repobridge.bitbucket.gitlab_protected_branch:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: release/*
    push_access_level: maintainer
    allow_force_push: true

- name: Remove the protection of release branches
  repobridge.bitbucket.gitlab_protected_branch:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: release/*
    state: absent
"""

RETURN = r"""
resource:
  description: The rule. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Name; in check mode C(pending:gitlab_protected_branch:) and the name, if it would be created.
      type: str
      sample: main
    push_access_level:
      description: Who may push.
      type: str
      sample: maintainer
    merge_access_level:
      description: Who may merge.
      type: str
      returned: when the rule exists
    allow_force_push:
      description: Whether users who may push may also force push.
      type: bool
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: allow_force_push
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_protected_branch
      name: main
      call: PATCH /api/v4/projects/{id}/protected_branches/{name}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.protected_branch import ProtectedBranch


def main() -> None:
    run_module(ProtectedBranch)


if __name__ == "__main__":
    main()
