#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project
short_description: Manage a GitLab project that runs CI for an external repository
version_added: 1.0.0
description:
  - Creates, updates and deletes a project. In an existing project only the settings of the task are changed.
  - A new project is empty. It is V(private), unless O(visibility) sets another value, regardless of the default of the
    instance.
  - It never changes the mirror settings, which M(repobridge.bitbucket.gitlab_pull_mirror) manages. It imports nothing.
  - The project is found by its full path or its id. If it was moved, GitLab redirects from the old path to the new one,
    and the task reports this in a warning.
  - Sends one request, one more for a change, and two more for a new project.
  - O(state=absent) deletes the project with its pipelines and variables. GitLab keeps it for some days; until then
    O(state=present) with the id in O(project) restores it.
  - The token needs the scope C(api). Its user must be a Maintainer of the project, for O(visibility) and
    O(state=absent) an Owner, and for a new project have a role in the group that may create projects.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.gitlab
  - repobridge.bitbucket.adoption
options:
  project:
    description:
      - Full path with the group, for example V(acme/shop), or the id of an existing project.
      - The group must exist.
    type: str
    required: true
  name:
    description: Display name. The default for a new project is the last part of its path.
    type: str
  description:
    description: Description of the project. An empty string clears it.
    type: str
  visibility:
    description: Visibility of the project.
    type: str
    choices: [private, internal, public]
  ci_only:
    description:
      - Disables the features that a project for pipelines does not need. These are issues, merge requests, snippets and
        the wiki.
      - GitLab's page "Run CI/CD for external repository" does the same. O(features) has precedence.
    type: bool
    default: false
  features:
    description:
      - Access levels of features, by name, for example C(pages) V(disabled). The levels are V(disabled), V(private),
        V(enabled), and for C(pages) V(public).
      - The names are C(analytics), C(builds), C(container_registry), C(environments), C(feature_flags), C(forking),
        C(infrastructure), C(issues), C(merge_requests), C(model_experiments), C(model_registry), C(monitor), C(pages), C(releases),
        C(repository), C(requirements), C(security_and_compliance), C(snippets) and C(wiki).
      - Features that are not listed are not changed. A feature that this GitLab does not support is skipped with a
        warning.
    type: dict
  ci_config_path:
    description: Path of the pipeline configuration, if not C(.gitlab-ci.yml). An empty string clears it.
    type: str
  build_timeout:
    description: Timeout of a job in seconds.
    type: int
  auto_cancel_pending_pipelines:
    description: Whether a push cancels pipelines of the branch that have not started.
    type: bool
  shared_runners_enabled:
    description: Whether the instance runners take jobs of the project.
    type: bool
  auto_devops_enabled:
    description: >-
      Whether GitLab uses Auto DevOps if the repository has no pipeline configuration. Many instances enable it by
      default.
    type: bool
  public_jobs:
    description: Whether job logs are visible to everyone who can see the project.
    type: bool
seealso:
  - module: repobridge.bitbucket.gitlab_pull_mirror
  - module: repobridge.bitbucket.gitlab_project_variables
"""

EXAMPLES = r"""
- name: Create a project that runs the pipelines of a Bitbucket repository
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
  description: The project as GitLab returns it, with the following fields. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the project; in check mode C(pending:gitlab_project:) and the path, if it would be created.
      type: raw
      returned: when the project exists or would be created
      sample: 101
    path_with_namespace:
      description: Full path.
      type: str
      returned: when the project exists
      sample: acme/shop
    web_url:
      description: URL of its web page.
      type: str
      returned: when the project exists
    http_url_to_repo:
      description: Address for git over HTTPS.
      type: str
      returned: when the project exists
    default_branch:
      description: Main branch. GitLab also returns one for an empty repository.
      type: str
      returned: when the project exists
    empty_repo:
      description: Whether the repository is empty.
      type: bool
      returned: when the project exists
    visibility:
      description: Visibility of the project.
      type: str
      returned: when the project exists or would be created
    topics:
      description: Topics of the project. The topic C(repobridge) marks what this module has created.
      type: list
      elements: str
      returned: when the project exists
    adopted:
      description: Whether the project was not created by this module, as far as its topics say.
      type: bool
      returned: when the project exists or would be created
    pull_mirroring:
      description:
        - Whether the edition and licence of GitLab support pull mirrors for this project. It needs no additional
          request.
        - In check mode, if the project would be created, the value is derived from the plan of the group, from another
          project in the group, or from the edition, with up to two requests; null if none of them is conclusive.
      type: bool
      returned: when the project exists or would be created
    issues_access_level:
      description: Access level of a feature; there is one such key for every feature that this GitLab supports.
      type: str
      returned: when the project exists
      sample: disabled
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: wiki_access_level
      expected: disabled
      actual: enabled
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_project
      name: acme/shop
      call: PUT /api/v4/projects/{id}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.project import Project


def main() -> None:
    run_module(Project)


if __name__ == "__main__":
    main()
