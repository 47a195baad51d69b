// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Finds the basis in which a converged rank-7 network for 2×2 multiplication has coefficients in {−1, 0, 1}.
///
/// All exact rank-7 algorithms are one orbit under ``GaugeTransform`` (de Groote 1978): a trained one is Strassen's in
/// another basis. Of its seven slots one has full rank; the column spaces of the other six U_k are three lines, each
/// twice. Sending those lines to e₁, e₂ and (1,−1), and the full-rank slot to the identity, undoes the basis.
enum GaugeFix {
    /// A basis in which the slots are to be rounded.
    struct Candidate {
        let transform: GaugeTransform<Double>
        /// Seven slots in the order of the input, each scaled towards {−1, 0, 1}.
        let slots: [Slot2<Double>]
        /// max |x − Q(x)| over all 84 entries.
        let margin: Double
    }

    /// The bases that the three lines allow, the most discrete first; empty when the slots have no such structure.
    ///
    /// - Parameter slots: Seven, none of them zero.
    static func candidates(_ slots: [Slot2<Double>]) -> [Candidate] {
        precondition(slots.count == 7)
        let full = (0..<7).max { fullness(slots[$0]) < fullness(slots[$1]) }!
        let directions = (0..<7).filter { $0 != full }.map { columnDirection(slots[$0].u) }
        guard let lines = threeLines(directions) else { return [] }
        return ordersOfThree.compactMap { order in
            candidate(GaugeTransform(lines: order.map { lines[$0] }, full: slots[full]), slots)
        }.sorted { $0.margin < $1.margin }
    }

    private static func candidate(_ transform: GaugeTransform<Double>, _ slots: [Slot2<Double>]) -> Candidate? {
        let moved = slots.map { scaled(transform($0)) }
        let entries = moved.flatMap { $0.u.entries + $0.v.entries + $0.w.entries }
        guard entries.allSatisfy(\.isFinite) else { return nil }
        return Candidate(transform: transform, slots: moved, margin: entries.map { abs($0 - ternary($0)) }.max()!)
    }

    /// How far all three factors are from rank 1: the least ratio of their singular values.
    private static func fullness(_ slot: Slot2<Double>) -> Double {
        [slot.u, slot.v, slot.w].map { matrix in
            let square = matrix.entries.reduce(0) { $0 + $1 * $1 }
            let determinant = abs(matrix.determinant)
            let root = max(square * square - 4 * determinant * determinant, 0).squareRoot()
            let largest = ((square + root) / 2)
            return largest > 0 ? determinant / largest : 0
        }.min()!
    }

    /// The first left singular vector.
    private static func columnDirection(_ matrix: Matrix2<Double>) -> (x: Double, y: Double) {
        let gram = matrix * matrix.transposed
        let angle = atan2(2 * gram.b, gram.a - gram.d) / 2
        return (cos(angle), sin(angle))
    }

    /// Pairs six directions so that partners are as parallel as can be; the mean line of each pair.
    private static func threeLines(_ directions: [(x: Double, y: Double)]) -> [(x: Double, y: Double)]? {
        func cross(_ a: Int, _ b: Int) -> Double {
            directions[a].x * directions[b].y - directions[a].y * directions[b].x
        }
        func cost(_ pairs: [(Int, Int)]) -> Double { pairs.reduce(0) { $0 + cross($1.0, $1.1) * cross($1.0, $1.1) } }
        guard let best = pairings.min(by: { cost($0) < cost($1) }) else { return nil }
        let lines = best.map { a, b in
            let sign = directions[a].x * directions[b].x + directions[a].y * directions[b].y < 0 ? -1.0 : 1.0
            return (x: directions[a].x + sign * directions[b].x, y: directions[a].y + sign * directions[b].y)
        }
        for (a, b) in [(0, 1), (0, 2), (1, 2)] where lines[a].x * lines[b].y == lines[a].y * lines[b].x { return nil }
        return lines
    }

    /// The 15 ways to pair six things.
    private static let pairings: [[(Int, Int)]] = {
        func pair(_ left: [Int]) -> [[(Int, Int)]] {
            guard let first = left.first else { return [[]] }
            return left.dropFirst().flatMap { second in
                pair(left.filter { $0 != first && $0 != second }).map { [(first, second)] + $0 }
            }
        }
        return pair(Array(0..<6))
    }()

    /// Divides U and V by their scales, and multiplies W by both.
    private static func scaled(_ slot: Slot2<Double>) -> Slot2<Double> {
        let (alpha, beta) = (scale(slot.u), scale(slot.v))
        return Slot2(u: 1 / alpha * slot.u, v: 1 / beta * slot.v, w: alpha * beta * slot.w)
    }

    /// The factor between a matrix and its ternary pattern: first the largest entry, then least squares.
    private static func scale(_ matrix: Matrix2<Double>) -> Double {
        let largest = matrix.entries.max { abs($0) < abs($1) }!
        let pattern = matrix.entries.map { ternary($0 / largest) }
        let norm = pattern.reduce(0) { $0 + $1 * $1 }
        return norm > 0 ? zip(matrix.entries, pattern).reduce(0) { $0 + $1.0 * $1.1 } / norm : largest
    }
}

/// Q(x) = clamp(round(x), −1, 1), ties to even.
func ternary(_ value: Double) -> Double { min(max(value.rounded(.toNearestOrEven), -1), 1) }
