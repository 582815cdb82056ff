# What one does with a checkout. `make help` lists it.
#
# Everything runs on a fresh Debian 12 with a Swift toolchain of 6.2 or newer; `make setup` adds the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

APT_PACKAGES := libwebsockets-dev libwebsockets-evlib-ev libssl-dev libsqlite3-dev libzstd-dev \
	zlib1g-dev pkg-config openssl gzip git ca-certificates
SWIFT_OLDEST := 6.2
GENERATED := Sources/SyncProtocol/Generated
OUR_SWIFT := find Package.swift Sources Tests clients schema -name '*.swift' -not -path '$(GENERATED)/*' -print0
MINUTES ?= 10
SEEDS ?=
ROUNDS ?= 200
JOBS ?= 2
ORDERS ?= 1000000
PLANTED := .build/planted/release/waybill-simulate
RELEASE_TESTS := swift test -c release -Xswiftc -enable-testing --scratch-path .build/testable

say = @printf '\n== %s\n' "$(1)"

.PHONY: help setup build test format lint proto demo days bench simulate planted kill rot calls replay quotas clean

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## installs what is missing: libraries through apt; checks the Swift version
	$(call say,setup)
	@missing=(); \
	for package in $(APT_PACKAGES); do \
	  dpkg-query -W -f '$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$$package"); \
	done; \
	if (( $${#missing[@]} )); then \
	  root=(); if (( $$(id -u) )); then root=(sudo); fi; \
	  echo "installing with apt: $${missing[*]}"; \
	  "$${root[@]}" apt-get update -qq; \
	  "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}"; \
	else \
	  echo "all libraries are installed"; \
	fi
	@command -v swift >/dev/null || { echo "No swift on the PATH: install Swift $(SWIFT_OLDEST) or newer from https://swift.org/install"; exit 1; }
	@found=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -1); \
	if [[ "$$(printf '%s\n' $(SWIFT_OLDEST) "$$found" | sort -V | head -1)" != $(SWIFT_OLDEST) ]]; then \
	  echo "Swift $$found is too old: $(SWIFT_OLDEST) or newer is needed"; exit 1; \
	fi; \
	echo "Swift $$found"

build: ## builds the programs and the tests (debug)
	$(call say,build)
	@swift build --build-tests

test: setup build ## sets up, builds, runs every test
	$(call say,test)
	@swift test --skip-build --parallel

format: ## formats our Swift
	@$(OUR_SWIFT) | xargs -0 swift format format --in-place --parallel

lint: ## checks that our Swift is formatted
	$(call say,lint)
	@$(OUR_SWIFT) | xargs -0 swift format lint --strict --parallel
	@echo "lint: clean"

proto: ## makes the generated messages anew from schema/waybill.proto (needs protobuf-compiler)
	@swift package resolve
	@swift build --package-path .build/checkouts/swift-protobuf --scratch-path .build/protobuf-plugin \
	  --product protoc-gen-swift
	@protoc --proto_path=schema --plugin=protoc-gen-swift=.build/protobuf-plugin/debug/protoc-gen-swift \
	  --swift_opt=Visibility=Internal --swift_out=$(GENERATED) waybill.proto

demo: setup ## tells the story of a day offline with the real programs
	$(call say,build the two programs)
	@swift build --product waybill-server
	@swift build --product waybill
	$(call say,demo)
	@PATH="$$(swift build --show-bin-path):$$PATH" docs/examples/demo/demo.sh

days: setup ## writes the transcripts of docs/days with the real programs
	$(call say,build the two programs)
	@swift build --product waybill-server
	@swift build --product waybill
	$(call say,days)
	@export PATH="$$(swift build --show-bin-path):$$PATH" telling=markdown; for day in picker agent admin; do \
	  { docs/days/title.sh "$$day"; docs/days/$$day.sh | docs/days/tidy.sh; } >docs/days/$$day.md; \
	  echo "docs/days/$$day.md"; \
	done

bench: setup ## measures the workloads of docs/PERFORMANCE.md (release)
	@swift build -c release
	@"$$(swift build -c release --show-bin-path)/waybill-bench"

simulate: setup ## torments the hosts on all cores for MINUTES=10, or with SEEDS=n seeds (release)
	@swift build -c release --product waybill-simulate
	@SWIFT_DETERMINISTIC_HASHING=1 "$$(swift build -c release --show-bin-path)/waybill-simulate" \
	  $(if $(SEEDS),--seeds $(SEEDS),--for $$(( $(MINUTES) * 60 ))) --report .build/simulate.txt

planted: setup ## plants one bug after the other and lets the simulator find it in 2,000 seeds (release)
	@swift build -c release -Xswiftc -DPLANTED_BUGS --scratch-path .build/planted --product waybill-simulate
	@$(PLANTED) --list-plants | xargs -P $(JOBS) -I{} bash -c \
	  'if said=$$($(PLANTED) --plant {} --seeds 2000 --twice-in 0 --jobs 1 | grep FAIL); \
	  then seed=$$(sed -n "s/.* seed=\([0-9]*\).*/\1/p" <<<"$$said"); \
	    $(PLANTED) --seed $$seed >/dev/null || { printf "ALARM    %s\n" {}; exit 1; }; \
	    printf "found    %-24s %s\n" {} "$$said"; else printf "ESCAPED  %s\n" {}; exit 1; fi'

kill: build ## kills both programs at random moments, ROUNDS=200 times
	@WAYBILL_KILL_ROUNDS=$(ROUNDS) swift test --skip-build --filter KillTests

rot: build ## flips bits in a replica's file and in a centre's, ROUNDS=200 times
	@WAYBILL_ROT_ROUNDS=$(ROUNDS) swift test --skip-build --filter 'BitRotTests|RottenStoreTests'

replay: build ## decides a day's log again in debug and release, with and without hash seeds
	@swift build -c release --product waybill-server
	@WAYBILL_OTHER_BUILD="$$(swift build -c release --show-bin-path)" swift test --skip-build --filter ReplayTests

calls: setup ## lets each call of a disk fail in turn, and cuts talks at each moment (release)
	@WAYBILL_EVERY_CALL=1 $(RELEASE_TESTS) --filter 'SimulationTests\.(FailingDisk|Interleaving)Tests'

quotas: setup ## sells ORDERS=1000000 times inside quotas and looks for one that is short of stock (release)
	@WAYBILL_QUOTA_ORDERS=$(ORDERS) $(RELEASE_TESTS) --filter QuotaPropertyTests

clean: ## removes what was built
	@rm -rf .build
