// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * strassen: matrix multiplication with fewer than 2mnk flops.
 *
 * The flow is scheme + profile -> plan -> run. A scheme is data; a plan is a pure function of problem,
 * options, profile and CPU; running a plan allocates nothing when it is handed the workspace it asked for.
 *
 * Conventions: dimensions and strides are int64_t, counted in elements. Element (i,j) of a matrix with
 * row stride rs and column stride cs lies at p[i*rs + j*cs]. Every call returns a strassen_status; the
 * library never prints, never exits and never reads the environment.
 */
#ifndef STRASSEN_H
#define STRASSEN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STRASSEN_VERSION_MAJOR 0
#define STRASSEN_VERSION_MINOR 1
#define STRASSEN_VERSION_PATCH 0

#if defined(__GNUC__) || defined(__clang__)
#define STRASSEN_API __attribute__((visibility("default")))
#else
#define STRASSEN_API
#endif

/* ------------------------------------------------------------------ status */

/** What every call returns. */
typedef enum strassen_status {
    STRASSEN_OK = 0,
    STRASSEN_ERROR_ARGUMENT = 1,     /**< a null pointer, a negative size, an unknown name or enum value */
    STRASSEN_ERROR_MEMORY = 2,       /**< an allocation failed */
    STRASSEN_ERROR_OVERFLOW = 3,     /**< a size or an exact coefficient does not fit in 64 bits */
    STRASSEN_ERROR_FORMAT = 4,       /**< text that is not what it should be; see strassen_error */
    STRASSEN_ERROR_NOT_A_SCHEME = 5, /**< the coefficients do not multiply matrices */
    STRASSEN_ERROR_UNSUPPORTED = 6,  /**< this CPU or build lacks what was asked for */
    STRASSEN_ERROR_WORKSPACE = 7,    /**< the workspace handed in is not aligned to 64 bytes */
    STRASSEN_ERROR_MACHINE = 8,      /**< a profile made on another machine */
} strassen_status;

/** Where and why reading a text failed. `line` and `column` count from 1; 0 means "not tied to a place". */
typedef struct strassen_error {
    int line;
    int column;
    char message[240];
} strassen_error;

/** A short English phrase for a status; never null. */
STRASSEN_API const char *strassen_status_string(strassen_status status);

/** "major.minor.patch" of the library that is running. */
STRASSEN_API const char *strassen_version(void);

/* --------------------------------------------------------------------- cpu */

/** Instruction sets that micro-kernels are written for; a larger value includes the smaller ones. */
typedef enum strassen_isa {
    STRASSEN_ISA_PORTABLE = 0,
    STRASSEN_ISA_AVX2 = 1,   /**< AVX2 and FMA */
    STRASSEN_ISA_AVX512 = 2, /**< AVX-512 F, DQ, VL, BW */
} strassen_isa;

/** Element type of all three matrices. */
typedef enum strassen_precision { STRASSEN_FLOAT32 = 0, STRASSEN_FLOAT64 = 1 } strassen_precision;

/** The best instruction set that this CPU and this build both have. */
STRASSEN_API strassen_isa strassen_isa_best(void);
/** 1 if this CPU can run kernels of `isa`. */
STRASSEN_API int strassen_isa_supported(strassen_isa isa);
/** "portable", "avx2", "avx512"; "unknown" for anything else. */
STRASSEN_API const char *strassen_isa_name(strassen_isa isa);

/** One micro-kernel of the registry. */
typedef struct strassen_kernel_info {
    const char *name; /**< such as "f64_8x6_avx2" */
    strassen_precision precision;
    strassen_isa isa;
    int mr, nr;    /**< rows and columns of the register tile */
    int supported; /**< 1 if this CPU can run it */
} strassen_kernel_info;

/** Number of micro-kernels in the registry. */
STRASSEN_API int strassen_kernel_count(void);
/** Describes kernel `index`, 0 ≤ index < strassen_kernel_count(), best first. ARGUMENT for any other. */
STRASSEN_API strassen_status strassen_kernel_describe(int index, strassen_kernel_info *info);

/**
 * Runs `repeats` in-cache micro-tile products of depth `kc` on the calling thread: the measure of the peak.
 * The caller times it. Flops done = 2·mr·nr·kc·repeats. kc is 1 … 4096.
 * @return ARGUMENT, UNSUPPORTED (this CPU cannot run it), MEMORY.
 */
