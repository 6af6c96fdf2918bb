#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_info
short_description: Look at a container of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Sees to it that the container of Gemnasium Enterprise is there and runs, and tells what the markers in its data volume remember
    of the objects that this collection made.
  - What else is in Gemnasium can't be read, because no command that shows anything is documented.
  - Three calls of the engine, one less with O(api_version), and one less without O(objects). No command is run.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.gemnasium_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gemnasium
options:
  objects:
    description: Whether the markers are read.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_provider
"""

EXAMPLES = r"""
- name: See to it that Gemnasium runs
  repobridge.bitbucket.gemnasium_info:
  register: gemnasium
"""

RETURN = r"""
container:
  description: The container. What is not known is null.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
    image:
      description: Its image.
      type: str
    status:
      description: What the engine says of it.
      type: str
    external_url:
      description: Gemnasium's own address, by its variable C(EXTERNAL_URL).
      type: str
    data_volume:
      description: The volume, or the folder of the engine's machine, at O(data_path). Null if the data goes with the container.
      type: str
    api_version:
      description: The version of the engine's API; as O(api_version) it saves every other task a call.
      type: str
objects:
  description: What markers remember, as the modules return it (kind, name, how, at, marker and the values, without secrets).
  returned: success
  type: list
  elements: dict
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.info import GemnasiumInfo


def main() -> None:
    run_module(GemnasiumInfo)


if __name__ == "__main__":
    main()
