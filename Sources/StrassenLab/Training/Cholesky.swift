// SPDX-License-Identifier: AGPL-3.0-or-later

/// Cholesky factorisation and solution of small symmetric positive definite systems, deterministic, without a BLAS.
///
/// Column-major with a leading dimension padded to four; columns are factored in blocks of four (left-looking), so
/// the inner loop is an outer product of two groups of four. n = 64 takes a few microseconds.
final class Cholesky {
    let n: Int
    /// n rounded up to a multiple of four.
    let stride: Int
    /// Fill the lower triangle of the matrix here, (i, j) at [j·stride + i]; overwritten by the factor.
    let matrix: AlignedBuffer

    init(n: Int) {
        self.n = n
        stride = (n + 3) / 4 * 4
        matrix = AlignedBuffer(count: stride * stride)
    }

    /// Factors the matrix in place; false when it is not positive definite.
    func factor() -> Bool {
        for j in n..<stride { matrix.scalars[j * stride + j] = 1 }
        let tiles = stride / 4
        let columns = matrix.vectors
        for block in 0..<tiles {
            for tile in block..<tiles { update(columns, tile: tile, block: block, tiles: tiles) }
            guard factorDiagonal(block) else { return false }
            for tile in block + 1..<tiles { solveTile(tile, block) }
        }
        return true
    }

    /// Replaces x by the solution of L·Lᵀ·x = x; x holds at least ``stride`` scalars, zero past n.
    func solve(_ x: AlignedBuffer) {
        precondition(x.vectorCount * 4 >= stride)
        let (values, columns) = (x.scalars, matrix.scalars)
        for j in 0..<stride {
            let column = columns + j &* stride
            let pivot = values[j] / column[j]
            values[j] = pivot
            for i in j &+ 1..<stride { values[i] -= pivot * column[i] }
        }
        for j in (0..<stride).reversed() {
            let column = columns + j &* stride
            var (sum, next) = (values[j], j &+ 1)
            while next < stride && next & 3 != 0 {
                sum -= column[next] * values[next]
                next &+= 1
            }
            var dot = SIMD4<Double>.zero
            for group in next / 4..<stride / 4 { dot += matrix.vectors[j &* stride / 4 &+ group] * x.vectors[group] }
            values[j] = (sum - dot.sum()) / column[j]
        }
    }

    /// Subtracts the finished columns from one 4×4 tile.
    @inline(__always)
    private func update(_ columns: UnsafeMutablePointer<SIMD4<Double>>, tile: Int, block: Int, tiles: Int) {
        let base = block &* 4 &* tiles &+ tile
        var (c0, c1) = (columns[base], columns[base &+ tiles])
        var (c2, c3) = (columns[base &+ 2 &* tiles], columns[base &+ 3 &* tiles])
        for k in 0..<block &* 4 {
            let rows = columns[k &* tiles &+ tile]
            let factors = columns[k &* tiles &+ block]
            c0 -= rows * factors.x
            c1 -= rows * factors.y
            c2 -= rows * factors.z
            c3 -= rows * factors.w
        }
        (columns[base], columns[base &+ tiles]) = (c0, c1)
        (columns[base &+ 2 &* tiles], columns[base &+ 3 &* tiles]) = (c2, c3)
    }

    /// Factors the 4×4 block on the diagonal and clears the part above it.
    private func factorDiagonal(_ block: Int) -> Bool {
        let base = matrix.scalars + (block * 4 * stride + block * 4)
        for j in 0..<4 {
            var diagonal = base[j * stride + j]
            for k in 0..<j { diagonal -= base[k * stride + j] * base[k * stride + j] }
            guard diagonal > 0 && diagonal.isFinite else { return false }
            let root = diagonal.squareRoot()
            base[j * stride + j] = root
            for i in 0..<j { base[j * stride + i] = 0 }
            for i in j + 1..<4 {
                var value = base[j * stride + i]
                for k in 0..<j { value -= base[k * stride + i] * base[k * stride + j] }
                base[j * stride + i] = value / root
            }
        }
        return true
    }

    /// Divides one tile below the diagonal by the factored block.
    @inline(__always)
    private func solveTile(_ tile: Int, _ block: Int) {
        let tiles = stride / 4
        let columns = matrix.vectors
        let base = matrix.scalars + (block &* 4 &* stride &+ block &* 4)
        for j in 0..<4 {
            var value = columns[(block &* 4 &+ j) &* tiles &+ tile]
            for k in 0..<j { value -= columns[(block &* 4 &+ k) &* tiles &+ tile] * base[k &* stride &+ j] }
            columns[(block &* 4 &+ j) &* tiles &+ tile] = value / base[j &* stride &+ j]
        }
    }
}
