#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_branch
short_description: Manage a branch of a Bitbucket repository
version_added: 1.0.0
description:
  - Creates or deletes a branch of a repository. The branch is found by its name.
  - An existing branch is never moved, even if O(start) has changed. Bitbucket does not allow deleting the main branch.
  - Sends one request, one more for a deletion, and two or three more for a creation.
  - An API token needs the scope C(read:repository:bitbucket), and for changes C(write:repository:bitbucket), other credentials
    C(repository:write).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.repository
options:
  name:
    description: Name of the branch, without C(refs/heads/).
    type: str
    required: true
  start:
    description: Start of a new branch. Hash of a commit (at least 7 digits), branch or tag.
    type: str
seealso:
  - module: repobridge.bitbucket.bitbucket_commit_files
  - module: repobridge.bitbucket.gitlab_branch
"""

EXAMPLES = r"""
- name: Create a branch for experiments
  repobridge.bitbucket.bitbucket_branch:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    name: trial
    start: main

- name: Delete the branch
  repobridge.bitbucket.bitbucket_branch:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
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
      description: Name; in check mode C(pending:bitbucket_branch:) and the name, if it would be created.
      type: str
      sample: trial
    commit:
      description: Hash of the commit at the head of the branch.
      type: str
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: ""
      expected: present
      actual: absent
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: bitbucket_branch
      name: trial
      call: POST /2.0/repositories/{workspace}/{repo_slug}/refs/branches
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.branch import Branch
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Branch)


if __name__ == "__main__":
    main()
