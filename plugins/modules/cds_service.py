#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_service
short_description: Keep the services vcs and hooks of CDS running
version_added: 1.0.0
description:
  - Starts a service of CDS by a unit of systemd, keeps it enabled, and waits until it says that it is well (C(/mon/status)).
    The unit is found by its name.
  - What the service reports as broken is an error that names it. Only goroutines of the hooks service of 0.57.0 and later that have
    done their work are passed over, which it goes on reporting as not running.
  - Where no systemd runs, whatever keeps the service alive belongs to somebody else. The module then only looks after it, waits until
    it is well, and fails with the command that starts it if it is not, or if it needs a restart.
  - With O(state=absent) the unit is stopped, disabled and deleted. Without systemd that changes nothing.
  - CDS migrates no database by itself. C(engine database upgrade) must have been run for the version that is started.
  - The task belongs on the host CDS runs on. With systemd it needs the rights of root.
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
    description: Which service.
    type: str
    choices: [vcs, hooks]
    required: true
  url:
    description: Where the service answers, seen from the host.
    type: str
    required: true
  config:
    description: Path of its configuration file. Needed unless O(create=false).
    type: path
  engine:
    description: The program C(engine), by its name or path.
    type: str
    default: engine
  user:
    description: User as whom systemd runs it.
    type: str
  unit:
    description: Name of the unit; C(cds-vcs.service) or C(cds-hooks.service) if it is not set.
    type: str
  unit_folder:
    description: Folder of the unit.
    type: path
    default: /etc/systemd/system
  restart:
    description: Whether a running service is started anew, as after a change of its configuration. Then there always is a change.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_config
"""

EXAMPLES = r"""
- name: The service vcs
  repobridge.bitbucket.cds_service:
    service: vcs
    url: "{{ cds_vcs_url }}"
    config: "{{ cds_config_file }}"
    engine: "{{ cds_engine }}"
    restart: "{{ 'vcs' in cds_configuration.restart and cds_has_systemd }}"

- name: Stop it
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
      description: Name of the unit, or of the service where no systemd runs.
      type: str
      returned: when there is a unit, or no systemd
    managed:
      description: Whether systemd runs on the host.
      type: bool
      returned: when there is a unit, or no systemd
    command:
      description: The command that starts the service.
      type: str
      returned: when there is a unit, or no systemd
    healthy:
      description: Whether it says that it is well.
      type: bool
      returned: when there is a unit, or no systemd
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: active
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: cds_service
      name: vcs
      call: systemctl enable --now
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.service import Service
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Service)


if __name__ == "__main__":
    main()
