// SPDX-License-Identifier: AGPL-3.0-or-later

/// What contenders are prepared from: schemes by name, libraries, the machine's profile.
public struct BenchmarkEnvironment {
    /// Finds a scheme by built-in name or file.
    public var scheme: (String) throws -> Scheme
    /// Libraries of `--against`.
    public var libraries: [BLASLibrary] = []
    /// The active profile; nil: derived from typical caches.
    public var profile: Profile?

    public init(scheme: @escaping (String) throws -> Scheme) { self.scheme = scheme }

    /// This machine's active profile, and every way to name a scheme.
    ///
    /// - Parameter warn: Receives a line about a profile that is not used.
    public static func current(libraries: [BLASLibrary] = [], warn: (String) -> Void = { _ in }) throws -> Self {
        var environment = BenchmarkEnvironment(scheme: SchemeSource.scheme)
        environment.libraries = BLASLibrary.distinguished(libraries)
        environment.profile = ProfileStore().active(try Topology(), warn: warn).profile
        return environment
    }
}