STRASSEN_API strassen_status strassen_kernel_spin(int index, int64_t kc, int64_t repeats);

/**
 * Runs `repeats` × 64 steps of twelve independent chains of fused multiply-adds on registers, no memory at all: the FMA peak of `isa`.
 * @param flops receives the number of flops done.
 * @return ARGUMENT, UNSUPPORTED (this CPU lacks `isa`).
 */
STRASSEN_API strassen_status strassen_fma_spin(strassen_isa isa, strassen_precision precision, int64_t repeats,
                                               double *flops);

/** How memory is streamed over. */
typedef enum strassen_stream {
    STRASSEN_STREAM_READ = 0, /**< the largest of x */
    STRASSEN_STREAM_COPY = 1, /**< x := y */
    STRASSEN_STREAM_TRIAD = 2 /**< x := y + z/2 */
} strassen_stream;

/**
 * Streams over `bytes` of `buffer` `repeats` times with the widest vectors: the measure of bandwidth.
 * `buffer` is 64-byte aligned; COPY uses halves, TRIAD thirds. @param moved receives the bytes read and written.
 */
STRASSEN_API strassen_status strassen_stream_spin(strassen_stream kind, void *buffer, size_t bytes, int64_t repeats,
                                                  double *moved);

/* ------------------------------------------------------------------ scheme */

/**
 * A bilinear scheme ⟨m,k,n;r⟩ in exact rationals; immutable. U is r×(m·k), V r×(k·n), W r×(m·n), row-major;
 * row p of all three is product p:  q_p = (U_p·a)(V_p·b),  c = Σ_p W_p·q_p  with a, b, c row-major matrices.
 */
typedef struct strassen_scheme strassen_scheme;

/** An exact coefficient, in lowest terms where the library hands it out. */
typedef struct strassen_rational {
    int64_t num;
    int64_t den; /**< > 0, coprime to num */
} strassen_rational;

/** Which of the three coefficient matrices. */
typedef enum strassen_factor { STRASSEN_U = 0, STRASSEN_V = 1, STRASSEN_W = 2 } strassen_factor;

#define STRASSEN_SCHEME_MAX_DIM 16    /**< of m, k and n */
#define STRASSEN_SCHEME_MAX_RANK 4096 /**< of r */
#define STRASSEN_SCHEME_NAME_MAX 64   /**< bytes of a name, its final NUL included */

/** Which ring a scheme's equations hold over. Bits; Z implies Q and GF(2). */
typedef enum strassen_ring { STRASSEN_RING_GF2 = 1, STRASSEN_RING_Q = 2, STRASSEN_RING_Z = 4 } strassen_ring;

/** The outcome of the exact check of all (mk)(kn)(mn) Brent equations. */
typedef struct strassen_brent_report {
    int64_t equations;             /**< (m·k)·(k·n)·(m·n) */
    int64_t failed;                /**< over Q */
    int rings;                     /**< bits of strassen_ring; 0 when it holds nowhere */
    int first_a, first_b, first_c; /**< the first equation that fails over Q; entry indices; −1 when none does */
    strassen_rational first_value; /**< its left-hand side */
    int first_expected;            /**< its right-hand side, 0 or 1 */
} strassen_brent_report;

/**
 * Makes a scheme from coefficients (copied). Does not prove it: see strassen_scheme_verify.
 * @param name at most 63 bytes of [A-Za-z0-9_.+-], or null for "unnamed".
 * @return ARGUMENT for sizes outside 1…MAX_DIM or 1…MAX_RANK or a denominator ≤ 0; OVERFLOW for a numerator of
 *         INT64_MIN; MEMORY.
 */
STRASSEN_API strassen_status strassen_scheme_create(const char *name, int m, int k, int n, int rank,
                                                    const strassen_rational *U, const strassen_rational *V,
                                                    const strassen_rational *W, strassen_scheme **out);
/** Frees a scheme; null does nothing. Plans made with it stay valid. */
STRASSEN_API void strassen_scheme_free(strassen_scheme *scheme);
/** Its name; lives as long as the scheme. "" for null. */
STRASSEN_API const char *strassen_scheme_name(const strassen_scheme *scheme);
/** Any of the output pointers may be null. */
STRASSEN_API void strassen_scheme_shape(const strassen_scheme *scheme, int *m, int *k, int *n, int *rank);
/** Coefficient (row, column) of a factor; row is the product, column the row-major entry. */
STRASSEN_API strassen_rational strassen_scheme_coefficient(const strassen_scheme *scheme, strassen_factor factor,
                                                           int row, int column);
