// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Where profiles live: found by fingerprint, written whole or not at all, merged under a lock.
public struct ProfileStore: Sendable {
    /// Searched in this order: the user's cache, `tuning/`, `/usr/local/share/strassen`, `/usr/share/strassen`.
    public let folders: [URL]
    /// Whether profiles of other machines are expected in a folder (they are shipped), by its place in ``folders``.
    private let shared: [Bool]

    /// - Parameter environment: For `XDG_CACHE_HOME` (absolute) and `HOME`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let user = Self.cacheFolder(environment)
        let shipped = ["tuning", "/usr/local/share/strassen", "/usr/share/strassen"].map { URL(fileURLWithPath: $0) }
        self.init(user: user, shipped: shipped)
    }

    /// One folder alone.
    public init(folder: URL) { self.init(user: folder, shipped: []) }

    init(user: URL?, shipped: [URL]) {
        folders = [user].compactMap(\.self) + shipped
        shared = [user].compactMap(\.self).map { _ in false } + shipped.map { _ in true }
    }

    /// `$XDG_CACHE_HOME/strassen`, else `$HOME/.cache/strassen`; `nil` when there is neither.
    static func cacheFolder(_ environment: [String: String]) -> URL? {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            return URL(fileURLWithPath: cache).appendingPathComponent("strassen")
        }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return URL(fileURLWithPath: home).appendingPathComponent(".cache/strassen")
    }

    /// A profile and the file it came from.
    public struct Found: Sendable {
        public let profile: Profile
        public let url: URL
    }

    /// The first profile of this machine, and at most one warning about one that is not used.
    ///
    /// Names are searched in alphabetical order within a folder. Nothing in a foreign profile is used.
    public func find(_ fingerprint: Fingerprint) -> (found: Found?, warning: String?) {
        var warning: String?
        for (folder, isShared) in zip(folders, shared) {
            for url in Self.profiles(in: folder) {
                switch Self.load(url, fingerprint) {
                case .usable(let profile): return (Found(profile: profile, url: url), warning)
                case .foreign(let why) where !isShared: warning = warning ?? "\(url.path) is ignored: \(why)"
                case .foreign: continue
                case .unreadable(let why): warning = warning ?? "\(url.path) is ignored: \(why)"
                }
            }
        }
        return (nil, warning)
    }

    /// The profile to plan with: the tuned one of this machine, else one derived from its caches.
    ///
    /// - Parameter warn: Receives at most one line.
    public func active(_ topology: Topology, warn: (String) -> Void = { _ in }) -> (profile: Profile, url: URL?) {
        let (found, warning) = find(Fingerprint(topology))
        if let warning { warn(warning + "; run `strassen tune`") }
        if let found { return (found.profile, found.url) }
        return (Profile(derivedFrom: topology), nil)
    }

    private enum Loaded {
        case usable(Profile)
        case foreign(String)
        case unreadable(String)
    }

    private static func load(_ url: URL, _ fingerprint: Fingerprint) -> Loaded {
        do {
            let profile = try Profile(contentsOf: url)
            return fingerprint.mismatch(profile).map { .foreign($0) } ?? .usable(profile)
        } catch {
            return .unreadable("\(error)")
        }
    }

    private static func profiles(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".profile") && !$0.hasPrefix(".") }.sorted().map {
            folder.appendingPathComponent($0)
        }
    }
}

extension Profile {
    /// Largest profile that is read: hundreds of times what one needs.
    private static var maximumBytes: Int { 1 << 20 }

    /// Derived from the data caches of a topology by the analytical model.
    public init(derivedFrom topology: Topology) {
        self.init(
            l1d: topology.dataCacheBytes(level: 1), l2: topology.dataCacheBytes(level: 2),
            l3: topology.dataCacheBytes(level: 3))
        machine = Fingerprint(topology).machine
    }

    /// Reads a profile.
    ///
    /// - Throws: ``StrassenError`` with the line that is wrong; ``InputError`` when there is no such file, or one too large.
    public init(contentsOf url: URL) throws {
        let bytes = try FileInput.contents(of: url.path, limit: Self.maximumBytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw StrassenError(.format, "\(url.path): not the text of a profile; make one with `strassen tune`")
        }
        do { self = try Profile(text: text) } catch let error as StrassenError {
            throw StrassenError(error.status, "\(url.path): \(error.message)")
        }
    }
}
