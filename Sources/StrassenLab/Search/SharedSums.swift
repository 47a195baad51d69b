// SPDX-License-Identifier: AGPL-3.0-or-later

/// One greedy pass of ``AdditionReduction`` on numbered coefficients, in memory that is reused from pass to pass.
struct SharedSums {
    private struct Term {
        var variable: Int
        /// Index in ``values``.
        var value: Int
    }

    /// A pair of variables and the ratio of their coefficients, as an index of ``counts``.
    private typealias Key = Int

    private let inputs: Int
    private let original: [[Term]]
    /// Distinct coefficients; a fresh variable takes over the coefficient of its first term, so there are no others.
    private let values: [Rational]
    private let ratios: [Rational]
    /// Index in ``ratios`` of values[b] / values[a], at a·values.count + b.
    private let ratioOf: [Int]
    /// Inputs and as many fresh variables as there is room for.
    private let variables: Int

    private var forms: [[Term]] = []
    private var fresh: [(first: Int, second: Int, ratio: Int)] = []
    /// How many forms contain each pair.
    private var counts: [Int32]
    /// Pairs that two forms contain or once contained.
    private var shared: [Key] = []

    /// Most counters to allocate, 256 MiB; a program that needs more gets fewer fresh variables.
    private static let maximumCounts = 1 << 26

    init(_ program: LinearProgram) {
        inputs = program.inputs
        let terms = program.forms.joined()
        let values = Array(Set(terms.map(\.value))).sorted { $0.doubleValue < $1.doubleValue }
        let number = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        original = program.forms.map { form in
            form.map { Term(variable: $0.index, value: number[$0.value]!) }.sorted { $0.variable < $1.variable }
        }
        let quotients = values.flatMap { first in values.map { Fraction($0) / Fraction(first) } }
        let usable = Array(Set(quotients.compactMap(\.rational))).sorted { $0.doubleValue < $1.doubleValue }
        let index = Dictionary(uniqueKeysWithValues: usable.enumerated().map { ($1, $0) })
        (self.values, ratios) = (values, usable)
        ratioOf = quotients.map { quotient in quotient.rational.flatMap { index[$0] } ?? -1 }
        let room = Int((Double(SharedSums.maximumCounts) / Double(max(usable.count, 1))).squareRoot())
        variables = max(program.inputs, min(program.inputs + terms.count, room))
        counts = [Int32](repeating: 0, count: variables * variables * usable.count)
    }

    /// Additions of the last pass.
    var additions: Int { fresh.count + forms.reduce(0) { $0 + max($1.count - 1, 0) } }

    /// The result of the last pass.
    var program: LinearProgram {
        LinearProgram(
            inputs: inputs,
            fresh: fresh.map {
                [LinearTerm(index: $0.first, value: 1), LinearTerm(index: $0.second, value: ratios[$0.ratio])]
            },
            forms: forms.map { form in form.map { LinearTerm(index: $0.variable, value: values[$0.value]) } })
    }

    /// Shares sums until no pair occurs twice.
    ///
    /// - Parameter isFirst: Take the first of equally frequent pairs instead of a random one.
    mutating func run(random: inout RandomSource, isFirst: Bool) {
        (forms, fresh) = (original, [])
        shared.removeAll(keepingCapacity: true)
        for index in counts.indices { counts[index] = 0 }
        for form in forms { countPairs(of: form) }
        while inputs + fresh.count < variables, let key = mostFrequent(random: &random, isFirst: isFirst) {
            substitute(key)
        }
    }

    private mutating func countPairs(of form: [Term]) {
        for (position, first) in form.enumerated() {
            for second in form[(position + 1)...] { count(first, second, by: 1) }
        }
    }

    /// The key of two terms, or nil when their ratio is beyond 64 bits.
    private func key(_ a: Term, _ b: Term) -> Key? {
        let (first, second) = a.variable < b.variable ? (a, b) : (b, a)
        let ratio = ratioOf[first.value * values.count + second.value]
        return ratio < 0 ? nil : (first.variable * variables + second.variable) * ratios.count + ratio
    }

    private mutating func count(_ a: Term, _ b: Term, by change: Int32) {
        guard let key = key(a, b) else { return }
        counts[key] += change
        if change > 0 && counts[key] == 2 { shared.append(key) }
    }

    private mutating func mostFrequent(random: inout RandomSource, isFirst: Bool) -> Key? {
        var (best, highest, ties, kept) = (-1, Int32(1), 0, 0)
        for key in shared where counts[key] >= 2 {
            shared[kept] = key
            kept += 1
            if counts[key] > highest {
                (best, highest, ties) = (key, counts[key], 1)
            } else if counts[key] == highest && !isFirst {
                ties += 1
                if random.below(ties) == 0 { best = key }
            }
        }
        shared.removeLast(shared.count - kept)
        return best < 0 ? nil : best
    }

    /// Makes the pair a fresh variable in every form that contains it.
    private mutating func substitute(_ chosen: Key) {
        let (pair, ratio) = chosen.quotientAndRemainder(dividingBy: ratios.count)
        let (first, second) = pair.quotientAndRemainder(dividingBy: variables)
        let variable = inputs + fresh.count
        for index in forms.indices {
            guard let a = forms[index].firstIndex(where: { $0.variable == first }),
                let b = forms[index].firstIndex(where: { $0.variable == second }),
                key(forms[index][a], forms[index][b]) == chosen
            else { continue }
            replace(index, a, b, by: variable)
        }
        fresh.append((first, second, ratio))
    }

    private mutating func replace(_ index: Int, _ a: Int, _ b: Int, by variable: Int) {
        let (first, second) = (forms[index][a], forms[index][b])
        let sum = Term(variable: variable, value: first.value)
        forms[index].removeAll { $0.variable == first.variable || $0.variable == second.variable }
        count(first, second, by: -1)
        for other in forms[index] {
            count(first, other, by: -1)
            count(second, other, by: -1)
            count(sum, other, by: 1)
        }
        forms[index].append(sum)
    }
}
