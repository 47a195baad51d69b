// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * The order of the products and the life of the temporaries: a beam search.
 *
 * A state is the set of products done and the forms that the temporaries hold. A move does one product that needs a sum;
 * products that need none are done at once, which never hurts. States are ranked by the cost so far plus a lower bound of
 * the cost to come (every form still needed and not held has to be formed once, at its cheapest), and equal ones are
 * merged, so that a beam wide enough is an exact branch-and-bound: it is for rank ≤ 8 with one temporary a side.
 */
#include <stdlib.h>
#include <string.h>

#include "fast/schedule_internal.h"

#define WINDOW 96 /* products considered from one state */

typedef struct trace {
    int parent;
    input_step step;
} trace;

typedef struct state {
    int64_t cost;
    int64_t bound; /* of the cost to come */
    uint64_t hash; /* of the products done */
    int trace, stage, left;
    int held[2][SCHEDULE_MAX_TEMPORARIES];
} state;

typedef struct candidate {
    int64_t total;
    uint64_t hash;
    int64_t cost, bound;
    int parent, product;
    int slot[2];
} candidate;

/** A candidate in the heap that yields them cheapest first, older ones first among equals. */
typedef struct key {
    int64_t total;
    int index;
} key;

typedef struct search {
    const forms *sides;
    const unsigned char *stages;
    const int *temporaries;
    int rank, passes, words;
    int *needed[2]; /* per form: products left that use it, for the state being expanded */
    trace *traces;
    int trace_count, trace_capacity;
    candidate *candidates;
    key *heap;
    int candidate_count, candidate_capacity;
    state *states[2];
    uint64_t *done[2]; /* words per state */
    int *table;        /* hash table over the states accepted for the next layer */
    int table_mask, width;
    int64_t best;
    int best_trace;
} search;

static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static int is_done(const uint64_t *done, int product) { return (int)(done[product >> 6] >> (product & 63) & 1); }

/** Cost of forming `form` on a side from what its temporaries hold. */
static int64_t form_cost(const search *self, int side, int form, const int *held) {
    const forms *set = &self->sides[side];
    if (set->price && self->temporaries[side] == 1) {
        if (held[0] < 0) return (int64_t)(set->terms[form] + 1) * INPUT_UNIT;
        return set->price[(size_t)form * (size_t)set->count + (size_t)held[0]];
    }
    const derivation how = forms_derive(set, form, held, self->temporaries[side]);
    return derivation_price(&how);
}

/** 1 if operand `side` of a product is a block or held. */
static int at_hand(const search *self, int side, int form, const int *held) {
    if (self->sides[side].block[form] >= 0) return 1;
    for (int t = 0; t < self->temporaries[side]; ++t)
        if (held[t] == form) return 1;
    return 0;
}

static int push_trace(search *self, int parent, input_step step) {
    if (self->trace_count == self->trace_capacity) {
        const int capacity = 2 * self->trace_capacity + 256;
        trace *grown = realloc(self->traces, (size_t)capacity * sizeof *grown);
        if (!grown) return -1;
        self->traces = grown;
        self->trace_capacity = capacity;
    }
    self->traces[self->trace_count] = (trace){parent, step};
    return self->trace_count++;
}

/** Marks a product done in a state. Returns 0 when memory is short. */
static int do_product(search *self, state *now, uint64_t *done, int product, int slot_a, int slot_b) {
    now->trace = push_trace(self, now->trace, (input_step){product, now->stage, {slot_a, slot_b}});
    done[product >> 6] |= (uint64_t)1 << (product & 63);
    now->hash ^= mix((uint64_t)product);
    --now->left;
    return now->trace >= 0;
}

static int allowed(const search *self, const state *now, int product) {
    return self->stages[product] >> now->stage & 1;
}

