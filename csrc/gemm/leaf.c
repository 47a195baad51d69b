// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/leaf.h"

#define PACK_PANELS 8 /* most panels of B that one work item packs */

/** The state of one (jc, pc) step, the same in all members. */
typedef struct step {
    const leaf_setup *setup;
    const leaf_call *call;
    int64_t column, columns; /**< of the step's panel of B */
    int64_t depth_start, depth;
    leaf_share share;
    int64_t chunk_columns;
} step;

static size_t packed_bytes(const leaf_setup *s, int64_t lines) {
    return (size_t)round_up(lines * (s->kc + leaf_slack(s->kc)) * (int64_t)element_size(s->kernel->precision), 64);
}

size_t leaf_a_bytes(const leaf_setup *s) { return packed_bytes(s, s->mc); }

size_t leaf_b_bytes(const leaf_setup *s) { return packed_bytes(s, s->nc); }

/** The terms moved to element (minor, major) of the operand. */
static void shift_terms(const leaf_operand *operand, size_t size, int64_t minor, int64_t major, panel_term *out) {
    for (int t = 0; t < operand->count; t++) {
        const panel_term *term = operand->terms + t;
        const int inside = minor < term->minor && major < term->major;
        out[t] = *term;
        out[t].minor = inside ? term->minor - minor : 0;
        out[t].major = inside ? term->major - major : 0;
        out[t].p =
            inside ? (const char *)term->p + (minor * term->minor_stride + major * term->major_stride) * (int64_t)size
                   : term->p;
    }
}

static void pack_b(member *self, const step *s) {
    const kernel *k = s->setup->kernel;
    const size_t size = element_size(k->precision);
    const int64_t panels = ceil_div(s->columns, k->nr);
    const int64_t width = clamp64(panels / self->team->threads, 1, PACK_PANELS) * k->nr;
    panel_term terms[KERNEL_MAX_TERMS];
    team_phase(self, STRASSEN_PHASE_PACK_B, 1);
    const team_loop loop = team_loop_begin(self, ceil_div(s->columns, width));
    for (int64_t item; (item = team_loop_next(&loop)) >= 0;) {
        const int64_t first = item * width;
        shift_terms(&s->call->b, size, s->column + first, s->depth_start, terms);
        k->pack_b(terms, s->call->b.count, min64(width, s->columns - first), s->depth,
                  s->setup->b_buffer + (size_t)(first * s->depth) * size);
    }
    team_phase(self, STRASSEN_PHASE_PACK_B, 0);
    team_loop_end(self);
}

/** Scatters a tile that does not end with a vector or is not whole in every target, or whose targets have no unit row stride. */
#define DEFINE_SCATTER_EDGE(T, NAME)                                                                                   \
    static void NAME(const T *tile, int mr, int64_t rows, int64_t columns, const leaf_call *call, int64_t row,         \
                     int64_t column, int first) {                                                                      \
        for (int t = 0; t < call->count; t++) {                                                                        \
            const leaf_target *to = call->targets + t;                                                                 \
            const T coef = (T)to->coef, beta = first ? (T)to->beta : 1;                                                \
            T *c = (T *)to->p + row * call->c_rs + column * call->c_cs;                                                \
            const int64_t r_end = min64(rows, to->rows - row), c_end = min64(columns, to->columns - column);           \
            for (int64_t j = 0; j < c_end; j++, c += call->c_cs, tile += mr) {                                         \
                if (beta == 0)                                                                                         \
                    for (int64_t i = 0; i < r_end; i++) c[i * call->c_rs] = coef * tile[i];                            \
                else                                                                                                   \
                    for (int64_t i = 0; i < r_end; i++) c[i * call->c_rs] = beta * c[i * call->c_rs] + coef * tile[i]; \
            }                                                                                                          \
            tile -= mr * max64(c_end, 0);                                                                              \
        }                                                                                                              \
    }
