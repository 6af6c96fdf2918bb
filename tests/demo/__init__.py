# SPDX-License-Identifier: GPL-3.0-or-later
"""All targets from an empty account to a verified integration, on the sandbox: ``make demo``."""