/** Does all products that cost nothing, moving past passes as soon as nothing holds them back. */
static int close_state(search *self, state *now, uint64_t *done) {
    for (;;) {
        int waiting = 0;
        for (int p = 0; p < self->rank; ++p) {
            if (is_done(done, p)) continue;
            if (allowed(self, now, p) && at_hand(self, 0, self->sides[0].of[p], now->held[0]) &&
                at_hand(self, 1, self->sides[1].of[p], now->held[1])) {
                if (!do_product(self, now, done, p, -1, -1)) return 0;
            } else if (self->stages[p] >> now->stage == 1) {
                waiting = 1;
            }
        }
        if (waiting || now->stage == self->passes || now->left == 0) return 1;
        ++now->stage;
    }
}

/** Counts how many products left in a state need each form. */
static void count_needs(search *self, const uint64_t *done) {
    for (int side = 0; side < 2; ++side)
        memset(self->needed[side], 0, (size_t)(self->sides[side].count + 1) * sizeof *self->needed[side]);
    for (int p = 0; p < self->rank; ++p)
        if (!is_done(done, p))
            for (int side = 0; side < 2; ++side) ++self->needed[side][self->sides[side].of[p]];
}

/** Temporaries that may be overwritten: an empty one if there is one, else each. Returns how many. */
static int choose_slots(const search *self, int side, const int *held, int *slots) {
    for (int t = 0; t < self->temporaries[side]; ++t)
        if (held[t] < 0) {
            slots[0] = t;
            return 1;
        }
    for (int t = 0; t < self->temporaries[side]; ++t) slots[t] = t;
    return self->temporaries[side];
}

/** How the lower bound changes when `product` is done with its operand formed in `slot`. */
static int64_t bound_change(const search *self, int side, int form, const int *held, int slot) {
    if (slot < 0) return 0;
    int64_t change = self->needed[side][form] > 0 ? -self->sides[side].cheapest[form] : 0;
    const int evicted = held[slot];
    if (evicted >= 0 && self->needed[side][evicted] > 0) change += self->sides[side].cheapest[evicted];
    return change;
}

static uint64_t held_hash(const search *self, const state *now, const int *slot, int product) {
    uint64_t hash = 0;
    for (int side = 0; side < 2; ++side)
        for (int t = 0; t < self->temporaries[side]; ++t) {
            const int form = slot[side] == t ? self->sides[side].of[product] : now->held[side][t];
            hash += mix(((uint64_t)(side + 1) << 40) + (uint64_t)(form + 1));
        }
    return hash;
}

static int push_candidate(search *self, const state *now, int parent, int product, int slot_a, int slot_b,
                          int64_t cost) {
    if (self->candidate_count == self->candidate_capacity) {
        const int capacity = 2 * self->candidate_capacity + 1024;
        candidate *grown = realloc(self->candidates, (size_t)capacity * sizeof *grown);
        if (!grown) return 0;
        self->candidates = grown;
        key *heap = realloc(self->heap, (size_t)capacity * sizeof *heap);
        if (!heap) return 0;
        self->heap = heap;
        self->candidate_capacity = capacity;
    }
    candidate next = {.parent = parent, .product = product, .slot = {slot_a, slot_b}};
    next.cost = now->cost + cost;
    next.bound = now->bound;
    for (int side = 0; side < 2; ++side)
        next.bound += bound_change(self, side, self->sides[side].of[product], now->held[side], next.slot[side]);
    next.total = next.cost + next.bound;
    if (next.total >= self->best) return 1;
    next.hash = now->hash ^ mix((uint64_t)product) ^ held_hash(self, now, next.slot, product);
    self->candidates[self->candidate_count++] = next;
    return 1;
}

