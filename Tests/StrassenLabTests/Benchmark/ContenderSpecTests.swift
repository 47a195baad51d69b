// SPDX-License-Identifier: AGPL-3.0-or-later
import Testing

@testable import StrassenLab

@Suite("names of engines") struct ContenderSpecTests {
    @Test func everySettingIsRead() throws {
        let spec = try ContenderSpec(
            text:
                "turbo@2:scheme=winograd+strassen,levels=3,fused=1,cutoff=512,workspace=0,kernel=k,isa=avx2,deterministic"
        )
        #expect(spec.kind == .engine(.turbo) && spec.threads == 2 && spec.schemes == ["winograd", "strassen"])
        #expect(spec.levels == 3 && spec.fusedLevels == 1 && spec.cutoff == 512 && spec.workspace == 0)
        #expect(spec.kernel == "k" && spec.instructionSet == .avx2 && spec.deterministic)
        #expect(!spec.accurate && spec.label == "turbo deterministic avx2@2")
        let accurate = try ContenderSpec(text: "turbo:accurate,levels=2")
        #expect(accurate.accurate && accurate.label == "turbo accurate")
    }

    @Test(arguments: [
        ("accurate", true), ("accurate=yes", true), ("accurate=true", true), ("accurate=1", true),
        ("accurate=no", false),
        ("accurate=false", false), ("accurate=0", false),
    ]) func flagsSayYesOrNo(text: String, value: Bool) throws {
        #expect(try ContenderSpec(text: "turbo:\(text)").accurate == value)
        let other = text.replacing("accurate", with: "deterministic")
        #expect(try ContenderSpec(text: "turbo:\(other)").deterministic == value)
    }

    @Test(arguments: [
        ("openblas", "openblas"), ("openblas@1", "openblas@1"), ("against", "against"),
        ("unfair:scheme=strassen", "unfair"),
        ("optimal+openblas", "optimal+openblas"), ("basic+openblas:levels=2", "basic+openblas"),
    ]) func labelLeavesOutWhatHasColumns(text: String, label: String) throws {
        #expect(try ContenderSpec(text: text).label == label)
    }

    @Test(arguments: [
        "", "fast", "turbo+openblas", "optimal+mkl", "openblas@0", "openblas@x", "turbo:levels=-1",
        "turbo:levels=1,fused=2",
        "turbo:colour=red", "turbo:isa=neon", "openblas:levels=1", "openblas:scheme=strassen",
        "turbo:scheme=strassen,accurate", "turbo:accurate=maybe", "turbo:deterministic=", "turbo:scheme=",
        "turbo:scheme=strassen+", "openblas@99999999999",
        // What would do nothing.
        "openblas:accurate", "openblas:levels=0", "against:workspace=1", "against:deterministic=no", "unfair:levels=3",
        "unfair:scheme=strassen+winograd", "classical:levels=1", "classical:scheme=strassen", "reference:isa=avx2",
        "basic:levels=1,fused=1", "optimal:workspace=1",
    ]) func whatIsWrongIsNamed(text: String) {
        #expect { try ContenderSpec(text: text) } throws: { error in
            (error as? InputError)?.field == "engine \"\(text)\""
        }
    }
}
