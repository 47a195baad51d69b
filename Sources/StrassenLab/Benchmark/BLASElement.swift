// SPDX-License-Identifier: AGPL-3.0-or-later
import COpenBLAS

/// Row-major BLAS calls by element type.
protocol BLASElement: MatrixElement {
    /// C := A·B + beta·C by `library`; `isTransposed` says how A and B are stored.
    static func multiply(
        _ library: BLASLibrary, _ a: StoredMatrix<Self>, _ b: StoredMatrix<Self>, beta: Double,
        into c: StoredMatrix<Self>)
    /// `target` := weight·`source` by the linked OpenBLAS.
    static func copy(_ source: MatrixView<Self>, weight: Double, into target: MatrixView<Self>)
    /// `target` += weight·`source` by the linked OpenBLAS.
    static func add(_ source: MatrixView<Self>, weight: Double, into target: MatrixView<Self>)
}

extension Double: BLASElement {
    static func multiply(
        _ library: BLASLibrary, _ a: StoredMatrix<Self>, _ b: StoredMatrix<Self>, beta: Double,
        into c: StoredMatrix<Self>
    ) {
        library.dgemm(
            BLASLibrary.rowMajor, BLASLibrary.transpose(a.isTransposed), BLASLibrary.transpose(b.isTransposed),
            c.view.rows, c.view.columns, a.view.columns, 1, a.view.pointer, a.leading, b.view.pointer, b.leading, beta,
            c.view.pointer, c.leading)
    }

    static func copy(_ source: MatrixView<Self>, weight: Double, into target: MatrixView<Self>) {
        cblas_domatcopy(
            CblasRowMajor, CblasNoTrans, blasint(source.rows), blasint(source.columns), weight, source.pointer,
            blasint(source.rowStride), target.pointer, blasint(target.rowStride))
    }

    static func add(_ source: MatrixView<Self>, weight: Double, into target: MatrixView<Self>) {
        cblas_dgeadd(
            CblasRowMajor, blasint(source.rows), blasint(source.columns), weight, source.pointer,
            blasint(source.rowStride), 1, target.pointer, blasint(target.rowStride))
    }
}

extension Float: BLASElement {
    static func multiply(
        _ library: BLASLibrary, _ a: StoredMatrix<Self>, _ b: StoredMatrix<Self>, beta: Double,
        into c: StoredMatrix<Self>
    ) {
        library.sgemm(
            BLASLibrary.rowMajor, BLASLibrary.transpose(a.isTransposed), BLASLibrary.transpose(b.isTransposed),
            c.view.rows, c.view.columns, a.view.columns, 1, a.view.pointer, a.leading, b.view.pointer, b.leading,
            Float(beta), c.view.pointer, c.leading)
    }

    static func copy(_ source: MatrixView<Self>, weight: Double, into target: MatrixView<Self>) {
        cblas_somatcopy(
            CblasRowMajor, CblasNoTrans, blasint(source.rows), blasint(source.columns), Float(weight), source.pointer,
            blasint(source.rowStride), target.pointer, blasint(target.rowStride))
    }

    static func add(_ source: MatrixView<Self>, weight: Double, into target: MatrixView<Self>) {
        cblas_sgeadd(
            CblasRowMajor, blasint(source.rows), blasint(source.columns), Float(weight), source.pointer,
            blasint(source.rowStride), 1, target.pointer, blasint(target.rowStride))
    }
}
