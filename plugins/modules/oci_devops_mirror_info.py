#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_mirror_info
short_description: Read the state of a mirrored repository of OCI DevOps
version_added: 1.0.0
description:
  - Reads the last run of a mirror, with the service's own message, and the commit of every branch and tag in the
    mirror.
  - RV(refs) has the form of the RV(repobridge.bitbucket.bitbucket_repository_info#module:refs) of
    M(repobridge.bitbucket.bitbucket_repository_info), so that the two can be compared.
  - It sends two requests by O(repository_id), three by O(name); without O(refs) one less; if the last run has not
    passed, one or two more.
  - In check mode an id that begins with C(pending:) is accepted for a repository that does not exist yet; then all
    results are empty and nothing is read.
  - The caller needs the permission C(read devops-repository).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.oci_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.oci
options:
  repository_id:
    description: OCID of the repository. One of O(repository_id) and O(name) is required.
    type: str
  project_id:
    description: OCID of the project of the repository, for O(name).
    type: str
  name:
    description: Name of the repository in O(project_id).
    type: str
  refs:
    description: Whether to read branches and tags as well.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.oci_devops_mirror_repository
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Read the state of the mirror
  repobridge.bitbucket.oci_devops_mirror_info:
    repository_id: "{{ mirror.resource.id }}"
  register: shop_mirror

- name: Show whether its last run was successful
  ansible.builtin.debug:
    msg: "{{ shop_mirror.mirror.status | default('no run yet') }} {{ shop_mirror.mirror.message | default('', true) }}"

- name: Read the expected branches and tags
  repobridge.bitbucket.bitbucket_repository_info:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
  register: shop

- name: Update the mirror if it differs
  repobridge.bitbucket.oci_devops_mirror_repository:
    name: shop
    project_id: "{{ project.resource.id }}"
    sync: true
  when:
    - shop_mirror.mirror.status is defined
    - shop_mirror.refs != shop.refs
"""

RETURN = r"""
repository:
  description: The repository as OCI returns it; by O(repository_id) only its RV(repository.id), which saves a request.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the repository.
      type: str
      returned: unless it does not exist yet
    name:
      description: Name of the repository.
      type: str
      returned: by O(name)
    http_url:
      description: Address to clone it from over HTTPS.
      type: str
      returned: by O(name)
mirror:
  description: The last run of the mirror, including a run in progress. Empty if there was none.
  returned: success
  type: dict
  contains:
    status:
      description: Status of the run as OCI reports it, one of C(QUEUED), C(RUNNING), C(PASSED), C(FAILED).
      type: str
      returned: when there was a run
      sample: PASSED
    time_enqueued:
      description: Time at which it was queued.
      type: str
      returned: when there was a run
    time_started:
      description: Time at which it started.
      type: str
      returned: when it has started
    time_ended:
      description: Time at which it ended.
      type: str
      returned: when it has ended
      sample: "2026-11-21T09:30:00.000000+00:00"
    work_request_id:
      description: OCID of its work request.
      type: str
      returned: when there was a run
    message:
      description: Message of the service if the run failed.
      type: str
      returned: when there was a run
last_successful:
  description: The last run that passed, in the form of RV(mirror). Empty if there was none.
  returned: success
  type: dict
refs:
  description: Commit of every branch and tag, by its full name. Empty without O(refs).
  returned: success
  type: dict
  sample:
    refs/heads/main: 8427dd5e3fa4815b505eb52d3976d20b2ba83a4a
    refs/tags/v1.0: dbee66e4498ed2c367f00e44e063eaba0e336e67
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror_info import MirrorInfo


def main() -> None:
    run_module(MirrorInfo)


if __name__ == "__main__":
    main()
