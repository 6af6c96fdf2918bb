#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_application_repository
short_description: Attach a repository to an application of CDS
version_added: 1.0.0
description:
  - Attaches a repository to an application, or detaches it. The application is found by its name, and made if it is missing.
  - With O(state=absent) only the attachment is taken away, and only if it is that of O(repository) where one is given.
    With O(delete_application=true) the application goes as a whole.
  - CDS refuses to detach a repository as long as a workflow has a webhook for it
    (M(repobridge.bitbucket.cds_repository_webhook)), and to delete an application that a workflow uses.
  - An application that is attached to another repository is attached anew. Webhooks of its workflows stay with the old one
    until M(repobridge.bitbucket.cds_repository_webhook) runs.
  - One call if there is nothing to do, one more for each of making, attaching and changing it.
  - The user needs read and write permission in the project.
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
  application:
    description: Name of the application.
    type: str
    required: true
  vcs:
    description:
      - Name of the repositories manager that is linked to the project (M(repobridge.bitbucket.cds_repositories_manager)), or of
        the project's VCS server (M(repobridge.bitbucket.cds_project_vcs)).
    type: str
  repository:
    description: Full name of the repository, as V(acme/shop).
    type: str
  description:
    description: Description of the application. An empty text clears it.
    type: str
  connection_type:
    description: How the actions C(CheckoutApplication) and C(GitClone) get the code (C(vcs_strategy.connection_type)).
    type: str
    choices: [https, ssh]
  ssh_key:
    description: Name of the key they use with O(connection_type=ssh) (C(vcs_strategy.ssh_key)).
    type: str
  delete_application:
    description: Whether O(state=absent) deletes the application, and not only its attachment.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_repository_webhook
"""

EXAMPLES = r"""
- name: The application of the shop
  repobridge.bitbucket.cds_application_repository:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    application: shop
    vcs: bitbucket
    repository: acme/shop
    connection_type: ssh
    ssh_key: proj-ssh-shop

- name: Delete it
  repobridge.bitbucket.cds_application_repository:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    application: shop
    delete_application: true
    state: absent
"""

RETURN = r"""
resource:
  description: The application. Empty if there is none, or with O(state=absent) if nothing is attached.
  returned: success
  type: dict
  contains:
    id:
      description: Name of the application; in check mode C(pending:cds_application_repository:) and the name, if it would be made.
      type: str
      returned: when there is an application or would be one
      sample: shop
    vcs:
      description: Name of the repositories manager or VCS server.
      type: str
      returned: when there is an application or would be one
    repository:
      description: Full name of the repository; empty if none is attached.
      type: str
      returned: when there is an application or would be one
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: repository
      expected: acme/shop
      actual: acme/old-shop
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: attach
      kind: cds_application_repository
      name: shop
      call: POST /project/{key}/repositories_manager/{vcs}/application/{application}/attach
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.application import ApplicationRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(ApplicationRepository)


if __name__ == "__main__":
    main()
