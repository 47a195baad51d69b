// SPDX-License-Identifier: AGPL-3.0-or-later
#include "gemm/macro_kernel.h"

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

static void edge_tile(const slice *s, const char *a, const char *b, line_runs *next, int64_t row, int64_t rows,
                      int64_t column, int64_t columns) {
    const kernel *k = s->b.kernel;
    _Alignas(64) char buffer[64 * 16 * sizeof(double)];
    const tile_target target = {buffer, 1, 0};
    k->tile(s->b.depth, (int)rows, a, b, next, &target, 1, k->mr);
    const int first = s->b.depth_start == 0;
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

void macro_kernel(const slice *s, const char *a, leaf_rows block, panel_group group, group_source *ahead) {
    const kernel *k = s->b.kernel;
    const leaf_call *call = s->call;
    const int64_t size = (int64_t)element_size(k->precision), end = group.first + group.width;
    const int64_t panel_bytes = k->nr * s->b.depth * size,
                  share = panel_bytes / ceil_div(block.rows, k->mr); // fetched by a tile
    int64_t whole_rows, whole_columns;
    common_extent(call, &whole_rows, &whole_columns);
    tile_target targets[KERNEL_MAX_TERMS];
    for (int t = 0; t < call->count; t++)
        targets[t] = (tile_target){NULL, call->targets[t].coef, s->b.depth_start == 0 ? call->targets[t].beta : 1};
    for (int64_t j = group.first; j < end; j += k->nr) {
        const char *b = s->b.data + j * s->b.depth * size;
        uintptr_t after = (uintptr_t)(b + panel_bytes);
        const int64_t column = s->b.column + j, columns = min64(k->nr, s->b.columns - j);
        for (int64_t i = 0; i < block.rows; i += k->mr, after += (uintptr_t)share) {
            const char *panel = a + i * s->b.depth * size;
            const int64_t height = min64(k->mr, block.rows - i);
            line_runs packed = {after, INT64_MAX, INT64_MAX, 0};
            line_runs *next = ahead ? group_source_take(ahead, tile_lines(s->b.depth)) : &packed;
            if (call->c_rs == 1 && height % k->lanes == 0 && block.row + i + height <= whole_rows &&
                column + k->nr <= whole_columns) {
                for (int t = 0; t < call->count; t++)
                    targets[t].c = (char *)call->targets[t].p + (block.row + i + column * call->c_cs) * size;
                k->tile(s->b.depth, (int)height, panel, b, next, targets, call->count, call->c_cs);
            } else {
                edge_tile(s, panel, b, next, block.row + i, height, column, columns);
            }
        }
    }
}
