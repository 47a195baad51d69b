// SPDX-License-Identifier: AGPL-3.0-or-later
import CHwloc
import Foundation

/// Why a topology cannot be had.
public struct TopologyError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

extension Topology {
    /// Where a topology comes from.
    public enum Source: Sendable {
        case thisMachine
        /// hwloc's synthetic description, such as `"pack:2 core:4 pu:2"`.
        case synthetic(String)
        /// A file that `lstopo FILE.xml` wrote.
        case xml(URL)
    }

    /// Asks hwloc. All processors count, also those that a cgroup or an affinity mask withholds (see ``Allowance``).
    ///
    /// - Throws: ``TopologyError`` when hwloc cannot read the source.
    public init(_ source: Source = .thisMachine) throws {
        var handle: hwloc_topology_t?
        guard hwloc_topology_init(&handle) == 0, let topology = handle else {
            throw TopologyError(description: "hwloc cannot start; is libhwloc installed?")
        }
        defer { hwloc_topology_destroy(topology) }
        hwloc_topology_set_flags(topology, UInt(HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue))
        hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL)
        switch source {
        case .thisMachine: break
        case .synthetic(let text):
            guard hwloc_topology_set_synthetic(topology, text) == 0 else {
                throw TopologyError(description: "\"\(text)\" is not a synthetic topology; see `man hwloc`")
            }
        case .xml(let url):
            guard FileManager.default.fileExists(atPath: url.path) else {
                throw TopologyError(description: "\(url.path): there is no such file")
            }
            guard hwloc_topology_set_xml(topology, url.path) == 0 else { throw Self.notATopology(url) }
        }
        guard hwloc_topology_load(topology) == 0 else {
            if case .xml(let url) = source { throw Self.notATopology(url) }
            throw TopologyError(description: "hwloc cannot read the topology of this machine; does `lstopo` work?")
        }
        model = Self.model(of: topology)
        packages = Self.count(topology, HWLOC_OBJ_PACKAGE)
        cores = Self.count(topology, HWLOC_OBJ_CORE)
        hardwareThreads = Self.count(topology, HWLOC_OBJ_PU)
        caches = Self.caches(of: topology)
        nodes = Self.objects(topology, HWLOC_OBJ_NUMANODE).map { object in
            Node(
                index: Int(object.pointee.os_index),
                bytes: Int(clamping: object.pointee.attr.pointee.numanode.local_memory),
                hardwareThreads: Int(hwloc_bitmap_weight(object.pointee.cpuset)))
        }
    }

    private static func notATopology(_ url: URL) -> TopologyError {
        TopologyError(description: "\(url.path): not an hwloc topology; make one with `lstopo --of xml FILE.xml`")
    }

    private static func count(_ topology: hwloc_topology_t, _ type: hwloc_obj_type_t) -> Int {
        max(0, Int(hwloc_get_nbobjs_by_type(topology, type)))
    }

    private static func objects(_ topology: hwloc_topology_t, _ type: hwloc_obj_type_t) -> [hwloc_obj_t] {
        (0..<count(topology, type)).compactMap { hwloc_get_obj_by_type(topology, type, UInt32($0)) }
    }

    private static func model(of topology: hwloc_topology_t) -> String {
        for object in objects(topology, HWLOC_OBJ_PACKAGE) + objects(topology, HWLOC_OBJ_MACHINE) {
            guard let text = hwloc_obj_get_info_by_name(object, "CPUModel") else { continue }
            return String(cString: text).trimmingCharacters(in: .whitespaces)
        }
        return ""
    }

    private static func caches(of topology: hwloc_topology_t) -> [Cache] {
        let types = [
            HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE, HWLOC_OBJ_L3CACHE,
            HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE,
        ]
        var kinds: [Cache] = []
        for object in types.flatMap({ objects(topology, $0) }) {
            let cache = describe(object, in: topology)
            if let index = kinds.firstIndex(where: { $0.hasGeometry(of: cache) }) {
                kinds[index].count += 1
            } else {
                kinds.append(cache)
            }
        }
        return kinds
    }

    private static func describe(_ object: hwloc_obj_t, in topology: hwloc_topology_t) -> Cache {
        let attributes = object.pointee.attr.pointee.cache
        let contents: Cache.Contents =
            switch attributes.type {
            case HWLOC_OBJ_CACHE_DATA: .data
            case HWLOC_OBJ_CACHE_INSTRUCTION: .instruction
            default: .unified
            }
        let cores = hwloc_get_nbobjs_inside_cpuset_by_type(topology, object.pointee.cpuset, HWLOC_OBJ_CORE)
        return Cache(
            level: Int(attributes.depth), contents: contents, bytes: Int(clamping: attributes.size),
            lineBytes: attributes.linesize == 0 ? nil : Int(attributes.linesize),
            ways: attributes.associativity == 0 ? nil : max(0, Int(attributes.associativity)), count: 1,
            coresSharing: max(0, Int(cores)))
    }
}

extension Topology.Cache {
    fileprivate func hasGeometry(of other: Self) -> Bool {
        var copy = self
        copy.count = other.count
        return copy == other
    }
}
