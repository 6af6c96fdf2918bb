#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_mirror
short_description: Let a repository of OCI DevOps follow one in Bitbucket Cloud
version_added: 1.0.0
description:
  - Keeps a mirrored repository of OCI DevOps, compares its branches and tags with those in Bitbucket, starts a run of the mirror
    where they differ, waits for it, and compares again.
  - The mirror is found again by O(name), which is unique in O(project_id). A repository that is no mirror is neither changed nor
    deleted. Nothing is changed in Bitbucket.
  - It fails where a branch or tag differs after a run of the mirror, and where the run itself fails, with the words of OCI's log.
  - The project and the connection must exist, see M(repobridge.bitbucket.oci_devops_project) and
    M(repobridge.bitbucket.oci_devops_connection). In check mode an id that begins with C(pending:) is taken for what does not exist
    yet; in a real run such an id is an error that names what is missing.
  - Check mode knows everything a real run would do, except how a run of the mirror would end.
  - With nothing to do it costs three calls of OCI (the mirror, its last run, its branches and tags), and two of Bitbucket, or none
    with O(refs) and O(repository_url).
  - In OCI the caller needs the permissions C(manage devops-repository) in the compartment and C(use devops-connection); in check mode
    C(read devops-repository). In Bitbucket the scopes to read repositories, pull requests and webhooks are needed.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.oci_devops_group
  - repobridge.bitbucket.bitbucket.connection
  - repobridge.bitbucket.oci.connection
options:
  workspace:
    description: Slug of the workspace in Bitbucket Cloud.
    type: str
    required: true
  repository:
    description: Slug of the repository in Bitbucket.
    type: str
    required: true
  refs:
    description:
      - The commit of every branch and tag in Bitbucket, as M(repobridge.bitbucket.bitbucket_repository_info) returns them. If it or
        O(repository_url) is not set, the repository is read.
      - After a run of the mirror Bitbucket is read again in any case, because somebody may have pushed in the meantime.
    type: dict
  scopes:
    description: Scopes the Bitbucket credential must have on top of those that mirrors need. Looked at where the repository is read.
    type: list
    elements: str
  name:
    description: Name of the mirror in OCI DevOps.
    type: str
    required: true
  project_id:
    description: OCID of the DevOps project. Required.
    type: str
  connection_id:
    description: OCID of the connection with which OCI fetches. Needed for O(state=present).
    type: str
  repository_url:
    description: HTTPS address that is mirrored, without a password. If it is not set, it is the repository's clone address.
    type: str
  schedule_type:
    description: When OCI fetches by itself. V(default) is every 30 minutes, V(custom) as O(custom_schedule) says, V(none) never.
    type: str
    choices: [default, custom, none]
    default: default
  custom_schedule:
    description: For O(schedule_type=custom), a recurrence rule of RFC 5545.
    type: str
  description:
    description: What the mirror is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
  sync:
    description:
      - When a run of the mirror is started and waited for. V(when_behind) starts one where a branch or tag differs from Bitbucket.
    type: str
    choices: [when_behind, always, never]
    default: when_behind
  state:
    description: V(present) keeps the mirror, V(absent) deletes it with all that it holds.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: repobridge.bitbucket.oci_devops_mirror_repository
  - module: repobridge.bitbucket.oci_devops_mirror_info
  - module: repobridge.bitbucket.oci_devops_foundation_info
"""

EXAMPLES = r"""
- name: A mirror that has every branch and tag of Bitbucket
  repobridge.bitbucket.oci_devops_mirror:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    workspace: acme
    repository: shop
    name: shop-verified
    project_id: "{{ project.resource.id }}"
    connection_id: "{{ connection.resource.id }}"

- name: Delete it
  repobridge.bitbucket.oci_devops_mirror:
    workspace: acme
    repository: shop
    name: shop-verified
    project_id: "{{ project.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: What became of it.
  returned: success
  type: dict
  contains:
    repository:
      description: The mirror as OCI describes it, with its C(id) and C(http_url). Empty if there is none.
      type: dict
    refs_equal:
      description: Whether the mirror has the branches and tags of Bitbucket, each with the same commit, and no others.
      type: bool
      returned: with O(state=present)
    mirror:
      description: The last run of the mirror, as M(repobridge.bitbucket.oci_devops_mirror_info) returns it.
      type: dict
      returned: with O(state=present)
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value. A path begins with
      C(repository).
    - Branches and tags that differ are no drift of the configuration; they are seen from the action C(sync).
  returned: success
  type: list
  elements: dict
  sample:
    - path: repository.schedule_type
      expected: default
      actual: none
actions:
  description: What was done, or in check mode would be done, with the module of each part and the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: sync
      kind: oci_devops_mirror_repository
      name: shop
      call: MirrorRepository
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.oci_devops.mirror import MirrorLink


def main() -> None:
    run_module(MirrorLink)


if __name__ == "__main__":
    main()