/** Proves the scheme in exact integers. OK even when equations fail: read the report. OVERFLOW if 64/128 bits do not do. */
STRASSEN_API strassen_status strassen_scheme_verify(const strassen_scheme *scheme, strassen_brent_report *report);
/** Kronecker product: outer ⊗ inner, ⟨m1m2,k1k2,n1n2;r1r2⟩. Product p1·r2+p2. OVERFLOW, ARGUMENT (too large), MEMORY. */
STRASSEN_API strassen_status strassen_scheme_compose(const strassen_scheme *outer, const strassen_scheme *inner,
                                                     strassen_scheme **out);
/**
 * Reads the `.scheme` text format (docs/formats.md).
 * @param error may be null; says line, column and what was expected.
 */
STRASSEN_API strassen_status strassen_scheme_parse(const char *text, size_t length, strassen_scheme **out,
                                                   strassen_error *error);
/**
 * Writes the `.scheme` text format. `*length` receives the bytes needed without the final NUL; the text is
 * written only if capacity > *length, so call with capacity 0 first.
 */
STRASSEN_API strassen_status strassen_scheme_format(const strassen_scheme *scheme, char *buffer, size_t capacity,
                                                    size_t *length);
/** Number of schemes compiled into the library (the same data as tuning/schemes). */
STRASSEN_API int strassen_scheme_builtin_count(void);
/** Name of built-in `index`, or null. */
STRASSEN_API const char *strassen_scheme_builtin_name(int index);
/** A fresh copy of a built-in scheme ("strassen", "winograd", …). ARGUMENT for an unknown name. */
STRASSEN_API strassen_status strassen_scheme_builtin(const char *name, strassen_scheme **out);

/* ----------------------------------------------------------------- profile */

/** Cache blocking of the classical five loops; mc, kc, nc in elements. */
typedef struct strassen_blocking {
    char kernel[32]; /**< micro-kernel name; empty: the best the CPU has */
    int64_t mc, kc, nc;
} strassen_blocking;

/**
 * What tuning measured about the cost of the building blocks, for one precision and number of threads.
 * All in nanoseconds of wall time with all threads working; the planner's model adds them up.
 */
typedef struct strassen_costs {
    double fma_ns;     /**< per multiply-add of the leaf's inner loops (m·n·k of them) */
    double pack_ns[4]; /**< per packed element, from sums of 1, 2, 3–4 and more terms */
    double update_ns;  /**< per element of C that a micro-tile updates (read + write) */
    double sum_ns;     /**< per element that an explicit sum reads or writes */
    double leaf_ns;    /**< fixed cost of one leaf product */
    double far_ns;     /**< on top per element read for packing, updated or summed, of matrices far larger than L3 */
} strassen_costs;

/** One row of the tuned table. */
typedef struct strassen_tuning {
    strassen_precision precision;
    int threads; /**< 1 … */
    strassen_costs costs;
    int64_t cutoff; /**< least strassen_mean_side of a problem with levels, and of a block that a fused level splits */
    int64_t explicit_cutoff; /**< least strassen_mean_side of a block that an explicit level splits */
} strassen_tuning;

/**
 * What cutoffs are compared with: the harmonic mean of the sides, 3/(1/m + 1/k + 1/n), rounded down; 0 if a side is not positive.
 * A level saves a share of mkn multiply-adds and costs passes over mk, kn and mn elements, so that an m×k×n product gains
 * about what the square of this side does. Source: Higham, Exploiting fast matrix multiplication within the level 3 BLAS,
 * ACM TOMS 16 (1990), whose criterion mkn ≤ τ(mk + kn + mn)/3 this is.
 */
STRASSEN_API int64_t strassen_mean_side(int64_t m, int64_t k, int64_t n);

#define STRASSEN_PROFILE_MAX_TUNINGS 16

/** Measured on one machine; plain data. docs/formats.md has the text form. */
typedef struct strassen_profile {
    char machine[128];             /**< fingerprint of the CPU, caches and instruction sets */
    char library[16];              /**< strassen_version() that measured */
    char created[32];              /**< ISO 8601 date, or empty */
    int64_t l1d, l2, l3;           /**< bytes per core, per core, shared; 0 unknown */
    strassen_blocking blocking[2]; /**< indexed by strassen_precision */
    int tunings;
    strassen_tuning tuning[STRASSEN_PROFILE_MAX_TUNINGS];
} strassen_profile;

