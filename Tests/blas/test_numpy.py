# SPDX-License-Identifier: AGPL-3.0-or-later
"""Debian's NumPy over the drop-in BLAS. Run by run.sh with LD_PRELOAD set; pytest and hypothesis.

Small integers multiply exactly in every order and by every scheme with small coefficients, so there the results
must be equal to NumPy's own integer product, bit for bit.
"""
import ctypes
import multiprocessing
import os

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

SETTINGS = settings(max_examples=120, deadline=None, derandomize=True, database=None)
sizes = st.one_of(st.integers(0, 20), st.integers(0, 150))
dtypes = st.sampled_from([np.float32, np.float64])
seeds = st.integers(0, 2**32 - 1)
# How an operand lies in memory: as made, Fortran order, every second row, a reversed view, a transposed view.
layouts = st.sampled_from(["C", "F", "stepped", "reversed", "transposed"])

any_data = pytest.mark.skipif(os.environ.get("STRASSEN_POLICY") == "force", reason="force does what it is told")


def laid_out(x, layout):
    if layout == "F":
        return np.asfortranarray(x)
    if layout == "stepped":
        wide = np.full((2 * x.shape[0], x.shape[1] + 3), np.nan, x.dtype)
        wide[::2, : x.shape[1]] = x
        return wide[::2, : x.shape[1]]
    if layout == "reversed":
        return np.ascontiguousarray(x[::-1])[::-1]
    if layout == "transposed":
        return np.ascontiguousarray(x.T).T
    return x


def test_the_library_is_loaded():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        assert "libstrassen_blas.so" in maps.read()


@SETTINGS
@given(sizes, sizes, sizes, dtypes, layouts, layouts, seeds)
def test_integers_are_exact(m, k, n, dtype, layout_a, layout_b, seed):
    random = np.random.default_rng(seed)
    a, b = random.integers(-3, 4, (m, k)), random.integers(-3, 4, (k, n))
    product = laid_out(a.astype(dtype), layout_a) @ laid_out(b.astype(dtype), layout_b)
    assert product.dtype == dtype
    np.testing.assert_array_equal(product, a @ b)


def forced_levels(m, k, n):
    """As many as split blocks the harmonic mean of whose sides is 8 or more."""
    levels = 0
    while min(m, k, n) > 0 and 3 / (1 / m + 1 / k + 1 / n) >= 8:
        m, k, n, levels = m // 2, k // 2, n // 2, levels + 1
    return levels


@SETTINGS
@given(sizes, sizes, sizes, dtypes, layouts, layouts, seeds)
def test_reals_are_within_the_bound(m, k, n, dtype, layout_a, layout_b, seed):
    """The max-norm bound of gemm_properties.c, for as many levels as STRASSEN_CUTOFF=8 would allow."""
    random = np.random.default_rng(seed)
    a = random.standard_normal((m, k)).astype(dtype)
    b = random.standard_normal((k, n)).astype(dtype)
    got = laid_out(a, layout_a) @ laid_out(b, layout_b)
    expected = a.astype(np.longdouble) @ b.astype(np.longdouble)
    if got.size == 0 or k == 0:
        assert not got.any()
        return
    levels = forced_levels(m, k, n)
    leaf = np.ceil(k / 2**levels)
    unit = np.finfo(dtype).eps / 2
    bound = 18.0**levels * (leaf**2 + 6 * leaf) * unit * np.abs(a).max() * np.abs(b).max()
    assert np.abs(got - expected).max() <= bound


@any_data
@SETTINGS
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 90), dtypes, seeds)
def test_nan_and_infinity_stay_where_they_belong(m, k, n, dtype, seed):
    random = np.random.default_rng(seed)
    a = random.standard_normal((m, k)).astype(dtype)
    b = random.standard_normal((k, n)).astype(dtype)
    for x in (a, b):
        x[random.integers(x.shape[0]), random.integers(x.shape[1])] = random.choice([np.nan, np.inf, -np.inf])
    with np.errstate(invalid="ignore"):
        got = a @ b
        expected = a.astype(np.longdouble) @ b.astype(np.longdouble)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_array_equal(np.isposinf(got), np.isposinf(expected))
    np.testing.assert_array_equal(np.isneginf(got), np.isneginf(expected))


@any_data
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("share", [0.75, 2.0**-20])
def test_huge_values_do_not_overflow_in_sums(dtype, share):
    """Each element of the product is finite, though sums of blocks of A could overflow."""
    n, huge = 256, np.finfo(dtype).max * dtype(share)
    a = np.full((n, n), huge, dtype)
    np.testing.assert_array_equal(a @ np.eye(n, dtype=dtype), a)


def add_product(a, b, c):
    """c += a @ b by cblas_dgemm or cblas_sgemm; square, row-major."""
    n, double = len(c), c.dtype == np.float64
    scalar = ctypes.c_double if double else ctypes.c_float
    gemm = getattr(ctypes.CDLL(None), "cblas_dgemm" if double else "cblas_sgemm")
    row_major, no_transpose = 101, 111
    pointers = [ctypes.c_void_p(x.ctypes.data) for x in (a, b, c)]
    gemm(row_major, no_transpose, no_transpose, n, n, n, scalar(1), pointers[0], n, pointers[1], n, scalar(1),
         pointers[2], n)


@any_data
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_values_of_c_do_not_overflow_on_the_way(dtype):
    """C11 is as large as can be and gets smaller, but not if the first product of Strassen's scheme is added to it first."""
    n, half, largest = 320, 160, np.finfo(dtype).max
    x = np.sqrt(largest / dtype(1e4) / dtype(n))
    a, b, c = (np.zeros((n, n), dtype) for _ in range(3))
    a[:half, :half], a[half:, half:] = -x, 3 * x
    b[:half, :half], b[half:, half:] = x, x
    c[:half, :half] = largest
    add_product(a, b, c)
    assert np.isfinite(c).all() and (c[:half, :half] < largest).all()


@pytest.mark.parametrize("n", [3, 64, 257])
def test_linear_algebra_on_top(n):
    random = np.random.default_rng(n)
    a, x = random.standard_normal((n, n)), random.standard_normal((n, 5))
    np.testing.assert_allclose(np.linalg.solve(a, a @ x), x, rtol=0, atol=1e-6)
    q, r = np.linalg.qr(a)
    np.testing.assert_allclose(q @ r, a, rtol=0, atol=1e-10 * n)
    u, s, v = np.linalg.svd(a)
    np.testing.assert_allclose((u * s) @ v, a, rtol=0, atol=1e-10 * n)


def product_is_exact(seed):
    random = np.random.default_rng(seed)
    a, b = random.integers(-3, 4, (200, 300)), random.integers(-3, 4, (300, 250))
    return bool((a.astype(np.float64) @ b.astype(np.float64) == a @ b).all())


def test_forked_workers_multiply():
    assert product_is_exact(0)
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert all(pool.map_async(product_is_exact, range(12)).get(timeout=60))
