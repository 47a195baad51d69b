// SPDX-License-Identifier: AGPL-3.0-or-later

/// AlphaTensor's archives, and those that hold one scheme as the arrays `U`, `V`, `W`.
///
/// An entry `m,k,n` is an array (3, mk, r), where all factors have the same size, or an array of three objects:
/// mk×r, kn×r and, for Cᵀ, nm×r. Object arrays are pickles; ``PickleReader`` reads them without calling anything.
enum AlphaTensorFormat {
    /// Names of the schemes in an archive, in its order; `"U,V,W"` for those three arrays.
    static func entries(_ bytes: [UInt8]) throws -> [String] { entries(try open(bytes)) }

    /// Whether there are entries named `m,k,n`, which no checkpoint has.
    static func hasNamedShapes(_ bytes: [UInt8]) throws -> Bool { try entries(bytes).contains { shape($0) != nil } }

    /// One scheme of an archive.
    ///
    /// - Parameter entry: Its name, such as `3,4,5`; `nil`: the only one.
    static func read(_ bytes: [UInt8], entry: String?, name: String) throws -> SchemeCandidate {
        let archive = try open(bytes)
        let names = entries(archive)
        guard let chosen = entry ?? (names.count == 1 ? names[0] : nil), names.contains(chosen) else {
            let list = names.prefix(12).joined(separator: "  ") + (names.count > 12 ? "  …" : "")
            throw names.isEmpty
                ? InputError("there are neither arrays named m,k,n nor U, V and W")
                : InputError(
                    entry.map { "there is no scheme \"\($0)\" among \(names.count): \(list)" }
                        ?? "the archive has \(names.count) schemes: \(list)",
                    advice: "Choose one: FILE#\(names[0]). `strassen scheme list FILE` lists them.")
        }
        do {
            return chosen == separateNames.joined(separator: ",")
                ? try separate(separateNames.map { try array($0, archive) }, name: name)
                : try candidate(array(chosen, archive), shape: shape(chosen), name: name)
        } catch let error as InputError { throw error.within("entry \"\(chosen)\"") }
    }

    /// An archive with one entry of three objects, as NumPy's `numpy.savez` writes it.
    ///
    /// - Throws: ``InputError`` when a coefficient is not an exact float64.
    static func write(_ scheme: Scheme) throws -> [UInt8] {
        let w = reordered(scheme.rows(of: .w), columns: scheme.n, rows: scheme.m)
        let tables = [scheme.rows(of: .u), scheme.rows(of: .v), w].map(transposed)
        var writer = ZipWriter()
        try writer.add("\(scheme.m),\(scheme.k),\(scheme.n).npy", try ObjectArrayWriter.bytes(tables.map(tensor)))
        return writer.finish()
    }

    /// The archive, its entries no larger than the largest scheme needs.
    private static func open(_ bytes: [UInt8]) throws -> ZipArchive {
        var limits = ArchiveLimits()
        limits.entryBytes = SchemeFile.maximumBytes
        return try ZipArchive(bytes, limits: limits)
    }

    private static let separateNames = ["U", "V", "W"]

    private static func entries(_ archive: ZipArchive) -> [String] {
        let names = archive.entries.filter { $0.name.hasSuffix(".npy") }.map { String($0.name.dropLast(4)) }
        if separateNames.allSatisfy(names.contains) { return [separateNames.joined(separator: ",")] }
        return names.filter { shape($0) != nil }
    }

    private static func array(_ name: String, _ archive: ZipArchive) throws -> NumPyArray {
        guard let entry = archive.entry(name + ".npy") else { throw InputError("it is missing", field: name) }
        return try NumPyFile.read(archive.contents(of: entry))
    }

    private static func shape(_ entry: String) -> [Int]? {
        let sizes = entry.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
        return sizes.count == 3 && sizes.map(String.init).joined(separator: ",") == entry ? sizes : nil
    }

    private static func candidate(_ array: NumPyArray, shape: [Int]?, name: String) throws -> SchemeCandidate {
        guard let shape else { throw InputError("expected a name such as 3,4,5") }
        return try SchemeCandidate(
            name: name, m: shape[0], k: shape[1], n: shape[2], tables: try factors(array),
            preferred: [.columns, .transposedC])
    }

