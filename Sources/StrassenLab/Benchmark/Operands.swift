// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A matrix as BLAS sees it: row-major, `leading` elements from row to row, perhaps stored transposed.
struct StoredMatrix<Element: MatrixElement> {
    let memory: Matrix<Element>
    let isTransposed: Bool
    /// The matrix itself, not as it is stored.
    let view: MatrixView<Element>
    var leading: Int { memory.columns }

    /// Zeros.
    init(rows: Int, columns: Int, isTransposed: Bool = false, leading: Int = 0) throws {
        let (high, wide) = isTransposed ? (columns, rows) : (rows, columns)
        memory = try Matrix(rows: high, columns: max(wide, leading))
        let stored = MatrixView(memory.pointer, rows: high, columns: wide, rowStride: memory.columns, columnStride: 1)
        view = isTransposed ? stored.transposed : stored
        self.isTransposed = isTransposed
    }
}

/// The matrices of one case in memory: row-major, stored transposed and with wide rows where the case asks for it.
final class Operands<Element: BLASElement> {
    let problem: BenchmarkCase
    let a, b, c: StoredMatrix<Element>
    /// C before every call; nil when beta is 0.
    private let initialC: StoredMatrix<Element>?

    /// - Parameter seed: Same seed, same matrices.
    init(_ problem: BenchmarkCase, seed: UInt64) throws {
        self.problem = problem
        let (m, k, n, leading) = (problem.m, problem.k, problem.n, problem.leading)
        a = try StoredMatrix(rows: m, columns: k, isTransposed: problem.transposeA, leading: leading)
        b = try StoredMatrix(rows: k, columns: n, isTransposed: problem.transposeB, leading: leading)
        c = try StoredMatrix(rows: m, columns: n, isTransposed: false, leading: leading)
        initialC =
            problem.beta == 0 ? nil : try StoredMatrix(rows: m, columns: n, isTransposed: false, leading: leading)
        for (index, matrix) in [a, b, initialC].enumerated() {
            guard let matrix else { continue }
            var random = RandomSource(seed: seed, path: [UInt64(index)])
            Self.fill(matrix.memory.elements, problem.distribution, &random)
        }
    }

    /// Puts C back to what it was; nothing to do when beta is 0.
    func resetC() {
        guard let initialC else { return }
        memcpy(c.memory.pointer, initialC.memory.pointer, c.memory.elements.count * MemoryLayout<Element>.stride)
    }

    /// Makes what an earlier engine left in C unusable as a result: NaN everywhere.
    func spoilC() {
        guard initialC == nil else { return resetC() }
        c.memory.elements.update(repeating: .nan)
    }

    /// Error of C as it is now.
    func error() throws -> ProductError {
        try checkProduct(
            a.view, b.view, beta: Element(problem.beta), initial: initialC?.view, c.view, rows: problem.checkedRows)
    }

    private static func fill(
        _ elements: UnsafeMutableBufferPointer<Element>, _ distribution: Distribution, _ random: inout RandomSource
    ) {
        switch distribution {
        case .uniform: for index in elements.indices { elements[index] = Element(random.uniform(-1, 1)) }
        case .normal: for index in elements.indices { elements[index] = Element(random.normal()) }
        }
    }
}
