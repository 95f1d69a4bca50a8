# SPDX-License-Identifier: GPL-2.0-or-later
# adit: IPsec as an ordinary network interface. "make help" lists the targets.

# Kernel to build the module for and to install it into: its build folder.
KDIR ?= /lib/modules/$(shell uname -r)/build
# Where what is not a kernel module is built.
O ?= $(CURDIR)/build
# install puts everything below it, for packages.
DESTDIR ?=

.DEFAULT_GOAL := all

# The tools are built in O; the module where its source is, as kbuild wants it.
kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR)

all: tools module ## build the module for the running kernel, and the tools

module: kdir ## build the module against KDIR (default: the running kernel)
	$(kbuild) modules

tools: ## build the command line and the ip-link plugin into O (default: build/)
	$(MAKE) -C tools O=$(O)

# Debian's headers have no key to sign with and no System.map, without which
# modules_install leaves out depmod.
install: all ## install both, below DESTDIR if that is set
	$(kbuild) modules_install $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)
	$(if $(DESTDIR),,depmod $$(modinfo -F vermagic kmod/adit.ko | cut -d " " -f 1))
	$(MAKE) -C tools O=$(O) install DESTDIR=$(DESTDIR)

deps: ## install the packages that building needs (Debian)
	@scripts/deps build

demo: ## show a tunnel between two hosts in a virtual machine, step by step
	@scripts/demo

check: ## run all tests on all kernels (see "scripts/check -h" for less)
	@scripts/check

check-long: ## the same with what takes long, like a thousand rekeys
	@scripts/check -l

fuzz: ## run the tools' fuzzers, ADIT_FUZZ_SECONDS (300) each
	@$(MAKE) -s -C tools fuzz O=$(O)

bench: ## measure beside the kernel's own IPsec and WireGuard
	@selftests/bench/run

lint: ## run the static checks
	@scripts/lint

coverage: ## run the tests and tell which lines of the module they reach
	@scripts/coverage

coverage-tools: ## the same of the unit tests, the tools and the daemon
	@O=$(O) scripts/coverage -t

gen: ## make again what is made from include/spec/adit.yaml
	@scripts/gen

clean: ## remove what was built here (the kernels stay in ~/.cache/adit)
	[ ! -d $(KDIR) ] || $(kbuild) clean
	$(MAKE) -C tools O=$(O) clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16
	@echo
	@echo "Variables: KDIR (kernel build folder), O (where tools are built), DESTDIR"

kdir:
	@[ -d $(KDIR) ] || { \
		echo "There are no kernel headers in $(KDIR)."; \
		echo "On Debian: apt install linux-headers-$$(uname -r)"; \
		echo "Without root or another kernel at hand: make demo"; \
		exit 1; }

.PHONY: all module tools install deps demo check check-long fuzz bench lint coverage coverage-tools gen clean help kdir