    /// The three tables of one entry.
    private static func factors(_ array: NumPyArray) throws -> [[[Rational]]] {
        switch array {
        case .objects([3], let items):
            return try items.enumerated().map { index, item in
                guard case .array(let tensor) = item else {
                    throw InputError("object \(index + 1) is not an array of numbers")
                }
                return try table(tensor)
            }
        case .numbers(let tensor) where tensor.shape.count == 3 && tensor.shape[0] == 3 && !tensor.shape.contains(0):
            let values = try rationals(tensor)
            let (rows, columns) = (tensor.shape[1], tensor.shape[2])
            return (0..<3).map { factor in
                (0..<rows).map { Array(values[(factor * rows + $0) * columns..<(factor * rows + $0 + 1) * columns]) }
            }
        case .numbers(let tensor): throw InputError("expected shape [3, mk, r] without a 0, found \(tensor.shape)")
        case .objects(let shape, _): throw InputError("expected three objects, found an array of shape \(shape)")
        }
    }

    /// U, V, W of an archive that does not name the shape: it follows from their widths mk, kn, mn.
    private static func separate(_ arrays: [NumPyArray], name: String) throws -> SchemeCandidate {
        let tables = try arrays.map { array in
            guard case .numbers(let tensor) = array else { throw InputError("expected an array of numbers") }
            return try table(tensor)
        }
        let sizes = tables.map { ($0.count, $0.first?.count ?? 0) }
        for columns in [false, true] {
            let (widths, ranks) = (sizes.map { columns ? $0.0 : $0.1 }, sizes.map { columns ? $0.1 : $0.0 })
            let m = Int(Double(widths[0]) * Double(widths[2]) / max(Double(widths[1]), 1)).squareRootRounded
            guard Set(ranks).count == 1, m > 0, widths[0] % m == 0, widths[2] % m == 0,
                widths[0] / m * (widths[2] / m) == widths[1]
            else { continue }
            return try SchemeCandidate(
                name: name, m: m, k: widths[0] / m, n: widths[2] / m, tables: tables, preferred: columns ? .columns : []
            )
        }
        throw InputError(
            "sizes \(sizes.map { "\($0.0)×\($0.1)" }.joined(separator: ", ")) are not r×mk, r×kn, r×mn of any shape")
    }

    private static func table(_ tensor: NumericTensor) throws -> [[Rational]] {
        guard tensor.shape.count == 2, tensor.shape[0] > 0, tensor.shape[1] > 0 else {
            throw InputError("expected a matrix, found shape \(tensor.shape)")
        }
        let values = try rationals(tensor)
        return stride(from: 0, to: values.count, by: tensor.shape[1]).map { Array(values[$0..<$0 + tensor.shape[1]]) }
    }

    private static func rationals(_ tensor: NumericTensor) throws -> [Rational] {
        guard tensor.count <= 1 << 22 else {
            throw InputError("\(tensor.count) coefficients are too many for a scheme")
        }
        return try tensor.doubles.map { value in
            // Twenty binary places are more than any published scheme has.
            guard let scaled = Int64(exactly: value * 0x1p20), scaled != .min else {
                throw InputError(
                    "the coefficient \(value) is not a fraction with denominator 2ⁱ, i ≤ 20",
                    advice: "For trained factors: `strassen verify FILE` makes them exact first.")
            }
            return Rational(scaled, 1 << 20)
        }
    }

    private static func tensor(_ table: [[Rational]]) throws -> NumericTensor {
        let values = try table.joined().map { value in
            guard value.denominator & (value.denominator - 1) == 0,
                let exact = Int64(exactly: value.doubleValue * 0x1p20),
                Rational(exact == .min ? 0 : exact, 1 << 20) == value
            else {
                throw InputError(
                    "\(value) is not a binary fraction, and NumPy has no type for it",
                    advice: "Write .scheme or .json instead.")
            }
            return value
        }
        let shape = [table.count, table[0].count]
        guard values.allSatisfy({ $0.denominator == 1 }) else {
            return NumericTensor(shape: shape, values: values.map(\.doubleValue))
        }
        return try NumericTensor(shape: shape, type: .int64, bytes: values.flatMap { little($0.numerator) })
    }
}

extension Int {
    /// The nearest whole number to the square root.
    fileprivate var squareRootRounded: Int { Int(Double(self).squareRoot().rounded()) }
}
