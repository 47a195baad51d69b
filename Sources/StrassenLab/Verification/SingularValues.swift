// SPDX-License-Identifier: AGPL-3.0-or-later
import COpenBLAS

/// Singular values of a row-major matrix, the largest first.
///
/// - Parameter matrix: `rows·columns` finite numbers; both sizes ≥ 1.
/// - Returns: min(rows, columns) values; `nil` when LAPACK's `dgesvd` does not converge or an entry is not finite.
public func singularValues(_ matrix: [Double], rows: Int, columns: Int) -> [Double]? {
    precondition(rows > 0 && columns > 0 && matrix.count == rows * columns)
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    var work = matrix
    var values = [Double](repeating: 0, count: min(rows, columns))
    var unconverged = values
    let no = CChar(bitPattern: UInt8(ascii: "N"))
    let status = LAPACKE_dgesvd(
        LAPACK_ROW_MAJOR, no, no, Int32(rows), Int32(columns), &work, Int32(columns), &values, nil, Int32(rows), nil,
        Int32(columns), &unconverged)
    return status == 0 ? values : nil
}
