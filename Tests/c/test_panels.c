// SPDX-License-Identifier: AGPL-3.0-or-later
/** Panels of B that are packed by who needs them first: once each, never read before, and what is fetched ahead is what packing reads. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "gemm/panels.h"

enum { COLUMNS = 100, DEPTH = 37, GROUP = 16, READERS = 4, STEPS = 50, LD = 150 };
#define GROUPS ceil_div(COLUMNS, GROUP)

static const kernel *portable(strassen_precision precision) {
    return kernel_find(precision, STRASSEN_ISA_PORTABLE, NULL);
}

static panel_group group_at(int64_t index) {
    return (panel_group){index * GROUP, min64(GROUP, COLUMNS - index * GROUP)};
}

static atomic_int packings;

/** Fills the panels with a number that tells the packings apart. */
static void count_packing(const panel_term *terms, int count, int64_t width, int64_t depth, void *panels) {
    (void)terms, (void)count;
    const int mark = 1 + atomic_fetch_add(&packings, 1);
    for (int64_t i = 0; i < width * depth; i++) ((double *)panels)[i] = mark;
}

typedef struct readers {
    packed_panels panels;
    pthread_barrier_t step;
    atomic_int mixed; /**< elements that differ from the first of their group */
} readers;

typedef struct reader {
    readers *shared;
    int index;
} reader;

static void read_group(readers *r, const packed_panels *p, panel_group group) {
    if (!panels_ready(p, group)) panels_provide(p, group);
    const double *data = (const double *)(const void *)p->data + group.first * p->depth;
    for (int64_t i = 0; i < group.width * p->depth; i++)
        if (data[i] != data[0] || data[i] == 0) atomic_fetch_add(&r->mixed, 1);
}

static void *read_all(void *argument) {
    const reader *self = argument;
    readers *r = self->shared;
    packed_panels p = r->panels;
    for (p.ticket = 0; p.ticket < STEPS; p.ticket++) {
        for (int64_t i = 0; i < GROUPS; i++) // some begin with the same group, some with others
            read_group(r, &p, group_at((i + self->index / 2 * 3) % GROUPS));
        pthread_barrier_wait(&r->step);
    }
    return NULL;
}

static void test_each_group_is_packed_once(void) {
    kernel counting = *portable(STRASSEN_FLOAT64);
    counting.pack_b = count_packing;
    const leaf_operand nothing = {NULL, 0};
    double *data = calloc((COLUMNS + GROUP) * DEPTH, sizeof(double));
    panel_state *states = calloc(COLUMNS, sizeof(panel_state));
    readers r = {.panels = {&counting, &nothing, (char *)data, states, 0, 0, COLUMNS, 0, DEPTH}};
    reader each[READERS];
    pthread_t threads[READERS];
    pthread_barrier_init(&r.step, NULL, READERS);
    for (int i = 0; i < READERS; i++) {
        each[i] = (reader){&r, i};
        pthread_create(threads + i, NULL, read_all, each + i);
    }
    for (int i = 0; i < READERS; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&r.step);
    CHECK(atomic_load(&packings) == STEPS * GROUPS, "%d packings of %lld groups in %d steps", atomic_load(&packings),
          (long long)GROUPS, STEPS);
    CHECK(atomic_load(&r.mixed) == 0, "%d elements were read while they were packed", atomic_load(&r.mixed));
    free(states);
    free(data);
}

