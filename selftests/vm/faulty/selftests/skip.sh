#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
echo "1..0 # SKIP nothing to do"
exit 4
