// SPDX-License-Identifier: AGPL-3.0-or-later

/// Where an interrupted computation is saved.
enum StateFile {
    /// Finds out early whether it could be; nobody asked for the default one, so that only a warning is due.
    static func check(_ path: String, isDefault: Bool) throws {
        do { try OutputFile.check(path) } catch let failure as Failure {
            guard isDefault else { throw failure }
            Console.warn("an interrupted run could not be saved: \(failure)")
        }
    }
}
