# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of lib.sh
#
# IKE daemons on hosts of a test: aditd, and strongSwan's charon as its peer.
# Each host has a folder like /etc/swanctl, a socket for VICI and a log.
#
#	ike_conf a <<-END
#		connections { ... }
#	END
#	ike_start a aditd
#	ike_start b charon
#	ike a --initiate --child net

ike_dir() {
	echo "$work/ike-$1"
}

# ike_conf HOST: its swanctl.conf, from standard input.
ike_conf() {
	local dir
	dir=$(ike_dir "$1")
	mkdir -p "$dir"/{x509,x509ca,private}
	(umask 077 && cat >"$dir/swanctl.conf")
}

# ike HOST OPTION...: strongSwan's swanctl, with the daemon there.
ike() {
	local host=$1 dir
	shift
	dir=$(ike_dir "$host")
	SWANCTL_DIR=$dir on "$host" swanctl "$@" --uri "unix://$dir/vici"
}

start_charon() {
	local dir
	dir=$(ike_dir "$1")
	cat >"$dir/strongswan.conf" <<-END
		charon-systemd {
			install_virtual_ip_on = lo
			retransmit_timeout = 1
			retransmit_tries = 3
			plugins {
				vici {
					socket = unix://$dir/vici
				}
				bypass-lan {
					load = no
				}
				eap-radius {
					load = no
				}
				kernel-libipsec {
					load = no
				}
			}
			filelog {
				log {
					path = $dir/log
					default = 1
					ike = 2
					cfg = 2
					flush_line = yes
				}
			}
		}
	END
	STRONGSWAN_CONF=$dir/strongswan.conf on "$1" charon-systemd \
		>"$dir/out" 2>&1 &
}

start_aditd() {
	local dir
	dir=$(ike_dir "$1")
	on "$1" aditd --config "$dir" --vici "unix://$dir/vici" \
		--pid "$dir/pid" --log detail >"$dir/log" 2>&1 &
}

# ike_start HOST aditd|charon: returns when it takes commands.
ike_start() {
	local dir i
	dir=$(ike_dir "$1")
	"start_$2" "$1"
	for ((i = 0; i < 200; i++)); do
		! ike "$1" --version >/dev/null 2>&1 || break
		sleep 0.1
	done
	[ "$2" = aditd ] || ike "$1" --load-all
}
