// SPDX-License-Identifier: AGPL-3.0-or-later
import Foundation
@testable import StrassenLab
import Testing

/// Files that were damaged or made to harm end in an ``InputError``, quickly and without a crash.
@Suite("Hostile checkpoints") struct HostileCheckpointTests {
    private static let names = [
        "discovered", "discrete_final", "exact", "grokked_weights", "grokkit", "result", "robust",
    ]

    private func bytes(_ path: String) throws -> [UInt8] { try FileInput.contents(of: Fixture.url(path).path) }

    /// Reads, and records an issue for an error of another kind; whether it could be read.
    @discardableResult
    private func survives(_ bytes: [UInt8]) -> Bool {
        do {
            let model = try BilinearModel(bytes: bytes)
            #expect(model.rank > 0)
            return true
        } catch let error as InputError {
            #expect(!error.message.isEmpty)
        } catch { Issue.record("an error of another kind: \(error)") }
        return false
    }

    private func refusal(_ bytes: [UInt8]) -> String {
        do { return "read: \(try BilinearModel(bytes: bytes).shape)" } catch { return "\(error)" }
    }

    /// A `.pt` around a pickle program, with storages of zeros.
    private func checkpoint(_ program: [UInt8], storages: [(name: String, bytes: Int)] = []) throws -> [UInt8] {
        var writer = ZipWriter()
        try writer.add("x/data.pkl", [0x80, 2] + program + [0x2E])
        for storage in storages {
            try writer.add("x/data/\(storage.name)", [UInt8](repeating: 0, count: storage.bytes))
        }
        return writer.finish()
    }

    private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func text(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }

