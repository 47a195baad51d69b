// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab

/// What `strassen discover` prints: the fields are those of `--json`.
struct DiscoverReport: Encodable {
    let found: Bool
    let m, k, n: Int
    /// The rank that was asked for, and the lowest that was reached (over the ring, near the target).
    let targetRank: Int
    let lowestRank: Int?
    /// "z", "q" or "gf2".
    let ring: String
    let seed: UInt64
    let walkers, threads: Int
    let flips: Int
    let seconds: Double
    /// Of the scheme; absent when none was found.
    let rank: Int?
    /// Every ring over which all equations were proved.
    let provedOver: [String]?
    let equations: Int?
    let ternary: Bool?
    let nonzeros: Int?
    let additions: Additions?
    /// The `.scheme` text.
    let scheme: String?
    /// The scheme's additions with shared sums; not printed.
    let programs: SchemePrograms?

    /// Two-operand additions of one level: each sum on its own, and with shared sums, in all and for U, V and W.
    struct Additions: Encodable {
        let plain, reduced, u, v, w: Int
        /// The fewest that were published for the shape, where this program knows them.
        let published: Int?

        init(_ scheme: Scheme, _ programs: SchemePrograms) {
            plain = scheme.plainAdditions
            (u, v, w) = (programs.u.additions, programs.v.additions, programs.w.additions)
            reduced = programs.additions
            published = AdditionReduction.published(m: scheme.m, k: scheme.k, n: scheme.n, rank: scheme.rank)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case found, m, k, n, targetRank, lowestRank, ring, seed, walkers, threads, flips, seconds
        case rank, provedOver, equations, ternary, nonzeros, additions, scheme
    }

    init(_ search: SchemeSearch, _ result: DiscoveredScheme?, seconds: Double, threads: Int) throws {
        let (problem, progress) = (search.problem, search.progress)
        (m, k, n) = (problem.shape.m, problem.shape.k, problem.shape.n)
        (found, targetRank, ring) = (result != nil, problem.rank, problem.ring.rawValue)
        (seed, walkers, self.threads) = (search.seed, search.walkerCount, threads)
        (flips, self.seconds) = (progress.flips, seconds)
        lowestRank = result?.scheme.rank ?? progress.lowestRank
        rank = result?.scheme.rank
        provedOver = result?.rings.names
        (equations, ternary) = (result?.equations, result?.isTernary)
        nonzeros = result?.scheme.nonzeros
        scheme = try result?.scheme.text
        let programs = result.map { AdditionReduction.reduce($0.scheme) }
        additions = result.flatMap { result in programs.map { Additions(result.scheme, $0) } }
        self.programs = programs
    }

    /// For people; only where a scheme was found.
    var table: String {
        var table = Table("seed \(seed)", "⟨\(m),\(k),\(n);\(rank ?? 0)⟩ proved: \(proof)")
        table.add("coefficients", ternary == true ? "-1, 0, 1; \(nonzeros ?? 0) not zero" : "\(nonzeros ?? 0) not zero")
        if let additions {
            table.add(
                "additions",
                "\(additions.plain); \(additions.reduced) with shared sums "
                    + "(U \(additions.u), V \(additions.v), W \(additions.w))"
                    + (additions.published.map { "; published: \($0)" } ?? ""))
        }
        table.add("search", "\(flips) flips by \(walkers) walkers on \(threads) threads in \(Format.seconds(seconds))")
        return table.plain
    }

    private var proof: String {
        let rings = provedOver ?? []
        let text = "all \(equations ?? 0) Brent equations hold over \(rings.joined(separator: ", "))"
        return rings.contains("z") || rings.contains("q") ? text : text + " only: not for real matrices"
    }

    /// Why there is no scheme.
    var failure: String {
        let reached = lowestRank.map { "the lowest rank reached is \($0)" } ?? "the shape itself was not reached"
        return "no \(m)x\(k)x\(n) scheme of rank \(targetRank) over \(ring) within the limits "
            + "(\(flips) flips, \(Format.seconds(seconds))); \(reached)"
    }
}
