# SPDX-License-Identifier: GPL-3.0-or-later
"""One local process that speaks the HTTP APIs of all the services, with real git repositories behind them."""