    private func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + little(Int64(value)) }

    private func tuple(_ values: [Int]) -> [UInt8] { ascii("(") + values.flatMap(integer) + ascii("t") }

    /// The opcodes of a float32 tensor.
    private func tensor(key: String = "0", count: Int, offset: Int = 0, shape: [Int], strides: [Int]) -> [UInt8] {
        ascii("ctorch._utils\n_rebuild_tensor_v2\n((") + text("storage") + ascii("ctorch\nFloatStorage\n") + text(key)
            + text("cpu") + integer(count) + ascii("tQ") + integer(offset) + tuple(shape) + tuple(strides)
            + [0x89] + ascii("NtR")
    }

    private func dictionary(_ entries: [(String, [UInt8])]) -> [UInt8] {
        ascii("}(") + entries.flatMap { text($0.0) + $0.1 } + ascii("u")
    }

    @Test(arguments: names) func everyTruncation(name: String) throws {
        let whole = try bytes("checkpoints/strassen_\(name).pt")
        for length in 0..<whole.count { #expect(!survives(Array(whole[..<length])), "\(length) bytes were enough") }
    }

    @Test(arguments: ModelFormat.allCases) func truncationsOfEveryFormat(format: ModelFormat) throws {
        let model = try BilinearModel(bytes: bytes("checkpoints/strassen_discovered.pt"))
        try CommandLineTool.inTemporaryFolder { folder in
            let path = folder.appendingPathComponent("model").path
            try model.write(to: path, format: format)
            let whole = try FileInput.contents(of: path)
            for length in 0..<whole.count - 2 {
                #expect(!survives(Array(whole[..<length])), "\(length) of \(whole.count)")
            }
        }
    }

    @Test func flippedBytesOfWholeFiles() throws {
        var random = RandomSource(seed: 1)
        for name in HostileCheckpointTests.names {
            let whole = try bytes("checkpoints/strassen_\(name).pt")
            for _ in 0..<500 { survives(damaged(whole, &random)) }
        }
    }

    /// Behind intact checksums, so that the pickle itself is what is damaged.
    @Test(arguments: ["checkpoints/strassen_discovered.pt", "torch/masked.pt", "torch/views.pt", "torch/arrays.pt"])
    func flippedBytesOfPickles(path: String) throws {
        let archive = try ZipArchive(bytes(path))
        let entries = try archive.entries.map { ($0.name, try archive.contents(of: $0)) }
        var random = RandomSource(seed: 2)
        for _ in 0..<1000 {
            var writer = ZipWriter()
            for (name, contents) in entries {
                try writer.add(name, name.hasSuffix("data.pkl") ? damaged(contents, &random) : contents)
            }
            survives(writer.finish())
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout RandomSource) -> [UInt8] {
        var copy = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return copy
    }

    @Test func programsThatCallAreRefusedByName() throws {
        for (module, name) in [("os", "system"), ("builtins", "eval"), ("torch.hub", "load"), ("numpy", "load")] {
            let program = ascii("c\(module)\n\(name)\n") + text("rm -rf /") + [0x85, 0x52]
            let refused = refusal(try checkpoint(dictionary([("U", program)])))
            #expect(
                refused.contains("\(module).\(name), which is refused") && refused.contains("data.pkl"), "\(refused)")
        }
    }

    @Test(arguments: [
        (28, 0, [7, 4], [4, 1], 112, "U 7×4"),  // harmless, but alone
        (1 << 40, 0, [7, 4], [4, 1], 112, "need"), (28, 1, [7, 4], [4, 1], 112, "leaves its storage"),
        (28, 0, [7, 4], [5, 1], 112, "leaves its storage"), (28, 0, [7, 4], [0, 0], 112, "U 7×4"),
        (28, 0, [1 << 40, 4], [0, 0], 112, "leaves its storage"),
        (28, 0, [1 << 62, 1 << 62], [0, 0], 112, "absurdly"),
        (28, 0, [-7, -4], [4, 1], 112, "negative"), (28, -1, [7, 4], [4, 1], 112, "negative"),
        (28, 0, [7, 4], [-4, 1], 112, "negative"), (28, 0, [7, 4], [4], 112, "strides"),
        (28, 1, [1, 1], [.max, 1], 112, "U 1×1"),  // a stride that no element is reached by
        (28, 0, [7, 4], [.max, .max], 112, "leave"), (-1, 0, [7, 4], [4, 1], 112, "storage of -1"),
        (28, 0, [Int](repeating: 1, count: 17), [Int](repeating: 1, count: 17), 112, "17 dimensions"),
    ]) func tensorsThatLie(count: Int, offset: Int, shape: [Int], strides: [Int], stored: Int, phrase: String) throws {
        let one = tensor(count: count, offset: offset, shape: shape, strides: strides)
        let alone = try checkpoint(dictionary([("U", one)]), storages: [("0", stored)])
        let all = dictionary([("U", one), ("V", one), ("W", tensor(count: 28, shape: [4, 7], strides: [7, 1]))])
        let both = refusal(alone) + refusal(try checkpoint(all, storages: [("0", stored)]))
        #expect(both.contains(phrase), "\(both)")
    }

    @Test func missingStoragesAndForeignNames() throws {
        let one = tensor(key: "../../etc/passwd", count: 28, shape: [7, 4], strides: [4, 1])
        let all = dictionary([("U", one), ("V", one), ("W", tensor(count: 28, shape: [4, 7], strides: [7, 1]))])
        #expect(refusal(try checkpoint(all, storages: [("0", 112)])).contains("the storage is missing"))
        #expect(refusal(try checkpoint(dictionary([]))).contains("no tensors at all"))
        #expect(refusal(try checkpoint(ascii("]q\0h\0a"))).contains("contains itself"))
    }

    @Test func copiesBeyondTheFilesSizeAreRefused() throws {
        // A list of pairs that a thousand ordered dictionaries are made from.
        let pairs = ascii("](") + [[UInt8]](repeating: ascii("NN") + [0x86], count: 3000).joined() + ascii("eq\0")
        let call = ascii("ccollections\nOrderedDict\nh\0") + [0x85, 0x52]
        let program = pairs + ascii("0(") + [[UInt8]](repeating: call, count: 3000).joined() + ascii("t")
        #expect(refusal(try checkpoint(program)).contains("again and again"))
        let marks = [UInt8](repeating: UInt8(ascii: "("), count: 2_100_000)
        #expect(refusal(try checkpoint(marks)).contains("operations"))
        // Many names, each a megabyte, of one shared tensor: long ones are left out.
        let name = text(String(repeating: "U", count: 1 << 20)) + ascii("q\0") + ascii("0")
        let entries = [[UInt8]](repeating: ascii("h\0N"), count: 10_000).joined()
        #expect(refusal(try checkpoint(name + ascii("}(") + entries + ascii("u"))).contains("no tensors at all"))
    }

    @Test func moreTensorsThanANetworkHas() throws {
        let one = tensor(count: 28, shape: [7, 4], strides: [4, 1]) + ascii("q\0")
        let many = (0..<5000).flatMap { text("x\($0)") + ascii("h\0") }
        let program = ascii("}(") + text("x") + one + many + ascii("u")
        #expect(refusal(try checkpoint(program)).contains("more than 4096 tensors"))
    }

    /// Sizes are refused by what the directory says, before anything is unpacked.
    @Test(arguments: [
        (UInt16(0), 1 << 30, "cannot stand for"), (8, 1 << 30, "cannot stand for"), (8, 80 << 20, "cannot stand for"),
    ])
    func zipBombs(method: UInt16, claimed: Int, phrase: String) throws {
        var bytes = try checkpoint(dictionary([]), storages: [("0", 100_000)])
        let headers: [(magic: [UInt8], method: Int, size: Int)] = [
            ([0x50, 0x4B, 3, 4], 8, 22), ([0x50, 0x4B, 1, 2], 10, 24),
        ]
        for header in headers {
            let start = bytes.indices.last { bytes[$0...].starts(with: header.magic) }!
            bytes.replaceSubrange(start + header.method..<start + header.method + 2, with: little(method))
            bytes.replaceSubrange(start + header.size..<start + header.size + 4, with: little(UInt32(claimed)))
        }
        #expect(refusal(bytes).contains(phrase), "\(refusal(bytes))")
    }

    @Test func anythingElse() throws {
        let zip = try bytes("checkpoints/strassen_exact.pt")
        for (contents, phrase) in [
            (ascii("just text\n"), "neither .pt"), ([0x89, 0x50, 0x4E, 0x47], "neither .pt"),
            ([UInt8](), "neither .pt"),
            ([0x80, 0x02, 0x8A, 0x0A, 0x6C], "before version 1.6"), (ascii("{\"U\": [[1"), "not JSON"),
            (ascii(String(repeating: "{\"a\":", count: 10_000)), "not JSON"), (ascii("{}"), "no tensors at all"),
            (Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 100), "not a complete zip archive"),
            (zip + zip.prefix(2000), "not a complete zip archive"),
            (little(UInt64(1 << 20)) + ascii("{}"), "does not fit in a file"),
            (little(UInt64(2)) + ascii("{}"), "no tensors at all"),
            (little(UInt64.max) + ascii("{}"), "neither .pt"),
        ] {
            let text = refusal(contents)
            #expect(text.contains(phrase), "\(text)")
        }
    }

    @Test func safetensorsThatLie() throws {
        func file(_ header: String, data: Int) -> [UInt8] {
            little(UInt64(header.utf8.count)) + ascii(header) + [UInt8](repeating: 0, count: data)
        }
        func entry(_ type: String, _ shape: String, _ offsets: String) -> String {
            "{\"U\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
        }
        for (header, data) in [
            (entry("F32", "[7,4]", "[0,112]"), 111), (entry("F32", "[7,4]", "[0,112]"), 113),
            (entry("F32", "[7,4]", "[-4,108]"), 112), (entry("F32", "[7,4]", "[8,120]"), 120),
            (entry("F32", "[7,5]", "[0,112]"), 112), (entry("F99", "[7,4]", "[0,112]"), 112),
            (entry("F32", "[4611686018427387904,4]", "[0,112]"), 112), (entry("F32", "[-7,-4]", "[0,112]"), 112),
            (entry("F32", "[7,4]", "[112,0]"), 112), (entry("F32", "[7,4]", "[0]"), 112), ("{\"U\":[]}", 0), ("{]", 0),
        ] { #expect(throws: InputError.self, "\(header)") { try SafeTensors.read(file(header, data: data)) } }
    }

    @Test func pathsThatAreNoFiles() throws {
        try CommandLineTool.inTemporaryFolder { folder in
            func message(_ name: String) -> String {
                do { return "read: \(try BilinearModel(contentsOf: name).shape)" } catch { return "\(error)" }
            }
            let pipe = folder.appendingPathComponent("pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(message(pipe).contains("device or pipe") && message("/dev/zero").contains("device or pipe"))
            #expect(
                message(folder.path).contains("directory") && message(folder.path + "/none").contains("no such file"))
            try Data().write(to: folder.appendingPathComponent("empty.pt"))
            #expect(message(folder.path + "/empty.pt").contains("the file is empty"))
        }
    }
}
