// SPDX-License-Identifier: AGPL-3.0-or-later

/// What a machine is made of, as hwloc sees it; plain data, so that captured machines serve as fixtures.
public struct Topology: Sendable, Codable, Equatable {
    /// Caches of one kind: same level, contents and geometry.
    public struct Cache: Sendable, Codable, Equatable {
        public enum Contents: String, Sendable, Codable { case data, instruction, unified }
        /// 1…5.
        public var level: Int
        public var contents: Contents
        public var bytes: Int
        /// Bytes of a line; `nil`: the machine does not say.
        public var lineBytes: Int?
        /// Associativity; `nil`: the machine does not say; 0: fully associative.
        public var ways: Int?
        /// How many caches of this kind there are.
        public var count: Int
        /// Cores that share each of them.
        public var coresSharing: Int

        /// `"L1d"`, `"L1i"`, `"L2"`.
        public var name: String {
            switch contents {
            case .data: "L\(level)d"
            case .instruction: "L\(level)i"
            case .unified: "L\(level)"
            }
        }
    }

    /// A NUMA node.
    public struct Node: Sendable, Codable, Equatable {
        public var index: Int
        /// Local memory in bytes; 0 when the machine does not say.
        public var bytes: Int
        public var hardwareThreads: Int
    }

    /// Such as `"AMD EPYC 7763 64-Core Processor"`; empty when unknown.
    public var model: String
    public var packages: Int
    public var cores: Int
    /// Processing units: cores times hardware threads each.
    public var hardwareThreads: Int
    /// Ordered by level, data before instruction; kinds of cores with different caches give several entries a level.
    public var caches: [Cache]
    public var nodes: [Node]

    /// Bytes of the smallest data or unified cache of a level, so that blocks fit on every kind of core; 0: none.
    public func dataCacheBytes(level: Int) -> Int {
        caches.filter { $0.level == level && $0.contents != .instruction }.map(\.bytes).min() ?? 0
    }
}
