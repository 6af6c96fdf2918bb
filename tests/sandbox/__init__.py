# SPDX-License-Identifier: GPL-3.0-or-later
"""One local process that implements the HTTP APIs of all services, with real git repositories."""
