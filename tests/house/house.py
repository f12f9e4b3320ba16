"""What the tests of the house share: C text without comments and literals, and TAP lines."""
import pathlib
import re

_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def bare(text):
    """The text with comments and the insides of literals blanked; line numbers stay."""

    def blank(match):
        found = match.group(0)
        if found[0] in "\"'":
            return found[0] + " " * (len(found) - 2) + found[0]
        return re.sub(r"[^\n]", " ", found)

    return _TOKEN.sub(blank, text)


def c_files(folder):
    return sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix in (".c", ".h"))


class Tap:
    """`with Tap() as tap: tap.check(what, findings)`: a check without findings passes."""

    def __enter__(self):
        self.count = 0
        return self

    def check(self, what, findings):
        self.count += 1
        for finding in findings:
            print(f"# {finding}")
        print(f"{'not ok' if findings else 'ok'} {self.count} - {what}", flush=True)

    def __exit__(self, kind, *_):
        if kind is None:
            print(f"1..{self.count}")
