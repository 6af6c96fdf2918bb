#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_vcs_repository
short_description: Add a repository to a VCS server of a CDS project
version_added: 1.0.0
description:
  - Adds a repository to a VCS server of a project, or removes it. It is found by its full name, which CDS stores in
    lower case.
  - For CDS from 0.51 on. CDS starts to analyse the repository when it is added, so its service C(hooks) must run.
  - The repository in Bitbucket is not changed, neither by adding nor by removing it.
  - Sends one request, and one more for a change.
  - The user needs the role C(manage) on the project, or must be an administrator.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.cds_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.cds
  - repobridge.bitbucket.cds.project
options:
  vcs:
    description:
      - Name of the project's VCS server.
      - In a playbook that creates the server, use its name as well; if the server does not exist in check mode, the
        task reports the repository as added.
    type: str
    default: bitbucketcloud
  name:
    description: Full name of the repository, for example V(acme/shop).
    type: str
    required: true
seealso:
  - module: repobridge.bitbucket.cds_project_vcs
"""

EXAMPLES = r"""
- name: Add a repository
  repobridge.bitbucket.cds_vcs_repository:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    vcs: bitbucket
    name: acme/shop

- name: Remove it
  repobridge.bitbucket.cds_vcs_repository:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    vcs: bitbucket
    name: acme/shop
    state: absent
"""

RETURN = r"""
resource:
  description: The repository as CDS returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the repository; in check mode C(pending:cds_vcs_repository:) and the name, if it would be added.
      type: str
      returned: when the repository exists or would be created
    name:
      description: Full name, in lower case.
      type: str
      returned: when the repository exists or would be created
    clone_url:
      description: Address from which CDS clones it.
      type: str
      returned: when the repository exists
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
      kind: cds_vcs_repository
      name: acme/shop
      call: POST /v2/project/{projectKey}/vcs/{vcsIdentifier}/repository
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.vcs_repository import VcsRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(VcsRepository)


if __name__ == "__main__":
    main()
