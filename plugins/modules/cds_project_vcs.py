#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_project_vcs
short_description: Manage a VCS server of a CDS project
version_added: 1.0.0
description:
  - Gives a project access to Bitbucket with a user name and a token, changes that, or takes it away. It is found by its name.
  - For CDS from 0.51 on, and from 0.53.1 on the only way. Older versions are refused.
  - CDS tries the token when the server is made, and keeps nothing if it is not good. A changed token CDS does not try;
    the module does, by having CDS list the repositories.
  - CDS keeps the token to itself. With O(update_secret=on_change) a fingerprint of it stands at the end of the description,
    salted and cut short, so that the next run can tell whether it is another one.
  - For Bitbucket Cloud the token is an API token with scopes, and the user name the e-mail address of its Atlassian account.
    Read and write on webhooks, and read on account, workspace, repositories and pull requests is what it must open.
  - A change sends all that is there, as CDS replaces the whole. Before 0.55.2 that includes the token, so it must be given.
  - One call if there is nothing to do, one more for a change, and one for trying a changed token.
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
    description: What kind of server it is. A new one is V(bitbucketcloud) if this is not set.
    type: str
    choices: [bitbucketcloud, bitbucketserver, gerrit, gitea, github, gitlab]
  description:
    description: Description of the server. An empty text clears it.
    type: str
  url:
    description: Address of the server. CDS has that of Bitbucket Cloud built in and ignores this one there.
    type: str
  vcs_username:
    description: User name for Bitbucket. CDS's key is C(auth.username); its guide has C(user), which is ignored.
    type: str
  vcs_token:
    description: Token for Bitbucket (C(auth.token)).
    type: str
  ssh_key:
    description:
      - Name of a key of the project with which CDS clones (C(auth.sshKeyName)), from 0.53 on.
      - CDS from 0.55 on can clone from Bitbucket Cloud no other way. The public half belongs into the repository's access keys.
    type: str
  webhooks:
    description: Whether CDS may make webhooks in the repositories (the opposite of C(options.disableWebhooks)).
    type: bool
  push_status:
    description: Whether CDS reports the status of runs to Bitbucket's commits (the opposite of C(options.disableStatus)).
    type: bool
  push_run_url:
    description: Whether the status leads to the run in CDS (the opposite of C(options.disableStatusDetails)).
    type: bool
  polling:
    description: Whether CDS may poll repositories (the opposite of C(options.disablePolling)).
    type: bool
  update_secret:
    description:
      - When O(vcs_token) is sent to a server that is there. V(on_change) if it is another one by the fingerprint in the
        description, V(on_create) never, V(always) each time.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
seealso:
  - module: repobridge.bitbucket.cds_vcs_repository
  - module: repobridge.bitbucket.cds_repositories_manager
"""

EXAMPLES = r"""
- name: Bitbucket for the project
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

- name: Take it away
  repobridge.bitbucket.cds_project_vcs:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    name: bitbucket
    state: absent
"""

RETURN = r"""
resource:
  description: The server, without its token. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the server; in check mode C(pending:cds_project_vcs:) and the name, if it would be made.
      type: str
      returned: when there is a server or would be one
    name:
      description: Its name.
      type: str
      returned: when there is a server
    type:
      description: What kind of server it is.
      type: str
      returned: when there is a server or would be one
    description:
      description: Its description, without the fingerprint.
      type: str
      returned: when there is a server
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: push_run_url
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_project_vcs
      name: bitbucket
      call: POST /v2/project/{projectKey}/vcs
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project_vcs import ProjectVcs
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(ProjectVcs)


if __name__ == "__main__":
    main()
