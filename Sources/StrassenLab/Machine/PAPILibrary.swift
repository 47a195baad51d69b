// SPDX-License-Identifier: AGPL-3.0-or-later
import CPAPI
import Foundation

/// PAPI, looked up when it is needed: the program runs without it and says that it is absent.
final class PAPILibrary: CounterLibrary, @unchecked Sendable {  // thread-safe by PAPI_thread_init
    private typealias Initialize = @convention(c) (Int32) -> Int32
    private typealias InitializeThreads = @convention(c) (@convention(c) () -> UInt) -> Int32
    private typealias Plain = @convention(c) () -> Int32
    private typealias OnSet = @convention(c) (Int32) -> Int32
    private typealias OnSetAddress = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    private typealias Assign = @convention(c) (Int32, Int32) -> Int32
    private typealias AddNamed = @convention(c) (Int32, UnsafePointer<CChar>) -> Int32
    private typealias Read = @convention(c) (Int32, UnsafeMutablePointer<Int64>) -> Int32
    private typealias Describe = @convention(c) (Int32) -> UnsafePointer<CChar>?

    /// Names under which Debian and others install PAPI 7.
    static let fileNames = ["libpapi.so.7.0", "libpapi.so.7.1", "libpapi.so.7.2", "libpapi.so.7", "libpapi.so"]

    let name: String
    private let createSet: OnSetAddress, destroySet: OnSetAddress
    private let addNamed: AddNamed, assign: Assign
    private let setMultiplex, start, cleanup: OnSet
    private let readValues, stopValues: Read
    private let describe: Describe

    /// - Throws: ``UnavailableError`` when no file of these names can be loaded, or it is another PAPI than 7.
    init(fileNames: [String] = PAPILibrary.fileNames) throws {
        guard let handle = fileNames.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
            throw UnavailableError(
                "PAPI, which reads the counters, is not installed", advice: "apt-get install libpapi7.0")
        }
        func symbol<Function>(_ name: String, _ type: Function.Type) throws -> Function {
            guard let pointer = dlsym(handle, name) else {
                throw UnavailableError("PAPI lacks \(name)", advice: "install PAPI 7: apt-get install libpapi7.0")
            }
            return unsafeBitCast(pointer, to: type)
        }
        createSet = try symbol("PAPI_create_eventset", OnSetAddress.self)
        destroySet = try symbol("PAPI_destroy_eventset", OnSetAddress.self)
        addNamed = try symbol("PAPI_add_named_event", AddNamed.self)
        assign = try symbol("PAPI_assign_eventset_component", Assign.self)
        setMultiplex = try symbol("PAPI_set_multiplex", OnSet.self)
        start = try symbol("PAPI_start", OnSet.self)
        cleanup = try symbol("PAPI_cleanup_eventset", OnSet.self)
        readValues = try symbol("PAPI_read", Read.self)
        stopValues = try symbol("PAPI_stop", Read.self)
        describe = try symbol("PAPI_strerror", Describe.self)
        let version = try Self.start(try symbol("PAPI_library_init", Initialize.self))
        name = "PAPI \(version >> 24).\(version >> 16 & 255)"
        guard try symbol("PAPI_thread_init", InitializeThreads.self)({ UInt(pthread_self()) }) == PAPI_OK,
            try symbol("PAPI_multiplex_init", Plain.self)() == PAPI_OK
        else {
            throw UnavailableError("\(name) cannot count threads", advice: "reinstall it: apt-get install libpapi7.0")
        }
    }

    /// A library accepts only the minor version it is, so all of PAPI 7's are offered.
    private static func start(_ initialize: Initialize) throws -> Int32 {
        for minor in Int32(0)...9 {
            let version = 7 << 24 | minor << 16
            if initialize(version) == version { return version }
        }
        throw UnavailableError("the PAPI that is installed is not a PAPI 7", advice: "apt-get install libpapi7.0")
    }

    func makeSet(_ events: [String], multiplexed: Bool) throws -> any CounterSet {
        var set = Int32(PAPI_NULL)
        try check(createSet(&set), events[0])
        do {
            if multiplexed {
                try check(assign(set, 0), events[0])
                try check(setMultiplex(set), events[0])
            }
            for event in events { try check(addNamed(set, event), event) }
            try check(start(set), events[events.count - 1])
        } catch {
            discard(&set)
            throw error
        }
        return PAPISet(library: self, set: set, count: events.count)
    }

    private func check(_ status: Int32, _ event: String) throws {
        guard status != PAPI_OK else { return }
        throw CounterRefusal(
            event: event, reason: describe(status).map { String(cString: $0) } ?? "PAPI error \(status)")
    }

    private func discard(_ set: inout Int32) {
        _ = cleanup(set)
        _ = destroySet(&set)
    }

    private final class PAPISet: CounterSet {
        private let library: PAPILibrary
        private var set: Int32
        private let count: Int

        init(library: PAPILibrary, set: Int32, count: Int) {
            (self.library, self.set, self.count) = (library, set, count)
        }

        func read(_ values: UnsafeMutablePointer<Int64>) -> Bool { library.readValues(set, values) == PAPI_OK }

        func stop() {
            var last = [Int64](repeating: 0, count: count)
            _ = library.stopValues(set, &last)
            library.discard(&set)
        }
    }
}
