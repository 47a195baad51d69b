// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation

/// Files that tests read: the paper's checkpoints and published schemes.
enum Fixture {
    /// URL of a bundled fixture, such as `checkpoints/strassen_exact.pt`.
    static func url(_ path: String) -> URL {
        Bundle.module.bundleURL.appendingPathComponent("Fixtures").appendingPathComponent(path)
    }
}
