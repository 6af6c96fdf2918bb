#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: upsun_integration
short_description: Manage the integration of an Upsun project with a Bitbucket repository
version_added: 1.0.0
description:
  - Creates, updates or deletes the integration of an Upsun project with a repository of Bitbucket Cloud or of Bitbucket
    Server or Data Center. Branches and pull requests become environments.
  - A project has one source integration, which is identified by the project. If there are two, including integrations
    of GitHub or GitLab, the task fails and lists both.
  - Options that are not set are not changed. For a new integration the defaults are those of the vendor's CLI.
    C(fetch_branches), C(prune_branches), C(build_pull_requests) and, for a server, C(pull_requests_clone_parent_data)
    are true, C(resync_pull_requests) is false, and C(environment_init_resources) is C(parent).
  - With an integration the repository is the source of truth. Code that is only in the project is overwritten, and
    environments without a branch are deleted. Before this can happen, the task determines the affected environments,
    and fails with their names unless O(confirm_overwrite) is set; in check mode too.
  - Secret and token cannot be read, and Upsun has no field to store a fingerprint. See O(update_secret).
  - Upsun tests the credentials with every change, and rejects a change if they do not work. Then it fetches the
    repository and adds its webhook in the background. The task waits for this and, if it fails, fails with the message
    of the log.
  - A task that changes nothing sends three requests (access token, integrations, activities), two without
    O(require_webhook), and one more with O(update_secret=on_invalid).
  - Check mode cannot report whether Upsun would accept the credentials, because it creates nothing.
  - O(state=absent) deletes the integration. Fetched code remains in the project, and the webhook may remain in
    Bitbucket; delete it with M(repobridge.bitbucket.bitbucket_webhook) and C(hook_url). An integration of another type
    is not deleted.
  - The user of the API token must be an admin of the project.
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
    description: Id of the integration, to select one of several. It must exist.
    type: str
  repository:
    description:
      - The repository as V(owner/repository); for a server the key of its project and its slug, for example
        V(SHOP/shop).
      - The address of the repository is also accepted. Case, surrounding slashes and C(.git) are ignored.
      - Required for a new integration.
    type: str
  key:
    description:
      - Key of the OAuth consumer. Only with O(type=bitbucket), where it is required for a new integration.
      - The consumer must be private and have a callback URL. M(repobridge.bitbucket.bitbucket_credential_info) with
        C(use=upsun) checks it and reports the missing permissions.
    type: str
  secret:
    description: Secret of the OAuth consumer. It is always sent together with O(key).
    type: str
  url:
    description: Address of the server. Only with O(type=bitbucket_server), where it is required for a new integration.
    type: str
  username:
    description: User name for O(token). Only with O(type=bitbucket_server), where it is required for a new integration.
    type: str
  token:
    description:
      - HTTP access token with at least read on projects and admin on repositories. Only with O(type=bitbucket_server),
        where it is required for a new integration.
    type: str
  update_secret:
    description:
      - When to send O(secret) or O(token) of an existing integration again. They are always sent together with a
        changed O(key), O(url) or O(username).
      - V(on_create) only in that case. V(on_invalid) also if a validation by Upsun reports that the integration does
        not work. V(always) in every run, which then always reports a change.
    type: str
    choices: [on_create, on_invalid, always]
    default: on_create
  fetch_branches:
    description: Whether to mirror branches as inactive environments.
    type: bool
  prune_branches:
    description: >-
      Whether to delete branches in the project that do not exist in the repository. Requires O(fetch_branches).
    type: bool
  build_pull_requests:
    description: Whether to create active environments for pull requests.
    type: bool
  resync_pull_requests:
    description: >-
      Whether every push to a pull request synchronises the data of its environment from the parent. Only with
      O(type=bitbucket).
    type: bool
  pull_requests_clone_parent_data:
    description: Whether the environment of a pull request starts with a copy of its parent's data.
    type: bool
  pull_requests_max_pages:
    description: Maximum number of pages of pull requests to read, 0 for all. Only with O(type=bitbucket).
    type: int
  environment_init_resources:
    description: Resources of new containers in its environments.
    type: str
    choices: [default, manual, minimum, parent]
  source_refs:
    description:
      - Branches of the repository with their commits, as M(repobridge.bitbucket.bitbucket_repository_info) returns them as C(refs).
      - With them the task can determine which environments do not change. Without them every environment with code
        counts as overwritten.
    type: dict
  confirm_overwrite:
    description: Whether environments may be overwritten or deleted.
    type: bool
    default: false
  replace:
    description:
      - Whether to replace an integration of another type, including GitHub or GitLab, with this one.
      - With V(false) the task fails. The type of an integration cannot be changed.
    type: bool
    default: false
  require_webhook:
    description:
      - Whether the task fails if Upsun could not add its webhook to the repository.
      - With V(false) C(webhook) in the result reports this after a change. Use it for a webhook that is added in
        another way.
    type: bool
    default: true
  wait:
    description: Whether the task waits for the activities that its change starts.
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

- name: Delete the integration
  repobridge.bitbucket.upsun_integration:
    api_token: "{{ upsun_api_token }}"
    project: "{{ upsun_project }}"
    type: bitbucket
    state: absent
"""

RETURN = r"""
resource:
  description: The integration as Upsun returns it, as a flat dictionary. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id; in check mode C(pending:upsun_integration:) and the project, if it would be created.
      type: str
      returned: when the integration exists or would be created
      sample: abcdefghijklm
    type:
      description: Type.
      type: str
      returned: when the integration exists or would be created
      sample: bitbucket
    repository:
      description: The repository; for a server with the key of its project.
      type: str
      returned: when the integration exists or would be created
      sample: acme/shop
    hook_url:
      description: >-
        Address for a webhook of the repository. In check mode it is the same as C(id), if it would be created.
      type: str
      returned: when the integration exists or would be created
      sample: https://eu-3.platform.sh/api/projects/abcdefgh1234567/integrations/abcdefghijklm/hook
    fetch_branches:
      description: As the option; the other options are returned as well.
      type: bool
      returned: when the integration exists or would be created
    webhook:
      description:
        - Whether Upsun could add its webhook, as C(registered), which is null if Upsun does not report it, and the
          message as C(words) if it could not.
      type: dict
      returned: with O(require_webhook), and after a change with O(wait)
      sample:
        registered: true
        words: null
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: prune_branches
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
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
    - Details of the error (kind, service, operation, status, code, words, request_id, remedy).
    - Details of the error. C(code) is C(environments_at_risk) if O(confirm_overwrite) is required.
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.integration import Integration


def main() -> None:
    run_module(Integration)


if __name__ == "__main__":
    main()
