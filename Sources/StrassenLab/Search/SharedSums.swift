// SPDX-License-Identifier: AGPL-3.0-or-later

/// Greedy passes of ``AdditionReduction`` on numbered coefficients, in memory that is reused from pass to pass.
struct SharedSums {
    struct Term {
        var variable: Int32
        /// Index of the coefficient among the values.
        var value: Int32
    }

    /// A pair of variables and the ratio of their coefficients, as an index of ``counts``.
    private typealias Key = Int

    private let inputs: Int
    /// The coefficients there may be; a fresh variable takes over that of its first term, so no others arise.
    private let values: [Rational]
    private let ratios: [Rational]
    /// Index in ``ratios`` of values[b] / values[a], at a·values.count + b; −1 when it is beyond 64 bits.
    private let ratioOf: [Int]
    /// Inputs and as many fresh variables as there is room for.
    private let variables: Int

    /// Form f is `terms[f·stride..<f·stride + lengths[f]]`, in no order.
    private var terms: [Term] = []
    private var lengths: [Int] = []
    private let stride: Int
    private var fresh: [(first: Int, second: Int, ratio: Int)] = []
    /// How many forms contain each pair.
    private var counts: [Int32]
    /// Every pair with a count, so that the counts can be cleared; among them those that were ever shared.
    private var counted: [Key] = []
    private var shared: [Key] = []

    /// Whether there is room to count the pairs of inputs; without it no sums are shared.
    private let isSharing: Bool

    /// Most counters to allocate, 256 MiB; a program that needs more gets fewer fresh variables, or none.
    private static let maximumCounts = 1 << 26
    /// Most coefficients whose ratios are numbered: those of a million pairs.
    private static let maximumValues = 1 << 10

    /// - Parameters:
    ///   - inputs: Input variables of the forms to come.
    ///   - values: The coefficients of the forms to come, without 0.
    ///   - terms: Most terms that all forms together have.
    init(inputs: Int, values: [Rational], terms: Int) {
        let isNumbered = values.count <= SharedSums.maximumValues
        let quotients =
            isNumbered ? values.flatMap { first in values.map { Fraction($0) / Fraction(first) } } : []
        let usable = Array(Set(quotients.compactMap(\.rational))).sorted { $0.doubleValue < $1.doubleValue }
        let index = Dictionary(uniqueKeysWithValues: usable.enumerated().map { ($1, $0) })
        (self.inputs, self.values, ratios, stride) = (inputs, values, usable, max(inputs, 1))
        ratioOf = quotients.map { quotient in quotient.rational.flatMap { index[$0] } ?? -1 }
        let room = Int((Double(SharedSums.maximumCounts) / Double(max(usable.count, 1))).squareRoot())
        isSharing = isNumbered && inputs <= room
        // Each fresh variable makes at least two terms fewer.
        variables = isSharing ? min(inputs + terms / 2, room) : inputs
        counts = [Int32](repeating: 0, count: isSharing ? variables * variables * usable.count : 0)
    }

    /// Additions of the last pass.
    var additions: Int { fresh.count + lengths.reduce(0) { $0 + max($1 - 1, 0) } }

    /// The result of the last pass.
    var program: LinearProgram {
        LinearProgram(
            inputs: inputs,
            fresh: fresh.map { pair in
                [LinearTerm(index: pair.first, value: 1), LinearTerm(index: pair.second, value: ratios[pair.ratio])]
            },
            forms: lengths.indices.map { form in
                (0..<lengths[form]).map { position in
                    let term = terms[form * stride + position]
                    return LinearTerm(index: Int(term.variable), value: values[Int(term.value)])
                }.sorted { $0.index < $1.index }
            })
    }

    /// Forgets the forms; ``append(_:)`` the next ones, then ``run(random:)``.
    mutating func removeAll() {
        for key in counted { counts[key] = 0 }
        counted.removeAll(keepingCapacity: true)
        shared.removeAll(keepingCapacity: true)
        terms.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        fresh.removeAll(keepingCapacity: true)
    }

    /// Adds a form: at most one term an input.
    mutating func append(_ form: some Collection<Term>) {
        let start = terms.count
        terms.append(contentsOf: form)
        lengths.append(form.count)
        for first in start..<terms.count where isSharing {
            for second in (first + 1)..<max(terms.count, first + 1) { count(terms[first], terms[second], by: 1) }
        }
        terms.append(contentsOf: repeatElement(Term(variable: 0, value: 0), count: stride - form.count))
    }

    /// Shares sums until no pair occurs twice.
    ///
    /// - Parameter random: Chooses among equally frequent pairs; `nil`: the first one.
    mutating func run(random: inout RandomSource?) {
        while inputs + fresh.count < variables, let key = mostFrequent(&random) { substitute(key) }
    }

    /// The key of two terms, or −1 when their ratio is beyond 64 bits.
    private func key(_ a: Term, _ b: Term) -> Key {
        let (first, second) = a.variable < b.variable ? (a, b) : (b, a)
        let ratio = ratioOf[Int(first.value) * values.count + Int(second.value)]
        return ratio < 0 ? -1 : (Int(first.variable) * variables + Int(second.variable)) * ratios.count + ratio
    }

    private mutating func count(_ a: Term, _ b: Term, by change: Int32) {
        let key = key(a, b)
        guard key >= 0 else { return }
        if counts[key] == 0 { counted.append(key) }
        counts[key] += change
        if change > 0 && counts[key] == 2 { shared.append(key) }
    }

    private mutating func mostFrequent(_ random: inout RandomSource?) -> Key? {
        var (best, highest, ties, kept) = (-1, Int32(1), 0, 0)
        for index in shared.indices {
            let key = shared[index]
            let count = counts[key]
            guard count >= 2 else { continue }
            shared[kept] = key
            kept += 1
            if count > highest {
                (best, highest, ties) = (key, count, 1)
            } else if count == highest && random != nil {
                ties += 1
                if random!.below(ties) == 0 { best = key }
            }
        }
        shared.removeLast(shared.count - kept)
        return best < 0 ? nil : best
    }

    /// Makes the pair a fresh variable in every form that contains it.
    private mutating func substitute(_ chosen: Key) {
        let (pair, ratio) = chosen.quotientAndRemainder(dividingBy: ratios.count)
        let (first, second) = pair.quotientAndRemainder(dividingBy: variables)
        let variable = Int32(inputs + fresh.count)
        for form in lengths.indices {
            var (a, b) = (-1, -1)
            for position in form * stride..<form * stride + lengths[form] {
                if terms[position].variable == first { a = position }
                if terms[position].variable == second { b = position }
            }
            if a >= 0 && b >= 0 && key(terms[a], terms[b]) == chosen { replace(form, a, b, by: variable) }
        }
        fresh.append((first, second, ratio))
    }

    private mutating func replace(_ form: Int, _ a: Int, _ b: Int, by variable: Int32) {
        let (first, second) = (terms[a], terms[b])
        let sum = Term(variable: variable, value: first.value)
        count(first, second, by: -1)
        for position in form * stride..<form * stride + lengths[form] where position != a && position != b {
            count(first, terms[position], by: -1)
            count(second, terms[position], by: -1)
            count(sum, terms[position], by: 1)
        }
        terms[a] = sum
        lengths[form] -= 1
        terms[b] = terms[form * stride + lengths[form]]
    }
}
