#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two points and a skip, and the module comes and goes in silence.
set -e
echo TAP version 13
echo 1..3
# shellcheck disable=SC2086 # words
insmod "$ADIT_KO" $ADIT_KO_ARGS
rmmod adit
echo "ok 1 - module"
ip netns add a
ip netns add b
ip link add va netns a type veth peer name vb netns b
ip -n a address add 192.0.2.1/24 dev va
ip -n b address add 192.0.2.2/24 dev vb
ip -n a link set va up
ip -n b link set vb up
ip netns exec a ping -q -c 1 -W 5 192.0.2.2
ip netns delete a
ip netns delete b
echo "ok 2 - namespaces"
echo "ok 3 - something # SKIP not here"
