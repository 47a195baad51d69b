// SPDX-License-Identifier: AGPL-3.0-or-later
/** Template of the small product for one element type T and vectors of VECTOR bytes; names by NAME(x). */

typedef T NAME(vector) __attribute__((vector_size(VECTOR), aligned(sizeof(T))));
/** 512-bit vectors come with 32 registers: 16 sums, which hide the latency of an FMA better than 8. */
enum {
    NAME(WIDTH) = VECTOR / sizeof(T),
    NAME(ROWS) = 2 * VECTOR / sizeof(T),
    NAME(COLUMNS) = VECTOR == 64 ? 2 * SMALL_COLUMNS : SMALL_COLUMNS
};

/** at := beta·at + product, of the first `rows` elements. */
static inline __attribute__((always_inline)) void NAME(store)(T *at, NAME(vector) product, T beta, int64_t rows) {
    if (rows >= NAME(WIDTH)) {
        *(NAME(vector) *)at = beta == 0 ? product : *(NAME(vector) *)at * beta + product;
        return;
    }
    T element[NAME(WIDTH)];
    memcpy(element, &product, sizeof element);
    for (int64_t i = 0; i < rows; i++) at[i] = beta == 0 ? element[i] : at[i] * beta + element[i];
}

/**
 * One tile: `vectors` × `columns` registers of C. `rows` of them are stored, all or fewer; A holds whole vectors.
 * The two constants make the compiler unroll it.
 */
static inline __attribute__((always_inline)) void NAME(tile)(const small_call *call, const T *a, int64_t a_cs,
                                                             const T *b, T *c, int64_t rows, const int vectors,
                                                             const int columns) {
    const int64_t b_rs = call->b_rs, b_cs = call->b_cs;
    NAME(vector) sum[2][NAME(COLUMNS)] = {0};
    for (int64_t l = 0; l < call->k; l++) {
        NAME(vector) left[2];
        SMALL_UNROLL for (int v = 0; v < vectors; v++) left[v] =
            *(const NAME(vector) *)(a + l * a_cs + v * NAME(WIDTH));
        SMALL_UNROLL for (int j = 0; j < columns; j++) SMALL_UNROLL for (int v = 0; v < vectors; v++) sum[v][j] +=
            left[v] * b[l * b_rs + j * b_cs];
    }
    const T alpha = (T)call->alpha, beta = (T)call->beta;
    SMALL_UNROLL for (int j = 0; j < columns; j++, c += call->c_cs) SMALL_UNROLL for (int v = 0; v < vectors; v++)
        NAME(store)(c + v * NAME(WIDTH), sum[v][j] * alpha, beta, rows - v * NAME(WIDTH));
}

/** A strip of rows of C, tile by tile. */
static inline __attribute__((always_inline)) void NAME(strip)(const small_call *call, const T *a, int64_t a_cs, T *c,
                                                              int64_t rows, const int vectors) {
    const T *b = call->b;
    int64_t j = 0;
    for (; j + NAME(COLUMNS) <= call->n; j += NAME(COLUMNS))
        NAME(tile)(call, a, a_cs, b + j * call->b_cs, c + j * call->c_cs, rows, vectors, NAME(COLUMNS));
    for (; j + SMALL_COLUMNS <= call->n; j += SMALL_COLUMNS)
        NAME(tile)(call, a, a_cs, b + j * call->b_cs, c + j * call->c_cs, rows, vectors, SMALL_COLUMNS);
    for (; j < call->n; j++) NAME(tile)(call, a, a_cs, b + j * call->b_cs, c + j * call->c_cs, rows, vectors, 1);
}

/** `height` rows of A as columns of so many elements; a constant. */
static inline __attribute__((always_inline)) void NAME(copy_whole)(const small_call *call, const T *a,
                                                                   const int64_t height, T *out) {
    for (int64_t l = 0; l < call->k; l++, out += height) memcpy(out, a + l * call->a_cs, (size_t)height * sizeof(T));
}

/** `rows` rows of A, with zeros below, as columns of `height` elements. */
static void NAME(copy_rows)(const small_call *call, const T *a, int64_t rows, int64_t height, T *out) {
    if (call->a_rs == 1 && rows == NAME(ROWS)) return NAME(copy_whole)(call, a, NAME(ROWS), out);
    if (call->a_rs == 1 && rows == NAME(WIDTH)) return NAME(copy_whole)(call, a, NAME(WIDTH), out);
    for (int64_t l = 0; l < call->k; l++, out += height) {
        const T *column = a + l * call->a_cs;
        int64_t i = 0;
        for (; i < rows; i++) out[i] = column[i * call->a_rs];
        for (; i < height; i++) out[i] = 0;
    }
}

/** A strip of rows, one or two vectors high. */
typedef struct NAME(rows) {
    int64_t row, rows, height;
} NAME(rows);

/** The strip that goes on from `row`. Where C is not read the last one begins with rows that are done, so that it is whole. */
static inline __attribute__((always_inline)) NAME(rows) NAME(rows_from)(const small_call *call, int64_t row) {
    const int64_t left = call->m - row;
    int64_t height = left > NAME(WIDTH) ? NAME(ROWS) : NAME(WIDTH);
    if (call->beta == 0 && left < height) {
        if (call->m < height) height = NAME(WIDTH);
        if (call->m >= height && left < height) row = call->m - height;
    }
    return (NAME(rows)){row, min64(height, call->m - row), height};
}

/** 1 if a strip of A can be read where it lies: its columns are contiguous, and stay in L1 while B goes by. */
static int NAME(in_place)(const small_call *call) {
    if (call->a_rs != 1) return 0;
    if (!small_collides(call->a_cs, sizeof(T))) return 1;
    return VECTOR == 64 && call->k <= 64 && call->a_cs * (int64_t)sizeof(T) % 1024 != 0; // 8 of an L1's ways, mostly 12
}

static void NAME(small)(const small_call *call) {
    T copy[SMALL_LIMIT * NAME(ROWS)];
    const int in_place = NAME(in_place)(call);
    for (int64_t row = 0; row < call->m;) {
        const NAME(rows) s = NAME(rows_from)(call, row);
        const T *a = (const T *)call->a + s.row * call->a_rs;
        T *c = (T *)call->c + s.row;
        int64_t a_cs = call->a_cs;
        if (s.rows < s.height || !in_place) {
            NAME(copy_rows)(call, a, s.rows, s.height, copy);
            a = copy;
            a_cs = s.height;
        }
        if (s.height == NAME(ROWS))
            NAME(strip)(call, a, a_cs, c, s.rows, 2);
        else
            NAME(strip)(call, a, a_cs, c, s.rows, 1);
        row = s.row + s.rows;
    }
}
