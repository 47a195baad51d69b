// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

extension BLASLibrary {
    /// A shared library cannot be used as a BLAS.
    public struct OpenError: Error, Equatable, CustomStringConvertible {
        public let path: String
        public let reason: String
        /// The loader names the file itself in most of its messages.
        public var description: String { reason.hasPrefix(path + ":") ? reason : "\(path): \(reason)" }
    }

    /// Names of CBLAS's GEMM after their precision letter: plain, of SciPy's wheels, of builds with 64-bit integers.
    private static let spellings: [(prefix: String, suffix: String)] = [
        ("cblas_", ""), ("cblas_", "64_"), ("cblas_", "_64"), ("scipy_cblas_", ""), ("scipy_cblas_", "64_"),
    ]
    private static let threadSetters = [
        "openblas_set_num_threads", "openblas_set_num_threads64_", "scipy_openblas_set_num_threads",
        "scipy_openblas_set_num_threads64_", "MKL_Set_Num_Threads", "bli_thread_set_num_threads",
    ]
    private static let openBLASDescriptions = [
        "openblas_get_config", "openblas_get_config64_", "scipy_openblas_get_config", "scipy_openblas_get_config64_",
    ]

    /// Opens any shared library with `cblas_dgemm` and `cblas_sgemm`, under its plain, ILP64 or SciPy's names.
    ///
    /// Its symbols stay its own (`RTLD_LOCAL`, `RTLD_DEEPBIND`), so that it does not meet the linked OpenBLAS. It is
    /// never closed: its threads live as long as the program.
    ///
    /// - Throws: ``OpenError`` when it cannot be loaded or has no such function.
    public convenience init(path: String) throws {
        // glibc's value; its macro is hidden from Swift behind _GNU_SOURCE.
        let deepBind: CInt = 8
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | deepBind) else {
            throw OpenError(path: path, reason: dlerror().map { String(cString: $0) } ?? "cannot be loaded")
        }
        let pairs = Self.spellings.lazy.compactMap { spelling -> (UnsafeMutableRawPointer, UnsafeMutableRawPointer)? in
            guard let dgemm = dlsym(handle, "\(spelling.prefix)dgemm\(spelling.suffix)"),
                let sgemm = dlsym(handle, "\(spelling.prefix)sgemm\(spelling.suffix)")
            else { return nil }
            return (dgemm, sgemm)
        }
        guard let (dgemm, sgemm) = pairs.first else {
            throw OpenError(path: path, reason: "has no cblas_dgemm and cblas_sgemm; give the path of a CBLAS library")
        }
        // The loader also finds what a library that this one depends on has: that would be another's name and threads.
        let own = Self.base(of: dgemm)
        let find = { (name: String) in dlsym(handle, name).flatMap { Self.base(of: $0) == own ? $0 : nil } }
        let (name, version) = Self.identity(file: (path as NSString).lastPathComponent, find)
        self.init(
            name: name, version: version, dgemm: unsafeBitCast(dgemm, to: DoubleGEMM.self),
            sgemm: unsafeBitCast(sgemm, to: SingleGEMM.self),
            setter: Self.threadSetters.lazy.compactMap(find).first.map { unsafeBitCast($0, to: ThreadSetter.self) })
    }

    /// Where the loader put the file that an address lies in; nil when it lies in none.
    private static func base(of address: UnsafeMutableRawPointer) -> UnsafeRawPointer? {
        // dladdr and its Dl_info of four pointers are hidden from Swift behind _GNU_SOURCE.
        typealias Query = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer) -> CInt
        typealias Pointer = UnsafeRawPointer?
        var information: (file: Pointer, base: Pointer, symbol: Pointer, address: Pointer) = (nil, nil, nil, nil)
        guard let query = dlsym(nil, "dladdr") else { return nil }
        return unsafeBitCast(query, to: Query.self)(address, &information) == 0 ? nil : information.base
    }

    /// Asks the library who it is.
    private static func identity(file: String, _ find: (String) -> UnsafeMutableRawPointer?) -> (String, String) {
        typealias Text = @convention(c) () -> UnsafePointer<CChar>?
        if let function = openBLASDescriptions.lazy.compactMap(find).first,
            let text = unsafeBitCast(function, to: Text.self)().map({ String(cString: $0) })
        {
            let number = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            return (number.isEmpty ? "openblas" : "openblas-\(number)", text)
        }
        if let function = find("mkl_get_version_string") ?? find("MKL_Get_Version_String") {
            typealias Fill = @convention(c) (UnsafeMutablePointer<CChar>, CInt) -> Void
            var buffer = [CChar](repeating: 0, count: 256)
            unsafeBitCast(function, to: Fill.self)(&buffer, 255)
            return (
                "mkl",
                String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                    .trimmingCharacters(in: .whitespaces)
            )
        }
        if let function = find("bli_info_get_version_str"),
            let text = unsafeBitCast(function, to: Text.self)().map({ String(cString: $0) })
        {
            return ("blis", "BLIS \(text)" + (blisCore(find).map { " [\($0)]" } ?? ""))
        }
        return (file.split(separator: ".").first.map(String.init) ?? file, file)
    }

    /// Whose kernels BLIS chose for this CPU, such as `"zen3"`.
    private static func blisCore(_ find: (String) -> UnsafeMutableRawPointer?) -> String? {
        typealias Query = @convention(c) () -> CInt
        typealias Name = @convention(c) (CInt) -> UnsafePointer<CChar>?
        guard let start = find("bli_init"), let query = find("bli_arch_query_id"), let name = find("bli_arch_string")
        else { return nil }
        unsafeBitCast(start, to: (@convention(c) () -> Void).self)()  // else it may abort
        return unsafeBitCast(name, to: Name.self)(unsafeBitCast(query, to: Query.self)()).map { String(cString: $0) }
    }
}
