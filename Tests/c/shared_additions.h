// SPDX-License-Identifier: AGPL-3.0-or-later
/** Additions of a program as the literature counts them: sums that rows of one pass have in common are formed once. */
#ifndef STRASSEN_TESTS_SHARED_ADDITIONS_H
#define STRASSEN_TESTS_SHARED_ADDITIONS_H

#include "fast/schedule.h"

#define SHARED_ROWS 16 /* larger groups are not searched for shared sums */
#define SHARED_NAMES 96

/** Rows of a group as sums that may grow names for sub-sums: entry j of row r is the coefficient of cell or name j. */
typedef struct sums {
    int rows, names;
    double entry[SHARED_ROWS][SHARED_NAMES];
} sums;

/** Rows that hold coef·(i + ratio·j) for any coef. */
static int holders(const sums *self, int i, int j, double ratio) {
    int count = 0;
    for (int r = 0; r < self->rows; ++r)
        count += self->entry[r][i] != 0 && self->entry[r][j] == ratio * self->entry[r][i];
    return count;
}

/** Finds the pair that most rows share. Returns how many do. */
static int most_shared(const sums *self, int *first, int *second, double *ratio) {
    int most = 0;
    for (int r = 0; r < self->rows; ++r)
        for (int i = 0; i < self->names; ++i)
            for (int j = i + 1; j < self->names && self->entry[r][i] != 0; ++j) {
                if (self->entry[r][j] == 0) continue;
                const double q = self->entry[r][j] / self->entry[r][i];
                const int count = holders(self, i, j, q);
                if (count <= most) continue;
                most = count;
                *first = i;
                *second = j;
                *ratio = q;
            }
    return most;
}

/** Additions of a group when the pair that most rows share gets a name, again and again (greedy elimination). */
static int shared_additions(const schedule *program, schedule_rows rows) {
    sums self = {.rows = rows.count, .names = program->blocks[SCHEDULE_C]};
    int plain = 0, named = 0, first = 0, second = 0;
    double ratio = 0;
    for (int r = 0; r < rows.count; ++r) plain += program->rows[rows.start + r].count - 1;
    if (rows.count > SHARED_ROWS || self.names + plain > SHARED_NAMES) return plain;
    for (int r = 0; r < rows.count; ++r) {
        const schedule_row *row = &program->rows[rows.start + r];
        for (int t = row->start; t < row->start + row->count; ++t)
            self.entry[r][program->terms[t].cell] = program->terms[t].coef;
    }
    for (int count; (count = most_shared(&self, &first, &second, &ratio)) > 1; plain -= count) {
        for (int r = 0; r < self.rows; ++r) {
            if (self.entry[r][first] == 0 || self.entry[r][second] != ratio * self.entry[r][first]) continue;
            self.entry[r][self.names] = self.entry[r][first];
            self.entry[r][first] = self.entry[r][second] = 0;
        }
        ++self.names;
        ++named;
    }
    return plain + named;
}

/** On C: of the passes with shared sums, and of the targets that add. */
static int additions_on_c(const schedule *program) {
    int total = program->counts.adds;
    for (int i = 0; i < program->op_count; ++i)
        if (program->ops[i].kind == SCHEDULE_PASS) total += shared_additions(program, program->ops[i].clean);
    return total;
}

#endif
