// SPDX-License-Identifier: AGPL-3.0-or-later

/// The files in which people exchange schemes.
public enum SchemeFormat: String, Sendable, CaseIterable {
    /// This project's text format (docs/formats.md).
    case scheme
    /// JSON of FastMatrixMultiplication: products as text, then U, V and the W of Cᵀ.
    case json
    /// The same with common sub-expressions factored out (`u_fresh`, `v_fresh`, `w_fresh`).
    case reduced
    /// AlphaTensor's archive: one entry `m,k,n` a scheme, columns are products, W is that of Cᵀ.
    case npz
    /// Nested lists in braces, one triple of matrices a product: Mathematica and the flip-graph projects.
    case m
    /// One product a line, such as `(a11+a22)*(b11+b22)*(c11+c22)`, c transposed.
    case exp
    /// `m k n rank`, then three lines of numbers.
    case txt
    /// Maple's `Triad`s of the FMM catalogue.
    case mpl
    /// Readable equations: `m1 = (a11 + a22) * (b11 + b22)` … `c11 = m1 + …`.
    case eq
    /// A LaTeX table of the equations; written only.
    case tex

    /// How the names of such files end.
    public var ending: String { self == .reduced ? "_reduced.json" : ".\(rawValue)" }

    /// The format that a file name stands for: `.scheme`, `_reduced.json` or `.reduced.json`, `.json`, …
    public init?(path: String) {
        let name = path.lowercased()
        if name.hasSuffix("_reduced.json") || name.hasSuffix(".reduced.json") {
            self = .reduced
            return
        }
        guard let dot = name.lastIndex(of: "."),
            let format = SchemeFormat(rawValue: String(name[name.index(after: dot)...])),
            format != .reduced
        else { return nil }
        self = format
    }

    /// The format that contents look like, for files whose names do not say.
    public init?(bytes: [UInt8]) {
        let head = bytes.prefix(4096).filter { $0 > 0x20 }
        let start = { (text: String) in head.starts(with: text.utf8) }
        if ZipArchive.looksLikeOne(bytes) {
            self = .npz
        } else if start("strassen-scheme") {
            self = .scheme
        } else if start("{\"") {
            self = .json
        } else if start("{{") {
            self = .m
        } else if start("A:=Matrix(") || start("Tensor:=") {
            self = .mpl
        } else if let first = head.first, (0x30...0x39).contains(first) {
            self = .txt
        } else {
            return nil
        }
    }

    /// The formats that can be read.
    public static var readable: [SchemeFormat] { allCases.filter { $0 != .tex } }
}
