#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_vcs_repository
short_description: Add a repository to a VCS server of a CDS project
version_added: 1.0.0
description:
  - Lets a project use a repository of one of its VCS servers, or takes it out again. It is found by its full name, which CDS
    keeps in small letters.
  - For CDS from 0.51 on. CDS begins to analyse the repository as soon as it is added, so its service C(hooks) must run.
  - Nothing in the repository is changed. Taking it out leaves the repository as it is.
  - One call if there is nothing to do, one more for a change.
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
      - In a playbook that makes the server give the name all the same; check mode finds no server, and foretells the repository.
    type: str
    default: bitbucketcloud
  name:
    description: Full name of the repository, as V(acme/shop).
    type: str
    required: true
seealso:
  - module: repobridge.bitbucket.cds_project_vcs
"""

EXAMPLES = r"""
- name: The repository of the shop
  repobridge.bitbucket.cds_vcs_repository:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    vcs: bitbucket
    name: acme/shop

- name: Take it out
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
  description: The repository as CDS describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the repository; in check mode C(pending:cds_vcs_repository:) and the name, if it would be added.
      type: str
      returned: when there is a repository or would be one
    name:
      description: Its full name, in small letters.
      type: str
      returned: when there is a repository or would be one
    clone_url:
      description: Where CDS clones it from.
      type: str
      returned: when there is a repository
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
      kind: cds_vcs_repository
      name: acme/shop
      call: POST /v2/project/{projectKey}/vcs/{vcsIdentifier}/repository
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.vcs_repository import VcsRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(VcsRepository)


if __name__ == "__main__":
    main()
