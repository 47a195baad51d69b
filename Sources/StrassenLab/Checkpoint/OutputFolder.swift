// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Folders that results go into.
public enum OutputFolder {
    /// Makes `path` and the folders above it where they are missing.
    ///
    /// - Throws: ``FileSystemError`` that names the folder which cannot be made.
    public static func create(_ path: String) throws {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += part
            guard mkdir(prefix, 0o777) == 0 || isFolder(prefix) else {
                let reason = errno == EEXIST ? "it is a file, expected a folder" : String(cString: strerror(errno))
                throw FileSystemError(operation: .create, path: prefix, reason: reason)
            }
            prefix += "/"
        }
    }

    /// Finds out before a long computation whether ``create(_:)`` would fail; makes nothing.
    ///
    /// - Throws: ``FileSystemError`` that names what is in the way.
    public static func check(_ path: String) throws {
        var existing = path
        var information = stat()
        while stat(existing, &information) != 0 && existing != "." && existing != "/" {
            existing = AtomicFile.folder(of: existing)
        }
        guard isFolder(existing) else {
            throw FileSystemError(operation: .create, path: existing, reason: "it is a file, expected a folder")
        }
        guard access(existing, W_OK | X_OK) == 0 else {
            throw FileSystemError(operation: .create, path: path, reason: "\(existing) cannot be written to")
        }
    }

    /// Keeps `errno`, which says why `mkdir` failed.
    private static func isFolder(_ path: String) -> Bool {
        let reason = errno
        defer { errno = reason }
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}
