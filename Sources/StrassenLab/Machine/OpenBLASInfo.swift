// SPDX-License-Identifier: AGPL-3.0-or-later
import COpenBLAS

/// The OpenBLAS that is linked.
public struct OpenBLASInfo: Sendable, Codable, Equatable {
    /// Build options with the version, such as `"OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …"`.
    public let config: String
    /// Whose kernels it chose for this CPU, such as `"Zen"`.
    public let corename: String

    public static var linked: OpenBLASInfo {
        OpenBLASInfo(
            config: String(cString: openblas_get_config()), corename: String(cString: openblas_get_corename()))
    }
}
