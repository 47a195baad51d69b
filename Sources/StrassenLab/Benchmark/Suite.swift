// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// A list of cases as data: the files of `bench/suites`, and the flags of `strassen bench`.
///
/// A suite is a TOML file. Keys at its top hold for every `[[case]]`; a case is the cross product of its lists.
public struct Suite: Sendable {
    /// One `[[case]]`: every combination of its lists is a ``BenchmarkCase``.
    public struct Entry: Sendable {
        /// m×k×n.
        public var shapes: [Shape] = []
        public var precisions: [Precision] = [.float64]
        public var threads: [ThreadCount] = [.number(1)]
        public var distributions: [Distribution] = [.uniform]
        /// `"NN"`, `"TN"`…
        public var transposes: [String] = ["NN"]
        public var betas: [Double] = [0]
        public var leading: [Int] = [0]
        public var engines: [ContenderSpec] = []
        public var baseline = BenchmarkCase.usualBaseline
        public var target: Double?

        public init() {}
    }

    public struct Shape: Sendable, Equatable {
        public var m, k, n: Int
        public init(m: Int, k: Int, n: Int) { (self.m, self.k, self.n) = (m, k, n) }
    }

    public enum ThreadCount: Sendable, Equatable {
        case number(Int)
        /// As many as the process may use.
        case all
    }

    public var title = ""
    public var entries: [Entry] = []
    /// Samples; nil: the protocol's.
    public var repeats: Int?

    public init() {}

    /// All cases, in order.
    ///
    /// - Parameter allThreads: What `"all"` means here. A case for one thread that comes from `"all"` is dropped where
    ///   the entry also asks for one thread.
    public func cases(allThreads: Int) -> [BenchmarkCase] { entries.flatMap { $0.cases(allThreads: allThreads) } }
}

extension Suite.Entry {
    func cases(allThreads: Int) -> [BenchmarkCase] {
        var counts: [Int] = []
        for count in threads {
            let number = if case .number(let number) = count { number } else { allThreads }
            if !counts.contains(number) { counts.append(number) }
        }
        var cases = shapes.map {
            BenchmarkCase(m: $0.m, k: $0.k, n: $0.n, precision: .float64, threads: 1, contenders: engines)
        }
        func vary<Value>(_ values: [Value], _ set: (inout BenchmarkCase, Value) -> Void) {
            cases = values.flatMap { value in
                cases.map { one in
                    var copy = one
                    set(&copy, value)
                    return copy
                }
            }
        }
        vary(leading) { $0.leading = $1 }
        vary(betas) { $0.beta = $1 }
        vary(transposes) { ($0.transposeA, $0.transposeB) = ($1.first == "T", $1.last == "T") }
        vary(distributions) { $0.distribution = $1 }
        vary(counts) { $0.threads = $1 }
        vary(precisions) { $0.precision = $1 }
        vary([baseline]) { $0.baseline = $1 }
        vary([target]) { $0.target = $1 }
        return cases
    }
}

extension Suite.Shape {
    /// Reads `"4096"` or `"4096x512x4096"` (m×k×n), sizes from 1 to ``BenchmarkCase/longestSide``.
    public init?(text: String) {
        let parts = text.split(whereSeparator: { "xX×".contains($0) }).map { Int($0) }
        let sizes = parts.compactMap { $0 }.filter { (1...BenchmarkCase.longestSide).contains($0) }
        guard sizes.count == parts.count, sizes.count == 1 || sizes.count == 3 else { return nil }
        self.init(m: sizes[0], k: sizes.count == 3 ? sizes[1] : sizes[0], n: sizes.count == 3 ? sizes[2] : sizes[0])
    }
}

extension Suite.ThreadCount {
    /// What a plan takes.
    static let numbers = 1...1024

    /// Reads `"all"` or a number from 1 to 1024.
    public init?(text: String) {
        if text == "all" { self = .all; return }
        guard let number = Int(text), Self.numbers.contains(number) else { return nil }
        self = .number(number)
    }
}
