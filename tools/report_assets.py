#!/usr/bin/env python3
"""report_assets.py: the style sheet and the one script that `haven link report` puts into its file.

    report_assets.py --source ROOT --css OUT.css --js OUT.js --hashes OUT.h --dep OUT.d

1. assets/report.scss is compiled as the product's own sheet is (tools/assets.py).
2. The script is Vega, Vega-Lite, Vega's expression interpreter (so that no text is ever run as code, which the page's policy forbids) and
   assets/report.js, one behind the other, their licences in front. Nothing is bundled anew: these are the files that the authors publish.
   The interpreter is published as a module only: its one import and one export become names of the scope around it.
3. The header has the hashes that the page's Content-Security-Policy names.
Same sources, same bytes."""
import argparse
import base64
import hashlib
import json
import os
import re
import sys

import assets

IMPORT = re.compile(r"^import \{([\w, ]+)\} from 'vega-util';$", re.M)
EXPORT = re.compile(r'^export \{ expression as expressionInterpreter \};$', re.M)


def fail(what):
    sys.exit(f'report_assets.py: {what}')


def module(root, name, file):
    """A library's text without the link to its source map, under its licence."""
    folder = os.path.join(root, 'node_modules', name)
    with open(os.path.join(folder, 'package.json'), encoding='utf-8') as f:
        package = json.load(f)
    if package['license'] != 'BSD-3-Clause':
        fail(f'{name} is now under {package["license"]}; look at it, and at docs/report.md')
    with open(os.path.join(folder, file), encoding='utf-8') as f:
        text = re.sub(r'^//# sourceMappingURL=.*$', '', f.read(), flags=re.M)
    return f'/* {name} {package["version"]}, BSD-3-Clause, see above. */\n{text.strip()}\n'


def licences(root):
    """The notices that must go with the libraries: Vega's own, and that of D3, which is in Vega."""
    texts = []
    for name in ('vega', 'd3-array'):
        with open(os.path.join(root, 'node_modules', name, 'LICENSE'), encoding='utf-8') as f:
            texts.append(f.read().strip())
    return '/* Vega, Vega-Lite and vega-interpreter:\n\n' + '\n\nParts of Vega are D3:\n\n'.join(texts) + '\n*/'


def interpreter(text):
    names = IMPORT.findall(text)
    if len(names) != 1 or len(EXPORT.findall(text)) != 1 or re.search(r'^(import|export)\b', EXPORT.sub('', IMPORT.sub('', text)), re.M):
        fail('vega-interpreter has other imports or exports than one each; adapt interpreter()')
    text = IMPORT.sub(lambda m: f'const {{{m.group(1)}}} = vega;', text)
    return '(function () {\n' + EXPORT.sub('globalThis.vegaInterpreter = expression;', text) + '})();\n'


def hash_of(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main():
    p = argparse.ArgumentParser()
    for option in ('--source', '--css', '--js', '--hashes', '--dep'):
        p.add_argument(option, required=True)
    args = p.parse_args()
    root = os.path.abspath(args.source)
    assets.install(root)
    assets.compile_style(root, 'report.scss', os.path.abspath(args.css))
    with open(os.path.join(root, 'assets', 'report.js'), encoding='utf-8') as f:
        own = f.read()
    script = ';\n'.join([licences(root), module(root, 'vega', 'build/vega.min.js'), module(root, 'vega-lite', 'build/vega-lite.min.js'),
                         interpreter(module(root, 'vega-interpreter', 'build/vega-interpreter.js')), own])
    with open(args.css, encoding='utf-8') as f:
        style = f.read().strip()
    for what, text in (('the script', script), ('the style sheet', style)):
        if re.search(r'</(script|style)|<!--', text, re.I):
            fail(f'{what} holds text that would end its element')
    for path, text in ((args.css, style), (args.js, script)):
        with open(path, 'w', encoding='utf-8', newline='') as f:
            f.write(text)
    with open(args.hashes, 'w', encoding='utf-8') as f:
        f.write('/* Made by tools/report_assets.py. */\n'
                f'#define REPORT_STYLE_HASH "sha256-{hash_of(style)}"\n#define REPORT_SCRIPT_HASH "sha256-{hash_of(script)}"\n')
    with open(args.dep, 'w', encoding='utf-8') as f:
        f.write(f'{args.css}: {root}/assets/report.scss {root}/assets/report.js {root}/package-lock.json {root}/tools/assets.py\n')


if __name__ == '__main__':
    main()
