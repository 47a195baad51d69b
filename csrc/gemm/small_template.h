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

/** `rows` rows of A, with zeros below, as columns of `height` elements. */
static void NAME(copy_rows)(const small_call *call, const T *a, int64_t rows, int64_t height, T *out) {
    for (int64_t l = 0; l < call->k; l++, out += height) {
        const T *column = a + l * call->a_cs;
        int64_t i = 0;
        for (; i < rows; i++) out[i] = column[i * call->a_rs];
        for (; i < height; i++) out[i] = 0;
    }
}

static void NAME(small)(const small_call *call) {
    T copy[SMALL_LIMIT * NAME(ROWS)];
    const int collides = small_collides(call->a_cs, sizeof(T));
    const T *a = call->a;
    T *c = call->c;
    for (int64_t i = 0; i < call->m; i += NAME(ROWS), a += NAME(ROWS) * call->a_rs, c += NAME(ROWS)) {
        const int64_t rows = min64(NAME(ROWS), call->m - i);
        const int64_t height = rows > NAME(WIDTH) ? NAME(ROWS) : NAME(WIDTH);
        const T *left = a;
        int64_t left_cs = call->a_cs;
        if (rows < height || call->a_rs != 1 || collides) {
            NAME(copy_rows)(call, a, rows, height, copy);
            left = copy;
            left_cs = height;
        }
        if (height == NAME(ROWS))
            NAME(strip)(call, left, left_cs, c, rows, 2);
        else
            NAME(strip)(call, left, left_cs, c, rows, 1);
    }
}
