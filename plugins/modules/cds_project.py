#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_project
short_description: Manage a project of CDS
version_added: 1.0.0
description:
  - Makes a project, changes its name and description, or deletes it. It is found by its key.
  - Who may do what in it is set with O(groups) when it is made. Afterwards that belongs to the people of the project and is
    neither compared nor changed.
  - CDS makes an SSH and a PGP key with each project. The SSH key is named C(proj-ssh-) and the project's key in small letters.
  - A project that still has applications or pipelines can't be deleted, CDS says so then.
  - One call if there is nothing to do, one more for a change.
  - A user of CDS may make projects unless an administrator has forbidden it. For a change it takes read and write permission.
    Whoever makes a project does not get the role C(manage) on it that M(repobridge.bitbucket.cds_project_vcs) needs.
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
    description: Name of the project. A new one has its key for a name if this is not set.
    type: str
  description:
    description: Description of the project. An empty text clears it.
    type: str
  groups:
    description:
      - Groups of a new project. The user must be a member of them, or an administrator.
      - Without any CDS makes a group of the project's name, which stays when the project is deleted. If there is one of that name
        already, the project gets it, provided the user is a member of it or an administrator; otherwise name other groups here.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the group.
        type: str
        required: true
      permission:
        description: What its members may do.
        type: str
        choices: [read, read_execute, read_write_execute]
        default: read_write_execute
seealso:
  - module: repobridge.bitbucket.cds_project_vcs
  - module: repobridge.bitbucket.cds_repositories_manager
"""

EXAMPLES = r"""
- name: Project of the shop
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
  description: The project. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Key of the project; in check mode C(pending:cds_project:) and the key, if it would be made.
      type: str
      returned: when there is a project or would be one
      sample: SHOP
    name:
      description: Its name.
      type: str
      returned: when there is a project or would be one
    description:
      description: Its description.
      type: str
      returned: when there is a project
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: description
      expected: Builds of the shop
      actual: ""
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_project
      name: SHOP
      call: POST /project
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Project)


if __name__ == "__main__":
    main()
