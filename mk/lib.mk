# SPDX-License-Identifier: AGPL-3.0-or-later
# The shared libraries for C users: libstrassen.so.0 (strassen.h) and the drop-in BLAS libstrassen_blas.so,
# built with plain clang from the sources that SwiftPM builds into the Swift product.
# Set before inclusion or on the command line: LIB_CC, LIB_CFLAGS, LIB_DIR, PREFIX, DESTDIR, BLAS_LIBS.

LIB_CC ?= clang
LIB_CFLAGS ?= -O2 -g -DNDEBUG
LIB_DIR ?= build/lib
# The BLAS behind the drop-in: serves every routine that is not GEMM.
BLAS_LIBS ?= $(shell pkg-config --libs openblas 2>/dev/null || echo -lopenblas)

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share/strassen

LIB_VERSION := $(shell sed -n 's/^.define STRASSEN_VERSION_[A-Z]* \([0-9]*\)/\1/p' csrc/include/strassen.h | paste -sd. -)
LIB_FLAGS := -std=c17 -fPIC -fvisibility=hidden -pthread -Wall -Wextra -Icsrc/include -Icsrc
LIB_LINK := -shared -fuse-ld=lld -Wl,-z,defs -pthread

LIB_ENGINE_SOURCES := $(sort $(foreach part,base scheme microkernels gemm fast plan,$(wildcard csrc/$(part)/*.c)))
LIB_BLAS_SOURCES := $(sort $(wildcard csrc/blas/*.c))
LIB_ENGINE_OBJECTS := $(LIB_ENGINE_SOURCES:csrc/%.c=$(LIB_DIR)/objects/%.o)
LIB_BLAS_OBJECTS := $(LIB_BLAS_SOURCES:csrc/%.c=$(LIB_DIR)/objects/%.o)

.PHONY: lib install install-lib test-lib test-blas-full sanitize-lib

lib: $(LIB_DIR)/libstrassen.so.0 $(LIB_DIR)/libstrassen.so $(LIB_DIR)/libstrassen_blas.so ## builds libstrassen.so.0 and the drop-in libstrassen_blas.so into build/lib

$(LIB_DIR)/objects/%.o: csrc/%.c
	@mkdir -p $(@D)
	$(LIB_CC) $(LIB_FLAGS) $(LIB_CFLAGS) -MMD -MP -c $< -o $@

$(LIB_DIR)/libstrassen.so.0: $(LIB_ENGINE_OBJECTS)
	$(LIB_CC) $(LIB_LINK) $(LIB_CFLAGS) -Wl,-soname,libstrassen.so.0 -o $@ $^ -lm

$(LIB_DIR)/libstrassen.so: $(LIB_DIR)/libstrassen.so.0
	ln -sf libstrassen.so.0 $@

$(LIB_DIR)/exports.map: csrc/blas/exports.map.in csrc/blas/names.h
	@mkdir -p $(@D)
	$(LIB_CC) -E -P -x c $< -o $@

# No symbol of the BLAS behind it is used, it must be there all the same: --no-as-needed.
$(LIB_DIR)/libstrassen_blas.so: $(LIB_BLAS_OBJECTS) $(LIB_ENGINE_OBJECTS) $(LIB_DIR)/exports.map
	$(LIB_CC) $(LIB_LINK) $(LIB_CFLAGS) -Wl,-soname,libstrassen_blas.so -Wl,-z,nodelete -Wl,--version-script=$(LIB_DIR)/exports.map \
		-o $@ $(filter %.o,$^) -Wl,--no-as-needed $(BLAS_LIBS) -Wl,--as-needed -lm

install: install-lib ## installs program, libraries, strassen.h, strassen.pc and tuning data: make install PREFIX=… [DESTDIR=…]
install-lib: lib ## the same without the program: needs no Swift
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(DATADIR)
	install -m 644 $(LIB_DIR)/libstrassen.so.0 $(LIB_DIR)/libstrassen_blas.so $(DESTDIR)$(LIBDIR)
	ln -sf libstrassen.so.0 $(DESTDIR)$(LIBDIR)/libstrassen.so
	install -m 644 csrc/include/strassen.h $(DESTDIR)$(INCLUDEDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(LIB_VERSION)|' strassen.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/strassen.pc
	if [ -d tuning ]; then cp -R tuning/. $(DESTDIR)$(DATADIR); fi

# Tests. The programs are linked against the library as a user's are; the sanitized one against its sources.
LIB_TESTS := $(patsubst %,$(LIB_DIR)/tests/%,gemm_properties error_exits concurrency no_memory gemm_properties_sanitized)
LIB_TEST_FLAGS := -std=gnu17 -O2 -g -pthread -Wall -Wextra -Icsrc -Icsrc/include -fuse-ld=lld
LIB_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

$(LIB_DIR)/tests/%_sanitized: Tests/blas/%.c Tests/blas/support.h $(LIB_BLAS_SOURCES) $(LIB_ENGINE_SOURCES)
	@mkdir -p $(@D)
	$(LIB_CC) $(LIB_TEST_FLAGS) $(LIB_SANITIZE) $(filter %.c,$^) -o $@ -lm

$(LIB_DIR)/tests/%: Tests/blas/%.c Tests/blas/support.h $(LIB_DIR)/libstrassen_blas.so
	@mkdir -p $(@D)
	$(LIB_CC) $(LIB_TEST_FLAGS) $< -o $@ -L$(LIB_DIR) -lstrassen_blas -lm '-Wl,-rpath,$$ORIGIN/..'

# The ThreadSanitizer of Swift's clang refers to libdispatch, which lies beside Swift's runtime.
LIB_SWIFT_RUNTIME := $(wildcard $(patsubst %/bin/clang,%/lib/swift/linux,$(LIB_CC)))
ifneq ($(LIB_SWIFT_RUNTIME),)
LIB_TSAN_LIBS := -L$(LIB_SWIFT_RUNTIME) -Wl,-rpath,$(LIB_SWIFT_RUNTIME) -ldispatch -lBlocksRuntime
endif

LIB_THREAD_TESTS := $(LIB_DIR)/tests/concurrency_raced $(LIB_DIR)/tests/gemm_properties_raced
$(LIB_DIR)/tests/%_raced: Tests/blas/%.c Tests/blas/support.h $(LIB_BLAS_SOURCES) $(LIB_ENGINE_SOURCES)
	@mkdir -p $(@D)
	$(LIB_CC) $(LIB_TEST_FLAGS) -fsanitize=thread $(filter %.c,$^) -o $@ $(LIB_TSAN_LIBS) -lm

test-lib: lib $(LIB_TESTS) ## the quick gates of the shared libraries (part of `make test`)
	CC=$(LIB_CC) Tests/blas/run.sh quick $(LIB_DIR)

test-blas-full: lib $(LIB_TESTS) ## all gates of the drop-in: LAPACK's and SciPy's tests too (an hour)
	CC=$(LIB_CC) Tests/blas/run.sh full $(LIB_DIR)

sanitize-lib: $(LIB_THREAD_TESTS) $(LIB_DIR)/tests/gemm_properties_sanitized $(LIB_DIR)/tests/concurrency_sanitized ## the drop-in's tests under the sanitizers (part of `make sanitize`)
	Tests/blas/run.sh sanitize $(LIB_DIR)
sanitize: sanitize-lib

-include $(LIB_ENGINE_OBJECTS:.o=.d) $(LIB_BLAS_OBJECTS:.o=.d)
