// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How fast the cores run.
public struct ProcessorClock: Sendable, Codable, Equatable {
    /// GHz that the system states, and where it does; `nil`: it does not.
    public var stated: Double?
    public var source: String?
    /// GHz under load by a chain of dependent multiply-adds; `nil`: only x86-64, whose latency is known, is measured.
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

    /// Each step waits for the one before: a 64-bit multiplication takes three cycles and an addition one on every x86-64
    /// core since Nehalem and Zen (Agner Fog's instruction tables). The best of five rounds: interrupts only slow it.
    private static func measure() -> Double? {
        #if arch(x86_64)
            let (steps, cycles) = (2_000_000, 4.0)
            var best = 0.0
            for _ in 0..<5 {
                let start = TimeSource.thread
                let result = chain(steps)
                let seconds = TimeSource.thread - start
                best = max(best, result == 0 ? 0 : Double(steps) * cycles / max(seconds, 1e-9) / 1e9)
            }
            return best > 0 ? best : nil
        #else
            return nil
        #endif
    }

    /// Knuth's 64-bit linear congruential generator: odd multiplier, so the result is never a constant to fold.
    @inline(never)
    private static func chain(_ steps: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: steps) | 1
        for _ in 0..<steps { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return state | 1
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