/**
 * Fills a profile from cache sizes by the analytical model of Low et al. (TOMS 2016), with typical costs.
 * Zero and negative cache sizes mean 32 KiB, 512 KiB, 8 MiB; none counts for more than 1 TiB.
 */
STRASSEN_API void strassen_profile_derive(strassen_profile *profile, int64_t l1d, int64_t l2, int64_t l3);
/**
 * Reads the text form (docs/formats.md); `*profile` is written only when all of it is right.
 * @param error may be null; says line, column and what was expected.
 * @return FORMAT, ARGUMENT. Whether the profile is this machine's is for the caller to compare.
 */
STRASSEN_API strassen_status strassen_profile_parse(const char *text, size_t length, strassen_profile *profile,
                                                    strassen_error *error);
/** As strassen_scheme_format. ARGUMENT for a profile that could not be read again, such as a cost that is no number. */
STRASSEN_API strassen_status strassen_profile_format(const strassen_profile *profile, char *buffer, size_t capacity,
                                                     size_t *length);

/* -------------------------------------------------------------------- pool */

/** Worker threads that live between calls. One call at a time uses a pool; a second one waits. */
typedef struct strassen_pool strassen_pool;

/**
 * Starts the workers. A pool belongs to the process that made it: a forked child must make its own.
 * @param threads 1 … 1024, the calling thread included: 1 starts no thread.
 * @return ARGUMENT, MEMORY (no memory, or no more threads to be had).
 */
STRASSEN_API strassen_status strassen_pool_create(int threads, strassen_pool **out);
/** Ends the threads and frees the pool; null does nothing. No run may be using it. */
STRASSEN_API void strassen_pool_free(strassen_pool *pool);
/** Its threads, the calling one included; 0 for null. */
STRASSEN_API int strassen_pool_threads(const strassen_pool *pool);

/* -------------------------------------------------------------------- plan */

/** Which code multiplies. */
typedef enum strassen_engine {
    STRASSEN_ENGINE_AUTO = 0,      /**< turbo where the profile expects a gain, else classical */
    STRASSEN_ENGINE_CLASSICAL = 1, /**< the packed five-loop GEMM, 2mnk flops */
    STRASSEN_ENGINE_BASIC = 2,     /**< the readable recursion with explicit temporaries: the oracle */
    STRASSEN_ENGINE_OPTIMAL = 3,   /**< one arena, strided views, any leaf GEMM */
    STRASSEN_ENGINE_TURBO = 4,     /**< explicit outer levels by a schedule, fused inner levels, own micro-kernels */
    STRASSEN_ENGINE_REFERENCE = 5, /**< three loops in long double: for checking small problems */
} strassen_engine;

/**
 * A leaf GEMM for `basic` and `optimal` with the semantics of cblas_?gemm, column-major:
 * C (m×n, ldc) := alpha·op(A)·op(B) + beta·C, op(A) m×k, op(B) k×n; transpose_x 1 means that x is stored transposed.
 * Pointers are double* or float* as the plan's precision. Called by one thread; it may use as many as it likes, but not
 * the pool of the run that calls it, which is busy: it would wait for itself.
 */
typedef void (*strassen_leaf_gemm)(void *context, int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k,
                                   double alpha, const void *A, int64_t lda, const void *B, int64_t ldb, double beta,
                                   void *C, int64_t ldc);

#define STRASSEN_MAX_LEVELS 8 /**< of recursion, explicit and fused together */

/** Sizes of C := alpha·A·B + beta·C. */
typedef struct strassen_problem {
    strassen_precision precision;
    int64_t m, n, k; /**< C m×n, A m×k, B k×n */
    int threads;     /**< 1 … 1024 */
} strassen_problem;

