// SPDX-License-Identifier: AGPL-3.0-or-later
/** strassen_max_abs against a scan of every element: all lengths around the vectors', strides, signs, NaN and infinity. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "strassen.h"

enum { ROWS = 83, COLUMNS = 3, LD = 97 };

static double random_value(void) {
    switch (rand() % 400) {
    case 0: return NAN;
    case 1: return -NAN;
    case 2: return INFINITY;
    case 3: return -INFINITY;
    case 4: return -0.0;
    default: return (double)rand() / RAND_MAX - 0.5;
    }
}

static void store(strassen_precision precision, void *x, int at, double value) {
    if (precision == STRASSEN_FLOAT64)
        ((double *)x)[at] = value;
    else
        ((float *)x)[at] = (float)value;
}

static void scan_agrees(strassen_precision precision, int rows, int row_stride, int column_stride) {
    double memory[LD * LD], worst = 0, found = -1;
    for (int i = 0; i < LD * LD; i++) store(precision, memory, i, NAN); // what lies between the elements must not count
    for (int j = 0; j < COLUMNS; j++)
        for (int i = 0; i < rows; i++) {
            const double drawn = random_value(), value = precision == STRASSEN_FLOAT64 ? drawn : (float)drawn;
            store(precision, memory, i * row_stride + j * column_stride, value);
            if (isnan(value) || fabs(value) > worst) worst = isnan(worst) ? worst : fabs(value);
        }
    const strassen_status status =
        strassen_max_abs(precision, rows, COLUMNS, memory, row_stride, column_stride, NULL, &found);
    CHECK(status == STRASSEN_OK && (found == worst || (isnan(found) && isnan(worst))),
          "%d rows, strides %d %d: %g, expected %g", rows, row_stride, column_stride, found, worst);
}

int main(void) {
    for (int precision = 0; precision < 2; precision++)
        for (int rows = 0; rows <= ROWS; rows++)
            for (int repeat = 0; repeat < 20; repeat++) {
                scan_agrees((strassen_precision)precision, rows, 1, LD);
                scan_agrees((strassen_precision)precision, rows, LD, 1);
                scan_agrees((strassen_precision)precision, rows, COLUMNS + 2, 2);
            }
    return check_summary();
}
