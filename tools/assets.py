#!/usr/bin/env python3
"""assets.py: builds the style sheet and lists the embedded files.

    assets.py --source ROOT --s OUT.S --c OUT.c --dep OUT.d

1. node_modules is made from package-lock.json when it is absent or older (npm ci; nothing of it runs in the product).
2. assets/haven.scss is compiled by sass with govuk-frontend.
3. Each file gets a name with the hash of its content, a gzip twin, and a row in the table of src/page/assets.h; the
   bytes are embedded with .incbin (xxd and gcc would take seconds for what the assembler does at once).
Same sources, same bytes: gzip carries no time."""
import argparse
import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
import sys

# (file, content type, name of the pointer to its row or None)
ASSETS = [('haven.css', 'text/css; charset=utf-8', 'page_asset_style'), ('icon.svg', 'image/svg+xml', 'page_asset_icon')]
NEEDS = 'apt-get install nodejs npm (Debian 12\'s own versions do), then run the build again'


def install(root):
    """npm ci in the project's root, once for all build directories."""
    for tool in ('node', 'npm'):
        if not shutil.which(tool):
            sys.exit(f'assets.py: {tool} is needed to build the style sheet and is not there; {NEEDS}')
    stamp, lock = os.path.join(root, 'node_modules', '.package-lock.json'), os.path.join(root, 'package-lock.json')
    with open(lock, 'rb') as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if os.path.exists(stamp) and os.path.getmtime(stamp) >= os.path.getmtime(lock):
            return
        done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd=root, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f'assets.py: npm ci failed; check that the npm registry can be reached, then run the build again\n{done.stderr[-2000:]}')
        os.utime(stamp)


def compile_style(root, scss, out):
    sass = os.path.join(root, 'node_modules', 'sass', 'sass.js')
    done = subprocess.run(['node', sass, '--pkg-importer=node', '--style=compressed', '--no-source-map', '--quiet-deps', '--no-charset',
                           os.path.join('assets', scss), out], cwd=root, capture_output=True, text=True)
    if done.returncode or done.stderr:
        sys.exit(f'assets.py: assets/{scss} does not compile cleanly\n{done.stderr}')


def main():
    p = argparse.ArgumentParser()
    for option in ('--source', '--s', '--c', '--dep'):
        p.add_argument(option, required=True)
    args = p.parse_args()
    root, work = os.path.abspath(args.source), os.path.dirname(os.path.abspath(args.s))
    install(root)
    compile_style(root, 'haven.scss', os.path.join(work, 'haven.css'))
    shutil.copy(os.path.join(root, 'assets', 'icon.svg'), os.path.join(work, 'icon.svg'))
    asm = ['/* Made by tools/assets.py. */', '#ifdef __CET__', '#include <cet.h>', '#endif', '.section .rodata']
    declarations, rows, pointers = [], [], []
    for i, (name, content_type, pointer) in enumerate(ASSETS):
        path = os.path.join(work, name)
        with open(path, 'rb') as f:
            data = f.read()
        with open(path + '.gz', 'wb') as f:
            f.write(gzip.compress(data, 9, mtime=0))
        digest = hashlib.sha256(data).hexdigest()[:16]
        stem, ext = os.path.splitext(name)
        for symbol, file in ((f'page_asset_{i}', path), (f'page_asset_{i}_gz', path + '.gz')):
            asm += [f'.global {symbol}', f'.hidden {symbol}', '.balign 16', f'{symbol}:', f'.incbin "{file}"']
            declarations.append(f'extern const char {symbol}[] __attribute__((visibility("hidden")));')
        url = f'/assets/{stem}-{digest}{ext}'
        rows.append(f'    {{S("{url}"), S("{content_type}"), S("\\"{digest}\\""), {{page_asset_{i}, {len(data)}}}, '
                    f'{{page_asset_{i}_gz, {os.path.getsize(path + ".gz")}}}}},')
        pointers.append(f'const struct page_asset *const {pointer} = &page_assets[{i}];')
    asm.append('.section .note.GNU-stack,"",@progbits')
    with open(args.s, 'w', encoding='utf-8') as f:
        f.write('\n'.join(asm + ['']))
    with open(args.c, 'w', encoding='utf-8') as f:
        f.write('\n'.join(['/* Made by tools/assets.py. */', '#include "page/assets.h"', '', *declarations, '', '#define S(text) {text, sizeof text - 1}',
                           'const struct page_asset page_assets[] = {', *rows, '};', f'const size_t page_n_assets = {len(rows)};', *pointers, '']))
    with open(args.dep, 'w', encoding='utf-8') as f:
        f.write(f'{args.s}: {root}/assets/haven.scss {root}/assets/icon.svg {root}/package-lock.json\n')


if __name__ == '__main__':
    main()