/** Start from strassen_options_default(). */
typedef struct strassen_options {
    strassen_engine engine;
    /** Schemes by level, outermost first; when fewer than levels, the last one repeats. Empty: the planner's own. */
    const strassen_scheme *schemes[STRASSEN_MAX_LEVELS];
    int schemes_count;
    int levels;       /**< total recursion levels, or −1: the planner decides */
    int fused_levels; /**< of these the innermost that turbo fuses into packing, or −1: the planner decides */
    int64_t
        cutoff; /**< where the planner decides, levels split blocks from this strassen_mean_side on; ≤ 0: the profile's */
    /**
     * Bytes of temporaries of turbo's explicit levels, beside packed panels; 0: fused levels only. SIZE_MAX, the default:
     * where the planner decides the bytes of C, else without limit. Basic and optimal take what their levels need.
     */
    size_t max_workspace;
    const strassen_profile *profile; /**< null: derived from typical caches */
    int isa;                         /**< a strassen_isa, or −1: the best */
    const char *kernel;              /**< micro-kernel name, or null */
    int accurate;                    /**< 1: the planner's own schemes keep 2.2× the classical error per level */
    int deterministic;       /**< 1: the plan, and with it every bit, does not depend on the number of threads */
    strassen_leaf_gemm leaf; /**< for basic and optimal; null: our classical GEMM */
    void *leaf_context;
    int max_levels; /**< where the planner decides, at most so many levels; −1: its own limits */
} strassen_options;

/** Everything left to the planner. */
STRASSEN_API strassen_options strassen_options_default(void);

/** How one product is computed; immutable, may be run by many threads at once. */
typedef struct strassen_plan strassen_plan;

/** What a plan will do. Strings live as long as the plan. */
typedef struct strassen_plan_info {
    strassen_engine engine; /**< never AUTO */
    strassen_precision precision;
    int64_t m, n, k;
    int threads;
    int levels, fused_levels;
    const char *scheme; /**< "strassen", "winograd+strassen", "none" for classical */
    const char *
        kernel; /**< micro-kernel name; a small classical product whose strides suit it runs without, and without packing */
    strassen_isa isa;
    int64_t mc, kc, nc;
    size_t workspace_bytes;   /**< 64-byte aligned memory that strassen_run needs, whatever the strides */
    double predicted_seconds; /**< by the cost model; 0 for reference, basic, optimal with a foreign leaf */
    double flops;             /**< multiplications and additions of the leaves and sums; classical would be 2mnk */
    double error_growth;      /**< expected factor over the classical max-norm error */
    const char *reason;       /**< one line: why this plan */
} strassen_plan_info;

/**
 * Chooses how to compute C = alpha·A·B + beta·C. Copies what it needs of the options (schemes and profile included).
 * @param options null: the defaults.
 * @return ARGUMENT, UNSUPPORTED (isa or kernel that this CPU lacks, levels that cannot be), NOT_A_SCHEME, OVERFLOW (a
 *         matrix of more than 2^50 elements, coefficients of composed levels beyond 64 bits), MEMORY.
 */
STRASSEN_API strassen_status strassen_plan_create(const strassen_problem *problem, const strassen_options *options,
                                                  strassen_plan **out);
/** Frees a plan; null does nothing. */
STRASSEN_API void strassen_plan_free(strassen_plan *plan);
/** Says what the plan will do. ARGUMENT for null. */
STRASSEN_API strassen_status strassen_plan_describe(const strassen_plan *plan, strassen_plan_info *info);
/** As strassen_scheme_format: the levels as text, a line each, and the schedules of explicit ones, a line an operation. */
STRASSEN_API strassen_status strassen_plan_explain(const strassen_plan *plan, char *buffer, size_t capacity,
                                                   size_t *length);

/**
 * What one run of a plan touches, in elements, when beta is 0 and operands are packed, which those of small classical
 * products need not be: the input of traffic models. Sides 0 and 1 are A and B as
 * the five loops see them: a row-major C is computed as Cᵀ = BᵀAᵀ, which exchanges the two.
 */
typedef struct strassen_work {
    double leaves;            /**< leaf products */
    double multiply_adds;     /**< of the leaves; those of a foreign leaf too, of which nothing else is known */
    double pack_reads[2];     /**< read from blocks while packing; each term of a sum counts */
    double pack_writes[2];    /**< of packed panels, the last ones filled to the kernel's tile */
    double pack_additions[2]; /**< scalar additions while packing */
    double panel_reads[2];    /**< packed A: once per nr columns; packed B: once per mc rows */
    double updates;           /**< elements of C that micro-tiles read and write */
    double overwrites;        /**< elements of C that micro-tiles write without reading */
    double sum_reads;         /**< of explicit sums; a block that one sum uses twice counts once */
    double sum_writes, sum_additions;
    int64_t leaf_m, leaf_k, leaf_n; /**< largest leaf sides, as the five loops see them */
} strassen_work;

