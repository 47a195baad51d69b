// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

/// Races on a made-up clock: nothing here takes time.
@Suite struct RaceTests {
    /// Contenders of these speeds, each run up to `noise` too slow.
    private final class Track {
        let seconds: [Double]
        let noise: Double
        var now = 0.0
        var random = RandomSource(seed: 3)

        init(_ seconds: [Double], noise: Double = 0) { (self.seconds, self.noise) = (seconds, noise) }

        func race(_ rules: Race.Rules = Race.Rules(), isStopped: () -> Bool = { false }) -> Race {
            Race(seconds.count, rules: rules, clock: { self.now }, isStopped: isStopped) { index in
                let time = self.seconds[index] * (1 + self.noise * self.random.uniform(0, 1))
                self.now += time
                return time
            }
        }
    }

    private static func rules(budget: Double, most: Int = 15) -> Race.Rules {
        var rules = Race.Rules()
        (rules.budget, rules.mostRounds) = (budget, most)
        return rules
    }

    @Test func clearDifferencesSeparateSoon() {
        let race = Track([0.012, 0.010, 0.011], noise: 0.02).race(Self.rules(budget: 100))
        #expect(race.winner == 1)
        #expect(race.verdict == .separated)
        #expect(race.times.allSatisfy { $0.count <= 5 })
    }

    @Test func smallDifferencesTakeMoreRounds() {
        let clear = Track([0.010, 0.012], noise: 0.05).race(Self.rules(budget: 100, most: 200))
        let close = Track([0.010, 0.0103], noise: 0.05).race(Self.rules(budget: 100, most: 200))
        #expect(clear.verdict == .separated && close.verdict == .separated)
        #expect(close.winner == 0)
        #expect(close.times[0].count > clear.times[0].count)
    }

    @Test func noiseWithinTheBudgetIsSaidToBeUnsettled() {
        let race = Track([0.010, 0.0102], noise: 0.5).race(Self.rules(budget: 100, most: 8))
        #expect(race.verdict == .unsettled)
    }

    @Test func comparesTwo() {
        let (near, far) = ((0..<9).map { 1 + 0.001 * Double($0) }, (0..<9).map { 1.05 + 0.001 * Double($0) })
        let wide = (0..<9).map { 0.9 + 0.05 * Double($0) }
        #expect(Race.compare(near, far, tie: 0.02) == .separated)
        #expect(Race.compare(far, near, tie: 0.02) == .separated)
        #expect(Race.compare(near, near, tie: 0.02) == .tie)
        #expect(Race.compare(near, near, tie: 0.002) == .unsettled)
        #expect(Race.compare(near, wide, tie: 0.02) == .unsettled)
    }

    @Test func equalsAreATie() {
        let race = Track([0.010, 0.010], noise: 0.001).race(Self.rules(budget: 100))
        #expect(race.verdict == .tie)
    }

    @Test func timeUpEndsItAfterOneRoundEach() {
        let track = Track([1, 1.01, 1.02])
        let race = track.race(Self.rules(budget: 0.5))
        #expect(race.times.map(\.count) == [1, 1, 1])
        #expect(race.verdict == .unsettled)
        #expect(abs(track.now - 3.03) < 1e-9)
    }

    @Test func theHopelessDropOutAfterTheLeastRounds() {
        let race = Track([0.010, 0.0101, 0.1], noise: 0.1).race(Self.rules(budget: 100))
        #expect(race.times[2].count == 3)
        #expect(race.times[0].count > 3)
    }

    @Test func whoIsLeftAloneHasWon() {
        let race = Track([0.010, 0.1]).race(Self.rules(budget: 100))
        #expect(race.verdict == .separated)
        #expect(Track([0.010]).race(Self.rules(budget: 100)).verdict == .alone)
    }

    @Test func stoppedRacesHaveATimeOfEverybody() {
        let race = Track([1, 2, 3]).race(Self.rules(budget: 100), isStopped: { true })
        #expect(race.times.map(\.count) == [1, 1, 1])
    }

    @Test func whatRunThrowsEndsTheRace() {
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try Race(2, rules: Race.Rules(), clock: { 0 }) { _ in throw Broken() }
        }
    }
}
