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
      - Address of the container engine, for example V(unix:///path) or V(tcp://host:port). Docker and Podman implement
        the same API.
      - For an engine on another machine, run the task there by SSH (C(delegate_to)) with the local socket of the
        engine.
      - If it is not set, the environment variable E(DOCKER_HOST) is used.
    type: str
    default: unix:///var/run/docker.sock
  tls:
    description:
      - Whether to use TLS for a V(tcp://) engine.
      - By default TLS is used with a client certificate, on port 2376, and if E(DOCKER_TLS_VERIFY) is not empty.
    type: bool
  client_cert:
    description:
      - Client certificate for the engine, in PEM format, together with O(client_key).
      - If it is not set, C(cert.pem), C(key.pem) and C(ca.pem) in the folder E(DOCKER_CERT_PATH) are used.
    type: path
  client_key:
    description: Private key of O(client_cert).
    type: path
  api_version:
    description:
      - Version of the engine's API, for example V(1.41). If it is not set, the module reads it from the engine with one
        request.
      - If it is not set, the environment variable E(DOCKER_API_VERSION) is used.
    type: str
  container:
    description: Name or id of the container of Gemnasium Enterprise.
    type: str
    default: gemnasium
  data_path:
    description: Mount point of the data volume in the container.
    type: str
    default: /var/opt/gemnasium
"""

    COMMAND = r"""
options:
  state:
    description:
      - V(present) runs the command that creates the object, unless the marker records the same values.
      - V(absent) fails if the marker records the object, because Gemnasium documents no command that deletes objects.
        With O(forget=true) only the marker is deleted. Without a marker the task is C(ok).
    type: str
    choices: [present, absent]
    default: present
  create:
    description: >-
      Whether to create a missing object. With V(false) the task fails if the marker does not record the object.
    type: bool
    default: true
  command:
    description: First words of the command line, for a release of Gemnasium with other commands.
    type: list
    elements: str
  command_timeout:
    description: Timeout of the command in seconds.
    type: float
    default: 120.0
  list_command:
    description:
      - Command in the container that lists existing objects, one per line, if your release has one. Gemnasium documents
        none.
      - If it is set, its output decides whether the object exists; the marker only provides the values. A line matches
        an object if it contains all identifying values as words.
      - It also runs in check mode, so it must not change anything.
    type: list
    elements: str
  exists_pattern:
    description:
      - Regular expression for the message with which Gemnasium rejects an object that exists. Gemnasium does not
        document this message.
    type: str
    default: '(?i)\balready (exists?|been taken|taken|registered|in use)\b|\bduplicate\b|\bnot unique\b'
  force:
    description: Whether to run the command regardless of the marker. The task then always reports a change.
    type: bool
    default: false
  adopt:
    description:
      - Whether to adopt an object that exists in Gemnasium. The marker then records the values of the task.
      - For objects that were created manually or by the script C(configure). Their values cannot be read; you confirm
        that they are correct.
    type: bool
    default: false
  forget:
    description: With O(state=absent), whether to delete the marker although the object remains in Gemnasium.
    type: bool
    default: false
"""
