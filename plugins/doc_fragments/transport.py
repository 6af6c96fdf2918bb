# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options every module has for speaking to its service."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  timeout:
    description:
      - Timeout in seconds for the complete response to one request; more than 0 and at most 86400.
      - If it is not set, the environment variable E(REPOBRIDGE_TIMEOUT) is used.
    type: float
    default: 30.0
  max_retries:
    description:
      - Maximum number of retries of a request that failed temporarily (lost connection, 429, 502, 503, 504).
      - A request that the service rejected temporarily (429, or 503 with C(Retry-After)) was not applied, and is always
        repeated. Otherwise a request that creates something is never repeated blindly. If its response is lost, the
        module first reads whether it was applied.
      - A request that changes something never follows a redirect. A read follows it only to the same scheme, host and
        port.
      - If it is not set, the environment variable E(REPOBRIDGE_MAX_RETRIES) is used.
    type: int
    default: 4
  validate_certs:
    description:
      - Whether to verify the service's TLS certificate. Never disable this with a real credential; use O(ca_path)
        instead.
      - If it is not set, the environment variable E(REPOBRIDGE_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File with the CA certificates to trust, in PEM format, instead of those of the system. It must exist.
      - Only O(validate_certs=false) disables the verification; an empty path counts as not set.
      - If it is not set, the environment variable E(REPOBRIDGE_CA_PATH) is used.
    type: path
"""

    WAIT = r"""
options:
  wait_timeout:
    description:
      - Seconds to wait for background operations of the service. After the timeout the task fails, nothing is lost, and
        the next run continues to wait.
      - If it is not set, the environment variable E(REPOBRIDGE_WAIT_TIMEOUT) is used.
    type: float
    default: 1200.0
  poll_interval:
    description:
      - Seconds between the first two status requests for a background operation. The interval grows up to ten times
        this value.
      - If it is not set, the environment variable E(REPOBRIDGE_POLL_INTERVAL) is used.
    type: float
    default: 2.0
"""

    STATE = r"""
options:
  state:
    description:
      - V(present) creates the object if it is missing and updates what differs.
      - V(absent) deletes the object. If it is missing or already scheduled for deletion, nothing changes.
    type: str
    choices: [present, absent]
    default: present
  create:
    description:
      - Whether to create a missing object. With V(false) the task fails if the object is missing.
      - Use V(false) for an object that another system manages. Omit the options that describe it, and it is not
        changed.
    type: bool
    default: true
"""
