# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the NumPy fixtures of this folder. Run in this folder: python3 make.py (made with NumPy 2.4)."""
import numpy as np

grid = np.arange(12).reshape(3, 4) - 5.5
np.save("f8.npy", grid)
np.save("f8_fortran.npy", np.asfortranarray(grid))
np.save("f4_big.npy", grid.astype(">f4"))
np.save("f8_big_fortran.npy", np.asfortranarray(grid.astype(">f8")))
np.save("f2.npy", grid.astype("f2"))
np.save("i4_fortran_3d.npy", np.asfortranarray(np.arange(-12, 12, dtype="<i4").reshape(2, 3, 4)))
np.save("u8_large.npy", np.array([0, 2**63 + 1], dtype="u8"))
np.save("bool.npy", np.array([True, False, True]))
np.save("scalar.npy", np.float64(2.5))
np.save("empty.npy", np.zeros((0, 5)))
np.save("complex.npy", grid.astype("c16"))
np.save("record.npy", np.zeros(2, dtype=[("x", "f8"), ("y", "i4")]))
with open("f8_version2.npy", "wb") as file:
    np.lib.format.write_array(file, grid, version=(2, 0))
with open("nan.npy", "wb") as file:
    np.save(file, np.array([[1.0, 2.0], [np.nan, 4.0]], dtype="f4"))
objects = np.empty(3, dtype=object)
objects[0], objects[1], objects[2] = np.eye(2, dtype="i4"), [1, "two", None, 3.5, b"4"], {"five": (True, -(2**40))}
np.save("objects.npy", objects)
np.savez_compressed("deflated.npz", U=grid, V=grid.T.astype("f4"))
np.savez("stored.npz", U=grid, V=grid.T.astype("f4"))
