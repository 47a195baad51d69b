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
                throw FileSystemError(operation: .create, path: prefix, reason: String(cString: strerror(errno)))
            }
            prefix += "/"
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
