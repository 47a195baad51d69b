// SPDX-License-Identifier: AGPL-3.0-or-later

extension SearchWalker {
    /// What a file may have made up: a field and what is wrong with it, or nil when a search can go on from here.
    func flaw(in problem: SearchProblem) -> (field: String, message: String)? {
        guard self.problem == problem else { return ("problem", "differs from the state's") }
        guard counters.allSatisfy({ (0...SearchWalker.largestCount).contains($0) }) else {
            return ("flips", "a count is out of range")
        }
        guard (-1...1_000_000).contains(round) else { return ("round", "\(round) is out of range") }
        guard [result, fallback].allSatisfy({ $0.map { $0.fits(problem) } ?? true }) else {
            return ("result", "not coefficients of a scheme of the problem's shape and rank")
        }
        return stages.isEmpty ? nil : startedFlaw(in: problem)
    }

    private static let largestCount = 1 << 56

    private func startedFlaw(in problem: SearchProblem) -> (field: String, message: String)? {
        guard stages.allSatisfy(\.isSupported), stages.last == problem.shape,
            zip(stages, stages.dropFirst()).allSatisfy({ $0.isContained(in: $1) })
        else { return ("stages", "not a chain of growing shapes that ends with the problem's") }
        guard (1...problem.capacity).contains(best), (1...Int.max).contains(lowest) else {
            return ("best", "\(best) is out of range")
        }
        guard isExact(products) else { return ("products", "do not multiply \(stages[0]) matrices mod 2") }
        guard !pool.isEmpty, pool.count <= problem.policy.poolSize, pool.allSatisfy(isExact) else {
            return ("pool", "not 1 to \(problem.policy.poolSize) schemes that multiply \(stages[0]) matrices mod 2")
        }
        guard pool.allSatisfy({ $0.count <= stages[0].standardRank }) else {
            return ("pool", "a scheme with more products than the standard one")
        }
        return nil
    }

    private func isExact(_ products: [BinaryScheme.Product]) -> Bool {
        products.count <= problem.capacity && BinaryScheme(shape: stages[0], products: products).isExact
    }
}

extension SearchShape {
    /// Whether no size is larger than `other`'s.
    func isContained(in other: SearchShape) -> Bool { m <= other.m && k <= other.k && n <= other.n }
}

extension LiftedScheme {
    /// Whether the tables have the sizes and the numbers the range that the proof expects.
    func fits(_ problem: SearchProblem) -> Bool {
        let (uWidth, vWidth, wWidth) = problem.shape.entries
        return shape == problem.shape && (1...problem.rank).contains(rank)
            && [(u, uWidth), (v, vWidth), (w, wWidth)].allSatisfy { table, width in
                table.count == rank && table.allSatisfy { $0.count == width && $0.allSatisfy(\.isValid) }
            }
    }
}