DEFINE_SCATTER_EDGE(float, scatter_edge_f32)
DEFINE_SCATTER_EDGE(double, scatter_edge_f64)

static void edge_tile(const step *s, const char *a, const char *b, const char *next, int64_t row, int64_t rows,
                      int64_t column, int64_t columns) {
    const kernel *k = s->setup->kernel;
    _Alignas(64) char buffer[64 * 16 * sizeof(double)];
    const tile_target target = {buffer, 1, 0};
    k->tile(s->depth, (int)rows, a, b, next, &target, 1, k->mr);
    const int first = s->depth_start == 0;
    if (k->precision == STRASSEN_FLOAT32)
        scatter_edge_f32((const float *)buffer, k->mr, rows, columns, s->call, row, column, first);
    else
        scatter_edge_f64((const double *)buffer, k->mr, rows, columns, s->call, row, column, first);
}

/** Number of leading rows (columns) that every target has. */
static void common_extent(const leaf_call *call, int64_t *rows, int64_t *columns) {
    *rows = call->m;
    *columns = call->n;
    for (int t = 0; t < call->count; t++) {
        *rows = min64(*rows, call->targets[t].rows);
        *columns = min64(*columns, call->targets[t].columns);
    }
}

/** One packed block of A (rows from `row`) times the columns column0 … column1 of the packed panel of B. */
static void macro_kernel(const step *s, const char *a, int64_t row, int64_t rows, int64_t column0, int64_t column1) {
    const kernel *k = s->setup->kernel;
    const leaf_call *call = s->call;
    const int64_t size = (int64_t)element_size(k->precision);
    const int64_t panel_bytes = k->nr * s->depth * size,
                  share = panel_bytes / ceil_div(rows, k->mr); // fetched by a tile
    int64_t whole_rows, whole_columns;
    common_extent(call, &whole_rows, &whole_columns);
    tile_target targets[KERNEL_MAX_TERMS];
    for (int t = 0; t < call->count; t++)
        targets[t] = (tile_target){NULL, call->targets[t].coef, s->depth_start == 0 ? call->targets[t].beta : 1};
    for (int64_t j = column0; j < column1; j += k->nr) {
        const char *b = s->setup->b_buffer + j * s->depth * size;
        const int64_t column = s->column + j, columns = min64(k->nr, s->columns - j);
        const char *next = b + panel_bytes;
        for (int64_t i = 0; i < rows; i += k->mr, next += share) {
            const char *panel = a + i * s->depth * size;
            const int64_t height = min64(k->mr, rows - i);
            if (call->c_rs == 1 && height % k->lanes == 0 && row + i + height <= whole_rows &&
                column + k->nr <= whole_columns) {
                for (int t = 0; t < call->count; t++)
                    targets[t].c = (char *)call->targets[t].p + (row + i + column * call->c_cs) * size;
                k->tile(s->depth, (int)height, panel, b, next, targets, call->count, call->c_cs);
            } else {
                edge_tile(s, panel, b, next, row + i, height, column, columns);
            }
        }
    }
}

static void multiply_blocks(member *self, const step *s) {
    const kernel *k = s->setup->kernel;
    const leaf_call *call = s->call;
    const size_t size = element_size(k->precision);
    char *a = s->setup->a_buffers + (size_t)self->index * leaf_a_bytes(s->setup);
    panel_term terms[KERNEL_MAX_TERMS];
    int64_t packed = -1;
    const team_loop loop = team_loop_begin(self, ceil_div(call->m, s->share.rows) * s->share.chunks);
    for (int64_t item; (item = team_loop_next(&loop)) >= 0;) {
        const int64_t block = item / s->share.chunks, chunk = item % s->share.chunks;
        const int64_t row = block * s->share.rows, rows = min64(s->share.rows, call->m - row);
        if (packed != block) {
            team_phase(self, STRASSEN_PHASE_PACK_A, 1);
            shift_terms(&call->a, size, row, s->depth_start, terms);
            k->pack_a(terms, call->a.count, rows, s->depth, a);
            team_phase(self, STRASSEN_PHASE_PACK_A, 0);
            packed = block;
        }
        team_phase(self, STRASSEN_PHASE_KERNEL, 1);
        macro_kernel(s, a, row, rows, chunk * s->chunk_columns, min64(s->columns, (chunk + 1) * s->chunk_columns));
        team_phase(self, STRASSEN_PHASE_KERNEL, 0);
    }
    team_loop_end(self);
}

