#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_repositories_manager
short_description: Link a project of CDS to Bitbucket by OAuth
version_added: 1.0.0
description:
  - Links a project to a repositories manager of the engine's configuration, or deletes the link. The link is found by
    the name of the manager.
  - For CDS up to 0.53.0. Later versions have no such links; the error then refers to
    M(repobridge.bitbucket.cds_project_vcs).
  - A user must grant access in a browser; this cannot be automated. The task returns RV(resource.authorize_url). Open
    it within five minutes as the Bitbucket user whose access CDS is to use, and grant access. Bitbucket then redirects
    the browser to CDS, and CDS completes the link. RV(resource.linked) is true from then on.
  - If the browser cannot reach CDS, copy the C(code) from the address to which it was redirected, and run the task
    again within five minutes with O(code) and O(request_token).
  - Until the link exists, each run starts a new authorization. An authorization that is not completed leaves no data.
  - Sends one request, and two more to start an authorization. The user needs read and write permission in the project.
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
    description: >-
      Code that Bitbucket gave to the browser, if the browser could not send it to CDS. With O(request_token).
    type: str
  request_token:
    description: RV(resource.request_token) of the task that started the authorization.
    type: str
  force:
    description: Whether to delete a link that applications still use. They remain attached, but no longer work.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_config
  - module: repobridge.bitbucket.cds_project_vcs
"""

EXAMPLES = r"""
- name: Start to link the project to Bitbucket
  repobridge.bitbucket.cds_repositories_manager:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucketcloud
  register: link

# A user opens link.resource.authorize_url, if it is returned, and grants access

- name: Delete the link
  repobridge.bitbucket.cds_repositories_manager:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    name: bitbucketcloud
    state: absent
"""

RETURN = r"""
resource:
  description: The link. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Name of the repositories manager; in check mode C(pending:cds_repositories_manager:) and the name.
      type: str
      returned: when the link exists or would be created
      sample: bitbucketcloud
    linked:
      description: Whether access was granted.
      type: bool
      returned: when the link exists or an authorization was started
    username:
      description: The user of CDS who created the link.
      type: str
      returned: when the link exists
    authorize_url:
      description: Address at which a user must grant access within five minutes.
      type: str
      returned: when an authorization was started
    request_token:
      description: Value for O(request_token).
      type: str
      returned: when an authorization was started
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
      kind: cds_repositories_manager
      name: bitbucketcloud
      call: POST /project/{key}/repositories_manager/{name}/authorize
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.repositories_manager import RepositoriesManager
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(RepositoriesManager)


if __name__ == "__main__":
    main()
