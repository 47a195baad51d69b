// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// How busy the machine is with other things.
public struct MachineLoad: Sendable, Equatable {
    /// Ticks since boot: of all processors together, and of those the idle ones.
    var total, idle: UInt64

    /// Reads the first line of `/proc/stat`; nil when it is not one.
    init?(stat: String) {
        let fields = stat.split(separator: "\n").first?.split(separator: " ") ?? []
        let ticks = fields.dropFirst().compactMap { UInt64($0) }
        // user nice system idle iowait irq softirq steal; guest time is part of user.
        guard fields.first == "cpu", ticks.count >= 8 else { return nil }
        total = ticks.prefix(8).reduce(0, &+)
        idle = ticks[3] &+ ticks[4]
    }

    /// Share of all processors that were at work since `earlier`, 0…1.
    func busy(since earlier: MachineLoad) -> Double {
        let passed = total &- earlier.total
        return passed == 0 ? 0 : 1 - Double(idle &- earlier.idle) / Double(passed)
    }

    /// Share of all processors that other processes use now, looked at for `seconds` while this one sleeps; nil where
    /// there is no `/proc/stat`.
    public static func current(seconds: Double = 0.3) -> Double? {
        guard let before = now() else { return nil }
        Thread.sleep(forTimeInterval: seconds)
        return now()?.busy(since: before)
    }

    private static func now() -> MachineLoad? {
        (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)).flatMap(MachineLoad.init(stat:))
    }
}
