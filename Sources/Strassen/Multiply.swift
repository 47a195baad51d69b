// SPDX-License-Identifier: AGPL-3.0-or-later
import CStrassen

/// Worker threads that live between calls; one call at a time.
public final class ThreadPool: @unchecked Sendable {  // the engine serialises calls
    package let pointer: OpaquePointer
    /// The calling thread included.
    public let threads: Int

    /// Starts the threads.
    ///
    /// - Parameter threads: ≥ 1, the calling thread included.
    public init(threads: Int) throws {
        var pointer: OpaquePointer?
        try check(strassen_pool_create(Int32(clamping: threads), &pointer), "starting \(threads) threads")
        self.pointer = pointer!
        self.threads = threads
    }

    deinit { strassen_pool_free(pointer) }
}

/// 64-byte aligned memory that plans run in, kept between runs.
public final class Workspace: @unchecked Sendable {
    /// Its size.
    public let bytes: Int
    let pointer: UnsafeMutableRawPointer

    /// - Throws: ``StrassenError`` when there is no memory.
    public init(bytes: Int) throws {
        guard let pointer = strassen_alloc(max(bytes, 64)) else {
            throw StrassenError(.memory, "no memory for a workspace of \(bytes) bytes")
        }
        (self.bytes, self.pointer) = (max(bytes, 64), pointer)
    }

    deinit { strassen_free(pointer, bytes) }
}

/// A matrix in someone's memory: element (i,j) at `pointer[i*rowStride + j*columnStride]`.
public struct MatrixView<Element: MatrixElement> {
    public let pointer: UnsafeMutablePointer<Element>
    public let rows, columns, rowStride, columnStride: Int

    public init(_ pointer: UnsafeMutablePointer<Element>, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
        self.pointer = pointer
        (self.rows, self.columns, self.rowStride, self.columnStride) = (rows, columns, rowStride, columnStride)
    }

    /// The same memory read by columns.
    public var transposed: MatrixView {
        MatrixView(pointer, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
    }
}

extension Matrix {
    /// The whole matrix.
    public var view: MatrixView<Element> {
        MatrixView(pointer, rows: rows, columns: columns, rowStride: columns, columnStride: 1)
    }
}

extension Plan {
    /// C := alpha·A·B + beta·C with netlib's semantics.
    ///
    /// - Parameters:
    ///   - alpha: Factor of the product; with 0 neither A nor B is read.
    ///   - a: A, m×k, any strides.
    ///   - b: B, k×n, any strides; may overlap A.
    ///   - beta: Factor of what C holds; with 0 it is not read.
    ///   - c: C, m×n; overlaps neither A nor B.
    ///   - pool: Threads; `nil`: one thread, or a temporary pool when the plan has more.
    ///   - workspace: At least `info.workspaceBytes`; `nil`: allocated and freed inside.
    /// - Throws: ``StrassenError`` when a shape or precision is not the plan's, or the workspace is too small.
    public func run<Element: MatrixElement>(
        alpha: Element = 1, _ a: MatrixView<Element>, _ b: MatrixView<Element>, beta: Element = 0,
        into c: MatrixView<Element>, pool: ThreadPool? = nil, workspace: Workspace? = nil
    ) throws {
        guard Element.precision == precision, a.rows == m, a.columns == k, b.rows == k, b.columns == n, c.rows == m,
            c.columns == n
        else {
            throw StrassenError(
                .argument,
                "the plan is for \(precision.rawValue) \(m)×\(k) times \(k)×\(n), got \(Element.precision.rawValue) "
                    + "\(a.rows)×\(a.columns) times \(b.rows)×\(b.columns) into \(c.rows)×\(c.columns)")
        }
        if let workspace, workspace.bytes < info.workspaceBytes {
            throw StrassenError(
                .workspace, "the plan needs \(info.workspaceBytes) bytes of workspace, got \(workspace.bytes)")
        }
        let status = strassen_run(
            pointer, alpha.asDouble, a.pointer, Int64(a.rowStride), Int64(a.columnStride),
            b.pointer, Int64(b.rowStride), Int64(b.columnStride), beta.asDouble,
            c.pointer, Int64(c.rowStride), Int64(c.columnStride), pool?.pointer, workspace?.pointer)
        try check(status, "multiplying \(m)×\(k)×\(n)")
    }
}

/// A·B by the planner's choice or as `options` say.
public func multiply<Element: MatrixElement>(
    _ a: Matrix<Element>, _ b: Matrix<Element>, threads: Int = 1, options: PlanOptions = PlanOptions()
) throws -> Matrix<Element> {
    guard a.columns == b.rows else {
        throw StrassenError(
            .argument, "cannot multiply \(a.rows)×\(a.columns) by \(b.rows)×\(b.columns): the inner sizes differ")
    }
    let c = try Matrix<Element>(rows: a.rows, columns: b.columns)
    let plan = try Plan(Element.precision, m: a.rows, k: a.columns, n: b.columns, threads: threads, options: options)
    try plan.run(a.view, b.view, into: c.view)
    return c
}

/// Error of a computed product, checked in double-double on sampled rows.
public struct ProductError: Sendable, Codable, Equatable {
    /// Largest absolute deviation.
    public let maximum: Double
    /// The same in units of max|A|·max|B|·k·u.
    public let ratio: Double
}

/// Checks `c = a·b + beta·initial` on `rows` evenly spread rows (0: all), in double-double arithmetic.
///
/// - Parameters:
///   - a: A, m×k.
///   - b: B, k×n.
///   - beta: Factor of `initial`.
///   - initial: C before the multiplication; `nil` when beta is 0.
///   - c: What was computed, m×n.
///   - rows: How many rows to check, spread evenly; 0: all.
/// - Throws: ``StrassenError`` when the shapes do not belong together.
public func checkProduct<Element: MatrixElement>(
    _ a: MatrixView<Element>, _ b: MatrixView<Element>, beta: Element = 0, initial: MatrixView<Element>? = nil,
    _ c: MatrixView<Element>, rows: Int = 0
) throws -> ProductError {
    guard a.rows == c.rows, a.columns == b.rows, b.columns == c.columns,
        initial.map({ $0.rows == c.rows && $0.columns == c.columns }) ?? true
    else {
        throw StrassenError(
            .argument,
            "a \(c.rows)×\(c.columns) matrix is not \(a.rows)×\(a.columns) times \(b.rows)×\(b.columns)")
    }
    var problem = strassen_problem()
    problem.precision = Element.precision.c
    (problem.m, problem.n, problem.k, problem.threads) = (Int64(c.rows), Int64(c.columns), Int64(a.columns), 1)
    var (maximum, ratio) = (0.0, 0.0)
    try check(
        strassen_check(
            &problem, 1, a.pointer, Int64(a.rowStride), Int64(a.columnStride), b.pointer, Int64(b.rowStride),
            Int64(b.columnStride), beta.asDouble, initial?.pointer, Int64(initial?.rowStride ?? 0),
            Int64(initial?.columnStride ?? 0), c.pointer, Int64(c.rowStride), Int64(c.columnStride), Int64(rows),
            &maximum, &ratio), "checking a product")
    return ProductError(maximum: maximum, ratio: ratio)
}
