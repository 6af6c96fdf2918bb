#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project
short_description: Manage a GitLab project for the CI of a repository elsewhere
version_added: 1.0.0
description:
  - Makes a project, changes its settings, and deletes it. A project that is there already is used as it is, but for what the
    task sets.
  - A new project is empty. It is V(private), unless O(visibility) says otherwise, whatever the installation's default is.
  - Never touches what is about mirroring; that is M(repobridge.bitbucket.gitlab_pull_mirror). Nothing is imported.
  - The project is found by its full path or its id. If it has moved, GitLab leads from the old path to the new one, and the
    task says so in a warning.
  - One call if there is nothing to do, one more for a change, two more for a new project.
  - O(state=absent) deletes the project with its pipelines and variables. GitLab keeps it for some days; meanwhile
    O(state=present) with the id in O(project) brings it back.
  - The token needs the scope C(api). Its owner must be Maintainer of the project, for O(visibility) and O(state=absent) Owner,
    and for a new one have a role in the group that may make projects.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.gitlab
options:
  project:
    description:
      - Full path with the group, as V(acme/shop), or the id of a project that is there already.
      - The group must exist.
    type: str
    required: true
  name:
    description: Name for people. A new project has the last part of its path if nothing is said.
    type: str
  description:
    description: What the project is for. An empty text clears it.
    type: str
  visibility:
    description: Who sees the project.
    type: str
    choices: [private, internal, public]
  ci_only:
    description:
      - Switches off what a project that only runs pipelines has no use for. Issues, merge requests, snippets and the wiki.
      - It is what GitLab's page "Run CI/CD for external repository" does. O(features) goes before it.
    type: bool
    default: false
  features:
    description:
      - Access levels of features, by name, as C(pages) V(disabled). The levels are V(disabled), V(private), V(enabled), and for
        C(pages) V(public).
      - The names are C(analytics), C(builds), C(container_registry), C(environments), C(feature_flags), C(forking),
        C(infrastructure), C(issues), C(merge_requests), C(model_experiments), C(model_registry), C(monitor), C(pages), C(releases),
        C(repository), C(requirements), C(security_and_compliance), C(snippets) and C(wiki).
      - What is not named is left as it is. A feature that GitLab there does not have is left out with a warning.
    type: dict
  ci_config_path:
    description: Where the pipeline's file is, if not C(.gitlab-ci.yml). An empty text clears it.
    type: str
  build_timeout:
    description: Seconds a job may take.
    type: int
  auto_cancel_pending_pipelines:
    description: Whether a push cancels pipelines of the branch that have not begun.
    type: bool
  shared_runners_enabled:
    description: Whether the installation's own runners take jobs of the project.
    type: bool
  auto_devops_enabled:
    description: Whether GitLab makes up a pipeline where there is no file for one. Many installations have this on by default.
    type: bool
  public_jobs:
    description: Whether everybody who sees the project sees the logs of its jobs.
    type: bool
seealso:
  - module: repobridge.bitbucket.gitlab_pull_mirror
  - module: repobridge.bitbucket.gitlab_project_variables
"""

EXAMPLES = r"""
- name: A project that runs the pipelines of a Bitbucket repository
  repobridge.bitbucket.gitlab_project:
    api_token: "{{ gitlab_api_token }}"
    project: acme/shop
    description: Pipelines of bitbucket.org/acme/shop
    ci_only: true
    features:
      pages: disabled
    auto_devops_enabled: false
  register: shop_project

- name: Delete it
  repobridge.bitbucket.gitlab_project:
    api_token: "{{ gitlab_api_token }}"
    project: acme/shop
    state: absent
"""

RETURN = r"""
resource:
  description: The project as GitLab describes it, cut down to what is below. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the project; in check mode C(pending:gitlab_project:) and the path, if it would be made.
      type: raw
      returned: when there is a project or would be one
      sample: 101
    path_with_namespace:
      description: Full path.
      type: str
      returned: when there is a project
      sample: acme/shop
    web_url:
      description: Its page.
      type: str
      returned: when there is a project
    http_url_to_repo:
      description: Address for git over HTTPS.
      type: str
      returned: when there is a project
    default_branch:
      description: Main branch. GitLab names one for an empty repository too.
      type: str
      returned: when there is a project
    empty_repo:
      description: Whether there is nothing in the repository yet.
      type: bool
      returned: when there is a project
    visibility:
      description: Who sees it.
      type: str
      returned: when there is a project or would be one
    pull_mirroring:
      description:
        - Whether the edition and licence of GitLab there have pull mirrors for this project. It costs no call.
        - In check mode, for one that would be made, what the plan of the group, another project in it or the edition tell, for
          up to two calls; null if they tell nothing.
      type: bool
      returned: when there is a project or would be one
    issues_access_level:
      description: Access level of a feature; there is one of these for every feature GitLab there has.
      type: str
      returned: when there is a project
      sample: disabled
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: wiki_access_level
      expected: disabled
      actual: enabled
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_project
      name: acme/shop
      call: PUT /api/v4/projects/{id}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project import Project


def main() -> None:
    run_module(Project)


if __name__ == "__main__":
    main()
