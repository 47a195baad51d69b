// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How trained factors become exact coefficients.
public enum DiscretizationMethod: String, Sendable, CaseIterable, Codable {
    /// Q(w) = clamp(round(w), −1, 1) in the basis the network has: the paper's way.
    case round
    /// The same after a change of basis that 2×2 multiplication allows; ⟨2,2,2;7⟩ only.
    case gauge
}

/// Trained factors rounded to a scheme that has been proved in exact integers.
public struct Discretization: Sendable {
    /// Proved: every Brent equation holds.
    public let scheme: Scheme
    public let method: DiscretizationMethod
    /// max |w − Q(w)| over the kept slots, after the change of basis if there was one.
    public let margin: Double
    /// The model's slot that each product of the scheme came from.
    public let slots: [Int]
    /// The change of basis of the gauge fix.
    public let transform: GaugeTransform<Double>?
}

/// Why trained factors are not an exact algorithm.
public enum DiscretizationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A parameter is NaN or infinite.
    case notFinite
    /// The tensor that the model computes has shrunk towards zero; `norm` is its size relative to the true one.
    case collapsed(residual: Double, norm: Double)
    /// Too few slots do anything.
    case tooFewSlots(live: Int, needed: Int)
    /// The gauge fix is known for ⟨2,2,2;7⟩ only.
    case unsupportedShape(String)
    /// The slots do not have one full-rank member and three pairs of lines.
    case noBasis(residual: Double)
    /// The rounded coefficients fail `failed` of the Brent equations.
    case notAScheme(method: DiscretizationMethod, margin: Double, failed: Int, equations: Int, residual: Double)

    public var description: String {
        switch self {
        case .notFinite: "a parameter is NaN or infinite"
        case .collapsed(let residual, let norm):
            "the model has collapsed: what it computes has \(Format.percent(norm)) of the size of the true tensor, tensor error \(short(residual))"
        case .tooFewSlots(let live, let needed): "\(live) slots are alive, \(needed) are needed"
        case .unsupportedShape(let shape): "the gauge fix is for ⟨2,2,2;7⟩, not for \(shape); use --method round"
        case .noBasis(let residual):
            "the slots have no common basis (tensor error \(short(residual))): the model has not converged to rank 7"
        case .notAScheme(let method, let margin, let failed, let equations, let residual):
            "\(method == .round ? "plain rounding" : "the gauge fix") leaves \(failed) of \(equations) equations wrong "
                + "(margin \(short(margin)), tensor error before rounding \(short(residual)))"
        }
    }
}

extension BilinearModel {
    /// Slots less important than this fraction of the most important one count as dead.
    public static let deadSlotFraction = 1e-3

    /// Slots whose importance, mask included, is at least ``deadSlotFraction`` of the largest; empty when all are 0.
    public var liveSlots: [Int] {
        let importance = importance
        let largest = importance.max() ?? 0
        return (0..<rank).filter { importance[$0] > 0 && importance[$0] >= BilinearModel.deadSlotFraction * largest }
    }

    /// Frobenius norm of Σ_p U_p ⊗ V_p ⊗ W_p, mask applied, relative to that of the multiplication tensor, √(mkn).
    public var relativeNorm: Double {
        let model = masked
        func dot(_ factor: [Double], _ width: Int, _ a: Int, _ b: Int) -> Double {
            (0..<width).reduce(0) { $0 + factor[a * width + $1] * factor[b * width + $1] }
        }
        var sum = 0.0
        for a in 0..<rank {
            for b in 0..<rank {
                sum += dot(model.u, m * k, a, b) * dot(model.v, k * n, a, b) * dot(model.w, m * n, a, b)
            }
        }
        return (max(sum, 0) / Double(m * k * n)).squareRoot()
    }

