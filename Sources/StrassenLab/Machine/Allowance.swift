// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// What of a machine this process may use: affinity mask, cgroup quotas, memory that is free.
public struct Allowance: Sendable, Codable, Equatable {
    /// Processors in the affinity mask.
    public var processors: Int
    /// Processors' worth of time that a cgroup grants; `nil`: no quota.
    public var quota: Double?
    /// Bytes that can be allocated without swapping (MemAvailable); `nil`: unknown.
    public var availableBytes: Int?
    /// Bytes that a cgroup leaves; `nil`: no limit.
    public var memoryLimitBytes: Int?

    /// Bytes that can be allocated now: the lesser of the two; `nil`: unknown.
    public var memoryBytes: Int? { [availableBytes, memoryLimitBytes].compactMap(\.self).min() }

    /// Threads that make sense: the mask, rounded down to whole processors of the quota; at least 1.
    public var threads: Int {
        guard let quota else { return max(1, processors) }
        return max(1, min(processors, Int(quota)))
    }

    /// Reads this process's limits.
    ///
    /// - Parameter root: Where `/proc` and `/sys` lie; fixtures put captured files elsewhere.
    public init(root: URL = URL(fileURLWithPath: "/")) {
        let files = LimitFiles(root: root)
        processors = files.affinityCount() ?? ProcessInfo.processInfo.activeProcessorCount
        quota = files.processorQuota()
        availableBytes = files.memoryAvailable()
        memoryLimitBytes = files.memoryLeft()
    }
}

/// The files of `/proc` and `/sys` that say what a process may use; cgroups of both versions.
struct LimitFiles {
    let root: URL

    func text(_ path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Processors in the affinity mask of the process's main thread (`Cpus_allowed`).
    func affinityCount() -> Int? {
        for line in (text("proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("Cpus_allowed:") {
            let digits = line.dropFirst("Cpus_allowed:".count).filter { $0.isHexDigit }
            let count = digits.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
            return count > 0 ? count : nil
        }
        return nil
    }

    /// `MemAvailable` of `/proc/meminfo` in bytes.
    func memoryAvailable() -> Int? {
        for line in (text("proc/meminfo") ?? "").split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            guard let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
            return overflow ? nil : bytes
        }
        return nil
    }

    /// The tightest CPU quota from the process's own group up to the root.
    func processorQuota() -> Double? {
        let unified = groups(controller: nil).compactMap { directory -> Double? in
            guard let words = text(directory + "/cpu.max")?.split(whereSeparator: \.isWhitespace), words.count == 2
            else {
                return nil
            }
            return Self.ratio(words[0], words[1])
        }
        let classic = groups(controller: "cpu").compactMap { directory -> Double? in
            guard let quota = text(directory + "/cpu.cfs_quota_us"), let period = text(directory + "/cpu.cfs_period_us")
            else { return nil }
            return Self.ratio(quota.trimmed, period.trimmed)
        }
        return (unified + classic).min()
    }

    /// The least that a group leaves, from the process's own up to the root: its limit without what it uses, but for
    /// files that it would give up.
    func memoryLeft() -> Int? {
        let unified = groups(controller: nil).compactMap {
            left(
                limit: $0 + "/memory.max", used: $0 + "/memory.current", statistics: $0 + "/memory.stat",
                "inactive_file")
        }
        let classic = groups(controller: "memory").compactMap {
            left(
                limit: $0 + "/memory.limit_in_bytes", used: $0 + "/memory.usage_in_bytes",
                statistics: $0 + "/memory.stat",
                "total_inactive_file")
        }
        return (unified + classic).min()
    }

    private func left(limit: String, used: String, statistics: String, _ reclaimable: String) -> Int? {
        // Version 1 writes "no limit" as a huge number of whole pages.
        guard let limit = number(limit), limit > 0, limit < 1 << 60 else { return nil }
        guard let used = number(used), (0...limit).contains(used) else { return limit }
        return limit - used + min(max(field(reclaimable, of: statistics) ?? 0, 0), used)
    }

    /// The number behind a name, on a line of its own.
    private func field(_ name: String, of path: String) -> Int? {
        for line in (text(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }

    private func number(_ path: String) -> Int? { text(path).flatMap { Int($0.trimmed) } }

    /// Directories of the process's group and its parents, relative to the root; `controller` nil: version 2.
    private func groups(controller: String?) -> [String] {
        for line in (text("proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let names = fields[1].split(separator: ",").map(String.init)
            if let controller { guard names.contains(controller) else { continue } }
            if controller == nil && !(fields[0] == "0" && names.isEmpty) { continue }
            let mount = "sys/fs/cgroup" + (controller.map { "/" + $0 } ?? "")
            var parts = fields[2].split(separator: "/").filter { $0 != ".." }.map(String.init)
            var directories = [mount]
            while !parts.isEmpty {
                directories.append(mount + "/" + parts.joined(separator: "/"))
                parts.removeLast()
            }
            return directories
        }
        return []
    }

    private static func ratio<Text: StringProtocol>(_ quota: Text, _ period: Text) -> Double? {
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else { return nil }
        return quota / period
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
