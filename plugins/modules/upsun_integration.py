#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: upsun_integration
short_description: Manage the integration by which an Upsun project follows a Bitbucket repository
version_added: 1.0.0
description:
  - Makes an Upsun project follow a repository of Bitbucket Cloud or of Bitbucket Server or Data Center, changes how it does,
    and ends that. Branches and pull requests become environments.
  - A project follows one repository. Its integration is found by that; if there are two, of GitHub or GitLab too, the task
    fails and lists both.
  - Options that are not set are left as they are. A new integration gets what the vendor's own command line sends where nothing
    is said. C(fetch_branches), C(prune_branches), C(build_pull_requests) and, at a server, C(pull_requests_clone_parent_data)
    are on, C(resync_pull_requests) is off, and C(environment_init_resources) is C(parent).
  - From then on the repository is the source of truth. Code that is only in the project is overwritten, and environments that
    are no branches are deleted. Before that can happen the task looks which ones it would be, and fails with their names
    unless O(confirm_overwrite) is set; in check mode too.
  - Secret and token can't be read back, and there is no place for a fingerprint of them. See O(update_secret).
  - Upsun tries the credentials with every change, and refuses what does not work. Then it fetches the repository and adds its
    webhook there in the background. The task waits for that and fails, with the words of the log, if it went wrong.
  - A task that changes nothing costs three calls (access token, integrations, activities), two without O(require_webhook),
    and one more with O(update_secret=on_invalid).
  - In check mode nothing is made, and so nothing is known of how the service would like the credentials.
  - O(state=absent) removes the integration. What has been fetched stays in the project, and so may the webhook in Bitbucket;
    M(repobridge.bitbucket.bitbucket_webhook) takes it away by C(hook_url). An integration of another type is left alone.
  - The owner of the API token must be an admin of the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.upsun_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.upsun
  - repobridge.bitbucket.upsun.project
options:
  type:
    description: V(bitbucket) for Bitbucket Cloud, V(bitbucket_server) for Bitbucket Server and Data Center.
    type: str
    choices: [bitbucket, bitbucket_server]
    required: true
  integration_id:
    description: Id of the integration, where one of several is meant. It must exist.
    type: str
  repository:
    description:
      - The repository as V(owner/repository); at a server the key of its project and its slug, as V(SHOP/shop).
      - The address of the repository will do as well. Upper and lower case, slashes around it and C(.git) make no difference.
      - Needed for a new integration.
    type: str
  key:
    description:
      - Key of the OAuth consumer. Only with O(type=bitbucket), where a new integration needs it.
      - The consumer must be private and have a callback URL. M(repobridge.bitbucket.bitbucket_credential_info) with C(use=upsun)
        tells whether it will do, and which boxes to tick.
    type: str
  secret:
    description: Secret of the OAuth consumer. It is only ever sent together with O(key).
    type: str
  url:
    description: Address of the server. Only with O(type=bitbucket_server), where a new integration needs it.
    type: str
  username:
    description: User name that goes with O(token). Only with O(type=bitbucket_server), where a new integration needs it.
    type: str
  token:
    description:
      - HTTP access token with at least read on projects and admin on repositories. Only with O(type=bitbucket_server), where a new
        integration needs it.
    type: str
  update_secret:
    description:
      - When O(secret) or O(token) of an integration that is there are sent again. They always go along with another O(key), O(url)
        or O(username).
      - V(on_create) only then. V(on_invalid) also when Upsun, asked to validate the integration, says that it does not work.
        V(always) in every run, which then reports a change each time.
    type: str
    choices: [on_create, on_invalid, always]
    default: on_create
  fetch_branches:
    description: Whether branches are mirrored, and become inactive environments.
    type: bool
  prune_branches:
    description: Whether branches that are not in the repository are deleted in the project. Needs O(fetch_branches).
    type: bool
  build_pull_requests:
    description: Whether pull requests become active environments.
    type: bool
  resync_pull_requests:
    description: Whether every push to a pull request brings its environment the data of the parent. Only with O(type=bitbucket).
    type: bool
  pull_requests_clone_parent_data:
    description: Whether the environment of a pull request begins with a copy of its parent's data.
    type: bool
  pull_requests_max_pages:
    description: How many pages of pull requests are read, 0 for all. Only with O(type=bitbucket).
    type: int
  environment_init_resources:
    description: What resources new containers of its environments get.
    type: str
    choices: [default, manual, minimum, parent]
  source_refs:
    description:
      - Branches of the repository with their commits, as M(repobridge.bitbucket.bitbucket_repository_info) returns them as C(refs).
      - With them the task can tell which environments stay as they are. Without, every one that has code counts as overwritten.
    type: dict
  confirm_overwrite:
    description: Whether it is fine that environments are overwritten or deleted.
    type: bool
    default: false
  replace:
    description:
      - Whether an integration of another type, also one with GitHub or GitLab, is deleted and this one made in its place.
      - With V(false) the task fails. The type of an integration can't be changed.
    type: bool
    default: false
  require_webhook:
    description:
      - Whether it is an error that Upsun could not add its webhook to the repository.
      - With V(false) C(webhook) in the result says so, after a change. For a webhook that is added in another way.
    type: bool
    default: true
  wait:
    description: Whether the task waits for what a change of it starts in the background.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.upsun_integration_info
  - module: repobridge.bitbucket.upsun_environment_info
  - module: repobridge.bitbucket.bitbucket_credential_info
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Deploy a repository of Bitbucket Cloud
  repobridge.bitbucket.upsun_integration:
    api_token: "{{ upsun_api_token }}"
    project: "{{ upsun_project }}"
    type: bitbucket
    repository: acme/shop
    key: "{{ upsun_consumer_key }}"
    secret: "{{ upsun_consumer_secret }}"
    update_secret: on_invalid
    resync_pull_requests: true
    confirm_overwrite: true
  register: shop_integration

- name: Follow it no longer
  repobridge.bitbucket.upsun_integration:
    api_token: "{{ upsun_api_token }}"
    project: "{{ upsun_project }}"
    type: bitbucket
    state: absent
"""

RETURN = r"""
resource:
  description: The integration as Upsun describes it, flat. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Its id; in check mode C(pending:upsun_integration:) and the project, if it would be made.
      type: str
      returned: when there is an integration or would be one
      sample: abcdefghijklm
    type:
      description: Its type.
      type: str
      returned: when there is an integration or would be one
      sample: bitbucket
    repository:
      description: The repository; at a server with the key of its project.
      type: str
      returned: when there is an integration or would be one
      sample: acme/shop
    hook_url:
      description: Address that a webhook of the repository calls. In check mode it is the same as C(id), if it would be made.
      type: str
      returned: when there is an integration or would be one
      sample: https://eu-3.platform.sh/api/projects/abcdefgh1234567/integrations/abcdefghijklm/hook
    fetch_branches:
      description: As the option; so are the others.
      type: bool
      returned: when there is an integration or would be one
    webhook:
      description:
        - Whether Upsun could add its webhook, as C(registered), which is null where Upsun says nothing of it, and as C(words) what
          it says if not.
      type: dict
      returned: with O(require_webhook), and after a change with O(wait)
      sample:
        registered: true
        words: null
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: prune_branches
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
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
    - C(code) is C(environments_at_risk) where O(confirm_overwrite) is asked for.
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration import Integration


def main() -> None:
    run_module(Integration)


if __name__ == "__main__":
    main()
