// SPDX-License-Identifier: AGPL-3.0-or-later

/// Fewer additions for the same scheme: sums that several forms share are computed once.
///
/// Greedy: the two variables (with a fixed ratio of their coefficients) that most forms contain become a fresh
/// variable, until no pair occurs twice. Ties are broken at random, so that restarts find different programs.
/// The sums of products that make C are also reduced as those of the transposed table, and the better program counts.
///
/// - Source: R. Paar, "Optimized arithmetic for Reed-Solomon encoders", ISIT 1997, here with coefficients.
public enum AdditionReduction {
    /// Passes for a good answer in milliseconds for shapes up to 4×4×4.
    public static let defaultRestarts = 64

    /// The fewest additions published for ⟨2,2,2;7⟩ (S. Winograd, 1971) and ⟨3,3,3;23⟩ (A. Perminov, 2025), both
    /// without a change of basis; nil for other shapes.
    public static func published(m: Int, k: Int, n: Int, rank: Int) -> Int? {
        switch (m, k, n, rank) {
        case (2, 2, 2, 7): 15
        case (3, 3, 3, 23): 58
        default: nil
        }
    }

    /// The scheme's three programs with the fewest additions that were found.
    ///
    /// - Parameters:
    ///   - restarts: Passes for each of U, V and W, at least 1.
    ///   - seed: Of the ties; the same seed gives the same programs.
    public static func reduce(
        _ scheme: Scheme, restarts: Int = AdditionReduction.defaultRestarts, seed: UInt64 = 1
    ) -> SchemePrograms {
        let plain = SchemePrograms(scheme)
        let w = reduce(plain.w, restarts: restarts, seed: seed)
        let transposed = reduce(LinearProgram(rows: scheme.rows(of: .w)), restarts: restarts, seed: seed).transposed()
        return SchemePrograms(
            u: reduce(plain.u, restarts: restarts, seed: seed), v: reduce(plain.v, restarts: restarts, seed: seed),
            w: transposed.map { $0.additions < w.additions ? $0 : w } ?? w)
    }

    /// A program for the same forms with the fewest additions that were found.
    ///
    /// - Precondition: `program` has no fresh variables yet, each form names an input at most once, and no
    ///   coefficient is 0.
    public static func reduce(_ program: LinearProgram, restarts: Int, seed: UInt64) -> LinearProgram {
        precondition(program.fresh.isEmpty, "the program is reduced already")
        let values = Array(Set(program.forms.joined().map(\.value))).sorted { $0.doubleValue < $1.doubleValue }
        let number = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int32($0)) })
        let forms = program.forms.map { form in
            form.map { SharedSums.Term(variable: Int32($0.index), value: number[$0.value]!) }
        }
        var sums = SharedSums(inputs: program.inputs, values: values, terms: program.forms.joined().count)
        var (best, random) = (program, RandomSource?.none)
        for _ in 0..<max(restarts, 1) {
            sums.removeAll()
            for form in forms { sums.append(form) }
            sums.run(random: &random)
            if sums.additions < best.additions { best = sums.program }
            random = random ?? RandomSource(seed: seed)
        }
        return best
    }
}
