// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// The counts in a file that cachegrind wrote, by function.
struct CachegrindOutput: Equatable {
    /// Names of the events, such as `Ir`, `D1mr`, `DLmw`.
    let events: [String]
    /// Counts in the order of ``events``; functions of one name in several files are added.
    let functions: [String: [Int]]
    /// The program's totals.
    let summary: [Int]

    static let maximumBytes = 256 << 20
    private static let maximumEvents = 64

    /// - Throws: ``InputError`` with the line that is not what cachegrind writes, or when the end is missing.
    init(contentsOf path: String) throws {
        do { try self.init(FileInput.contents(of: path, limit: Self.maximumBytes)) } catch let error as InputError {
            throw error.in(path)
        }
    }

    init(_ bytes: [UInt8]) throws {
        var reader = Reader()
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do { try reader.take(line) } catch let error as InputError { throw error.within("line \(index + 1)") }
        }
        guard let summary = reader.summary else {
            throw InputError("there is no summary: the simulation was cut short", advice: "run it again")
        }
        (events, functions, self.summary) = (reader.events, reader.functions, summary)
        for (index, event) in events.enumerated() {
            let sum = functions.values.reduce(0) { $0.addingReportingOverflow($1[index]).partialValue }
            guard sum == summary[index] else {
                throw InputError(
                    "\(event): functions add up to \(sum), the summary says \(summary[index])", advice: "run it again")
            }
        }
    }

    /// Counts of some events of a function together.
    ///
    /// - Precondition: they are among ``events``.
    func count(_ names: [String], _ counts: [Int]) -> Int {
        names.reduce(0) { $0 + counts[events.firstIndex(of: $1)!] }
    }

    /// What a file is made of, line by line: `desc:`, `cmd:`, `events:`, `fl=`, `fn=`, counts, `summary:`.
    private struct Reader {
        var events: [String] = []
        var functions: [String: [Int]] = [:]
        var summary: [Int]?
        private var function: String?

        mutating func take(_ line: ArraySlice<UInt8>) throws {
            guard let first = line.first, first != UInt8(ascii: "#") else { return }
            guard summary == nil else { throw InputError("nothing may follow the summary") }
            if first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9") { return try add(line) }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("fn=") {
                function = String(text.dropFirst(3))
            } else if text.hasPrefix("events:") {
                try setEvents(text)
            } else if text.hasPrefix("summary:") {
                summary = try counts(line.dropFirst("summary:".count))
            } else if !["fl=", "fi=", "fe=", "desc:", "cmd:"].contains(where: text.hasPrefix) {
                throw InputError("\"\(text.prefix(40))\" is not a line that cachegrind writes")
            }
        }

        private mutating func setEvents(_ text: String) throws {
            guard events.isEmpty else { throw InputError("events are named twice") }
            events = text.dropFirst("events:".count).split(separator: " ").map(String.init)
            guard !events.isEmpty, events.count <= maximumEvents, Set(events).count == events.count else {
                throw InputError("expected 1 to \(maximumEvents) different events")
            }
        }

        /// A source line's number, then its counts.
        private mutating func add(_ line: ArraySlice<UInt8>) throws {
            guard let function else { throw InputError("counts before the first fn=") }
            let values = try counts(line.drop { $0 != UInt8(ascii: " ") })
            var sums = functions[function] ?? Array(repeating: 0, count: events.count)
            for (index, value) in values.enumerated() {
                let (sum, overflow) = sums[index].addingReportingOverflow(value)
                guard !overflow else { throw InputError("\(events[index]) of \(function) exceeds 64 bits") }
                sums[index] = sum
            }
            functions[function] = sums
        }

        /// One number an event; those missing at the end are zeros, and `.` is one.
        private func counts(_ text: ArraySlice<UInt8>) throws -> [Int] {
            guard !events.isEmpty else { throw InputError("counts before the events are named") }
            let words = text.split(separator: UInt8(ascii: " "))
            guard words.count <= events.count else {
                throw InputError("\(words.count) counts for \(events.count) events")
            }
            let values = try words.map { word -> Int in
                let text = String(decoding: word, as: UTF8.self)
                guard let value = text == "." ? 0 : Int(text), value >= 0 else {
                    throw InputError("\"\(text.prefix(20))\" is not a count")
                }
                return value
            }
            return values + Array(repeating: 0, count: events.count - values.count)
        }
    }
}

extension CachegrindOutput {
    /// Counts by phase of the engine or of OpenBLAS; see ``ProfilePhase/init(function:)``.
    ///
    /// - Throws: ``InputError`` when an event is missing: the run did not simulate caches.
    func phases(_ quantities: [(CounterQuantity, events: [String])]) throws -> [ProfilePhase: [CounterQuantity: Int]] {
        for event in quantities.flatMap(\.events) where !events.contains(event) {
            throw InputError("there are no \(event) events", advice: "run it again with --cache-sim=yes")
        }
        var phases: [ProfilePhase: [CounterQuantity: Int]] = [:]
        for (name, counts) in functions {
            let phase = ProfilePhase(function: name)
            for (quantity, events) in quantities {
                phases[phase, default: [:]][quantity, default: 0] += count(events, counts)
            }
        }
        return phases
    }
}
