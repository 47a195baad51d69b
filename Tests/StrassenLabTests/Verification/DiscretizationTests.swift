// SPDX-License-Identifier: AGPL-3.0-or-later
import StrassenLab
import Testing

@Suite("From trained factors to schemes") struct DiscretizationTests {
    /// Strassen's factors in random bases, slots shuffled and rescaled, with noise of standard deviation `sigma`.
    private func learned(_ random: inout RandomSource, sigma: Double = 0) throws -> BilinearModel {
        func basis() -> Matrix2<Double> {
            while true {
                let matrix = Matrix2((0..<4).map { _ in random.normal() })
                if abs(matrix.determinant) > 0.3 { return matrix }
            }
        }
        let gauge = GaugeTransform(p: basis(), q: basis(), r: basis())
        let strassen = try Scheme.builtin("strassen")
        func matrix(_ factor: Scheme.Factor, _ slot: Int) -> Matrix2<Double> {
            Matrix2((0..<4).map { strassen[factor, slot, $0].doubleValue })
        }
        var (u, v, w) = ([Double](), [Double](), [Double]())
        for slot in (0..<7).shuffled(using: &random) {
            let moved = gauge(Slot2(u: matrix(.u, slot), v: matrix(.v, slot), w: matrix(.w, slot)))
            let (alpha, beta) = (random.uniform(0.5, 2), -random.uniform(0.5, 2))
            u += (alpha * moved.u).entries
            v += (beta * moved.v).entries
            w += (1 / (alpha * beta) * moved.w).entries
        }
        func noisy(_ values: [Double]) -> [Double] { values.map { $0 + sigma * random.normal() } }
        return BilinearModel(m: 2, k: 2, n: 2, u: noisy(u), v: noisy(v), w: noisy(w))
    }

    @Test func everyBasisLeadsToOneCanonicalForm() throws {
        var random = RandomSource(seed: 11)
        let hash = try Scheme.builtin("strassen").canonicalForm().hash
        for _ in 0..<300 {
            let model = try learned(&random)
            let found = try model.discretized(.gauge)
            #expect(found.margin < 1e-9 && found.slots == Array(0..<7))
            #expect(try found.scheme.canonicalForm().hash == hash)
            #expect(throws: DiscretizationError.self) { try model.discretized(.round) }
        }
    }

    @Test func theGaugeFixTakesNoise() throws {
        var random = RandomSource(seed: 12)
        for _ in 0..<100 { #expect(try learned(&random, sigma: 0.001).discretized(.gauge).scheme.rank == 7) }
    }

    /// The paper's coefficients with noise: science at σ ≤ 0.1 (nearly always), not at 0.25 (hardly ever).
    @Test func roundingTakesNoiseUpToATenth() throws {
        let strassen = try Scheme.builtin("strassen")
        let factors = Scheme.Factor.allCases.map { strassen.rows(of: $0).joined().map(\.doubleValue) }
        var random = RandomSource(seed: 13)
        func successes(_ sigma: Double) -> Int {
            (0..<200).count { _ in
                let noisy = factors.map { $0.map { $0 + sigma * random.normal() } }
                return (try? BilinearModel(m: 2, k: 2, n: 2, u: noisy[0], v: noisy[1], w: noisy[2]).discretized(.round))
                    != nil
            }
        }
        #expect(successes(0.05) == 200 && successes(0.1) >= 195 && successes(0.25) <= 30)
    }

    @Test func refusalsSayWhy() throws {
        var random = RandomSource(seed: 14)
        let good = try learned(&random)
        func failure(_ change: (inout BilinearModel) -> Void) -> DiscretizationError? {
            var model = good
            change(&model)
            do { _ = try model.discretized(.gauge) } catch { return error as? DiscretizationError }
            return nil
        }
        #expect(failure { $0.u[0] = .nan } == .notFinite)
        if case .collapsed(_, let norm) = failure({ $0.w = $0.w.map { $0 * 1e-3 } }) {
            #expect(norm < 0.01)
        } else {
            Issue.record("expected a collapse")
        }
        #expect(failure { $0 = $0.keeping(Array(0..<6)) } == .tooFewSlots(live: 6, needed: 7))
        let flat = BilinearModel(
            m: 2, k: 2, n: 3, u: [Double](repeating: 1, count: 4), v: [Double](repeating: 1, count: 6),
            w: [Double](repeating: 1, count: 6))
        #expect(throws: DiscretizationError.unsupportedShape("⟨2,2,3;1⟩")) { try flat.discretized(.gauge) }
        guard case .notAScheme(.gauge, _, let failed, 64, _) = failure({ $0.u[0] += 3 }) else {
            Issue.record("expected equations that fail")
            return
        }
        #expect(failed > 0)
    }

    @Test func aDeadSlotIsLeftOut() throws {
        var random = RandomSource(seed: 15)
        var model = try learned(&random)
        model.u += [5, 5, 5, 5]
        model.v += [5, 5, 5, 5]
        model.w += [1, 1, 1, 1]
        model.mask = [1, 1, 1, 1, 1, 1, 1, 0]
        #expect(try model.discretized(.gauge).slots == Array(0..<7))
        #expect(model.liveSlots == Array(0..<7))
    }
}
