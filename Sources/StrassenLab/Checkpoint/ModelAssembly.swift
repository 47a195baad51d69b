// SPDX-License-Identifier: AGPL-3.0-or-later

/// Finds U, V and W among the named tensors of a file and makes a model of them.
///
/// A name is a path such as `model_state_dict.U_coefs`. Recognised last parts are U, V, W in either case, with an
/// optional `_coefs`, `_coeffs`, `_coef`, `_weight(s)`, `_matrix` or `_factor`, and an optional `.weight`. The three
/// must stand in one container; of several such containers the first wins.
struct ModelAssembly {
    /// A tensor, or how to get it once it is known to be needed.
    private struct Candidate {
        let path: [String]
        let shape: [Int]
        let tensor: () throws -> NumericTensor
    }

    /// In the order of the file.
    private var candidates: [Candidate] = []
    private var metadata: [String: String] = [:]
    /// m, k, n if the file says so.
    private var size: [Int]?

    /// Tensors, and bytes of a tensor's name, beyond which a file is no model.
    static let mostTensors = 4096, longestName = 4096
    /// Texts, and bytes of one with its name, beyond which they are left out.
    static let mostTexts = 1024, longestText = PickleValue.longestText

    /// The engine's limits for a scheme.
    static let largestSide = 16, largestRank = 4096
    /// Archives of models stay below these.
    static var archiveLimits: ArchiveLimits {
        var limits = ArchiveLimits()
        (limits.entryBytes, limits.totalBytes) = (1 << 26, 1 << 28)
        return limits
    }

    /// Takes a tensor that is read only if it turns out to be one of the model's.
    ///
    /// - Throws: ``InputError`` for the tensor after ``mostTensors``, and for an absurdly long name.
    mutating func add(_ path: [String], shape: [Int], _ tensor: @escaping () throws -> NumericTensor) throws {
        guard candidates.count < ModelAssembly.mostTensors else {
            throw InputError("more than \(ModelAssembly.mostTensors) tensors: this is not a bilinear network")
        }
        guard path.reduce(0, { $0 + $1.utf8.count }) <= ModelAssembly.longestName else {
            throw InputError("the name of a tensor has more than \(ModelAssembly.longestName) bytes")
        }
        candidates.append(Candidate(path: path, shape: shape, tensor: tensor))
    }

    mutating func add(_ path: [String], _ tensor: NumericTensor) throws {
        try add(path, shape: tensor.shape) { tensor }
    }

    /// Takes a text: the size when it is `shape` at the top, else metadata; what is too long or too much is left out.
    mutating func describe(_ path: [String], _ text: String) {
        if path == ["shape"], takeSize(text) { return }
        let length = path.reduce(text.utf8.count) { $0 + $1.utf8.count }
        guard metadata.count < ModelAssembly.mostTexts, length <= ModelAssembly.longestText else { return }
        let key = (path.first == "metadata" ? path.dropFirst() : path[...]).joined(separator: ".")
        metadata[key.isEmpty ? "metadata" : key] = text
    }

    /// Whether metadata is within what ``describe(_:_:)`` takes.
    ///
    /// - Throws: ``InputError``.
    static func check(_ metadata: [String: String]) throws {
        guard metadata.count <= mostTexts, metadata.allSatisfy({ $0.utf8.count + $1.utf8.count + 16 <= longestText })
        else {
            throw InputError("more metadata than a file takes: \(mostTexts) texts of \(longestText) bytes")
        }
    }

    /// - Throws: ``InputError`` that lists the names found when there are no U, V, W, or shapes that do not fit.
    func model() throws -> BilinearModel {
        let (container, roles) = try locate()
        let shapes = roles.map { candidates[$0].shape }
        guard shapes.allSatisfy({ $0.count == 2 && $0[0] > 0 && $0[1] > 0 }) else {
            throw InputError(
                "U, V and W must be matrices, their shapes are \(shapes.map(text).joined(separator: ", "))")
        }
        let layout = try orientation(shapes)
        let factors = try zip(roles, layout.turned).map { index, turned in
            let tensor = try candidates[index].tensor()
            return (turned ? tensor.transposed : tensor).doubles
        }
        return BilinearModel(
            m: layout.size[0], k: layout.size[1], n: layout.size[2], u: factors[0], v: factors[1], w: factors[2],
            mask: try mask(rank: layout.rank, container: container), metadata: metadata)
    }

    // MARK: names

    /// Container and indices of U, V, W.
    private func locate() throws -> (container: [String], roles: [Int]) {
        var found: [(container: [String], roles: [Int?])] = []
        for (index, entry) in candidates.enumerated() {
            guard let (container, role) = ModelAssembly.role(entry.path) else { continue }
            let place = found.firstIndex { $0.container == container } ?? found.count
            if place == found.count { found.append((container, [nil, nil, nil])) }
            guard found[place].roles[role] == nil else {
                throw InputError(
                    "two tensors could be \(["U", "V", "W"][role])", field: entry.path.joined(separator: "."))
            }
            found[place].roles[role] = index
        }
        guard let best = found.first(where: { !$0.roles.contains(nil) }) else {
            let names = candidates.prefix(20).map { candidate in
                ([String(candidate.path.joined(separator: ".").prefix(60))]
                    + (candidate.shape.isEmpty ? [] : [text(candidate.shape)]))
                    .joined(separator: " ")
            }
            throw InputError(
                "no tensors U, V and W; it has "
                    + (names.isEmpty ? "no tensors at all" : names.joined(separator: ", ")),
                advice: "Name them so: torch.save({\"U\": U, \"V\": V, \"W\": W}, path), U r×mk, V r×kn, W mn×r.")
        }
        return (best.container, best.roles.map { $0! })
    }

