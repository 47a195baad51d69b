// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/blocks.h"

#include <string.h>

/** Elements of a line handled at once when several rows are done: their results stay in L1 until all is read. */
#define CHUNK 512
/** Destinations from this many bytes on bypass the caches: they would only push out what is needed next. */
#define STREAM_BYTES ((int64_t)24 << 20)
#define MOST_LINES_PER_ITEM 8
/** Sums of blocks from this many bytes on fetch a line ahead: smaller ones lie in L2. */
#define FETCH_BYTES ((int64_t)1 << 20)

block block_part(const block *b, size_t size, int64_t row, int64_t column, int64_t rows, int64_t columns) {
    block part = *b;
    part.rows = clamp64(b->rows - row, 0, rows);
    part.columns = clamp64(b->columns - column, 0, columns);
    if (part.rows > 0 && part.columns > 0) part.p += (row * b->rs + column * b->cs) * (int64_t)size;
    return part;
}

/** What all lines of one call share. */
typedef struct combination {
    const line_operations *lines;
    strassen_precision precision;
    const block_row *rows;
    int count;
    int turn;       /**< 1: lines run along rows of the destinations */
    int contiguous; /**< 1: every line of every block has unit stride */
    int stream;
    int fetch;
} combination;

/** The transpose of a block, in place, when lines run along rows. */
static block oriented(const combination *c, const block *b) {
    return c->turn ? (block){b->p, b->cs, b->rs, b->columns, b->rows} : *b;
}

#define DEFINE_STRIDED(T, NAME)                                                                                    \
    static void NAME(const combination *c, const block_row *row, int64_t j, int64_t from, int64_t until, T *out) { \
        for (int64_t i = from; i < until; i++) out[i - from] = 0;                                                  \
        for (int t = 0; t < row->count; t++) {                                                                     \
            const block b = oriented(c, &row->sources[t].block);                                                   \
            if (j >= b.columns) continue;                                                                          \
            const T coef = (T)row->sources[t].coef, *line = (const T *)(const void *)b.p + j * b.cs;               \
            for (int64_t i = from; i < min64(until, b.rows); i++) out[i - from] += coef * line[i * b.rs];          \
        }                                                                                                          \
    }
DEFINE_STRIDED(float, strided_stretch_f32)
DEFINE_STRIDED(double, strided_stretch_f64)

/** Elements from … until of line j of one row's sum, written to `out`: sources that end on the way are left out there. */
static void contiguous_stretch(const combination *c, const block_row *row, int64_t j, int64_t from, int64_t until,
                               char *out) {
    const size_t size = element_size(c->precision);
    for (int64_t start = from, stop; start < until; start = stop) {
        const void *src[LINE_MAX_TERMS];
        double coef[LINE_MAX_TERMS];
        int64_t ahead[LINE_MAX_TERMS], *const fetched = c->fetch ? ahead : NULL;
        char *to = out + (size_t)(start - from) * size;
        stop = until;
        for (int t = 0; t < row->count; t++) {
            const block b = oriented(c, &row->sources[t].block);
            if (j < b.columns && start < b.rows) stop = min64(stop, b.rows);
        }
        int used = 0, chained = 0;
        for (int t = 0; t < row->count; t++) {
            const block b = oriented(c, &row->sources[t].block);
            if (j >= b.columns || start >= b.rows) continue;
            if (used == LINE_MAX_TERMS) { // longer than one line operation: go on from what is there
                c->lines->sum[c->precision](to, src, coef, fetched, used, stop - start, 0);
                src[0] = to;
                coef[0] = 1;
                ahead[0] = 0;
                used = chained = 1;
            }
            src[used] = b.p + (j * b.cs + start) * (int64_t)size;
            ahead[used] = j + 1 < b.columns ? b.cs * (int64_t)size : 0;
            coef[used++] = row->sources[t].coef;
        }
        c->lines->sum[c->precision](to, src, coef, fetched, used, stop - start, c->stream && !chained);
    }
}

