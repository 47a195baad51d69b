// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
import StrassenLab

/// A BLAS chooses its kernels while it is loaded, and one that does not know the CPU takes those of an older one: then this
/// program starts again with the variable that tells it better. What the user has set stays.
enum Restart {
    /// Returns if the kernels suit the CPU, or nothing can be done about them. To be called before anything is written.
    static func unlessKernelsSuit(_ libraries: [BLASLibrary]) {
        let settings = libraries.compactMap(\.kernelSetting).filter { getenv($0.variable) == nil }
        guard !settings.isEmpty,
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        else { return }
        for setting in settings { setenv(setting.variable, setting.value, 1) }
        execv(program, CommandLine.unsafeArgv)
        for setting in settings { unsetenv(setting.variable) }  // refused: whoever measures will be warned
    }
}
