#!/usr/bin/env python3
"""feedgen.py: feeds/*.json as C texts, so that the program carries its own feeds.

usage: feedgen.py OUT.c FEED.json...
"""
import pathlib
import sys

def c_lines(data):
    """The bytes as C literals, one a line of text."""
    for line in data.decode("utf-8").splitlines(keepends=True):
        body = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("??", "?\\?")
        yield f'    "{body}"'


def main(out_c, *paths):
    feeds = sorted((pathlib.Path(p).stem, pathlib.Path(p).read_bytes()) for p in paths)
    c = "/* feeds_builtin.c. Made by tools/feedgen.py: do not edit. */\n"
    c += '#include "intake/intake.h"\n#include "intake/feeds_builtin.h"\n\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
    for i, (_, data) in enumerate(feeds):
        c += f"static const char feed_{i}[] =\n" + "\n".join(c_lines(data)) + ";\n"
    names = "".join(f'"{name}", ' for name, _ in feeds)
    c += f"const char *const feed_builtin_names[] = {{{names}NULL}};\n"
    texts = "".join(f"{{feed_{i}, sizeof feed_{i} - 1}}, " for i in range(len(feeds)))
    c += f"const struct str feed_builtin_texts[] = {{{texts}{{NULL, 0}}}};\n"
    pathlib.Path(out_c).write_text(c, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