static void stretch(const combination *c, const block_row *row, int64_t j, int64_t from, int64_t until, char *out) {
    if (c->contiguous)
        contiguous_stretch(c, row, j, from, until, out);
    else if (c->precision == STRASSEN_FLOAT32)
        strided_stretch_f32(c, row, j, from, until, (float *)(void *)out);
    else
        strided_stretch_f64(c, row, j, from, until, (double *)(void *)out);
}

/** Stores a stretch that was computed aside. */
static void store_stretch(const block *dst, size_t size, int64_t j, int64_t from, int64_t length, const char *values) {
    char *to = dst->p + (j * dst->cs + from * dst->rs) * (int64_t)size;
    if (dst->rs == 1) {
        memcpy(to, values, (size_t)length * size);
        return;
    }
    for (int64_t i = 0; i < length; i++) memcpy(to + i * dst->rs * (int64_t)size, values + (size_t)i * size, size);
}

/** One line of all rows. A single short row goes straight to its destination; else results wait beside. */
static void combine_line(const combination *c, int64_t j) {
    const size_t size = element_size(c->precision);
    const block first = oriented(c, &c->rows[0].dst);
    if (c->count == 1 && c->contiguous && c->rows[0].count <= LINE_MAX_TERMS) {
        contiguous_stretch(c, c->rows, j, 0, first.rows, first.p + j * first.cs * (int64_t)size);
        return;
    }
    _Alignas(64) char out[BLOCKS_MAX_ROWS][CHUNK * sizeof(double)];
    for (int64_t i = 0; i < first.rows; i += CHUNK) {
        const int64_t until = min64(first.rows, i + CHUNK);
        for (int r = 0; r < c->count; r++) stretch(c, c->rows + r, j, i, until, out[r]);
        for (int r = 0; r < c->count; r++) {
            const block dst = oriented(c, &c->rows[r].dst);
            store_stretch(&dst, size, j, i, until - i, out[r]);
        }
    }
}

static int all_contiguous(const combination *c) {
    for (int r = 0; r < c->count; r++) {
        if (oriented(c, &c->rows[r].dst).rs != 1) return 0;
        for (int t = 0; t < c->rows[r].count; t++)
            if (oriented(c, &c->rows[r].sources[t].block).rs != 1) return 0;
    }
    return 1;
}

/** Stores past the caches become visible in order: a team of one meets nobody, and its caller may publish C by a plain store. */
static void finish_stores(void) {
#if defined(STRASSEN_HAS_X86)
    __builtin_ia32_sfence();
#endif
}

void blocks_combine(member *self, const line_operations *lines, strassen_precision precision, const block_row *rows,
                    int count) {
    const block *dst = &rows[0].dst;
    combination c = {lines, precision, rows, count, dst->rs != 1 && dst->cs == 1, 0, 0, 0};
    const int64_t bytes = dst->rows * dst->columns * (int64_t)element_size(precision);
    c.contiguous = all_contiguous(&c);
    c.stream = count == 1 && bytes >= STREAM_BYTES;
    c.fetch = bytes >= FETCH_BYTES;
    const int64_t columns = oriented(&c, dst).columns;
    team_phase(self, STRASSEN_PHASE_SUM, 1);
    const int64_t lines_per_item = clamp64(columns / self->team->threads, 1, MOST_LINES_PER_ITEM);
    const team_loop loop = team_loop_begin(self, ceil_div(columns, lines_per_item));
    for (int64_t item; (item = team_loop_next(&loop)) >= 0;)
        for (int64_t j = item * lines_per_item; j < min64(columns, (item + 1) * lines_per_item); j++)
            combine_line(&c, j);
    if (c.stream) finish_stores();
    team_phase(self, STRASSEN_PHASE_SUM, 0);
    team_loop_end(self);
}

void blocks_scale(member *self, const line_operations *lines, strassen_precision precision, const block *c,
                  double beta) {
    const weighted_block source = {*c, beta};
    const block_row row = {*c, &source, beta != 0};
    if (beta != 1) blocks_combine(self, lines, precision, &row, 1);
}
