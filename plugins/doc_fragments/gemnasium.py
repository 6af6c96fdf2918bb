# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Gemnasium modules."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - docker >= 7.0 (Python package, where the task runs; on a local connection that is the controller)
  - requests >= 2.31 (Python package, where the task runs; on a local connection that is the controller)
options:
  docker_host:
    description:
      - Where the container engine listens, as V(unix:///path) or V(tcp://host:port). Docker and Podman speak the same API.
      - To reach an engine by SSH let the task run on its machine (C(delegate_to)) with the engine's own socket.
      - The environment variable E(DOCKER_HOST) is used if it is not set.
    type: str
    default: unix:///var/run/docker.sock
  tls:
    description:
      - Whether a V(tcp://) engine is spoken to with TLS.
      - If nothing is said, it is with a client certificate, on port 2376, and where E(DOCKER_TLS_VERIFY) is not empty.
    type: bool
  client_cert:
    description:
      - Client certificate for the engine, in PEM format, together with O(client_key).
      - If it is not set, C(cert.pem), C(key.pem) and C(ca.pem) in the folder that E(DOCKER_CERT_PATH) names are used.
    type: path
  client_key:
    description: Its private key.
    type: path
  api_version:
    description:
      - Version of the engine's API, for example V(1.41). If it is not set the engine is asked, which costs one call.
      - The environment variable E(DOCKER_API_VERSION) is used if it is not set.
    type: str
  container:
    description: Name or id of the container of Gemnasium Enterprise.
    type: str
    default: gemnasium
  data_path:
    description: Where its data volume is in the container.
    type: str
    default: /var/opt/gemnasium
"""

    COMMAND = r"""
options:
  state:
    description:
      - V(present) runs the command that makes it, unless the marker remembers that this was done with the same values.
      - V(absent) fails for what the marker remembers, because there is no documented command that takes anything away. With
        O(forget=true) only the marker goes. What no marker remembers is fine.
    type: str
    choices: [present, absent]
    default: present
  create:
    description: Whether a missing one is made. With V(false) the marker must remember it already, and the task fails if it does not.
    type: bool
    default: true
  command:
    description: The words the command begins with, for a release of Gemnasium that has others.
    type: list
    elements: str
  command_timeout:
    description: Seconds to wait for the command to end.
    type: float
    default: 120.0
  list_command:
    description:
      - A command in the container that lists what there is, one object a line, for sites that know of one. None is documented.
      - If it is set, it says whether the object is there, and the marker only with which values. A line is taken for the
        object if all that identifies it are words of the line.
      - It runs in check mode too, so it must change nothing.
    type: list
    elements: str
  exists_pattern:
    description:
      - Regular expression for the words in which Gemnasium refuses to make what it has already. They are documented nowhere.
    type: str
    default: '(?i)\balready (exists?|been taken|taken|registered|in use)\b|\bduplicate\b|\bnot unique\b'
  force:
    description: Whether the command runs whatever the marker remembers. The task then never says that nothing is to do.
    type: bool
    default: false
  adopt:
    description:
      - Whether an object that Gemnasium says it has already is taken for the one the task describes, and remembered so.
      - For what was made by hand or by the script C(configure). Its values can't be read, so that they are right you say.
    type: bool
    default: false
  forget:
    description: With O(state=absent), whether the marker goes although Gemnasium keeps the object.
    type: bool
    default: false
"""
