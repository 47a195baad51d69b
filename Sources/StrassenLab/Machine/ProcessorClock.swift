// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import Synchronization

/// How fast the cores run.
public struct ProcessorClock: Sendable, Codable, Equatable {
    /// GHz that the system states, and where it does; `nil`: it does not.
    public var stated: Double?
    public var source: String?
    /// GHz under load by a chain of dependent multiplications; `nil`: only x86-64, whose latency is known, is measured.
    public var measured: Double?

    /// - Parameter root: Where `/proc` and `/sys` lie; fixtures put captured files elsewhere.
    public init(root: URL = URL(fileURLWithPath: "/"), measuring: Bool = true) {
        (stated, source) = Self.statement(LimitFiles(root: root))
        measured = measuring ? Self.measure() : nil
    }

    private static func statement(_ files: LimitFiles) -> (Double?, String?) {
        let scaling = "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"
        if let kilohertz = files.text(scaling).flatMap({ Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) {
            return (kilohertz / 1e6, "cpuinfo_max_freq")
        }
        if let megahertz = files.processorField("cpu MHz").flatMap(Double.init) {
            return (megahertz / 1e3, "/proc/cpuinfo")
        }
        return (nil, nil)
    }

    /// Each step waits for the one before: a 64-bit multiplication takes three cycles and an exclusive or one on every x86-64
    /// core since Nehalem and Zen (Agner Fog's instruction tables). The best of twenty rounds: interrupts only slow it.
    private static func measure() -> Double? {
        #if arch(x86_64)
            let (steps, cycles) = (2_000_000, 4.0)
            var best = 0.0
            for _ in 0..<20 {
                let start = TimeSource.thread
                result.store(chain(steps, from: start.bitPattern), ordering: .relaxed)
                let seconds = TimeSource.thread - start
                best = max(best, Double(steps) * cycles / max(seconds, 1e-9) / 1e9)
            }
            return best
        #else
            return nil
        #endif
    }

    /// Where the chain's result goes, so that the compiler cannot do without the chain.
    private static let result = Atomic<UInt64>(0)

    /// An exclusive or and a multiplication: unlike additions, no law of arithmetic merges two steps into one.
    /// The seed is the time at which it starts, so that no round can be done before its clock is read.
    @inline(never)
    private static func chain(_ steps: Int, from seed: UInt64) -> UInt64 {
        var state = seed
        for _ in 0..<steps { state = (state ^ 0x9E37_79B9_7F4A_7C15) &* 6_364_136_223_846_793_005 }
        return state
    }
}

extension LimitFiles {
    /// The first value of a field of `/proc/cpuinfo`, such as `"model name"`.
    func processorField(_ name: String) -> String? {
        for line in (text("proc/cpuinfo") ?? "").split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}
