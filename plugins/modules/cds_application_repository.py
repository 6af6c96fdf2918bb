#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_application_repository
short_description: Attach a repository to an application of CDS
version_added: 1.0.0
description:
  - Attaches a repository to an application, or detaches it. The application is found by its name, and created if it is
    missing.
  - O(state=absent) only detaches the repository, and if O(repository) is set only that repository. With
    O(delete_application=true) the application is deleted.
  - CDS does not detach a repository while a workflow has a webhook for it
    (M(repobridge.bitbucket.cds_repository_webhook)), and does not delete an application that a workflow uses.
  - If the application is attached to another repository, the attachment is changed. The webhooks of its workflows use
    the old repository until M(repobridge.bitbucket.cds_repository_webhook) runs.
  - Sends one request, and one more for each creation, attachment and change.
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
    description: Full name of the repository, for example V(acme/shop).
    type: str
  description:
    description: Description of the application. An empty string clears it.
    type: str
  connection_type:
    description: >-
      Protocol with which the actions C(CheckoutApplication) and C(GitClone) clone (C(vcs_strategy.connection_type)).
    type: str
    choices: [https, ssh]
  ssh_key:
    description: Name of the key for O(connection_type=ssh) (C(vcs_strategy.ssh_key)).
    type: str
  delete_application:
    description: Whether O(state=absent) deletes the application instead of only detaching the repository.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_repository_webhook
"""

EXAMPLES = r"""
- name: Attach a repository to an application
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
  description: The application. Empty if it does not exist, or with O(state=absent) if no repository is attached.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Name of the application; in check mode C(pending:cds_application_repository:) and the name, if it would be
        created.
      type: str
      returned: when the application exists or would be created
      sample: shop
    vcs:
      description: Name of the repositories manager or VCS server.
      type: str
      returned: when the application exists or would be created
    repository:
      description: Full name of the repository; empty if no repository is attached.
      type: str
      returned: when the application exists or would be created
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: repository
      expected: acme/shop
      actual: acme/old-shop
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: attach
      kind: cds_application_repository
      name: shop
      call: POST /project/{key}/repositories_manager/{vcs}/application/{application}/attach
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.application import ApplicationRepository
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(ApplicationRepository)


if __name__ == "__main__":
    main()
