# The front door. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help deps build bpf deb demo demo-shell test test-long bench soak fuzz format check clean clean-vm

CONFIGURATION ?= Release

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what is missing on Debian 12 (apt, as root or with sudo)
	@tests/deps all

build: bpf ## programs and BPF object
	dotnet build Guard.slnx -c $(CONFIGURATION) --nologo -v quiet

bpf:
	@$(MAKE) --no-print-directory -C bpf/lsm

deb: ## artifacts/deb/guard_*.deb, unless it is up to date
	@tests/ensure-deb

demo: ## Guard at work in a throwaway VM: refused before it happens, and the trail
	@tests/demo/run.sh

demo-shell: ## the same VM with a root shell in it, for you
	@tests/demo/run.sh --shell

test: ## everything; the last line says how many passed, failed, were skipped
	@tests/all

test-long: ## the same with the scenarios that take long: races, publishing, all evasions
	@GUARD_LONG=1 tests/all

bench: ## what enforcement costs
	@tests/optional bench tests/bench/run

soak: ## hours of load with faults
	@tests/optional soak tests/soak/run

fuzz: ## hostile input, as long as FUZZ_SECONDS says
	@tests/optional fuzz tests/fuzz/run

format: ## rewrite the C# and the kernel side in the house style
	dotnet format Guard.slnx
	clang-format -i bpf/lsm/*.[ch]

check: ## style: formatting, shellcheck, file sizes
	@tests/check

clean: ## remove what was built (not the VM images)
	rm -rf artifacts
	find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

clean-vm: ## remove the VM images and the downloaded packages
	rm -rf .cache/vm
