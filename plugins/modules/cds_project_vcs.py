#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_project_vcs
short_description: Manage a VCS server of a CDS project
version_added: 1.0.0
description:
  - Creates, updates or deletes a VCS server of a project, which gives the project access to Bitbucket with a user name
    and a token. The server is found by its name.
  - For CDS from 0.51 on. From 0.53.1 on it is the only integration. The module rejects older versions.
  - CDS tests the token when the server is created, and does not create the server if the token is invalid. CDS does not
    test a changed token; the module does this by listing the repositories through CDS.
  - CDS never returns the token. With O(update_secret=on_change) a salted, shortened fingerprint of it is stored at the
    end of the description, so that the next run can detect a changed token.
  - For Bitbucket Cloud the token is an API token with scopes, and the user name is the e-mail address of its Atlassian
    account. The token needs read and write on webhooks, and read on account, workspace, repositories and pull requests.
  - An update replaces the complete server in CDS. Before 0.55.2 this includes the token, so the token must be set.
  - Sends one request, one more for a change, and one to test a changed token.
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
  name:
    description: Name of the server in the project.
    type: str
    default: bitbucketcloud
  type:
    description: Type of the server. The default for a new server is V(bitbucketcloud).
    type: str
    choices: [bitbucketcloud, bitbucketserver, gerrit, gitea, github, gitlab]
  description:
    description: Description of the server. An empty string clears it.
    type: str
  url:
    description: Address of the server. For Bitbucket Cloud CDS ignores it and uses its built-in address.
    type: str
  vcs_username:
    description: >-
      User name for Bitbucket. The key in CDS is C(auth.username); its guide documents C(user), which is ignored.
    type: str
  vcs_token:
    description: Token for Bitbucket (C(auth.token)).
    type: str
  ssh_key:
    description:
      - Name of a key of the project with which CDS clones (C(auth.sshKeyName)), from 0.53 on.
      - CDS from 0.55 on can only clone from Bitbucket Cloud in this way. Add the public key to the repository's access
        keys.
    type: str
  webhooks:
    description: Whether CDS may create webhooks in the repositories (the opposite of C(options.disableWebhooks)).
    type: bool
  push_status:
    description: >-
      Whether CDS reports the status of runs to the commits in Bitbucket (the opposite of C(options.disableStatus)).
    type: bool
  push_run_url:
    description: Whether the status links to the run in CDS (the opposite of C(options.disableStatusDetails)).
    type: bool
  polling:
    description: Whether CDS may poll repositories (the opposite of C(options.disablePolling)).
    type: bool
  update_secret:
    description:
      - When to send O(vcs_token) to an existing server. V(on_change) if it differs according to the fingerprint in the
        description, V(on_create) never, V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
seealso:
  - module: repobridge.bitbucket.cds_vcs_repository
  - module: repobridge.bitbucket.cds_repositories_manager
"""

EXAMPLES = r"""
- name: Create a VCS server of Bitbucket Cloud in the project
  repobridge.bitbucket.cds_project_vcs:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket
    vcs_username: build@example.com
    vcs_token: "{{ bitbucket_api_token }}"
    ssh_key: proj-ssh-shop
    push_run_url: true
  register: shop_vcs

- name: Delete it
  repobridge.bitbucket.cds_project_vcs:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    name: bitbucket
    state: absent
"""

RETURN = r"""
resource:
  description: The server, without its token. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the server; in check mode C(pending:cds_project_vcs:) and the name, if it would be created.
      type: str
      returned: when the server exists or would be created
    name:
      description: Name.
      type: str
      returned: when the server exists
    type:
      description: Type of the server.
      type: str
      returned: when the server exists or would be created
    description:
      description: Description of the server, without the fingerprint.
      type: str
      returned: when the server exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: push_run_url
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_project_vcs
      name: bitbucket
      call: POST /v2/project/{projectKey}/vcs
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project_vcs import ProjectVcs
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(ProjectVcs)


if __name__ == "__main__":
    main()
