#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_project
short_description: Manage a project of CDS
version_added: 1.0.0
description:
  - Creates a project, changes its name and description, or deletes it. It is found by its key.
  - O(groups) sets the permissions of a new project. Afterwards they are neither compared nor changed.
  - CDS creates an SSH and a PGP key for each project. The SSH key is named C(proj-ssh-) and the project's key in lower
    case.
  - CDS does not delete a project that still has applications or pipelines; the task then fails with its message.
  - Sends one request, and one more for a change.
  - A user of CDS can create projects unless an administrator has disabled this. An update needs read and write
    permission. The user who creates a project does not get the role C(manage) on it that
    M(repobridge.bitbucket.cds_project_vcs) needs.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.cds_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.cds
options:
  project:
    description: Key of the project, of capital letters and digits.
    type: str
    required: true
  name:
    description: Name of the project. The default for a new project is its key.
    type: str
  description:
    description: Description of the project. An empty string clears it.
    type: str
  groups:
    description:
      - Groups of a new project. The user must be a member of them, or an administrator.
      - If it is not set, CDS creates a group with the name of the project, which is not deleted with the project. If a
        group of that name exists, CDS uses it, provided the user is a member of it or an administrator; otherwise set
        other groups here.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the group.
        type: str
        required: true
      permission:
        description: Permission of its members.
        type: str
        choices: [read, read_execute, read_write_execute]
        default: read_write_execute
seealso:
  - module: repobridge.bitbucket.cds_project_vcs
  - module: repobridge.bitbucket.cds_repositories_manager
"""

EXAMPLES = r"""
- name: Create a project
  repobridge.bitbucket.cds_project:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    name: Shop
    description: Builds of the shop
  register: shop_project

- name: Delete it
  repobridge.bitbucket.cds_project:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    state: absent
"""

RETURN = r"""
resource:
  description: The project. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Key of the project; in check mode C(pending:cds_project:) and the key, if it would be created.
      type: str
      returned: when the project exists or would be created
      sample: SHOP
    name:
      description: Name.
      type: str
      returned: when the project exists or would be created
    description:
      description: Description of the project.
      type: str
      returned: when the project exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: description
      expected: Builds of the shop
      actual: ""
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_project
      name: SHOP
      call: POST /project
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Project)


if __name__ == "__main__":
    main()
