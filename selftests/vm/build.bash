# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of "run", which includes this
#
# Part of "run": the module and the tools.

# Each source tree has a folder of its own to build in: make compares times,
# which says nothing across trees. Those of trees that are gone go, too.
build_folder() {
	local mark tree
	mkdir -p "$objects"
	echo "$src" >"$objects/.src"
	for mark in "$cache"/build/*/.src; do
		read -r tree <"$mark" && [ ! -d "$tree" ] && rm -rf "${mark%/*}"
	done
	return 0
}

# Kernel modules are built beside their source, so each kernel has a copy.
build_module() {
	local dir=$objects/$kernel arguments=() log=$cache/log/module-$kernel
	mkdir -p "$dir" "$cache/log"
	# Not --delete-excluded: the products of the last build stay.
	rsync -a --delete --exclude='*.o' --exclude='*.o.*' --exclude='.*.cmd' \
		--exclude='*.ko' --exclude='*.mod' --exclude='*.mod.c' \
		--exclude='*.gcno' --exclude='modules.order' \
		--exclude='Module.symvers' --exclude='.module-common.o' \
		--include='/Kbuild' --include='/kmod/***' \
		--include='/include/***' --exclude='*' "$src/" "$dir/"
	[ "$kernel" != debug ] || arguments=(ADIT_SELFTEST=1 ADIT_GCOV=1)
	if ! make -s -C "$kernel_dir" M="$dir" ARCH="$arch" W=1 \
		"-j$(nproc)" "${arguments[@]}" modules >"$log" 2>&1; then
		cat "$log" >&2
		die "the module does not build for $kernel"
	fi
	# What is said is a warning, except for the one that says that there
	# is no vmlinux to take debugging data of types from. With one the next
	# run builds anew, to fail again.
	if grep -v 'Skipping BTF generation' "$log" >&2; then
		find "$dir" -name '*.o' -delete
		die "the module builds with warnings for $kernel"
	fi
}

# The compiler's notes belong to the coverage of this very module.
take_module() {
	local dir=$objects/$kernel
	[ -z "$build" ] || build_module
	cp "$dir/kmod/adit.ko" "$out/adit.ko"
	rsync -a -m --include='*/' --include='*.gcno' --exclude='*' \
		"$dir/" "$out/gcno/"
}

build_tools() {
	local dir=$objects/tools
	mkdir -p "$dir"
	if grep -q '^tools:' "$src/Makefile" 2>/dev/null; then
		make -s -C "$src" tools O="$dir" "-j$(nproc)" >&2 ||
			die "the tools do not build"
		[ "$kernel" != debug ] ||
			make -s -C "$src/tools" sanitized O="$dir" \
				"-j$(nproc)" >&2 ||
			die "the daemon does not build with sanitizers"
	fi
}

take_tools() {
	[ -z "$build" ] || build_tools
	mkdir -p "$out/tools"
	rsync -a --exclude='*.[oda]' --exclude=test --exclude=fuzz \
		"$objects/tools/" "$out/tools/"
}

# Another run may build while this one uses what was built: copies, taken
# before the lock is left. One of several machines has them from the run that
# started it.
build_all() {
	if [ "${ADIT_SHARE-}" ]; then
		cp -a "${ADIT_SHARE%/*}"/../{adit.ko,gcno,tools} "$out/"
		return
	fi
	[ -z "$build" ] || need build
	with_lock build build_folder
	with_lock "build-$kernel-${objects##*/}" take_module
	with_lock "build-tools-${objects##*/}" take_tools
}
