#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_branch
short_description: Manage a branch of a Bitbucket repository
version_added: 1.0.0
description:
  - Makes a branch of a repository, or removes it. It is found by its name.
  - A branch that is there is never moved, wherever O(start) is by now. The main branch can't be removed; Bitbucket refuses.
  - One call if there is nothing to do, one more for a removal, two or three for a new one.
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
    description: Hash of a commit, at least 7 digits of it, or branch or tag where a new branch begins.
    type: str
seealso:
  - module: repobridge.bitbucket.bitbucket_commit_files
  - module: repobridge.bitbucket.gitlab_branch
"""

EXAMPLES = r"""
- name: A branch to try things
  repobridge.bitbucket.bitbucket_branch:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    name: trial
    start: main

- name: The branch is gone
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
  description: The branch. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its name; in check mode C(pending:bitbucket_branch:) and the name, if it would be made.
      type: str
      sample: trial
    commit:
      description: Hash of the commit it is at.
      type: str
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: ""
      expected: present
      actual: absent
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: bitbucket_branch
      name: trial
      call: POST /2.0/repositories/{workspace}/{repo_slug}/refs/branches
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.branch import Branch
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Branch)


if __name__ == "__main__":
    main()
