// SPDX-License-Identifier: AGPL-3.0-or-later
import COpenBLAS
import Foundation

/// Someone else's GEMM: the linked OpenBLAS, or any shared library with a CBLAS interface.
///
/// Integers are handed over as 64 bits whatever the library was built for: the calling conventions of 64-bit Linux
/// give each its own register or 8-byte slot, so that one built for 32 bits reads the low half.
public final class BLASLibrary: @unchecked Sendable {  // immutable; calls are serialised by the runner
    typealias DoubleGEMM =
        @convention(c) (
            CInt, CInt, CInt, Int, Int, Int, Double, UnsafePointer<Double>?, Int, UnsafePointer<Double>?, Int, Double,
            UnsafeMutablePointer<Double>?, Int
        ) -> Void
    typealias SingleGEMM =
        @convention(c) (
            CInt, CInt, CInt, Int, Int, Int, Float, UnsafePointer<Float>?, Int, UnsafePointer<Float>?, Int, Float,
            UnsafeMutablePointer<Float>?, Int
        ) -> Void
    typealias ThreadSetter = @convention(c) (Int) -> Void

    /// Short and unique among libraries of one run: `"openblas"`, `"openblas-0.3.34"`, `"mkl"`, `"blis"`.
    public let name: String
    /// What the library says about itself; empty when it says nothing.
    public let version: String
    let dgemm: DoubleGEMM
    let sgemm: SingleGEMM
    private let setter: ThreadSetter?

    /// False when the library offers no way to set its threads; then it uses as many as it likes.
    public var controlsThreads: Bool { setter != nil }

    init(name: String, version: String, dgemm: DoubleGEMM, sgemm: SingleGEMM, setter: ThreadSetter?) {
        (self.name, self.version, self.dgemm, self.sgemm, self.setter) = (name, version, dgemm, sgemm, setter)
    }

    /// The OpenBLAS that this program is linked with.
    public static let linked: BLASLibrary = {
        let dgemm:
            @convention(c) (
                CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Double,
                UnsafePointer<Double>?,
                blasint, UnsafePointer<Double>?, blasint, Double, UnsafeMutablePointer<Double>?, blasint
            ) -> Void = cblas_dgemm
        let sgemm:
            @convention(c) (
                CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, blasint, blasint, blasint, Float, UnsafePointer<Float>?,
                blasint, UnsafePointer<Float>?, blasint, Float, UnsafeMutablePointer<Float>?, blasint
            ) -> Void = cblas_sgemm
        let setter: @convention(c) (CInt) -> Void = openblas_set_num_threads
        return BLASLibrary(
            name: "openblas",
            version: "\(String(cString: openblas_get_config())) [\(String(cString: openblas_get_corename()))]",
            dgemm: unsafeBitCast(dgemm, to: DoubleGEMM.self), sgemm: unsafeBitCast(sgemm, to: SingleGEMM.self),
            setter: unsafeBitCast(setter, to: ThreadSetter.self))
    }()

    /// The same libraries, with a number behind names that another before them has, or the linked one.
    static func distinguished(_ libraries: [BLASLibrary]) -> [BLASLibrary] {
        var seen = [linked.name: 1]
        return libraries.map { library in
            seen[library.name, default: 0] += 1
            let number = seen[library.name, default: 1]
            return number == 1 ? library : library.renamed("\(library.name)#\(number)")
        }
    }

    private func renamed(_ name: String) -> BLASLibrary {
        BLASLibrary(name: name, version: version, dgemm: dgemm, sgemm: sgemm, setter: setter)
    }

    /// Tells the library how many threads its next calls may use.
    func setThreads(_ threads: Int) { setter?(threads) }

    /// This library as the leaf of `basic` and `optimal`. It must outlive every plan made with it.
    func leaf(_ precision: Precision) -> LeafGEMM {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return LeafGEMM(precision == .float64 ? doubleLeaf : singleLeaf, context: context)
    }

    static let rowMajor: CInt = 101
    static let columnMajor: CInt = 102
    static func transpose(_ isTransposed: Bool) -> CInt { isTransposed ? 112 : 111 }
}

private let doubleLeaf: LeafGEMM.Function = { context, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc in
    let library = Unmanaged<BLASLibrary>.fromOpaque(context!).takeUnretainedValue()
    library.dgemm(
        BLASLibrary.columnMajor, BLASLibrary.transpose(ta != 0), BLASLibrary.transpose(tb != 0), Int(m), Int(n), Int(k),
        alpha, a!.assumingMemoryBound(to: Double.self), Int(lda), b!.assumingMemoryBound(to: Double.self), Int(ldb),
        beta,
        c!.assumingMemoryBound(to: Double.self), Int(ldc))
}

private let singleLeaf: LeafGEMM.Function = { context, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc in
    let library = Unmanaged<BLASLibrary>.fromOpaque(context!).takeUnretainedValue()
    library.sgemm(
        BLASLibrary.columnMajor, BLASLibrary.transpose(ta != 0), BLASLibrary.transpose(tb != 0), Int(m), Int(n), Int(k),
        Float(alpha), a!.assumingMemoryBound(to: Float.self), Int(lda), b!.assumingMemoryBound(to: Float.self),
        Int(ldb),
        Float(beta), c!.assumingMemoryBound(to: Float.self), Int(ldc))
}
