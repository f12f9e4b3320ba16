#!/usr/bin/env python3
"""Man pages (section 3) from a header's own comments, so that the two cannot differ.

usage: manpages.py HEADER OUTDIR VERSION     writes HEADER's overview (NAME.3) and a page a function
       manpages.py --list HEADER             prints the names of the files

What it reads: the comment at the top (the overview), and every HAVENLINK_API declaration with the comment right above it. The first sentence of a comment is
the page's summary. A paragraph that opens with "Errors:", "Ownership:", "Threads:" or "name:" (of a parameter) is set apart. A function without a comment
is an error.
"""
import pathlib
import re
import sys

DECLARATION = re.compile(r"(?:/\*((?:[^*]|\*(?!/))*)\*/\n)?HAVENLINK_API ([^;]*?\b(\w+)\([^;]*\));", re.DOTALL)
TYPES = re.compile(r"/\*((?:[^*]|\*(?!/))*)\*/\n((?:typedef struct|enum|typedef)\b.*?(?:\n\}[^;]*;|;(?=\n)))", re.DOTALL)


def paragraphs(comment):
    lines = [re.sub(r"^ ?\* ?", "", line).strip() for line in comment.strip().split("\n")]
    return [" ".join(p.split()) for p in "\n".join(lines).split("\n\n")]


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


def body(paras):
    out = []
    for p in paras:
        label = re.match(r"([A-Za-z_]+): ", p)
        if label:
            out.append(f".TP\n.B {roff(label.group(1))}\n{roff(p[label.end():][:1].upper() + p[label.end() + 1:])}")
        else:
            out.append(f".PP\n{roff(p)}")
    return "\n".join(out)


def code(text):
    return ".nf\n.B\n" + "\n".join(roff(line) for line in text.split("\n")) + "\n.fi"


def first_sentence(paras):
    """The summary, and the paragraphs without it."""
    m = re.match(r"(.*?[^.]\.)(?:\s+(?=[A-Z0-9])|$)", paras[0])
    summary = m.group(1) if m else paras[0]
    rest = paras[0][len(summary):].strip()
    return summary.rstrip("."), ([rest] if rest else []) + paras[1:]


def read(header):
    text = header.read_text(encoding="utf-8")
    top = re.match(r"/\*(.*?)\*/", text, re.DOTALL).group(1)
    functions = []
    for comment, declaration, name in DECLARATION.findall(text):
        if not comment.strip():
            sys.exit(f"{header}: {name} has no comment")
        functions.append((name, " ".join(declaration.split()), paragraphs(comment)))
    return paragraphs(top), functions, TYPES.findall(text)


def page(name, version, header, summary, parts):
    head = f'.TH {name.upper()} 3 "" "havenlink {version}" "Library functions"\n.SH NAME\n{name} \\- {roff(summary)}\n'
    return f".\\\" Made from {header} by tools/manpages.py.\n" + head + "\n".join(f".SH {title}\n{text}" for title, text in parts if text) + "\n"


def write(header, folder, version):
    top, functions, types = read(header)
    title, rest = first_sentence([re.sub(r"^\w+\.h: ", "", top[0])] + top[1:])
    synopsis = code(f"#include <{header.name}>\n\ncc program.c $(pkg-config --cflags --libs {header.stem})")
    listed = "\n".join(f".TP\n.BR {n} (3)\n{roff(first_sentence(p)[0])}" for n, _, p in functions)
    shown = "\n".join(body(paragraphs(c)) + "\n" + code(t) for c, t in types)
    (folder / f"{header.stem}.3").write_text(page(header.stem, version, header.name, title, [
        ("SYNOPSIS", synopsis), ("DESCRIPTION", body(rest)), ("FUNCTIONS", listed), ("TYPES", shown)]), encoding="utf-8")
    for name, declaration, paras in functions:
        summary, rest = first_sentence(paras)
        (folder / f"{name}.3").write_text(page(name, version, header.name, summary, [
            ("SYNOPSIS", code(f"#include <{header.name}>\n\n{declaration};")), ("DESCRIPTION", body(rest)),
            ("SEE ALSO", f".BR {header.stem} (3)")]), encoding="utf-8")


def main():
    if sys.argv[1] == "--list":
        header = pathlib.Path(sys.argv[2])
        print(header.stem + ".3", *(name + ".3" for name, _, _ in read(header)[1]), sep="\n")
    else:
        write(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])


main()
