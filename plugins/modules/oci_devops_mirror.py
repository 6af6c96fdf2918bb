#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_mirror
short_description: Mirror a Bitbucket Cloud repository into OCI DevOps
version_added: 1.0.0
description:
  - Creates, updates or deletes a mirrored repository of OCI DevOps. It compares the branches and tags of the mirror
    with those in Bitbucket, starts a run of the mirror if they differ, waits for it, and compares again.
  - The mirror is found by O(name), which is unique in O(project_id). A repository that is not a mirror is neither
    changed nor deleted. Nothing is changed in Bitbucket.
  - The task fails if a branch or tag differs after a run of the mirror, and if the run itself fails, with the message
    of OCI's log.
  - The project and the connection must exist, see M(repobridge.bitbucket.oci_devops_project) and
    M(repobridge.bitbucket.oci_devops_connection). In check mode an id that begins with C(pending:) is accepted for an
    object that does not exist yet; in a real run it is an error that reports what is missing.
  - Check mode reports exactly what a real run would change, except the result of a run of the mirror.
  - If nothing changes, it sends three requests to OCI (the mirror, its last run, its branches and tags), and two to
    Bitbucket, or none with O(refs) and O(repository_url).
  - In OCI the caller needs the permissions C(manage devops-repository) in the compartment and C(use devops-connection);
    in check mode C(read devops-repository). In Bitbucket the scopes to read repositories, pull requests and webhooks
    are required.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.oci_devops_group
  - repobridge.bitbucket.bitbucket.connection
  - repobridge.bitbucket.oci.connection
  - repobridge.bitbucket.bitbucket.cloud_repository
  - repobridge.bitbucket.adoption.unmarked
options:
  refs:
    description:
      - The commit of every branch and tag in Bitbucket, as M(repobridge.bitbucket.bitbucket_repository_info) returns them. If it or
        O(repository_url) is not set, the repository is read.
      - After a run of the mirror the module always reads Bitbucket again, because there may have been a push in the
        meantime.
    type: dict
  scopes:
    description: >-
      Scopes that the Bitbucket credential must have in addition to those that mirrors need. They are checked when the
      repository is read.
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
    description: OCID of the connection with which OCI fetches. Required for O(state=present).
    type: str
  repository_url:
    description: HTTPS address to mirror, without a password. The default is the repository's clone address.
    type: str
  schedule_type:
    description: >-
      Schedule of OCI's fetches. V(default) is every 30 minutes, V(custom) is O(custom_schedule), V(none) never. If it is not
      set, that of a mirror that this module has created is V(default), and any other is not changed.
    type: str
    choices: [default, custom, none]
  compartment_id:
    description: >-
      OCID of the project's compartment. If the mirror does not exist, other mirrors of the repository in it are returned as
      C(unmanaged).
    type: str
  custom_schedule:
    description: Recurrence rule (RFC 5545) for O(schedule_type=custom).
    type: str
  description:
    description: Description of the mirror. If it is not set, it is not changed. An empty string clears it.
    type: str
  sync:
    description:
      - When to start and wait for a run of the mirror. V(when_behind) starts one if a branch or tag differs from
        Bitbucket.
    type: str
    choices: [when_behind, always, never]
    default: when_behind
  state:
    description: V(present) creates or updates the mirror, V(absent) deletes it with its content.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: repobridge.bitbucket.oci_devops_mirror_repository
  - module: repobridge.bitbucket.oci_devops_mirror_info
  - module: repobridge.bitbucket.oci_devops_foundation_info
"""

EXAMPLES = r"""
- name: Mirror a repository with every branch and tag
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
  description: The mirror and its state.
  returned: success
  type: dict
  contains:
    repository:
      description: The mirror as OCI returns it, with its C(id) and C(http_url). Empty if it does not exist.
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
    - Differences between the task's options and the state before the run, each with path, expected and actual value. A
      path begins with C(repository).
    - Branches and tags that differ are not drift of the configuration; the action C(sync) reports them.
  returned: success
  type: list
  elements: dict
  sample:
    - path: repository.schedule_type
      expected: default
      actual: none
actions:
  description: >-
    Actions that were taken, or would be taken in check mode, each with the module of its part and the service's API
    call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: sync
      kind: oci_devops_mirror_repository
      name: shop
      call: MirrorRepository
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.oci_devops.mirror import MirrorLink


def main() -> None:
    run_module(MirrorLink)


if __name__ == "__main__":
    main()