    /// Rounds the factors to an exact scheme and proves it, or says why that fails. Never substitutes known coefficients.
    ///
    /// - Parameters:
    ///   - name: Of the scheme.
    ///   - method: See ``DiscretizationMethod``.
    /// - Throws: ``DiscretizationError``; ``StrassenError`` when the shape is beyond the engine's limits.
    public func discretized(_ method: DiscretizationMethod, name: String = "learned") throws -> Discretization {
        guard isFinite else { throw DiscretizationError.notFinite }
        return switch method {
        case .round: try rounded(name)
        case .gauge: try gaugeFixed(name)
        }
    }

    private func rounded(_ name: String) throws -> Discretization {
        let live = masked.keeping(liveSlots)
        let factors = [live.u, live.v, live.w]
        let margin = factors.joined().map { abs($0 - ternary($0)) }.max() ?? 0
        let widths = [m * k, k * n, m * n]
        let kept = (0..<live.rank).filter { slot in
            zip(factors, widths).allSatisfy { factor, width in
                factor[slot * width..<(slot + 1) * width].contains { ternary($0) != 0 }
            }
        }
        guard !kept.isEmpty else {
            throw DiscretizationError.notAScheme(
                method: .round, margin: margin, failed: m * k * n, equations: m * k * k * n * m * n,
                residual: tensorResidual)
        }
        let slots = kept.map { liveSlots[$0] }
        return try proved(live.keeping(kept), name, .round, margin: margin, slots: slots, transform: nil)
    }

    private func gaugeFixed(_ name: String) throws -> Discretization {
        guard m == 2, k == 2, n == 2 else { throw DiscretizationError.unsupportedShape(shape) }
        guard relativeNorm > 0.5 else {
            throw DiscretizationError.collapsed(residual: tensorResidual, norm: relativeNorm)
        }
        let importance = importance
        let live = liveSlots
        guard live.count >= 7 else { throw DiscretizationError.tooFewSlots(live: live.count, needed: 7) }
        let slots = live.sorted { (importance[$0], $1) > (importance[$1], $0) }.prefix(7).sorted()
        let candidates = GaugeFix.candidates(masked.keeping(slots).slots2)
        var failure: (any Error)?
        for candidate in candidates {
            do {
                let model = BilinearModel(
                    m: 2, k: 2, n: 2, u: candidate.slots.flatMap(\.u.entries), v: candidate.slots.flatMap(\.v.entries),
                    w: candidate.slots.flatMap(\.w.entries))
                return try proved(
                    model, name, .gauge, margin: candidate.margin, slots: slots, transform: candidate.transform)
            } catch { failure = failure ?? error }
        }
        throw failure ?? DiscretizationError.noBasis(residual: tensorResidual)
    }

    /// The 2×2 matrices of a ⟨2,2,2⟩ model's slots.
    var slots2: [Slot2<Double>] {
        (0..<rank).map { slot in
            let range = slot * 4..<slot * 4 + 4
            return Slot2(u: Matrix2(u[range]), v: Matrix2(v[range]), w: Matrix2(w[range]))
        }
    }

    /// Rounds `model` and proves the result.
    private func proved(
        _ model: BilinearModel, _ name: String, _ method: DiscretizationMethod, margin: Double, slots: [Int],
        transform: GaugeTransform<Double>?
    ) throws -> Discretization {
        let rows = { (factor: [Double], width: Int) in
            stride(from: 0, to: factor.count, by: width).map { start in
                factor[start..<start + width].map { Rational(Int64(ternary($0))) }
            }
        }
        let scheme = try Scheme(
            name: name, m: m, k: k, n: n, u: rows(model.u, m * k), v: rows(model.v, k * n), w: rows(model.w, m * n))
        let report = try scheme.verify()
        guard report.isExact else {
            throw DiscretizationError.notAScheme(
                method: method, margin: margin, failed: report.failed, equations: report.equations,
                residual: tensorResidual)
        }
        return Discretization(scheme: scheme, method: method, margin: margin, slots: slots, transform: transform)
    }
}

/// See ``Format/compact(_:)``.
func short(_ value: Double) -> String { Format.compact(value) }