/**
 * Counts the work of a plan by walking its levels; computes nothing. All threads together.
 * @param row_major 1 if C has unit column stride. @return ARGUMENT, UNSUPPORTED (the reference engine packs nothing).
 */
STRASSEN_API strassen_status strassen_plan_work(const strassen_plan *plan, int row_major, strassen_work *work);

/**
 * C := alpha·A·B + beta·C with netlib's semantics: alpha 0 or k 0 reads neither A nor B; beta 0 never reads C;
 * nothing outside the m×n elements of C is written. A, B may overlap each other, not C.
 *
 * @param A,B,C     double* or float* by the plan's precision; any strides, negative ones too; zero too for A and B.
 * @param pool      with at least the plan's threads, or null: one thread (or a temporary pool when threads > 1).
 * @param workspace plan_info.workspace_bytes bytes, 64-byte aligned; null: allocated and freed inside.
 * @return ARGUMENT (a null matrix, a pool that is too small, a C with stride 0), WORKSPACE (not aligned), MEMORY. C is
 *         untouched then.
 */
STRASSEN_API strassen_status strassen_run(const strassen_plan *plan, double alpha, const void *A, int64_t a_rs,
                                          int64_t a_cs, const void *B, int64_t b_rs, int64_t b_cs, double beta, void *C,
                                          int64_t c_rs, int64_t c_cs, strassen_pool *pool, void *workspace);

/** 64-byte aligned memory (from 4 MiB up mapped afresh, zero, on huge pages where there are any); null when there is none. */
STRASSEN_API void *strassen_alloc(size_t bytes);
/** Gives back what strassen_alloc(bytes) handed out, with the same `bytes`; null does nothing. */
STRASSEN_API void strassen_free(void *memory, size_t bytes);

/* ------------------------------------------------------------------ checks */

/**
 * Largest |C − (beta·C0 + alpha·A·B)| over sampled rows, computed in double-double against C, and its ratio to
 * (|alpha|·max|A|·max|B|·k + |beta|·max|C0|)·u (u: unit roundoff of the precision): the usual max-norm error in units of
 * the classical bound.
 *
 * @param rows  how many rows to check, spread evenly (0: all). Cost 2·rows·n·k double-double flops.
 * @param C0    the C before the call, or null when beta is 0.
 */
STRASSEN_API strassen_status strassen_check(const strassen_problem *problem, double alpha, const void *A, int64_t a_rs,
                                            int64_t a_cs, const void *B, int64_t b_rs, int64_t b_cs, double beta,
                                            const void *C0, int64_t c0_rs, int64_t c0_cs, const void *C, int64_t c_rs,
                                            int64_t c_cs, int64_t rows, double *max_error, double *error_ratio);

/** Largest |x| of an m×n matrix; NaN if one is NaN, Inf if one is infinite. */
STRASSEN_API strassen_status strassen_max_abs(strassen_precision precision, int64_t m, int64_t n, const void *X,
                                              int64_t rs, int64_t cs, strassen_pool *pool, double *out);

/* ------------------------------------------------------------------- phases */

/** What a thread of a run is doing. */
typedef enum strassen_phase {
    STRASSEN_PHASE_PACK_A = 0, /**< packing its block of A, sums formed on the way */
    STRASSEN_PHASE_PACK_B = 1, /**< packing some panels of B, or waiting for who packs them */
    STRASSEN_PHASE_KERNEL = 2, /**< register tiles, and adding them to their targets */
    STRASSEN_PHASE_SUM = 3,    /**< explicit sums of blocks, and scaling C */
    STRASSEN_PHASE_COUNT = 4,  /**< how many there are */
} strassen_phase;

/** Called on the worker that enters (enter = 1) or leaves (0) a phase: for profilers. Must be cheap and
    thread-safe, and must not use the pool, which is busy. */
typedef void (*strassen_phase_hook)(void *context, strassen_phase phase, int thread, int enter);

/** Installs a hook for runs on this pool, or removes it (null). Not during a run. */
STRASSEN_API strassen_status strassen_pool_set_hook(strassen_pool *pool, strassen_phase_hook hook, void *context);

#ifdef __cplusplus
}
#endif
#endif
