// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Testing

@testable import StrassenLab

@Suite("Search state files") struct SearchStateTests {
    private func state() async throws -> String {
        let problem = try SearchProblem(shape: SearchShape(2, 2, 3), rank: 10)
        let search = SchemeSearch(problem: problem, seed: 3, walkers: 2)
        _ = try await search.run(threads: 1, effort: 50_000)
        return String(decoding: try search.savedState(), as: UTF8.self)
    }

    private func read(_ text: String) throws -> SchemeSearch { try SchemeSearch(savedState: Array(text.utf8)) }

    @Test func roundTrip() async throws {
        let text = try await state()
        #expect(try String(decoding: read(text).savedState(), as: UTF8.self) == text)
    }

    /// Each change must be refused with an error that names the field.
    @Test(
        arguments: [
            (#""format":"strassen-search-state""#, #""format":"other""#, "format"),
            (#""version":1"#, #""version":2"#, "format"),
            (#""m":2"#, #""m":4000000000000000000"#, "problem"), (#""k":2"#, #""k":0"#, "problem"),
            (#""rank":10"#, #""rank":5"#, "problem"), (#""rank":10"#, #""rank":"ten""#, "rank"),
            (#""ring":"z""#, #""ring":"r""#, "ring"),
            (#""poolSize":16"#, #""poolSize":0"#, "policy"), (#""plusMargin":2"#, #""plusMargin":-1"#, "policy"),
            (#""best":11"#, #""best":9223372036854775807"#, "best"), (#""best":11"#, #""best":-1"#, "best"),
            (#""flips":"#, #""flips":-"#, "flips"), (#""rounds":"#, #""rounds":9223372036854775"#, "walkers"),
            (#""pool":[["#, #""pool":[[[1,1,1],"#, "pool"),
            (#""products":[["#, #""products":[[255,255,255],["#, "products"),
            (#""products":[["#, #""products":[[1,1],["#, "products"), (#""round":"#, #""round":99999999"#, "walkers"),
            (#""stages":[{"#, #""stages":[{"m":9,"k":9,"n":9},{"#, "stages"),
        ])
    func madeUpFieldsAreRefused(original: String, replacement: String, field: String) async throws {
        let text = try await state()
        #expect(text.contains(original))
        let changed = text.replacing(original, with: replacement)
        let error = #expect(throws: InputError.self) { try read(changed) }
        #expect(error?.description.contains(field) == true, "\(error?.description ?? "no error")")
    }

    @Test func oldNamesOfRingsAreRead() async throws {
        let text = try await state()
        let old = text.replacing(#""ring":"z""#, with: #""ring":"Z""#)
        #expect(old != text)
        #expect(try String(decoding: read(old).savedState(), as: UTF8.self) == text)
    }

    /// Such a state cannot come from a search, but no trap may follow from it.
    @Test func theLargestRankDoesNotTrap() async throws {
        let text = try await state().replacing(#""rank":10"#, with: "\"rank\":\(Int.max)")
        _ = try? await read(text).run(threads: 1, effort: 200_000)
    }

    @Test func everyCutIsRefused() async throws {
        let text = try await state()
        for length in Swift.stride(from: 0, to: text.count - 2, by: 37) {
            #expect(throws: InputError.self) { try read(String(text.prefix(length))) }
        }
    }

    /// Whatever is accepted must also run without a trap.
    @Test func damagedBytesNeverTrap() async throws {
        let bytes = Array(try await state().utf8)
        var random = RandomSource(seed: 17)
        for _ in 0..<1500 {
            var damaged = bytes
            for _ in 0...random.below(3) {
                let digits = Array("0123456789-,[]{}\"".utf8)
                damaged[random.below(damaged.count)] = digits[random.below(digits.count)]
            }
            guard let search = try? SchemeSearch(savedState: damaged) else { continue }
            _ = try? await search.run(threads: 1, effort: 60_000)
        }
    }

    @Test func theFileIsNamed() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("state-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(Array("{}".utf8), to: path)
        let error = #expect(throws: InputError.self) { try SchemeSearch(path: path) }
        #expect(error?.file == path && error?.description.contains("is missing") == true)
    }
}
