# SPDX-License-Identifier: GPL-3.0-or-later
"""How many task results a converged run of each scenario has, skipped tasks included: each costs as much as a ``debug``.

The calls are in the scenarios (``Scenario.budget``). Whoever makes a role shorter lowers its number here.
"""

from __future__ import annotations

# Once for all hosts of a run: the settings of all targets.
OF_A_RUN = 1

TASK_RESULTS = {
    "oci_devops": 19,
    "gitlab_ci": 8,
    "gitlab_ci_push": 8,
    "gitlab_ci_community": 8,
    "upsun_cloud": 4,
    "upsun_data_center": 4,
    "upsun_own_token": 4,
    "gemnasium": 8,
    "cds": 6,
    "cds_linked": 14,
    "cds_oldest": 14,
}
