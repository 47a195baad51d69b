// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab
import Testing

@Suite struct StatisticsTests {
    @Test func wilsonMatchesPublishedValues() {
        // Brown, Cai, DasGupta (2001) style checks; values from the closed form with z = 1.959964.
        let full = Proportion(200, of: 200).interval()
        #expect(abs(full.low - 0.98115) < 1e-4 && full.high == 1)
        let half = Proportion(5, of: 10).interval()
        #expect(abs(half.low - 0.236593) < 1e-5 && abs(half.high - 0.763407) < 1e-5)
        let none = Proportion(0, of: 0).interval()
        #expect(none.low == 0 && none.high == 1)
        #expect(Proportion(0, of: 20).interval().low == 0)
    }

    @Test func quantilesAreOfType7() {
        let sample = Sample([4, 1, 3, 2])
        #expect(sample.median == 2.5)
        #expect(sample.quantile(0) == 1 && sample.quantile(1) == 4)
        #expect(abs(sample.quantile(0.25) - 1.75) < 1e-15)
        #expect(sample.medianAbsoluteDeviation == 1)
        #expect(abs(sample.variance - 5.0 / 3) < 1e-15)
    }

    @Test func medianIntervalUsesBinomialRanks() {
        // n = 10 at 95 %: ranks 2 and 9 (coverage 97.85 %).
        let ten = Sample((1...10).map(Double.init)).medianInterval()
        #expect(ten.low == 2 && ten.high == 9)
        // Too small a sample gives its whole range.
        let five = Sample((1...5).map(Double.init)).medianInterval()
        #expect(five.low == 1 && five.high == 5)
    }

    @Test func distributionsMatchTables() {
        #expect(abs(normalQuantile(0.975) - 1.959963984540054) < 1e-12)
        #expect(abs(studentQuantile(0.975, degrees: 4) - 2.7764451051977987) < 1e-9)
        #expect(abs(studentQuantile(0.025, degrees: 4) + 2.7764451051977987) < 1e-9)
        // F(4, 20) upper 5 % point is 2.8661.
        #expect(abs(fisherTail(2.866081402, 4, 20) - 0.05) < 1e-7)
        #expect(fisherTail(0, 3, 3) == 1)
    }

    @Test func varianceAnalysisOfATextbookTable() {
        let result = VarianceAnalysis(groups: [[6, 8, 4, 5, 3, 4], [8, 12, 9, 11, 6, 8], [13, 9, 11, 8, 7, 12]])
        #expect(result.degreesBetween == 2 && result.degreesWithin == 15)
        #expect(abs(result.f - 9.264705882) < 1e-8)
        #expect(abs(result.p - 0.0023987) < 1e-6)
        #expect(abs(result.etaSquared - 84.0 / 152) < 1e-12)
    }

    @Test func oddsRatioOfEqualRatesIsOne() {
        let same = OddsRatio(Proportion(5, of: 10), against: Proportion(5, of: 10))
        #expect(abs(same.ratio - 1) < 1e-12 && same.interval.low < 1 && same.interval.high > 1)
    }
}

@Suite struct RandomTests {
    @Test func splitMixMatchesItsReferenceSequence() {
        // First outputs of the reference implementation for seed 1234567.
        var source = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in source.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test func xoshiroMatchesItsReferenceSequence() {
        // First outputs of xoshiro256++ from the state (1, 2, 3, 4).
        var source = RandomSource(state: [1, 2, 3, 4])!
        #expect(
            (0..<4).map { _ in source.next() } == [
                41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
            ])
        #expect(RandomSource(state: [0, 0, 0, 0]) == nil)
    }

    @Test func streamsDifferAndRepeat() {
        let streams = [[], [0], [1], [0, 0], [0, 1], [1, 0]].map { (path: [UInt64]) -> UInt64 in
            var source = RandomSource(seed: 7, path: path)
            return source.next()
        }
        #expect(Set(streams).count == streams.count)
        #expect(RandomSource(seed: 7, path: [3]) == RandomSource(seed: 7, path: [3]))
    }

    @Test func normalNumbersHaveTheRightMoments() {
        var source = RandomSource(seed: 42)
        var values = [Double](repeating: 0, count: 100_001)
        values.withUnsafeMutableBufferPointer { source.fillNormal($0, sigma: 2) }
        let sample = Sample(values)
        #expect(abs(sample.mean) < 0.03 && abs(sample.standardDeviation - 2) < 0.02)
        #expect(abs(sample.quantile(0.975) - 3.92) < 0.05)
    }

    @Test func boundedIntegersCoverTheirRange() {
        var source = RandomSource(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { counts[source.below(7)] += 1 }
        #expect(counts.allSatisfy { $0 > 850 && $0 < 1150 })
    }
}