/** A part of B in the midst of it, as the kernel packs it. */
static void test_panels_are_those_of_the_kernel(void) {
    const kernel *k = portable(STRASSEN_FLOAT64);
    enum { COLUMN = 8, START = 5 };
    double *b = malloc(sizeof(double) * LD * LD), *data = calloc((COLUMNS + GROUP) * DEPTH, sizeof(double)),
           *direct = calloc((COLUMNS + GROUP) * DEPTH, sizeof(double));
    panel_state *states = calloc(COLUMNS, sizeof(panel_state));
    for (int i = 0; i < LD * LD; i++) b[i] = i;
    const panel_term terms[] = {{b, 1, LD, LD, LD, 1}, {b + 3, -2, LD, LD, LD, 1}};
    const leaf_operand operand = {terms, 2};
    const packed_panels p = {k, &operand, (char *)data, states, 7, COLUMN, COLUMNS, START, DEPTH};
    for (int64_t i = 0; i < GROUPS; i++) {
        CHECK(!panels_ready(&p, group_at(i)), "group %lld is not packed", (long long)i);
        panels_provide(&p, group_at(i));
        CHECK(panels_ready(&p, group_at(i)), "group %lld is packed", (long long)i);
    }
    panel_term moved[2];
    leaf_operand_at(&operand, sizeof(double), COLUMN, START, moved);
    k->pack_b(moved, 2, COLUMNS, DEPTH, direct);
    CHECK(memcmp(data, direct, sizeof(double) * COLUMNS * DEPTH) == 0, "packed in groups and at once");
    free(states);
    free(direct);
    free(data);
    free(b);
}

enum { LINES = 4096 };

/** Marks the lines that the next tiles fetch; returns how many different ones there are. */
static int64_t fetch(const packed_panels *p, panel_group group, int64_t step, const double *base, char *seen) {
    group_source source = group_source_of(p, group);
    int64_t different = 0;
    for (int tile = 0; tile < 200; tile++) {
        line_runs *lines = group_source_take(&source, step);
        for (int64_t i = 0; i < step; i++) {
            const int64_t line = (int64_t)(lines->at / 64 - (uintptr_t)base / 64);
            if (line >= 0 && line < LINES) different += seen[line]++ == 0;
            line_runs_pass(lines);
        }
    }
    return different;
}

/** `count` blocks of 48×48, rows contiguous or columns, `big` apart, the first at element `start` of b. */
static void check_fetches(int rows, int count, int64_t step, int64_t big, int64_t start) {
    enum { SIDE = 32 };
    double *b = aligned_alloc(64, 64 * LINES);
    char *packed = calloc(64, 1), *seen = calloc(LINES, 1);
    panel_term terms[3];
    for (int t = 0; t < count; t++)
        terms[t] = (panel_term){b + start + t * 48, 1, 48, 48, rows ? 1 : big, rows ? big : 1};
    const leaf_operand operand = {terms, count};
    const packed_panels p = {portable(STRASSEN_FLOAT64), &operand, packed, NULL, 0, 8, 40, 8, SIDE};
    const int64_t different = fetch(&p, (panel_group){16, GROUP}, step, b, seen);
    int64_t missing = 0;
    for (int t = 0; t < count; t++)
        for (int64_t minor = 24; minor < 24 + GROUP; minor++)
            for (int64_t major = 8; major < 8 + SIDE; major++)
                missing += !seen[(start + t * 48 + (rows ? minor + major * big : minor * big + major)) / 8];
    const int64_t runs = rows ? SIDE : GROUP, lines = (rows ? GROUP : SIDE) / 8 + (big % 8 != 0 || start % 8 != 0);
    CHECK(missing == 0,
          "%lld elements of %d blocks are not fetched: rows %d, %lld lines a tile, from %lld on, %lld apart",
          (long long)missing, count, rows, (long long)step, (long long)start, (long long)big);
    CHECK(different <= count * (runs * lines + step) + 1, "%lld lines instead of %lld", (long long)different,
          (long long)(count * runs * lines));
    free(seen);
    free(packed);
    free(b);
}

static void test_all_that_is_packed_is_fetched(void) {
    const int64_t places[][2] = {{144, 0}, {144, 3}, {151, 0}, {151, 5}};
    for (int rows = 0; rows < 2; rows++)
        for (int count = 1; count <= 3; count++)
            for (int64_t step = 8; step <= 128; step *= 2)
                for (int i = 0; i < 4; i++) check_fetches(rows, count, step, places[i][0], places[i][1]);
}

int main(void) {
    test_each_group_is_packed_once();
    test_panels_are_those_of_the_kernel();
    test_all_that_is_packed_is_fetched();
    return check_summary();
}
