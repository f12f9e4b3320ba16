"""Templates that must not compile: each names, in its second line, what the error must say, with file and line.

    test_mustfail.py --pagegen PAGEGEN --include DIR ... -- CC ...

A template passes the test when pagegen.py or, after it, the C compiler refuses it with that text. One that is right must
compile by the same steps, so that a broken set-up cannot look like success."""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile


def compile_template(args, template, work):
    """The error text, or '' when it compiles."""
    os.makedirs(os.path.join(work, 'sample'), exist_ok=True)
    c, h = (os.path.join(work, 'sample', f'sample_templates.{x}') for x in 'ch')
    made = subprocess.run([sys.executable, args.pagegen, '--room', 'sample', '--c', c, '--h', h, template], capture_output=True, text=True)
    if made.returncode:
        return made.stderr
    done = subprocess.run([*args.cc, '-std=c17', '-D_GNU_SOURCE', '-Werror=implicit', '-fsyntax-only', '-I', work,
                           *(f'-I{i}' for i in args.include), c], capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'})
    return done.stderr if done.returncode else ''


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--pagegen', required=True)
    p.add_argument('--include', action='append')
    p.add_argument('cc', nargs='+')
    args = p.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    templates = sorted(glob.glob(os.path.join(here, 'mustfail', '*.html')))
    print(f'1..{len(templates) + 1}')
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        right = compile_template(args, os.path.join(here, 'sample', 'sample_all.html'), work)
        failed += bool(right)
        print(f'{"not ok" if right else "ok"} 1 a right template compiles')
        print(''.join(f'# {line}\n' for line in right.splitlines()), end='')
        for i, template in enumerate(templates, 2):
            with open(template, encoding='utf-8') as f:
                want = re.search(r'\{\{! expect: (.*) \}\}', f.read()).group(1)
            got = compile_template(args, template, work)
            ok = re.search(want, got) is not None
            failed += not ok
            print(f'{"ok" if ok else "not ok"} {i} {os.path.basename(template)}')
            if not ok:
                print(f'# wanted: {want}\n' + ''.join(f'# got: {line}\n' for line in (got or 'it compiles').splitlines()), end='')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
