#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_info
short_description: Read the state of a container of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Checks that the container of Gemnasium Enterprise exists and runs, and returns the objects that the markers in its
    data volume record.
  - Other objects in Gemnasium cannot be read, because Gemnasium documents no command that lists objects.
  - Sends three requests to the engine, one less with O(api_version), and one less without O(objects). It runs no
    command.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.gemnasium_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gemnasium
options:
  objects:
    description: Whether to read the markers.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_provider
"""

EXAMPLES = r"""
- name: Check that Gemnasium runs
  repobridge.bitbucket.gemnasium_info:
  register: gemnasium
"""

RETURN = r"""
container:
  description: The container. Unknown values are null.
  returned: success
  type: dict
  contains:
    name:
      description: Name.
      type: str
    image:
      description: Image of the container.
      type: str
    status:
      description: Status as the engine reports it.
      type: str
    external_url:
      description: Gemnasium's own address, from its variable C(EXTERNAL_URL).
      type: str
    data_volume:
      description: >-
        The volume, or the folder of the engine's machine, at O(data_path). Null if the data is deleted with the
        container.
      type: str
    api_version:
      description: Version of the engine's API; set as O(api_version) it saves every other task a request.
      type: str
objects:
  description: >-
    Objects that the markers record, as the modules return them (kind, name, how, at, marker and the values, without
    secrets).
  returned: success
  type: list
  elements: dict
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.info import GemnasiumInfo


def main() -> None:
    run_module(GemnasiumInfo)


if __name__ == "__main__":
    main()
