#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_branch
short_description: Manage a branch of a GitLab project
version_added: 1.0.0
description:
  - Makes a branch of a project, or removes it. It is found by its name.
  - A branch that is there is never moved, wherever O(start) is by now. A protected branch is not removed; the task fails.
  - What a pull mirror has fetched it keeps when the branch is gone where it came from. This module takes it away.
  - One call if there is nothing to do, one more for a change.
  - The token needs the scope C(api). Its owner must be Developer of the project.
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
    description: Name of the branch.
    type: str
    required: true
  start:
    description: Hash of a commit, branch or tag where a new branch begins.
    type: str
seealso:
  - module: repobridge.bitbucket.gitlab_protected_branch
  - module: repobridge.bitbucket.bitbucket_branch
"""

EXAMPLES = r"""
- name: A branch that is not needed is gone
  repobridge.bitbucket.gitlab_branch:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: trial
    state: absent
"""

RETURN = r"""
resource:
  description: The branch. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its name; in check mode C(pending:gitlab_branch:) and the name, if it would be made.
      type: str
      sample: trial
    commit:
      description: Hash of the commit it is at.
      type: str
      returned: when there is a branch
    protected:
      description: Whether a rule protects it.
      type: bool
      returned: when there is a branch
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: ""
      expected: absent
      actual: present
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: delete
      kind: gitlab_branch
      name: trial
      call: DELETE /api/v4/projects/{id}/repository/branches/{branch}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.branch import Branch


def main() -> None:
    run_module(Branch)


if __name__ == "__main__":
    main()
