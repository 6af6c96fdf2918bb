#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_webhook
short_description: Manage a webhook of a Bitbucket repository, workspace or project
version_added: 1.0.0
description:
  - Creates, updates and deletes a webhook of a repository, or without O(repository) of a workspace of Cloud or a
    project of Data Center.
  - Only the uuid of a webhook is unique, so O(match_by) selects how the webhook is found. If more than one webhook
    matches, the task fails and lists their uuids.
  - Options that are not set are not changed. A new webhook is active and subscribed to V(repo:push) unless the task
    sets other values.
  - The secret cannot be read. O(update_secret) controls when it is sent.
  - Sends one request, one more for a change, and two more for a creation.
  - Bitbucket creates a second webhook of the same address without an error. Therefore the task lists the webhooks again
    after it has created one. If another run created the same webhook before, the task deletes its own and continues
    with the older one. It never deletes a webhook that it has not created itself. If a run is killed between its
    creation and that listing while another run does the same, two webhooks remain, and the next run fails and lists
    their uuids.
  - An API token needs the scopes C(read:webhook:bitbucket) and C(write:webhook:bitbucket), for deleting
    C(delete:webhook:bitbucket); other credentials need C(webhook). All need the scope to read the objects of the
    events. The account must be an admin of the repository, or an owner of the workspace.
  - On Data Center the credential needs C(REPO_ADMIN), for a project's webhook C(PROJECT_ADMIN). An update on Data
    Center replaces the complete webhook. If the webhook has a secret, the task must know it; otherwise it fails, so
    that the secret is not lost. If the secret was set manually and Data Center does not report it, an update by a task
    without O(secret) deletes it. A webhook with HTTP authentication at its address cannot be changed.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.bitbucket
options:
  workspace:
    description: Slug of the workspace; for Data Center the key of the project, V(~ada) for the personal one of a user.
    type: str
    required: true
  repository:
    description: Slug of the repository. Without it the webhook belongs to the workspace or the project.
    type: str
  url:
    description: Address that Bitbucket calls.
    type: str
  secret_url:
    description:
      - Address that Bitbucket calls, if the address itself is a secret, such as one with a token in its query. It is
        never shown.
      - O(url) and O(secret_url) are mutually exclusive.
    type: str
  uuid:
    description:
      - Uuid of an existing webhook. It has precedence over O(match_by). On Data Center its number.
    type: str
    aliases: [id]
  match_by:
    description:
      - How the webhook is found.
      - V(url) by its complete address, V(endpoint) by the address without its query (for a query with a token that
        changes), V(description) by its description, with or without a note in parentheses at its end.
      - With V(endpoint) and an address without a query, the query of an existing webhook is not changed.
      - Case of scheme and host, the default port of the scheme and an empty path are ignored when addresses are
        compared.
    type: str
    choices: [url, endpoint, description]
    default: url
  description:
    description:
      - Description of the webhook. On Data Center this is its name; the default is the host of the address.
      - A note in parentheses at its end is not part of the name of the webhook in results.
      - An empty string clears it.
    type: str
  events:
    description:
      - Events of the webhook, compared exactly, or with O(more_events) as a minimum. An event that this collection does
        not know is sent with a warning.
      - For Data Center both its own names (V(repo:refs_changed), V(pr:opened)) and those of Cloud (V(repo:push),
        V(pullrequest:created)) are accepted; results contain its own names. V(pullrequest:updated) is V(pr:modified)
        and V(pr:from_ref_updated) there. Events that only exist on Cloud are rejected.
    type: list
    elements: str
  more_events:
    description: Whether to keep further events of the webhook, for example for a webhook that another system created.
    type: bool
    default: false
  active:
    description: Whether the webhook is active.
    type: bool
  secret:
    description:
      - Key of the signature in C(X-Hub-Signature), on Cloud at most 128 characters. An empty string removes the secret.
      - It is always sent to a webhook without a secret. Data Center does not report whether a webhook has a secret, so
        there this is only known with O(update_secret=on_change).
    type: str
  update_secret:
    description:
      - When to send the O(secret) again to a webhook that has a secret.
      - V(on_change) when it differs from the last one. For this a salted fingerprint is stored after the description.
      - V(on_create) never, V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  skip_cert_verification:
    description:
      - Whether Bitbucket skips the verification of the TLS certificate of the address.
      - Atlassian does not document this for Cloud. It is only sent if it is set.
    type: bool
  history_enabled:
    description: >-
      Cloud only. Whether Bitbucket stores a history of calls. Atlassian does not document this. It is only sent if it
      is set.
    type: bool
seealso:
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Call a build server on every push
  repobridge.bitbucket.bitbucket_webhook:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    url: https://ci.example.com/hook
    description: Build server
    events: ["repo:push", "pullrequest:created", "pullrequest:updated"]
    secret: "{{ build_server_secret }}"

- name: Start a mirror with an address that contains a token
  repobridge.bitbucket.bitbucket_webhook:
    workspace: acme
    repository: shop
    access_token: "{{ bitbucket_access_token }}"
    secret_url: "https://gitlab.example.com/api/v4/projects/7/mirror/pull?private_token={{ trigger_token }}"
    match_by: endpoint
    description: GitLab mirror
    events: ["repo:push"]

- name: Call a build server on every push to a repository of Data Center
  repobridge.bitbucket.bitbucket_webhook:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    workspace: ACME
    repository: shop
    url: https://ci.example.com/hook
    description: Build server
    events: ["repo:push", "pullrequest:created", "pullrequest:updated"]
    secret: "{{ build_server_secret }}"

- name: Delete one of two identical webhooks
  repobridge.bitbucket.bitbucket_webhook:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    uuid: "{6f3b2ab4-7c61-4b0c-8f5a-0d3f0b9d4a11}"
    state: absent
"""

RETURN = r"""
resource:
  description: The webhook as Bitbucket returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Uuid in braces, on Data Center the number; in check mode C(pending:bitbucket_webhook:) and a name, if it would
        be created.
      type: str
      returned: when the webhook exists or would be created
      sample: "{6f3b2ab4-7c61-4b0c-8f5a-0d3f0b9d4a11}"
    url:
      description:
        - Address that Bitbucket calls, hidden if O(secret_url) is used. Tokens in its query are always hidden.
        - If the task sets no address, a uuid in its path is hidden as well, because it protects the address from other
          callers.
      type: str
      returned: when the webhook exists or would be created
    description:
      description: Description without the fingerprint.
      type: str
      returned: when the webhook exists
    events:
      description: Events of the webhook.
      type: list
      elements: str
      returned: when the webhook exists or would be created
    active:
      description: Whether the webhook is active.
      type: bool
      returned: when the webhook exists or would be created
    same_url:
      description: Ids of other webhooks with the same address. Bitbucket delivers each event to each of them.
      type: list
      elements: str
      returned: when the webhook exists, with O(uuid)
    secret_set:
      description: >-
        Whether the webhook has a secret. On Data Center null if neither Bitbucket nor the fingerprint provides this.
      type: bool
      returned: when the webhook exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: events
      expected: ["pullrequest:created", "repo:push"]
      actual: ["repo:push"]
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_webhook
      name: Build server
      call: PUT /2.0/repositories/{workspace}/{repo_slug}/hooks/{uid}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.webhook import Webhook
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Webhook)


if __name__ == "__main__":
    main()
