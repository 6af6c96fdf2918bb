#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_repositories_manager
short_description: Link a project of CDS to Bitbucket by OAuth
version_added: 1.0.0
description:
  - Links a project to a repositories manager of the engine's configuration, or takes the link away. It is found by its name.
  - For CDS up to 0.53.0. Later versions have no such links; the module says so and names M(repobridge.bitbucket.cds_project_vcs).
  - Somebody must agree at Bitbucket, in a browser, and no program can do that. The task returns RV(resource.authorize_url).
    Open it within five minutes as the Bitbucket user in whose name CDS shall work, and grant access. Bitbucket then sends the
    browser to CDS, and CDS completes the link by itself. RV(resource.linked) is true from then on.
  - Where the browser can't reach CDS, take the C(code) from the address it was sent to, and run the task again within five
    minutes with O(code) and O(request_token).
  - Until the link is there each run begins a new one. Beginning one leaves nothing behind.
  - One call if it is linked, two more to begin. The user needs read and write permission in the project.
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
  name:
    description: Name of the repositories manager, C(NAME) of C([vcs.servers.NAME]).
    type: str
    default: bitbucketcloud
  code:
    description: What Bitbucket gave to the browser, where the browser could not bring it to CDS. With O(request_token).
    type: str
  request_token:
    description: What the task that began the link has returned as RV(resource.request_token).
    type: str
  force:
    description: Whether a link is taken away that applications still use. They stay attached, and stop working.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_config
  - module: repobridge.bitbucket.cds_project_vcs
"""

EXAMPLES = r"""
- name: Begin to link the project to Bitbucket
  repobridge.bitbucket.cds_repositories_manager:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucketcloud
  register: link

# Here somebody opens link.resource.authorize_url, if there is one, and grants access

- name: Take the link away
  repobridge.bitbucket.cds_repositories_manager:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    name: bitbucketcloud
    state: absent
"""

RETURN = r"""
resource:
  description: The link. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Name of the repositories manager; in check mode C(pending:cds_repositories_manager:) and the name.
      type: str
      returned: when there is a link or would be one
      sample: bitbucketcloud
    linked:
      description: Whether somebody has agreed.
      type: bool
      returned: when there is a link or one was begun
    username:
      description: The user of CDS who made the link.
      type: str
      returned: when there is a link
    authorize_url:
      description: Where somebody must agree, within five minutes.
      type: str
      returned: when a link was begun
    request_token:
      description: For O(request_token).
      type: str
      returned: when a link was begun
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
      kind: cds_repositories_manager
      name: bitbucketcloud
      call: POST /project/{key}/repositories_manager/{name}/authorize
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.repositories_manager import RepositoriesManager
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(RepositoriesManager)


if __name__ == "__main__":
    main()
