// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// An exclusive lock between processes, and between threads of one: it goes when its holder does, however that ends.
final class FileLock {
    private let descriptor: Int32

    /// - Parameters:
    ///   - url: A file that is made if there is none, and stays.
    ///   - waits: Until it is free; else `nil` is returned when somebody holds it.
    /// - Throws: ``FileSystemError`` when the file cannot be made.
    init?(_ url: URL, waits: Bool) throws {
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(url) }
        while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw Self.failure(url) }  // deinit closes: all properties are set
            return nil
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Waits for the lock and calls `body` under it.
    static func hold<Result>(_ url: URL, _ body: () throws -> Result) throws -> Result {
        let lock = try FileLock(url, waits: true)
        return try withExtendedLifetime(lock, body)
    }

    private static func failure(_ url: URL) -> FileSystemError {
        FileSystemError(operation: .create, path: url.path, reason: String(cString: strerror(errno)))
    }
}
