#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The manual page strassen.1 from what the program says about itself:

    strassen --experimental-dump-help | tools/manual.py VERSION > strassen.1
"""
import json
import sys

EXIT_CODES = [
    ("0", "success"),
    ("1", "a proof or a comparison failed"),
    ("64", "usage"),
    ("65", "bad input data"),
    ("69", "a facility is missing: no such library, no counters, no memory"),
    ("70", "a bug: please report it"),
    ("73", "an output file cannot be created"),
    ("74", "reading or writing failed"),
    ("75", "the machine is too noisy to measure"),
    ("130", "interrupted; what was finished is kept where the command says so"),
]


def roff(text):
    """Plain text for troff: no line may begin with a control character, hyphens stay hyphens."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in escaped.split("\n"))


def flags(argument):
    """ "-o, --output <file>" of an option, "<a>" of an argument."""
    if argument["kind"] == "positional":
        return "<{}>".format(argument["valueName"])
    names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in argument["names"]]
    value = " <{}>".format(argument["valueName"]) if argument["kind"] == "option" else ""
    return ", ".join(names) + value


def description(argument):
    text = argument.get("abstract", "")
    if argument.get("allValues"):
        text += " Values: {}.".format(", ".join(argument["allValues"]))
    if argument.get("defaultValue"):
        text += " Default: {}.".format(argument["defaultValue"])
    return text.strip()


def synopsis(command, path):
    words = [".B " + roff(" ".join(path))]
    shown = [a for a in command.get("arguments", []) if a["shouldDisplay"]]
    if command.get("subcommands"):
        words.append("<subcommand>")
    if any(a["kind"] != "positional" for a in shown):
        words.append("[options]")
    for argument in (a for a in shown if a["kind"] == "positional"):
        text = flags(argument) + (" ..." if argument["isRepeating"] else "")
        words.append(roff("[{}]".format(text) if argument["isOptional"] else text))
    return "\n".join(words)


def section(command, path):
    """A command and the commands below it."""
    lines = [".SS " + roff('"' + " ".join(path) + '"'), roff(command.get("abstract", "")), ".PP", synopsis(command, path)]
    for paragraph in command.get("discussion", "").split("\n"):
        lines += [".PP", roff(paragraph)] if paragraph.strip() else []
    for argument in command.get("arguments", []):
        if argument["shouldDisplay"] and not {"help", "version"} & {n["name"] for n in argument.get("names", [])}:
            lines += [".TP", ".B " + roff(flags(argument)), roff(description(argument))]
    for below in command.get("subcommands", []):
        if below["commandName"] != "help" and below["shouldDisplay"]:
            lines += section(below, path + [below["commandName"]])
    return lines


def main():
    command = json.load(sys.stdin)["command"]
    name = command["commandName"]
    lines = ['\'\\" -*- coding: UTF-8 -*-', '.TH STRASSEN 1 "" "{} {}"'.format(name, roff(sys.argv[1])), ".SH NAME"]
    lines += [roff("{} - {}".format(name, command["abstract"].rstrip("."))), ".SH SYNOPSIS", synopsis(command, [name])]
    lines += [".SH COMMANDS", "Every command has \\-\\-help, and \\-\\-json where it prints a result."]
    for below in command["subcommands"]:
        if below["commandName"] != "help" and below["shouldDisplay"]:
            lines += section(below, [name, below["commandName"]])
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXIT_CODES:
        lines += [".TP", ".B " + code, roff(meaning)]
    lines += [".SH ENVIRONMENT", ".TP", ".B NO_COLOR", "When set, no colour on terminals."]
    lines += [".TP", ".B XDG_CACHE_HOME", "Profiles lie in its folder strassen; default: ~/.cache."]
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: strassen --experimental-dump-help | tools/manual.py VERSION")
    main()
