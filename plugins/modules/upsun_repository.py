#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: upsun_repository
short_description: Let an Upsun project follow a Bitbucket repository, with login and webhook
version_added: 1.0.0
description:
  - Keeps all that makes an Upsun project follow a repository of Bitbucket Cloud or Data Center. That is the integration in Upsun,
    what Upsun logs in to Bitbucket with, and the webhook of the repository, once.
  - Which edition of Bitbucket it is follows from O(bitbucket). Upsun logs in to Cloud with an OAuth consumer, which can only be
    created in the browser, and to Data Center with an HTTP access token of a user.
  - What Upsun is to log in with is checked in Bitbucket before Upsun gets it. That takes place where the integration is new, has
    another key or user, or where Upsun says that it does not work. Then the secret is sent again as well.
  - With Data Center, where O(bitbucket.password) is given and no token, the module creates Upsun's token, renews it before it expires
    and revokes the old ones. A renewal has no gap. The new token is created and given to Upsun, then the old one is revoked.
  - The value of a token is shown once, and Upsun does not say which token it has. So after an interrupted run all tokens of
    O(server_token_name) but the newest are revoked, and if Upsun then can't log in, it gets a new one.
  - Upsun adds the webhook by itself, if Bitbucket lets it. Where it could not, the module adds it, and removes it again when Upsun
    adds its own. The webhook is found by its address. What it lacks is corrected, and further events are left as they are.
  - A project follows one repository, and its integration is found by that. See M(repobridge.bitbucket.upsun_integration) about
    environments that would be overwritten or deleted, for which O(confirm_overwrite) is needed, in check mode too.
  - With nothing to do it costs three calls of Upsun (access token, integrations, validation) and one of Bitbucket (its webhooks), and
    one more where it creates the token.
  - In check mode the address of a webhook is not known before the integration exists, so nothing is said of the webhook then.
  - With O(state=absent) it removes the webhook, the integration if it follows this repository, and a token of its own. What has been
    fetched stays in the project.
  - The owner of the API token must be an admin of the Upsun project. In Bitbucket Cloud the scopes to read the repository and to
    read, write and delete webhooks are needed, for O(verify) to read pull requests too; in Data Center admin on the repository.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.upsun_links_group
  - repobridge.bitbucket.bitbucket.connection
  - repobridge.bitbucket.upsun.connection
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.upsun.project
  - repobridge.bitbucket.bitbucket.repository
options:
  unmarked:
    description: >-
      What O(state=absent) does with the integration and its webhook. V(manage) deletes them. V(keep) is for those that were not
      created by this collection, and lists them in C(kept) of the result.
    type: str
    choices: [manage, keep]
    default: manage
  state:
    description: V(present) creates and corrects all of it. V(absent) removes what this module created, each part by itself.
    type: str
    choices: [present, absent]
    default: present
  consumer_key:
    description: With Cloud the key of the OAuth consumer that Upsun logs in with. Default is O(bitbucket.client_id).
    type: str
  consumer_secret:
    description: Its secret. Default is O(bitbucket.client_secret).
    type: str
  server_url:
    description: With Data Center its address as Upsun sees it. Default is O(bitbucket.bitbucket_url).
    type: str
  server_username:
    description: With Data Center the user who created O(server_token). Default is O(bitbucket.username).
    type: str
  server_user_slug:
    description: Slug of that user, if it is not the user name.
    type: str
  server_token:
    description: >-
      With Data Center the HTTP access token that Upsun logs in with. Default is O(bitbucket.access_token). Without one, and with
      O(bitbucket.password), the module creates a token of that user.
    type: str
  server_token_name:
    description: Name of a token that the module creates. Default is C(upsun-) and the project.
    type: str
  server_token_days:
    description: For how many days such a token is valid.
    type: int
    default: 90
  server_token_renew_before_days:
    description: With how many days left it is replaced.
    type: int
    default: 30
  fetch_branches:
    description: Whether branches are mirrored, and become inactive environments.
    type: bool
    default: true
  prune_branches:
    description: Whether branches that are not in the repository are deleted in the project. Default is as O(fetch_branches).
    type: bool
  build_pull_requests:
    description: Whether pull requests become active environments.
    type: bool
    default: true
  pull_requests_clone_parent_data:
    description: Whether the environment of a pull request begins with a copy of its parent's data.
    type: bool
    default: true
  resync_pull_requests:
    description: Whether every push to a pull request brings its environment the data of the parent. With Cloud only.
    type: bool
    default: false
  pull_requests_max_pages:
    description: How many pages of pull requests are read, 0 for all. With Cloud only.
    type: int
  environment_init_resources:
    description: What resources new containers of its environments get.
    type: str
    choices: [default, manual, minimum, parent]
    default: parent
  hook_description:
    description: Description of the webhook where the module has to add it. Default is C(Upsun:) and the project.
    type: str
  confirm_overwrite:
    description: Whether environments may be overwritten or deleted.
    type: bool
    default: false
  replace:
    description: Whether an integration of another type, also one with GitHub or GitLab, is deleted and this one created instead.
    type: bool
    default: false
  verify:
    description:
      - When environments are compared with branches and pull requests. The task fails where they differ.
      - V(when_changed) compares after a change of the integration.
    type: str
    choices: [when_changed, always, never]
    default: when_changed
seealso:
  - module: repobridge.bitbucket.upsun_integration
  - module: repobridge.bitbucket.upsun_environment_info
  - module: repobridge.bitbucket.bitbucket_access_token
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Deploy a repository of Bitbucket Cloud with Upsun
  repobridge.bitbucket.upsun_repository:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    upsun:
      api_token: "{{ upsun_api_token }}"
    workspace: acme
    repository: stock
    project: "{{ upsun_stock_project }}"
    consumer_key: "{{ upsun_consumer_key }}"
    consumer_secret: "{{ upsun_consumer_secret }}"
    confirm_overwrite: true

- name: Deploy it no longer
  repobridge.bitbucket.upsun_repository:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    upsun:
      api_token: "{{ upsun_api_token }}"
    workspace: acme
    repository: stock
    project: "{{ upsun_stock_project }}"
    state: absent
"""

RETURN = r"""
resource:
  description: What was found or created.
  returned: success
  type: dict
  contains:
    integration:
      description: The integration, as M(repobridge.bitbucket.upsun_integration) returns it.
      type: dict
    webhook:
      description: The webhook, as M(repobridge.bitbucket.bitbucket_webhook) returns it. Empty where it is not known yet.
      type: dict
    verified:
      description: Whether environments were compared with branches and pull requests in this run.
      type: bool
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value.
    - A path begins with the part it belongs to (C(integration), C(webhook), C(token) and others).
  returned: success
  type: list
  elements: dict
  sample:
    - path: integration.prune_branches
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the module of each part and the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: upsun_integration
      name: abcdefgh1234567
      call: PATCH /projects/{projectId}/integrations/{integrationId}
error:
  description:
    - What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
    - C(code) is C(environments_at_risk) where O(confirm_overwrite) is needed.
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.upsun.repository import RepositoryLink


def main() -> None:
    run_module(RepositoryLink)


if __name__ == "__main__":
    main()
