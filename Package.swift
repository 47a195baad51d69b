// swift-tools-version: 6.1
// SPDX-License-Identifier: AGPL-3.0-or-later
import PackageDescription

let package = Package(
    name: "strassen",
    products: [
        .library(name: "Strassen", targets: ["Strassen"]),
        .executable(name: "strassen", targets: ["StrassenCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        .target(
            name: "CStrassen", path: "csrc", exclude: ["blas"], publicHeadersPath: "include",
            cSettings: [.define("NDEBUG", .when(configuration: .release)), .headerSearchPath(".")]),
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
        .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),
        .systemLibrary(name: "CPAPI", providers: [.apt(["libpapi-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .target(name: "Strassen", dependencies: ["CStrassen"]),
        .target(
            name: "StrassenLab",
            dependencies: [
                "Strassen", "COpenBLAS", "CHwloc", "CPAPI", "CZip", .product(name: "Logging", package: "swift-log"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]),
        .executableTarget(
            name: "StrassenCLI",
            dependencies: ["StrassenLab", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .testTarget(name: "StrassenTests", dependencies: ["Strassen"]),
        .testTarget(
            name: "StrassenLabTests", dependencies: ["StrassenLab"],
            exclude: [], resources: [.copy("Fixtures")]),
    ]
)
