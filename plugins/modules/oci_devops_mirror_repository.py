#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_mirror_repository
short_description: Manage a mirrored repository of OCI DevOps
version_added: 1.0.0
description:
  - Makes, changes and deletes a repository of OCI DevOps that mirrors one of another host, and on request brings it up to date.
  - A repository is found again by O(name), which is unique in O(project_id).
  - The repository's address is compared without C(.git), slash at the end, and user name; a recurrence rule without the order
    and case of its parts.
  - It never changes or deletes a repository that is not a mirror, because it may hold what is nowhere else, and never touches the
    repository that is mirrored.
  - Check mode knows everything a real run would do, except how a run of the mirror would end.
  - Converged, a task costs one call, with O(sync) what the run takes.
  - The caller needs the permissions C(manage devops-repository) in the compartment and C(use devops-connection);
    in check mode C(inspect devops-repository), with O(sync) C(read devops-repository).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.oci_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.oci
  - repobridge.bitbucket.oci.tags
  - repobridge.bitbucket.adoption
options:
  compartment_id:
    description: OCID of the project's compartment, in which O(serves) looks for others. It is needed for nothing else.
    type: str
  name:
    description: Name of the repository in OCI DevOps.
    type: str
    required: true
  project_id:
    description: OCID of the DevOps project the repository is in.
    type: str
    required: true
  connection_id:
    description:
      - OCID of the connection with which OCI fetches. A new mirror can't be made without it; if it is not set, it is left as it is.
    type: str
  repository_url:
    description:
      - HTTPS address of the repository that is mirrored. A new mirror can't be made without it; if it is not set, it is left as it is.
      - An address with a password in it is refused, and a user name is left out; the connection has both.
    type: str
  schedule_type:
    description:
      - When OCI fetches by itself. V(default) is every 30 minutes at the time of writing, V(custom) as O(custom_schedule) says,
        V(none) never.
      - If it is not set, it is left as it is. A new mirror has V(default).
    type: str
    choices: [default, custom, none]
  custom_schedule:
    description:
      - For O(schedule_type=custom), a recurrence rule of RFC 5545, for example V(FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0;INTERVAL=1).
      - A cron expression is refused before the first call.
    type: str
  default_branch:
    description: Name of the default branch. If it is not set, it is left as it is; OCI takes the one of the mirrored repository.
    type: str
  description:
    description: What the repository is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
  sync:
    description:
      - Whether the mirror is brought up to date now and the task waits for it, up to O(wait_timeout). It fails if the run of the mirror
        does, with the words of OCI's own log. Use M(repobridge.bitbucket.oci_devops_mirror_info) to find out whether that is needed.
      - A run that waits in the queue is waited for in place of starting another. After one that has already begun another is started,
        because what was pushed in the meantime may not be in it. Of a new mirror, OCI starts the first run by itself, and that one counts.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.oci_devops_connection
  - module: repobridge.bitbucket.oci_devops_mirror_info
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Mirror a repository every 30 minutes, and bring the mirror up to date now
  repobridge.bitbucket.oci_devops_mirror_repository:
    name: shop
    project_id: "{{ project.resource.id }}"
    connection_id: "{{ connection.resource.id }}"
    repository_url: https://bitbucket.org/acme/shop.git
    schedule_type: default
    description: Mirror of acme/shop
    sync: true
  register: mirror

- name: Mirror another every night at two (UTC)
  repobridge.bitbucket.oci_devops_mirror_repository:
    name: stock
    project_id: "{{ project.resource.id }}"
    connection_id: "{{ connection.resource.id }}"
    repository_url: https://bitbucket.org/acme/stock.git
    schedule_type: custom
    custom_schedule: FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0;INTERVAL=1

- name: Take both away
  repobridge.bitbucket.oci_devops_mirror_repository:
    name: "{{ item }}"
    project_id: "{{ project.resource.id }}"
    state: absent
  loop:
    - shop
    - stock
"""

RETURN = r"""
resource:
  description: The repository as OCI describes it, with what the options are called beside it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the repository; in check mode C(pending:oci_devops_mirror_repository:) and the name, if it would be made.
      type: str
      returned: when there is one or would be one
      sample: ocid1.devopsrepository.oc1.eu-frankfurt-1.aaaaaaaaexample
    name:
      description: Name of the repository.
      type: str
      returned: when there is one or would be one
    http_url:
      description: Address to clone it from over HTTPS.
      type: str
      returned: when there is one
    ssh_url:
      description: Address to clone it from over SSH.
      type: str
      returned: when there is one
    connection_id:
      description: OCID of the connection.
      type: str
      returned: when there is one or would be one
    repository_url:
      description: Address of the repository that is mirrored.
      type: str
      returned: when there is one or would be one
    schedule_type:
      description: When OCI fetches.
      type: str
      returned: when there is one or would be one
    custom_schedule:
      description: Recurrence rule.
      type: str
      returned: for a custom schedule
    lifecycle_state:
      description: State of the repository in OCI's words.
      type: str
      returned: when there is one
mirror:
  description: The run of the mirror that was waited for. It has passed, or the task would have failed.
  returned: with O(sync), outside check mode
  type: dict
  contains:
    status:
      description: Status of the run in OCI's words, one of C(QUEUED), C(RUNNING), C(PASSED), C(FAILED).
      type: str
      returned: always
      sample: PASSED
    time_enqueued:
      description: When it was put into the queue.
      type: str
      returned: always
    time_started:
      description: When it began.
      type: str
      returned: when it has begun
    time_ended:
      description: When it ended.
      type: str
      returned: when it has ended
      sample: "2026-11-21T09:30:00.000000+00:00"
    work_request_id:
      description: OCID of its work request.
      type: str
      returned: always
    message:
      description: The service's words about the run.
      type: str
      returned: always
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: schedule_type
      expected: default
      actual: none
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_devops_mirror_repository
      name: shop
      call: UpdateRepository
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.mirror import MirrorRepository


def main() -> None:
    run_module(MirrorRepository)


if __name__ == "__main__":
    main()
