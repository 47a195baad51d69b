// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite("Lifting") struct SchemeLiftTests {
    private func published(_ entry: String) throws -> BinaryScheme {
        let path = Fixture.url("schemes/alphatensor_factorizations_f2.npz").path
        return try BinaryScheme(SchemeFile.read(path: path, entry: entry, ring: .gf2).scheme)
    }

    @Test func signsOfStrassen() throws {
        var random = RandomSource(seed: 1)
        let strassen = try Scheme.builtin("strassen")
        let lifted = try #require(SchemeLift.lift(BinaryScheme(strassen), ring: .integers, random: &random))
        #expect(lifted.isTernary)
        let found = try DiscoveredScheme(lifted, ring: .integers, walker: 0, flips: 0)
        #expect(found.rings == [.integers, .rationals, .gf2] && found.equations == 64 && !found.holdsOnlyMod2)
    }

    /// Rank 47 is known over GF(2) only: no signs exist and the Hensel steps have no solution.
    @Test func fortySevenDoesNotLift() throws {
        var random = RandomSource(seed: 1)
        let scheme = try published("4,4,4")
        #expect(scheme.rank == 47 && scheme.isExact)
        #expect(SchemeLift.lift(scheme, ring: .rationals, random: &random) == nil)
    }

    /// Hensel lifting alone, without the shortcut through signs.
    @Test(arguments: ["2x2x2", "2x3x4", "3x3x3"])
    func henselLiftsTheStandardScheme(text: String) throws {
        let scheme = BinaryScheme.standard(try SearchShape(text))
        let factors = try #require(HenselLift.lift(scheme))
        let lifted = try #require(LiftedScheme(factors, ring: .integers))
        #expect(lifted.residuesVanish && lifted.isTernary)
    }

    @Test func henselLiftsStrassen() throws {
        let factors = try #require(HenselLift.lift(try BinaryScheme(Scheme.builtin("strassen"))))
        let lifted = try #require(LiftedScheme(factors, ring: .rationals))
        _ = try DiscoveredScheme(lifted, ring: .rationals, walker: 0, flips: 0)
    }

    @Test func aWrongSchemeIsNotProved() throws {
        var wrong = BinaryScheme.standard(SearchShape(2, 2, 2))
        wrong.products[3].w = 1
        #expect(!wrong.isExact)
        #expect(throws: SearchError.self) {
            try DiscoveredScheme(LiftedScheme(wrong), ring: .gf2, walker: 0, flips: 0)
        }
    }

    @Test func fractionsFromResidues() {
        for (numerator, denominator) in [(0, 1), (1, 1), (-1, 1), (5, 3), (-7, 9), (65_535, 65_535), (-65_536, 3)] {
            let fraction = LiftedScheme.Fraction(Int64(numerator), Int64(denominator))
            let found = RationalReconstruction.fraction(fraction.residue, bits: 40, bound: 1 << 16)
            #expect(found.map { $0.numerator * Int64(denominator) == Int64(numerator) * $0.denominator } == true)
        }
        #expect(RationalReconstruction.fraction(0x12_3456_789B, bits: 40, bound: 1 << 4) == nil)
    }

    @Test func linearSystems() {
        var system = LinearSystemGF2(unknowns: 70)
        let added = [([0, 69], true), ([69, 3], false), ([0, 3], true), ([0, 3], false)].map { indices, value in
            system.add(indices, equals: value)
        }
        #expect(added == [true, true, true, false])
        let solution = system.solution { true }
        #expect(solution[0] != solution[69] && solution[69] == solution[3] && system.freedom == 68)

        var matrix = FactoredMatrixGF2(rows: 3, columns: 3)
        for (row, column) in [(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2)] {
            matrix.toggle(row: row, column: column)
        }
        matrix.factor()
        #expect(matrix.rank == 2)
        #expect(matrix.solve([0b001]) == nil)
        #expect(matrix.solve([0b101]).map { ($0[0] & 1) ^ ($0[0] >> 1 & 1) } == 1)
    }
}
