# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of "run", which includes this
#
# Part of "run": the command lines of the machines.

# The console of the tests is standard output, the kernel log a file.
start_uml() {
	# shellcheck disable=SC2054 # fd:0,fd:1 is one word
	local options=(
		mem="$memory" root=/dev/root rootfstype=hostfs hostfs=/ ro
		init="$here/init" uml_dir="$out/uml"
		con=null con0=fd:0,fd:1 con1=null,fd:2 console=tty1 seccomp=auto
		loglevel=8 adit.machine=uml adit.console=/dev/tty0
		adit.out="$out"
	)
	# A slab cache keeps the addresses of objects that it handed out in its
	# per-CPU arrays, where kmemleak finds them and believes that nothing
	# is lost; caches under debugging have no such arrays.
	[ "$kernel" != debug ] || options+=(slab_debug=F)
	[ -z "$travel" ] || options+=(time-travel=inf-cpu)
	# Its memory is a file: in /dev/shm, unless that is a container's tiny
	# one. It would die of the first page that does not fit.
	TMPDIR=/dev/shm
	[ "$(df --output=avail -B 1 /dev/shm | tail -n 1)" -ge \
		"$(numfmt --from=iec "$memory")" ] || TMPDIR=$out/tmp
	export TMPDIR
	"$@" "$image" "${options[@]}" 2>>"$log"
}

start_qemu() {
	local append cpu=max accel=tcg,thread=multi more=()
	append="console=ttyS0 loglevel=8 panic=-1 random.trust_cpu=on"
	append+=" rcupdate.rcu_cpu_stall_timeout=60 adit.machine=qemu"
	append+=" adit.console=/dev/ttyS1 adit.out=$out adit.init=$here/init"
	# What is translated is kept by its address: with programs at other ones
	# each time, all of it would be translated each time.
	append+=" norandmaps nokaslr mitigations=off"
	if [ "$count" ]; then
		# -erms: "rep movsb" would count one instruction a byte.
		accel=tcg,thread=single cpu=max,-erms cpus=1
		more=(-icount "shift=0,sleep=off" -seed 1)
		append+=" tsc=reliable"
	fi
	"$here/initrd" "$root" "$(cat "$build_dir/release")" "$build_dir/initrd"
	"$@" qemu-system-x86_64 -nodefaults -no-user-config -display none \
		-no-reboot -accel "$accel" -cpu "$cpu" -smp "$cpus" -m "$memory" \
		"${more[@]}" -kernel "$image" -initrd "$build_dir/initrd" \
		-append "$append" -serial "file:$log" \
		-chardev stdio,id=tests,signal=off -serial chardev:tests \
		-virtfs local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap \
		-virtfs "local,path=$out,mount_tag=out,security_model=none"
}

# start COMMAND...: prefix of the machine's command line
start() {
	case $arch in
	um) start_uml "$@" ;;
	*) start_qemu "$@" ;;
	esac
}
