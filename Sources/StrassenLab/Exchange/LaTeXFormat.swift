// SPDX-License-Identifier: AGPL-3.0-or-later

/// The equations of a scheme as a LaTeX `align*` (package amsmath); written only.
enum LaTeXFormat {
    static func write(_ scheme: Scheme) -> String {
        let programs = SchemePrograms(scheme)
        func entry(_ letter: String, _ columns: Int) -> (Int) -> String {
            { index in
                let (row, column) = (index / columns + 1, index % columns + 1)
                return "\(letter)_{\(row)\(row > 9 || column > 9 ? "," : "")\(column)}"
            }
        }
        let a = FormWriter(programs.u, fresh: "", input: entry("a", scheme.k))
        let b = FormWriter(programs.v, fresh: "", input: entry("b", scheme.n))
        let c = FormWriter(programs.w, fresh: "", input: { "m_{\($0 + 1)}" })
        let products = zip(programs.u.forms, programs.v.forms).enumerated().map { index, pair in
            "m_{\(index + 1)} &= (\(a.text(pair.0)))\\,(\(b.text(pair.1)))"
        }
        let entries = programs.w.forms.enumerated().map { "\(entry("c", scheme.n)($0)) &= \(c.text($1))" }
        return "% \(scheme.name): a scheme <\(scheme.m),\(scheme.k),\(scheme.n);\(scheme.rank)>; needs amsmath\n"
            + "\\begin{align*}\n  "
            + (products + entries).map(fractions).joined(separator: " \\\\\n  ") + "\n\\end{align*}\n"
    }

    /// `1/2*` becomes `\tfrac{1}{2}`, `2*` becomes `2\,`.
    private static func fractions(_ text: String) -> String {
        text.replacing(/(\d+)\/(\d+)\*/) { "\\tfrac{\($0.output.1)}{\($0.output.2)}\\," }.replacing("*", with: "\\,")
    }
}
