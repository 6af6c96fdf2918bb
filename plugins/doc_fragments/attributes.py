# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of the collection can do, said once."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details: Secrets are never shown.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
  in_process:
    description: On a local connection the task runs inside the controller's process, without starting a module process.
    support: full
    details: >-
      Tasks with C(async), and tasks with the variable C(repobridge_in_process) set to V(false), run as an ordinary
      module process with the same result.
notes:
  - In check mode an id that begins with C(pending:) is a placeholder for an object that does not exist yet. Other
    modules of the collection accept it in check mode and reject it otherwise.
  - "The result has a key C(unmanaged) if something that is not managed was found to do the same job: a list of objects with
    C(kind), C(name), C(where) (an URL or an id), C(reason), and the option in C(variable) that adopts it if it is set to
    C(value). If a role runs the task, C(variable) is the variable of the role. It is empty if it cannot be adopted."
  - "The result has a key C(kept) if existing objects were not deleted because they were not created by this collection: a list
    of objects with C(kind), C(name), C(where) and C(reason)."
"""

    INFO = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details: The module only reads.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details: The module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
  in_process:
    description: On a local connection the task runs inside the controller's process, without starting a module process.
    support: full
    details: >-
      Tasks with C(async), and tasks with the variable C(repobridge_in_process) set to V(false), run as an ordinary
      module process with the same result.
"""

    ON_THE_HOST = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details: Secrets are never shown.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
"""

    # begin: action groups (make generate)
    BITBUCKET_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.bitbucket) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.bitbucket
"""

    CDS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.cds) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.cds
"""

    CDS_TARGET_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.cds_target) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.cds_target
"""

    GEMNASIUM_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.gemnasium) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.gemnasium
"""

    GITLAB_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.gitlab) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.gitlab
"""

    GITLAB_CI_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.gitlab_ci) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.gitlab_ci
"""

    OCI_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.oci) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.oci
"""

    OCI_DEVOPS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.oci_devops) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.oci_devops
"""

    UPSUN_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.upsun) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.upsun
"""

    UPSUN_LINKS_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/repobridge.bitbucket.upsun_links) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - repobridge.bitbucket.upsun_links
"""
    # end: action groups
