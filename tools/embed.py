#!/usr/bin/env python3
"""Writes a C file that holds files of the tree as they are (.incbin), and a look-up by name.

usage: embed.py FUNCTION HEADER OUT.c FILE ...

FUNCTION(struct str name, struct str *ret) gives a file by its name without path; HEADER declares it."""
import os
import sys

function, header, out, files = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
with open(out, "w", encoding="utf-8") as f:
    f.write(f'/* Made by tools/embed.py. */\n#include "{header}"\n\n')
    for i, path in enumerate(files):
        path = os.path.abspath(path)
        f.write(f'__asm__(".section .rodata\\n.balign 16\\nhaven_file_{function}_{i}:\\n.incbin \\"{path}\\"\\n'
                f'haven_end_{function}_{i}:\\n.byte 0\\n.previous\\n");\n'
                f'extern const char haven_file_{function}_{i}[], haven_end_{function}_{i}[];\n')
    f.write(f'\nbool {function}(struct str name, struct str *ret)\n{{\n'
            '    static const struct {\n        const char *name, *from, *to;\n    } files[] = {\n')
    for i, path in enumerate(files):
        f.write(f'        {{"{os.path.basename(path)}", haven_file_{function}_{i}, haven_end_{function}_{i}}},\n')
    f.write('    };\n    for (size_t i = 0; i < sizeof files / sizeof *files; i++)\n'
            '        if (str_eq(name, str_of(files[i].name))) {\n'
            '            *ret = (struct str){files[i].from, (size_t)(files[i].to - files[i].from)};\n'
            '            return true;\n        }\n    return false;\n}\n')