/* Prices of the work of an item in multiply-adds: of packing a row of A, in columns of C; of fetching B, in rows. */
enum { PACK_COLUMNS = 32, FETCH_ROWS = 2 };

/** What the busiest member does, in multiply-adds per step of k, when items are handed out one by one. */
static int64_t busiest(const kernel *k, int64_t m, int64_t columns, leaf_share share, int64_t threads) {
    const int64_t width = round_up(ceil_div(columns, share.chunks), k->nr);
    const int64_t item = share.rows * (PACK_COLUMNS + width) + FETCH_ROWS * width;
    return ceil_div(ceil_div(m, share.rows) * share.chunks, threads) * item;
}

leaf_share leaf_share_of(const leaf_setup *setup, int64_t m, int64_t columns, int64_t threads) {
    const kernel *k = setup->kernel;
    const int64_t most = min64(threads, ceil_div(columns, k->nr));
    const int64_t even = round_up(ceil_div(m, ceil_div(m, setup->mc)), k->mr);
    leaf_share best = {even, 1};
    if (threads == 1) return best;
    int64_t least_work = busiest(k, m, columns, best, threads);
    for (int64_t rows = even; rows >= max64(even / 4, k->mr); rows -= k->mr)
        for (int64_t chunks = 1; chunks <= most; chunks++) {
            const leaf_share share = {rows, chunks};
            const int64_t work = busiest(k, m, columns, share, threads);
            if (work >= least_work) continue;
            least_work = work;
            best = share;
        }
    return best;
}

static void run_oriented(member *self, const leaf_setup *setup, const leaf_call *call) {
    step s = {.setup = setup, .call = call};
    const int64_t depth = ceil_div(call->k, leaf_steps(setup, call->k));
    const int64_t width = round_up(ceil_div(call->n, ceil_div(call->n, setup->nc)), setup->kernel->nr);
    for (s.column = 0; s.column < call->n; s.column += width) {
        s.columns = min64(width, call->n - s.column);
        s.share = leaf_share_of(setup, call->m, s.columns, self->team->threads);
        s.chunk_columns = round_up(ceil_div(s.columns, s.share.chunks), setup->kernel->nr);
        for (s.depth_start = 0; s.depth_start < call->k; s.depth_start += depth) {
            s.depth = min64(depth, call->k - s.depth_start);
            pack_b(self, &s);
            multiply_blocks(self, &s);
        }
    }
}

void leaf_run(member *self, const leaf_setup *setup, const leaf_call *call) {
    leaf_call transposed = *call;
    if (call->c_rs != 1 && call->c_cs == 1) { // row-major C: compute Cᵀ = BᵀAᵀ, so that tiles are stored whole
        transposed.m = call->n;
        transposed.n = call->m;
        transposed.a = call->b;
        transposed.b = call->a;
        transposed.c_rs = call->c_cs;
        transposed.c_cs = call->c_rs;
        leaf_target targets[KERNEL_MAX_TERMS];
        for (int t = 0; t < call->count; t++) {
            targets[t] = call->targets[t];
            targets[t].rows = call->targets[t].columns;
            targets[t].columns = call->targets[t].rows;
        }
        transposed.targets = targets;
        run_oriented(self, setup, &transposed);
        return;
    }
    run_oriented(self, setup, call);
}
