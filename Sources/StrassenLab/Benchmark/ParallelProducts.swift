// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// The paper's protocol, which its 1.95× comes from: the products of one level side by side on all threads, each by
/// one-thread OpenBLAS — to be set against OpenBLAS held to one thread. An unfair comparison, built to be explained.
///
/// Its sums, too, are OpenBLAS's (`omatcopy`, `geadd`), and it keeps all sums and products at once.
final class ParallelProducts<Element: BLASElement>: @unchecked Sendable {  // threads write to blocks of their own
    private struct Term {
        let weight: Double
        let block: MatrixView<Element>
    }

    private let operands: Operands<Element>
    private let threads, rank: Int
    /// Sums of blocks of A and of B, and their products; one of each a product.
    private let left, right, products: [StoredMatrix<Element>]
    /// What each sum and each block of C adds up.
    private let leftTerms, rightTerms, targetTerms: [[Term]]
    private let targets: [MatrixView<Element>]

    /// - Throws: ``InputError`` when the scheme does not divide the matrices or they are not stored plainly.
    static func check(_ scheme: Scheme, _ problem: BenchmarkCase) throws {
        guard problem.m % scheme.m == 0, problem.k % scheme.k == 0, problem.n % scheme.n == 0 else {
            throw InputError(
                "\(problem.title) does not divide into the blocks of \(scheme.name) \(scheme.shape)", field: "unfair",
                advice: "choose sizes that are multiples of them")
        }
        guard !problem.transposeA, !problem.transposeB, problem.beta == 0 else {
            throw InputError(
                "the paper's protocol has no transposes and no beta", field: "unfair",
                advice: "leave out unfair, or transposes and beta")
        }
    }

    /// - Throws: What ``check(_:_:)`` throws; ``StrassenError`` when there is no memory for the sums.
    init(scheme: Scheme, operands: Operands<Element>, threads: Int) throws {
        let problem = operands.problem
        try Self.check(scheme, problem)
        (self.operands, self.threads, rank) = (operands, threads, scheme.rank)
        let (m, k, n) = (problem.m / scheme.m, problem.k / scheme.k, problem.n / scheme.n)
        left = try (0..<rank).map { _ in try StoredMatrix(rows: m, columns: k) }
        right = try (0..<rank).map { _ in try StoredMatrix(rows: k, columns: n) }
        products = try (0..<rank).map { _ in try StoredMatrix(rows: m, columns: n) }
        let blocksA = Self.blocks(of: operands.a.view, down: scheme.m, across: scheme.k)
        let blocksB = Self.blocks(of: operands.b.view, down: scheme.k, across: scheme.n)
        targets = Self.blocks(of: operands.c.view, down: scheme.m, across: scheme.n)
        leftTerms = (0..<rank).map { product in Self.terms(blocksA) { scheme[.u, product, $0] } }
        rightTerms = (0..<rank).map { product in Self.terms(blocksB) { scheme[.v, product, $0] } }
        let productViews = products.map(\.view)
        targetTerms = targets.indices.map { entry in Self.terms(productViews) { scheme[.w, $0, entry] } }
    }

    /// Bytes of the sums and products.
    var workspaceBytes: Int {
        (left + right + products).reduce(0) { $0 + $1.memory.elements.count } * MemoryLayout<Element>.stride
    }

    func run() {
        BLASLibrary.linked.setThreads(1)
        forEach(rank) { product in
            self.sum(self.leftTerms[product], into: self.left[product].view)
            self.sum(self.rightTerms[product], into: self.right[product].view)
            Element.multiply(.linked, self.left[product], self.right[product], beta: 0, into: self.products[product])
        }
        forEach(targets.count) { self.sum(self.targetTerms[$0], into: self.targets[$0]) }
    }

    private func sum(_ terms: [Term], into target: MatrixView<Element>) {
        for (index, term) in terms.enumerated() {
            if index == 0 {
                Element.copy(term.block, weight: term.weight, into: target)
            } else {
                Element.add(term.block, weight: term.weight, into: target)
            }
        }
    }

    /// Hands the numbers 0..<count to the threads, one at a time.
    private func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let queue = WorkQueue(count: count)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in while let index = queue.next() { body(index) } }
    }

    /// Row-major blocks of a matrix.
    private static func blocks(of matrix: MatrixView<Element>, down: Int, across: Int) -> [MatrixView<Element>] {
        let (rows, columns) = (matrix.rows / down, matrix.columns / across)
        return (0..<down * across).map { entry in
            let start = entry / across * rows * matrix.rowStride + entry % across * columns
            return MatrixView(
                matrix.pointer + start, rows: rows, columns: columns, rowStride: matrix.rowStride, columnStride: 1)
        }
    }

    private static func terms(_ blocks: [MatrixView<Element>], weight: (Int) -> Rational) -> [Term] {
        blocks.indices.compactMap { weight($0).isZero ? nil : Term(weight: weight($0).doubleValue, block: blocks[$0]) }
    }
}
