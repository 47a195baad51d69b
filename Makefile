# SPDX-License-Identifier: AGPL-3.0-or-later
# `make run` and `make test` need nothing but Swift 6.3 and apt; `make help` lists the rest.

SWIFT  ?= swift
# The clang that comes with Swift, else any.
CC     := $(shell c=$$(dirname "$$(realpath "$$(command -v $(SWIFT))")")/clang; [ -x "$$c" ] && echo "$$c" || echo clang)
JOBS   ?= $(shell nproc)
PREFIX ?= /usr/local
DESTDIR ?=
# Side of the matrices of `make run`; the paper's is 8192.
N      ?= 2048
# The trained network that came with the paper.
CHECKPOINT := Tests/StrassenLabTests/Fixtures/checkpoints/strassen_discovered.pt

BUILD     := build
# One build for the program and its tests; alternating two flag sets would rebuild everything.
SWIFTPM   := -c release -Xswiftc -enable-testing --scratch-path .build -j $(JOBS)
STRASSEN  := .build/release/strassen
C_INCLUDE := -Icsrc/include -Icsrc
C_WARN    := -std=gnu17 -Wall -Wextra -Werror
# builtin_data.c is written by tools/embed_schemes.sh.
C_FILES    = $(filter-out %/builtin_data.c,$(shell git ls-files 'csrc/*.[ch]' 'Tests/*.[ch]' 'bench/*.c'))
C_TESTS   := $(patsubst Tests/c/%.c,$(BUILD)/c/%,$(wildcard Tests/c/test_*.c))

LIB_CC    := $(CC)
LIB_DIR   := $(BUILD)/lib

.DEFAULT_GOAL := help
.PHONY: help deps run build test test-c test-swift test-counters lint format sanitize fuzz bench docs clean install-program

# lib, install, test-lib, test-blas-full
include mk/lib.mk

help: ## this list
	@echo "strassen: fast matrix multiplication by learned and proved schemes"; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-15s %s\n", $$1, $$2}'
	@echo; echo "  variables: N=2048 (run), PREFIX=/usr/local DESTDIR= (install), JOBS=$(JOBS), SUITE=quick (bench)"

deps:
	@tools/install-deps.sh run

run: build ## learn a scheme, prove it, multiply with it, compare with OpenBLAS (N=8192: the paper's size)
	@$(STRASSEN) demo --size $(N) --checkpoint $(CHECKPOINT)

build: deps ## the program .build/release/strassen
	$(SWIFT) build $(SWIFTPM) --product strassen

test: ## every test; under 15 minutes on two cores, first build included
	@tools/install-deps.sh test
	@tools/check-layers.sh
	@$(MAKE) --no-print-directory test-c
	@$(MAKE) --no-print-directory test-swift
	@$(MAKE) --no-print-directory test-counters
	@$(MAKE) --no-print-directory test-lib
	@echo "make test: all passed"

test-c: $(C_TESTS) ## the C engine's tests, with plain clang
	@set -e; for test in $(C_TESTS); do echo "$$test"; $$test; done

test-swift: ## the Swift tests, the command line's end-to-end tests among them
	$(SWIFT) build $(SWIFTPM) --build-tests
	$(SWIFT) test $(SWIFTPM) --skip-build

test-counters: ## hardware counters end to end, by a stand-in for PAPI, whatever this machine counts
	@mkdir -p $(BUILD)/counters
	@$(CC) -std=gnu17 -Wall -Wextra -Werror -O1 -fPIC -shared Tests/counters/fake_papi.c -o $(BUILD)/counters/libpapi.so.7.0
	@python3 Tests/counters/test_counters.py $(STRASSEN) $(BUILD)/counters

# Linked with the very objects of libstrassen.so.0.
$(BUILD)/c/%: Tests/c/%.c $(wildcard Tests/c/*.h) $(LIB_ENGINE_OBJECTS)
	@mkdir -p $(@D)
	@$(CC) -O2 -g $(C_WARN) $(C_INCLUDE) $(filter-out %.h,$^) -lpthread -lm -o $@

lint: ## layers, formatting, warnings as errors in C
	@tools/check-layers.sh
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift
	@if command -v clang-format > /dev/null; then clang-format --dry-run -Werror $(C_FILES); fi
	@for file in $(LIB_ENGINE_SOURCES) $(LIB_BLAS_SOURCES); do $(CC) $(C_WARN) $(C_INCLUDE) -fsyntax-only $$file || exit 1; done

format: ## formats the Swift sources, and C's where clang-format 14 or later is installed
	$(SWIFT) format --in-place --parallel --recursive Sources Tests Package.swift
	@if command -v clang-format > /dev/null; then clang-format -i $(C_FILES); else echo "no clang-format: C left as it is"; fi

sanitize: ## the C tests under AddressSanitizer and UBSan, then under ThreadSanitizer
	@tools/install-deps.sh test
	@mkdir -p $(BUILD)/sanitize
	@set -e; for kind in address,undefined thread; do \
	  objects=$(BUILD)/sanitize/$$kind; mkdir -p $$objects; \
	  flags="-O1 -g $(C_WARN) $(C_INCLUDE) -fsanitize=$$kind -fno-sanitize-recover=all"; \
	  for source in $(LIB_ENGINE_SOURCES); do $(CC) $$flags -c $$source -o $$objects/$$(echo $$source | tr / _).o; done; \
	  for test in $(wildcard Tests/c/test_*.c); do echo "$$kind: $$test"; \
	    $(CC) $$flags $$test $$objects/*.o -fuse-ld=lld -Wl,--as-needed $(LIB_TSAN_LIBS) -lpthread -lm -o $(BUILD)/sanitize/test; \
	    $(BUILD)/sanitize/test; done; done

FUZZ_SECONDS ?= 60
fuzz: ## libFuzzer on every reader of untrusted input in C, FUZZ_SECONDS=60 each
	@mkdir -p $(BUILD)/fuzz
	@set -e; for source in $(wildcard Tests/fuzz/*.c); do name=$$(basename $$source .c); echo "fuzzing $$name"; \
	  $(CC) -O1 -g $(C_WARN) $(C_INCLUDE) -fsanitize=fuzzer,address,undefined -fuse-ld=lld $$source $(LIB_ENGINE_SOURCES) \
	    -lpthread -lm -o $(BUILD)/fuzz/$$name; mkdir -p $(BUILD)/fuzz/corpus-$$name; \
	  $(BUILD)/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(BUILD)/fuzz/ \
	    $(BUILD)/fuzz/corpus-$$name $$(ls -d Tests/fuzz/seeds/$$name 2>/dev/null); done

SUITE ?= quick
bench: build ## runs bench/suites/$(SUITE).suite and keeps the results under bench/results/
	$(STRASSEN) bench --suite bench/suites/$(SUITE).suite -o bench/results

docs: build ## the Swift API as HTML under build/docs, manual page and shell completions beside it
	@tools/build-docs.sh $(BUILD)/docs

install: build install-program
install-program: build
	install -Dm755 $(STRASSEN) $(DESTDIR)$(PREFIX)/bin/strassen
	tools/build-manual.sh $(STRASSEN) $(DESTDIR)$(PREFIX)/share

clean: ## removes what was built
	rm -rf $(BUILD) .build
