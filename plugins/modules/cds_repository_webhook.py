#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_repository_webhook
short_description: Start a workflow of CDS by pushes to its repository
version_added: 1.0.0
description:
  - Gives the root of a workflow the webhook of its repository, or takes it away, and says what the workflow reports back.
    A workflow has at most one, so it is found by the workflow.
  - The repository is that of the root's application (M(repobridge.bitbucket.cds_application_repository)). CDS makes the webhook in
    Bitbucket by itself, and takes it away by itself. If the application has got another repository the webhook moves there.
  - CDS does not look whether the webhook in Bitbucket is still there. M(repobridge.bitbucket.bitbucket_webhook) tells that by
    RV(resource.id); with O(recreate) CDS makes it again.
  - Whoever knows the address of the webhook can start the workflow. It is hidden in all results.
  - A workflow that is kept as code in a repository is refused; CDS takes its changes from there.
  - Runs of deleted branches are removed by O(retention_policy).
  - What a version would ignore is refused. Other events than V(repo:push) came with 0.42, comments on pull requests with 0.42, and
    switching the statuses of one workflow off with 0.46. Before 0.46 CDS reports the status of every workflow.
  - One call if there is nothing to do, one more for a change, and two more if the repository is another one.
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
    description: Name of the workflow. The id that M(repobridge.bitbucket.cds_workflow) returns in check mode is fine too.
    type: str
    required: true
  events:
    description:
      - Events of Bitbucket the webhook is for, exactly these (C(eventFilter)). A new one is for V(repo:push).
      - Only pushes start runs. Other events are delivered and have no effect with Bitbucket Cloud.
    type: list
    elements: str
  report_status:
    description:
      - Whether the commit in Bitbucket shows how the run went (a notification of type C(vcs), and the opposite of
        C(disable_status) in its template).
    type: bool
  comment_pull_requests:
    description: Whether a failed run is told in the pull request (the opposite of C(disable_comment)).
    type: bool
  retention_policy:
    description:
      - Which runs of the workflow are kept, as a line of Lua (C(retention_policy)), from 0.48 on.
      - In C(run_days_before) it has the age of a run, in C(git_branch_exist) whether its branch is still there, and in
        C(has_git_branch) whether it has one at all.
      - CDS up to 0.49 removes the runs of a deleted branch a day later by itself. From 0.50 on they go with such a policy only.
      - An empty text clears it.
    type: str
  recreate:
    description: Whether CDS makes the webhook in Bitbucket again. For one that somebody has taken away there.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_workflow
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Pushes start the workflow, and commits show how it went
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

- name: Take the webhook away
  repobridge.bitbucket.cds_repository_webhook:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    workflow: shop
    state: absent
"""

RETURN = r"""
resource:
  description: The webhook. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Uuid of the webhook in Bitbucket; in check mode C(pending:cds_repository_webhook:) and the workflow.
      type: str
      returned: when there is a webhook or would be one
    repository:
      description: Full name of the repository.
      type: str
      returned: when there is a webhook or would be one
    url:
      description: Where Bitbucket calls, with its secret part hidden.
      type: str
      returned: when there is a webhook
    events:
      description: Events it is for.
      type: list
      elements: str
      returned: when there is a webhook or would be one
    report_status:
      description: Whether the commit shows how the run went.
      type: bool
      returned: when there is a webhook
    comment_pull_requests:
      description: Whether a failed run is told in the pull request.
      type: bool
      returned: when there is a webhook
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: report_status
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_repository_webhook
      name: shop
      call: PUT /project/{key}/workflows/{workflow}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.webhook import RepositoryWebhook
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(RepositoryWebhook)


if __name__ == "__main__":
    main()
