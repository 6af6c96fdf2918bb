#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_repository_webhook
short_description: Manage the repository webhook of a CDS workflow
version_added: 1.0.0
description:
  - Creates, updates or deletes the repository webhook at the root of a workflow, and configures what the workflow
    reports to Bitbucket. A workflow has at most one such webhook, so it is identified by the workflow.
  - The repository is the one of the root's application (M(repobridge.bitbucket.cds_application_repository)). CDS itself
    creates and deletes the webhook in Bitbucket. If the application is attached to another repository, the webhook is
    moved there.
  - CDS does not check whether the webhook still exists in Bitbucket. Use M(repobridge.bitbucket.bitbucket_webhook) with
    RV(resource.id) to check it; with O(recreate) CDS creates it again.
  - Anyone who knows the address of the webhook can start the workflow. Therefore the address is hidden in all results.
  - A workflow that is stored as code in a repository is rejected, because CDS reads its changes from there.
  - O(retention_policy) deletes the runs of deleted branches.
  - Options that the version would ignore are rejected. Events other than V(repo:push) and comments on pull requests
    were added in 0.42, disabling the status of one workflow in 0.46. Before 0.46 CDS reports the status of every
    workflow.
  - Sends one request, one more for a change, and two more if the repository changed.
  - The user needs read and write permission on the workflow.
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
  workflow:
    description: Name of the workflow. In check mode also the id that M(repobridge.bitbucket.cds_workflow) returns.
    type: str
    required: true
  events:
    description:
      - Bitbucket events of the webhook, compared exactly (C(eventFilter)). The default for a new webhook is
        V(repo:push).
      - Only pushes start runs. Other events are delivered but have no effect with Bitbucket Cloud.
    type: list
    elements: str
  report_status:
    description:
      - Whether the commit in Bitbucket shows the result of the run (a notification of type C(vcs), and the opposite of
        C(disable_status) in its template).
    type: bool
  comment_pull_requests:
    description: Whether a failed run adds a comment to the pull request (the opposite of C(disable_comment)).
    type: bool
  retention_policy:
    description:
      - Rule for the runs of the workflow that are kept, as a line of Lua (C(retention_policy)), from 0.48 on.
      - In the rule C(run_days_before) is the age of a run, C(git_branch_exist) whether its branch still exists, and
        C(has_git_branch) whether it has a branch.
      - CDS up to 0.49 deletes the runs of a deleted branch itself, a day later. From 0.50 on this requires such a rule.
      - An empty string clears it.
    type: str
  recreate:
    description: Whether CDS creates the webhook in Bitbucket again, for a webhook that was deleted there.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_workflow
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Start the workflow on pushes, and report its result to commits
  repobridge.bitbucket.cds_repository_webhook:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    workflow: shop
    events: ["repo:push"]
    report_status: true
    comment_pull_requests: false
    retention_policy: return run_days_before < 365 and git_branch_exist == "true"
  register: shop_hook

- name: Delete the webhook
  repobridge.bitbucket.cds_repository_webhook:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    workflow: shop
    state: absent
"""

RETURN = r"""
resource:
  description: The webhook. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Uuid of the webhook in Bitbucket; in check mode C(pending:cds_repository_webhook:) and the workflow.
      type: str
      returned: when the webhook exists or would be created
    repository:
      description: Full name of the repository.
      type: str
      returned: when the webhook exists or would be created
    url:
      description: Address that Bitbucket calls, with its secret part hidden.
      type: str
      returned: when the webhook exists
    events:
      description: Events of the webhook.
      type: list
      elements: str
      returned: when the webhook exists or would be created
    report_status:
      description: Whether the commit shows the result of the run.
      type: bool
      returned: when the webhook exists
    comment_pull_requests:
      description: Whether a failed run adds a comment to the pull request.
      type: bool
      returned: when the webhook exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: report_status
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_repository_webhook
      name: shop
      call: PUT /project/{key}/workflows/{workflow}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.webhook import RepositoryWebhook
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(RepositoryWebhook)


if __name__ == "__main__":
    main()
