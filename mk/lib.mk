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

.PHONY: lib install test-lib test-blas-full

lib: $(LIB_DIR)/libstrassen.so.0 $(LIB_DIR)/libstrassen.so $(LIB_DIR)/libstrassen_blas.so $(LIB_DIR)/strassen.pc ## builds libstrassen.so.0 and the drop-in libstrassen_blas.so into build/lib

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

$(LIB_DIR)/strassen.pc: strassen.pc.in csrc/include/strassen.h
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(LIB_VERSION)|' $< > $@

-include $(LIB_ENGINE_OBJECTS:.o=.d) $(LIB_BLAS_OBJECTS:.o=.d)
