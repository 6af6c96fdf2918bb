#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_protected_branch
short_description: Manage a protected branch of a GitLab project
version_added: 1.0.0
description:
  - Makes, changes and removes the rule that protects a branch, or the branches of a pattern. It is found by that name, and the
    branch need not be there yet.
  - What is not set is left as it is. For a new rule GitLab lets Maintainers push and merge, and nobody force.
  - Levels of a rule that is there can only be changed by making it anew, for a moment the branch is not protected. The rest is
    changed in place.
  - Rules for single users, groups and deploy keys (Premium) are not managed. Of a side that has several entries the level is
    shown as a list of numbers.
  - One call if there is nothing to do, one more for a change, two for one of levels.
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
  name:
    description: Name of the branch, or a pattern as V(release/*).
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
    description: Whether those who may push may force it too.
    type: bool
seealso:
  - module: repobridge.bitbucket.gitlab_project
"""

EXAMPLES = r"""
- name: Maintainers may rewrite release branches
  repobridge.bitbucket.gitlab_protected_branch:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: release/*
    push_access_level: maintainer
    allow_force_push: true

- name: Release branches are not protected any more
  repobridge.bitbucket.gitlab_protected_branch:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: release/*
    state: absent
"""

RETURN = r"""
resource:
  description: The rule. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its name; in check mode C(pending:gitlab_protected_branch:) and the name, if it would be made.
      type: str
      sample: main
    push_access_level:
      description: Who may push.
      type: str
      sample: maintainer
    merge_access_level:
      description: Who may merge.
      type: str
      returned: when there is a rule
    allow_force_push:
      description: Whether those who may push may force it too.
      type: bool
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: allow_force_push
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_protected_branch
      name: main
      call: PATCH /api/v4/projects/{id}/protected_branches/{name}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.protected_branch import ProtectedBranch


def main() -> None:
    run_module(ProtectedBranch)


if __name__ == "__main__":
    main()