/** All moves from one state. */
static int expand(search *self, int parent, const state *now, const uint64_t *done) {
    int seen = 0;
    count_needs(self, done);
    for (int p = 0; p < self->rank && seen < WINDOW; ++p) {
        if (is_done(done, p) || !allowed(self, now, p)) continue;
        ++seen;
        int slots[2][SCHEDULE_MAX_TEMPORARIES], counts[2];
        int64_t cost = 0;
        for (int side = 0; side < 2; ++side) {
            const int form = self->sides[side].of[p];
            if (at_hand(self, side, form, now->held[side])) {
                slots[side][0] = -1;
                counts[side] = 1;
            } else {
                cost += form_cost(self, side, form, now->held[side]);
                counts[side] = choose_slots(self, side, now->held[side], slots[side]);
            }
        }
        for (int a = 0; a < counts[0]; ++a)
            for (int b = 0; b < counts[1]; ++b)
                if (!push_candidate(self, now, parent, p, slots[0][a], slots[1][b], cost)) return 0;
    }
    return 1;
}

static int before(key x, key y) { return x.total != y.total ? x.total < y.total : x.index < y.index; }

/** Moves the key at `at` down until both its children come after it. */
static void sift(key *heap, int count, int at) {
    const key moved = heap[at];
    for (int child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && before(heap[child + 1], heap[child])) ++child;
        if (!before(heap[child], moved)) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void make_heap(search *self) {
    const int count = self->candidate_count;
    for (int i = 0; i < count; ++i) self->heap[i] = (key){self->candidates[i].total, i};
    for (int i = count / 2 - 1; i >= 0; --i) sift(self->heap, count, i);
}

/** Takes the first key out of a heap of `count` ≥ 1. */
static int pop(key *heap, int count) {
    const int first = heap[0].index;
    heap[0] = heap[count - 1];
    sift(heap, count - 1, 0);
    return first;
}

/** 1 if a state with this hash is in the next layer already; otherwise notes it. */
static int seen_before(search *self, const candidate *list, int index) {
    unsigned at = (unsigned)(list[index].hash & (unsigned)self->table_mask);
    while (self->table[at] >= 0) {
        if (list[self->table[at]].hash == list[index].hash) return 1;
        at = (at + 1) & (unsigned)self->table_mask;
    }
    self->table[at] = index;
    return 0;
}

/** Turns the best candidates into the next layer. Returns its size, or −1 when memory is short. */
static int next_layer(search *self, int from) {
    const int to = 1 - from;
    const size_t words = (size_t)self->words;
    int count = 0, accepted = 0;
    make_heap(self);
    memset(self->table, 0xff, (size_t)(self->table_mask + 1) * sizeof *self->table);
    for (int left = self->candidate_count; left > 0 && accepted < self->width; --left) {
        const int c = pop(self->heap, left);
        const candidate *move = &self->candidates[c];
        if (move->total >= self->best) break;
        if (seen_before(self, self->candidates, c)) continue;
        ++accepted;
        state *now = &self->states[to][count];
        uint64_t *done = self->done[to] + (size_t)count * words;
        *now = self->states[from][move->parent];
        memcpy(done, self->done[from] + (size_t)move->parent * words, words * sizeof *done);
        now->cost = move->cost;
        now->bound = move->bound;
        for (int side = 0; side < 2; ++side)
            if (move->slot[side] >= 0) now->held[side][move->slot[side]] = self->sides[side].of[move->product];
        if (!do_product(self, now, done, move->product, move->slot[0], move->slot[1])) return -1;
        if (!close_state(self, now, done)) return -1;
        if (now->left > 0) {
            ++count;
        } else if (now->cost < self->best) {
            self->best = now->cost;
            self->best_trace = now->trace;
        }
    }
    return count;
}

/** The state before the first product. Products with an operand that is zero are left out. */
static int first_layer(search *self) {
    state *now = &self->states[0][0];
    uint64_t *done = self->done[0];
    *now = (state){.trace = -1};
    memset(now->held, 0xff, sizeof now->held);
    memset(done, 0, (size_t)self->words * sizeof *done);
    for (int p = 0; p < self->rank; ++p)
        if (self->sides[0].of[p] >= 0 && self->sides[1].of[p] >= 0)
            ++now->left;
        else
            done[p >> 6] |= (uint64_t)1 << (p & 63);
    count_needs(self, done);
    for (int side = 0; side < 2; ++side)
        for (int f = 0; f < self->sides[side].count; ++f)
            if (self->needed[side][f] > 0 && self->sides[side].block[f] < 0)
                now->bound += self->sides[side].cheapest[f];
    if (!close_state(self, now, done)) return -1;
    if (now->left > 0) return 1;
    if (self->best > 0) {
        self->best = 0;
        self->best_trace = now->trace;
    }
    return 0;
}

/** Copies the best trace, which runs backwards, into an order. */
static strassen_status collect(const search *self, input_order *out) {
    *out = (input_order){0};
    if (self->best_trace < 0) return STRASSEN_OK;
    for (int t = self->best_trace; t >= 0; t = self->traces[t].parent) ++out->count;
    out->steps = malloc((size_t)out->count * sizeof *out->steps);
    if (!out->steps) return STRASSEN_ERROR_MEMORY;
    out->cost = self->best;
    int at = out->count;
    for (int t = self->best_trace; t >= 0; t = self->traces[t].parent) out->steps[--at] = self->traces[t].step;
    return STRASSEN_OK;
}

/** Beam width for an effort: about half the products are left on average, each with a choice of temporaries. */
static int beam_width(const search *self, int64_t effort) {
    const int64_t products = self->rank < WINDOW ? self->rank : WINDOW;
    const int64_t moves = products * self->rank / 2 * self->temporaries[0] * self->temporaries[1] + 1;
    const int64_t width = effort / moves;
    return width < 1 ? 1 : width > 32768 ? 32768 : (int)width;
}

static strassen_status allocate(search *self) {
    size_t table = 4;
    while (table < 2 * (size_t)self->width) table *= 2;
    self->table_mask = (int)table - 1;
    self->table = malloc(table * sizeof *self->table);
    for (int i = 0; i < 2; ++i) {
        self->needed[i] = malloc((size_t)(self->sides[i].count + 1) * sizeof *self->needed[i]);
        self->states[i] = malloc((size_t)self->width * sizeof *self->states[i]);
        self->done[i] = malloc((size_t)self->width * (size_t)self->words * sizeof *self->done[i]);
        if (!self->needed[i] || !self->states[i] || !self->done[i]) return STRASSEN_ERROR_MEMORY;
    }
    return self->table ? STRASSEN_OK : STRASSEN_ERROR_MEMORY;
}

static void release(search *self) {
    for (int i = 0; i < 2; ++i) {
        free(self->needed[i]);
        free(self->states[i]);
        free(self->done[i]);
    }
    free(self->traces);
    free(self->candidates);
    free(self->heap);
    free(self->table);
}

static strassen_status run(search *self) {
    int from = 0, count = first_layer(self);
    while (count > 0) {
        self->candidate_count = 0;
        for (int s = 0; s < count; ++s)
            if (!expand(self, s, &self->states[from][s], self->done[from] + (size_t)s * (size_t)self->words))
                return STRASSEN_ERROR_MEMORY;
        count = next_layer(self, from);
        from = 1 - from;
    }
    return count < 0 ? STRASSEN_ERROR_MEMORY : STRASSEN_OK;
}

strassen_status inputs_search(const forms sides[2], int rank, const unsigned char *stages, int passes,
                              const int temporaries[2], int64_t effort, int64_t bound, input_order *out) {
    search self = {.sides = sides, .stages = stages, .temporaries = temporaries, .rank = rank, .passes = passes};
    self.words = (rank + 63) / 64;
    self.best = bound;
    self.best_trace = -1;
    self.width = beam_width(&self, effort);
    *out = (input_order){0};
    strassen_status status = allocate(&self);
    if (status == STRASSEN_OK) status = run(&self);
    if (status == STRASSEN_OK) status = collect(&self, out);
    release(&self);
    return status;
}

void input_order_free(input_order *order) {
    free(order->steps);
    *order = (input_order){0};
}
