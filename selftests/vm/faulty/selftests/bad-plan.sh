#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Ends before its plan is done, but says that all is well.
echo "1..2"
echo "ok 1 - of two"