    private static let maskNames: Set<String> = ["slot_mask", "mask", "active_mask"]

    /// Whether a tensor of that name could be part of a model.
    static func isWanted(_ name: String) -> Bool { maskNames.contains(name.lowercased()) || role([name]) != nil }

    /// The container of a path and whether it names U (0), V (1) or W (2).
    static func role(_ path: [String]) -> (container: [String], role: Int)? {
        var path = path.flatMap { $0.split(separator: ".", omittingEmptySubsequences: true).map(String.init) }
        if path.count > 1, path.last == "weight" { path.removeLast() }
        guard let name = path.popLast()?.lowercased(), let letter = name.first,
            let role = ["u", "v", "w"].firstIndex(of: letter)
        else { return nil }
        let suffixes = ["", "coef", "coefs", "coeff", "coeffs", "weight", "weights", "matrix", "factor"]
        let rest = name.dropFirst().drop { $0 == "_" }
        return suffixes.contains(String(rest)) ? (path, role) : nil
    }

    /// The slot mask: in the container of U, V, W, else anywhere if it has one entry per slot.
    private func mask(rank: Int, container: [String]) throws -> [Double]? {
        let masks = candidates.filter { ModelAssembly.maskNames.contains($0.path.last?.lowercased() ?? "") }
        guard
            let mask = masks.first(where: { Array($0.path.dropLast()) == container })
                ?? masks.first(where: { $0.shape == [rank] })
        else { return nil }
        guard mask.shape == [rank] else {
            throw InputError(
                "expected one entry for each of \(rank) slots, found the shape \(text(mask.shape))",
                field: mask.path.joined(separator: "."))
        }
        return try mask.tensor().doubles
    }

    // MARK: orientation

    /// Size, rank, and which of the three must be transposed to have a row per slot.
    private func orientation(_ shapes: [[Int]]) throws -> (size: [Int], rank: Int, turned: [Bool]) {
        // PyTorch's way (W alone is turned), a row per slot throughout, a column per slot throughout (AlphaTensor).
        for turned in [[false, false, true], [false, false, false], [true, true, true]] {
            let ranks = zip(shapes, turned).map { $1 ? $0[1] : $0[0] }
            let widths = zip(shapes, turned).map { $1 ? $0[0] : $0[1] }
            guard Set(ranks).count == 1, ranks[0] <= ModelAssembly.largestRank,
                let size = ModelAssembly.size(widths: widths)
            else { continue }
            if let stated = self.size, stated != size { continue }
            return (size, ranks[0], turned)
        }
        let stated = size.map { " for ⟨\($0.map(String.init).joined(separator: ","))⟩" } ?? ""
        throw InputError(
            "the shapes \(shapes.map(text).joined(separator: ", ")) of U, V and W do not fit together\(stated)",
            advice: "Expected U r×(m·k), V r×(k·n), W (m·n)×r, sides up to \(ModelAssembly.largestSide), "
                + "r up to \(ModelAssembly.largestRank).")
    }

    /// m, k, n from mk, kn, mn: m² = mk·mn/kn, and so on; `nil` when there are none within ``largestSide``.
    static func size(widths: [Int]) -> [Int]? {
        guard widths.allSatisfy({ (1...largestSide * largestSide).contains($0) }) else { return nil }
        func root(_ a: Int, _ b: Int, _ c: Int) -> Int { Int((Double(a * b) / Double(c)).squareRoot().rounded()) }
        let (mk, kn, mn) = (widths[0], widths[1], widths[2])
        let (m, k, n) = (root(mk, mn, kn), root(mk, kn, mn), root(kn, mn, mk))
        let fits = m * k == mk && k * n == kn && m * n == mn && max(m, k, n) <= largestSide
        return fits ? [m, k, n] : nil
    }

    private func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
}

extension ModelAssembly {
    /// Takes a size that a file states as `[m, k, n]` or `"2x2x2"`; false when it is none.
    mutating func takeSize(_ text: String) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        return takeSize(text.split { "x×,[] ".contains($0) }.map { Double($0) ?? 0 })
    }

    /// As ``takeSize(_:)`` for numbers.
    mutating func takeSize(_ numbers: [Double]) -> Bool {
        guard numbers.count == 3,
            numbers.allSatisfy({ (1...Double(ModelAssembly.largestSide)).contains($0) && $0 == $0.rounded() })
        else { return false }
        size = numbers.map { Int($0) }
        return true
    }
}
