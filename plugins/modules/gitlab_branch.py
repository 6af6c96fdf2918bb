#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_branch
short_description: Manage a branch of a GitLab project
version_added: 1.0.0
description:
  - Creates or deletes a branch of a project. The branch is found by its name.
  - An existing branch is never moved, even if O(start) has changed. A protected branch is not deleted; the task fails.
  - A pull mirror does not delete a branch in GitLab when the branch was deleted at its source. This module can delete
    it.
  - Sends one request, and one more for a change.
  - The token needs the scope C(api). Its user must be a Developer of the project.
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
    description: Start of a new branch. Hash of a commit, branch or tag.
    type: str
seealso:
  - module: repobridge.bitbucket.gitlab_protected_branch
  - module: repobridge.bitbucket.bitbucket_branch
"""

EXAMPLES = r"""
- name: Delete a branch
  repobridge.bitbucket.gitlab_branch:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: trial
    state: absent
"""

RETURN = r"""
resource:
  description: The branch. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Name; in check mode C(pending:gitlab_branch:) and the name, if it would be created.
      type: str
      sample: trial
    commit:
      description: Hash of the commit at the head of the branch.
      type: str
      returned: when the branch exists
    protected:
      description: Whether the branch is protected.
      type: bool
      returned: when the branch exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: ""
      expected: absent
      actual: present
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: delete
      kind: gitlab_branch
      name: trial
      call: DELETE /api/v4/projects/{id}/repository/branches/{branch}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.branch import Branch


def main() -> None:
    run_module(Branch)


if __name__ == "__main__":
    main()
