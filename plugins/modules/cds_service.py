#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_service
short_description: Manage the vcs and hooks services of CDS
version_added: 1.0.0
description:
  - Creates, enables and starts a systemd unit for a service of CDS, and waits until its status is healthy
    (C(/mon/status)). The unit is found by its name.
  - If the service reports a broken component, the error names it. The module ignores goroutines of the hooks service of
    0.57.0 and later that have finished but are still reported as not running.
  - Without systemd another process manager controls the service. The module then only checks the service and waits
    until it is healthy. If the service is not healthy or needs a restart, the task fails with the command that starts
    it.
  - A status request without a response is repeated once at most, even if O(max_retries) is larger. O(wait_timeout) is the time
    that the module waits for a healthy service.
  - O(state=absent) stops, disables and deletes the unit. Without systemd it changes nothing.
  - CDS does not migrate its database. Run C(engine database upgrade) for the version before it is started.
  - Run the task on the host of CDS. With systemd it needs root privileges.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.on_the_host
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.transport.wait
requirements:
  - requests >= 2.31 (Python package, on the host)
options:
  service:
    description: Service to manage.
    type: str
    choices: [vcs, hooks]
    required: true
  url:
    description: Address of the service, as seen from the host.
    type: str
    required: true
  config:
    description: Path of its configuration file. Required unless O(create=false).
    type: path
  engine:
    description: Name or path of the C(engine) program.
    type: str
    default: engine
  user:
    description: User that runs the service.
    type: str
  unit:
    description: Name of the unit. The default is C(cds-vcs.service) or C(cds-hooks.service).
    type: str
  unit_folder:
    description: Folder of the unit.
    type: path
    default: /etc/systemd/system
  restart:
    description: >-
      Whether to restart a running service, for example after a change of its configuration. The task then always
      reports a change.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_config
"""

EXAMPLES = r"""
- name: Run the vcs service
  repobridge.bitbucket.cds_service:
    service: vcs
    url: "{{ cds_vcs_url }}"
    config: "{{ cds_config_file }}"
    engine: "{{ cds_engine }}"
    restart: "{{ 'vcs' in cds_configuration.restart and cds_has_systemd }}"

- name: Delete the service
  repobridge.bitbucket.cds_service:
    service: vcs
    url: "{{ cds_vcs_url }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The service. Empty if it has no unit.
  returned: success
  type: dict
  contains:
    id:
      description: Name of the unit, or without systemd of the service.
      type: str
      returned: when the unit exists, or without systemd
    managed:
      description: Whether systemd runs on the host.
      type: bool
      returned: when the unit exists, or without systemd
    command:
      description: The command that starts the service.
      type: str
      returned: when the unit exists, or without systemd
    healthy:
      description: Whether the service reports a healthy status.
      type: bool
      returned: when the unit exists, or without systemd
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: active
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: cds_service
      name: vcs
      call: systemctl enable --now
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.service import Service
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Service)


if __name__ == "__main__":
    main()
