#!/usr/bin/env python3
"""pagegen.py: compiles a room's page templates to C functions on typed structs.

    pagegen.py --room review --c OUT.c --h OUT.h TEMPLATE.html ...

A template is HTML with a small mustache subset. Its first line names the struct that it shows and the header that has it:

    {{! review_queue takes struct review_queue_page from "review/review_page.h" }}

    {{name}}  {{a.b}}      a field of the struct; {{../x}} of the one around it; {{.}} the item itself; {{@number}} 1, 2, 3 ...
    {{#name}} {{/name}}    when the field is true, not empty, not 0; {{^name}} {{/name}} when it is not
    {{#each xs}} {{/xs}}   for each of v->xs[0 .. v->n_xs): names inside are the item's
    {{>partial}}           another template on the same struct; {{>partial field}} on &field; {{>partial a=x b="text"}} on a
                           struct made here
    {{! comment }}

Promises, each with a template in tests/page/mustfail that breaks it:
- A misspelt field does not compile: the C compiler says so with the template's file and line (#line).
- `struct str` is escaped everywhere. `struct html` goes only where text goes. A URL attribute takes one `struct url` and nothing
  else, or a literal local path. There is no raw form.
- Values stand in text or in quoted attributes, nowhere else. No script, style, on... attribute or frame can be written.
- Tags nest, and a section closes in the place of the page where it began.
Errors are one line, `file:line: what is wrong; what to do`. Indentation of the template does not reach the page."""
import argparse
import os
import re
import sys

VOID = set('area br col hr img input link meta source wbr'.split())
FORBIDDEN = set('applet base embed frame frameset iframe noscript object plaintext script style template xmp'.split())
URL_ATTRIBUTES = set('action background cite data formaction href manifest ping poster src xlink:href'.split())
FORBIDDEN_ATTRIBUTES = set('http-equiv srcdoc srcset style'.split())
NAME = r'(?:\.\./)*[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*'
HEADER = re.compile(r'^\{\{! *([a-z_0-9]+) takes struct ([a-z_0-9]+) from "([^"]+)" *\}\}')
CHUNK_BYTES = 2000  # of one C string: the standard promises only 4095


class Wrong(Exception):
    """A template error, already with its file and line."""


# ---- 1. tokens: text and {{tags}}, with line numbers ----

def tokens(source, fail):
    """Yields (kind, value, line). A section, partial or comment alone on its line takes the whole line with it."""
    at, line = 0, 1
    for m in re.finditer(r'\{\{(.*?)\}\}', source, re.S):
        text = source[at:m.start()]
        tag = m.group(1).strip()
        end = m.end()
        begin = source.rfind('\n', 0, m.start()) + 1
        after = re.match(r'[ \t]*(\n[ \t]*|$)', source[end:])
        if tag[:1] in ('#', '^', '/', '>', '!') and after and not source[begin:m.start()].strip(' \t'):
            text = text.rstrip(' \t')
            end += after.end()
        if text:
            yield 'text', text, line
        line += source.count('\n', at, m.start())
        if not tag:
            fail(line, 'an empty {{}}; write a name in it')
        yield 'tag', tag, line
        line += source.count('\n', m.start(), end)
        at = end
    if '{{' in source[at:]:
        fail(line + source[at:source.index('{{', at)].count('\n'), '{{ without }}; close it')
    if source[at:]:
        yield 'text', source[at:], line


# ---- 2. where in the HTML a value would stand ----

class Html:
    """Follows the literal text of a template. `place` is text, name (of a tag), tag (between attributes), attribute, equals or value."""

    def __init__(self, fail):
        self.fail, self.place, self.stack, self.buffer = fail, 'text', [], ''
        self.attribute = self.value_start = None
        self.seen, self.closing, self.glued = set(), False, False

    def where(self):
        return self.place, tuple(t for t, _ in self.stack), self.attribute if self.place == 'value' else None

    def pause(self, line):
        """Before a section's border: a name that ends here is ended, and a value may go on."""
        if self.place in ('name', 'attribute') and self.buffer:
            self.end_name(line)
            self.place, self.glued = 'tag', True
        elif self.place not in ('text', 'tag', 'value'):
            self.fail(line, 'a section cannot start or end here; put it between attributes, in a quoted value or in text')
        if self.place == 'value' and self.attribute in URL_ATTRIBUTES:
            self.fail(line, f'a section in the URL attribute {self.attribute}; make one struct url in C')

    def end_name(self, line):
        name, self.buffer = self.buffer.lower(), ''
        if self.place == 'name':
            if name in FORBIDDEN:
                self.fail(line, f'<{name}> is not allowed in a page')
            self.tag, self.seen = name, set()
        else:
            if name.startswith('on') or name in FORBIDDEN_ATTRIBUTES:
                self.fail(line, f'the attribute {name} is not allowed in a page (the content security policy forbids it too)')
            if name in self.seen:
                self.fail(line, f'the attribute {name} is there twice')
            self.seen.add(name)
            self.attribute = name

    def end_tag(self, line):
        if self.closing:
            if not self.stack or self.stack[-1][0] != self.tag:
                want = f'</{self.stack[-1][0]}>' if self.stack else 'no closing tag'
                self.fail(line, f'</{self.tag}> where {want} was expected')
            self.stack.pop()
        elif self.tag not in VOID and not self.self_closed:
            self.stack.append((self.tag, line))
        elif self.self_closed and self.tag not in VOID and 'svg' not in (t for t, _ in self.stack):
            self.fail(line, f'<{self.tag}/> does not close itself; write </{self.tag}>')
        self.place = 'text'

    def feed(self, text, line):
        i = 0
        while i < len(text):
            c = text[i]
            i = getattr(self, 'in_' + self.place)(text, i, c, line)
            line += c == '\n'

    def in_text(self, text, i, c, line):
        if c == '&' and not re.match(r'&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);', text[i:]):
            self.fail(line, 'a bare &; write &amp;')
        if c != '<':
            return i + 1
        m = re.match(r'<!doctype html>', text[i:], re.I)
        if m:
            return i + m.end()
        m = re.match(r'<(/?)([A-Za-z])', text[i:])
        if not m:
            self.fail(line, 'a < that starts no tag; write &lt;, and comments as {{! }}')
        self.place, self.closing, self.self_closed, self.buffer = 'name', bool(m.group(1)), False, ''
        return i + m.end() - 1

    def in_name(self, text, i, c, line):
        if re.match(r'[A-Za-z0-9:-]', c):
            self.buffer += c
            return i + 1
        self.end_name(line)
        self.place = 'tag'
        return i

    def in_tag(self, text, i, c, line):
        if c.isspace():
            self.glued = False
        elif c == '>':
            self.glued = False
            self.end_tag(line)
        elif c == '/':
            self.self_closed = True
        elif self.glued:
            self.fail(line, 'a blank is missing before an attribute')
        elif re.match(r'[A-Za-z]', c):
            self.place, self.buffer = 'attribute', c
        else:
            self.fail(line, f'{c!r} in a tag')
        return i + 1

    def in_attribute(self, text, i, c, line):
        if re.match(r'[A-Za-z0-9:_-]', c):
            self.buffer += c
            return i + 1
        self.end_name(line)
        self.place = 'equals' if c == '=' else 'tag'
        return i + (c == '=')

    def in_equals(self, text, i, c, line):
        if c not in '"\'':
            self.fail(line, f'the value of {self.attribute} is not quoted; write {self.attribute}="..."')
        self.place, self.quote, self.value_start, self.values = 'value', c, '', 0
        return i + 1

    def in_value(self, text, i, c, line):
        if c != self.quote:
            if self.values and self.attribute in URL_ATTRIBUTES and not self.value_start.startswith('#'):
                self.fail(line, f'text after a value in the URL attribute {self.attribute}; make one struct url in C')
            self.value_start += c
            return i + 1
        if self.attribute in URL_ATTRIBUTES and not self.values and not re.match(r'#|/(?!/)|$', self.value_start):
            self.fail(line, f'{self.attribute}="{self.value_start}" is not a local path; only a struct url may lead elsewhere')
        self.place, self.glued = 'tag', True
        return i + 1

    def take_value(self, line):
        """A {{name}} stands here: which put function takes it?"""
        if self.place == 'text':
            return 'text'
        if self.place == 'equals':
            self.fail(line, f'a value in an attribute without quotes; write {self.attribute}="{{{{...}}}}"')
        if self.place != 'value':
            self.fail(line, 'a value inside a tag; values stand in text or in quoted attributes')
        if self.attribute in URL_ATTRIBUTES and not self.value_start.startswith('#'):
            if self.value_start or self.values:
                self.fail(line, f'more than one value in the URL attribute {self.attribute}; make one struct url in C')
            self.values += 1
            return 'url'
        self.values += 1
        return 'attr'


# ---- 3. a template to C ----

def c_string(data):
    def one(b):
        return {34: '\\"', 92: '\\\\', 10: '\\n', 9: '\\t', 63: '\\?'}.get(b) or (chr(b) if 32 <= b < 127 else f'\\{b:03o}')
    return '"' + ''.join(map(one, data)) + '"'


class Template:
    def __init__(self, path):
        self.path, self.name = path, os.path.splitext(os.path.basename(path))[0]
        self.lines, self.pending, self.uses, self.depth = [], '', set(), 0
        with open(path, encoding='utf-8') as f:
            self.source = f.read()
        m = HEADER.match(self.source)
        if not m:
            self.fail(1, 'the first line must be {{! NAME takes struct TYPE from "room/file.h" }}')
        if m.group(1) != self.name:
            self.fail(1, f'the template calls itself {m.group(1)}, its file {self.name}; use one name')
        self.type, self.header = m.group(2), m.group(3)
        self.compile()

    def fail(self, line, message):
        raise Wrong(f'{self.path}:{line}: {message}')

    def emit(self, text, line=None):
        self.flush()
        if line:
            self.lines.append(f'#line {line} {c_string(self.path.encode())}')
        self.lines.append('    ' + text)

    def flush(self):
        data, self.pending = re.sub(r'\s*\n\s*', '\n', self.pending).encode(), ''
        for i in range(0, len(data), CHUNK_BYTES):
            part = data[i:i + CHUNK_BYTES]
            self.lines.append(f'    (void)buf_add(out, {c_string(part)}, {len(part)});')

    def field(self, name, line):
        """The C expression of a template name."""
        if name == '@number':
            if not self.depth:
                self.fail(line, '{{@number}} outside {{#each}}')
            return f'(i{self.depth} + 1)'
        if name == '.':
            return f'(*v{self.depth})'
        if not re.fullmatch(NAME, name):
            self.fail(line, f'{{{{{name}}}}} is no name; a name is letters, digits and _, with dots between')
        up = name.count('../')
        if up > self.depth:
            self.fail(line, f'{{{{{name}}}}} goes out of the page; there are {self.depth} {{{{#each}}}} around it')
        return f'v{self.depth - up}->{name[3 * up:]}'

    def compile(self):
        self.html, self.open = Html(self.fail), []
        line = 1
        for kind, value, line in tokens(self.source, self.fail):
            if kind == 'text':
                self.html.feed(value, line)
                self.pending += value
            elif value[0] != '!':
                {'#': self.section, '^': self.section, '/': self.close, '>': self.partial}.get(value[0], self.value)(value, line)
        self.flush()
        if self.open:
            self.fail(self.open[-1][1], f'{{{{#{self.open[-1][0]}}}}} is never closed')
        if self.html.place != 'text':
            self.fail(line, 'the template ends inside a tag; close it with >')
        if self.html.stack:
            tag, began = self.html.stack[-1]
            self.fail(began, f'<{tag}> is never closed')

    def value(self, name, line):
        put = self.html.take_value(line)
        self.emit(f'page_put_{put}(out, {self.field(name, line)});', line)

    def section(self, tag, line):
        self.html.pause(line)
        m = re.fullmatch(r'#each +(\S+)', tag)
        if m:
            items = self.field(m.group(1), line)
            count = re.sub(r'([a-z0-9_]+)$', r'n_\1', items)
            self.depth += 1
            d = self.depth
            self.emit(f'for (size_t i{d} = 0; i{d} < {count}; i{d}++) {{', line)
            self.lines.append(f'    const __typeof__({items}[0]) *v{d} = &{items}[i{d}]; (void)v{d};')
        else:
            name = tag[1:].strip()
            self.emit(f'if ({"!" if tag[0] == "^" else ""}page_is({self.field(name, line)})) {{', line)
        self.open.append((m.group(1) if m else name, line, bool(m), self.html.where(), self.html.glued))

    def close(self, tag, line):
        self.html.pause(line)
        name = tag[1:].strip()
        if not self.open or self.open[-1][0] != name:
            want = f'{{{{/{self.open[-1][0]}}}}}' if self.open else 'no closing'
            self.fail(line, f'{{{{/{name}}}}} where {want} was expected')
        _, began, each, where, glued = self.open.pop()
        if self.html.where() != where:
            self.fail(line, f'the section {name} of line {began} ends in another place of the HTML; close in it every tag that it opens')
        self.html.glued |= glued  # the section may be left out
        self.emit('}')
        self.depth -= each

    def partial(self, tag, line):
        if self.html.place != 'text':
            self.fail(line, 'a partial inside a tag; partials stand in text')
        m = re.match(r'> *([a-z][a-z0-9_]*)(.*)$', tag, re.S)
        if not m:
            self.fail(line, f'{{{{{tag}}}}} names no partial')
        name, rest = m.group(1), m.group(2).strip()
        self.uses.add(name.split('_')[0])
        if not rest:
            self.emit(f'{name}_put(out, v{self.depth});', line)
        elif '=' not in rest:
            self.emit(f'{name}_put(out, &{self.field(rest, line)});', line)
        else:
            self.emit(f'{name}_put(out, &(const {name}_args){{{self.arguments(rest, line)}}});', line)

    def arguments(self, text, line):
        args = []
        for m in re.finditer(r'\s*(?:([a-z_][a-z0-9_]*)=("[^"]*"|\S+)|(\S+))', text):
            if m.group(3):
                self.fail(line, f'{m.group(3)!r} is no name=value')
            value = m.group(2)
            if value[0] == '"':
                value = f'STR({c_string(value[1:-1].encode())})'
            elif value not in ('true', 'false') and not value.isdigit():
                value = self.field(value, line)
            args.append(f'.{m.group(1)} = {value}')
        return ', '.join(args)

    def prototype(self):
        return f'void {self.name}_put(struct buf *out, const struct {self.type} *v0)'

    def wrapper(self):
        return f'enum err_code {self.name}_html(struct arena *a, const struct {self.type} *v, struct html *ret, struct err *e)'


# ---- 4. a room's templates to one .h and one .c ----

def write_header(room, templates, path):
    guard = f'HAVEN_{room.upper()}_TEMPLATES_H'
    out = [f'/* Made by tools/pagegen.py from the templates of src/{room}. X_put writes template X to a buffer; X_html makes it struct html in',
           ' * an arena (ERR_LIMIT when it is longer than LIMIT_PAGE_BYTES). */', f'#ifndef {guard}', f'#define {guard}', '',
           '#include "page/page.h"']
    out += sorted({f'#include "{t.header}"' for t in templates} - {'#include "page/page.h"'}) + ['']
    for t in templates:
        out += [f'typedef struct {t.type} {t.name}_args;', t.prototype() + ';', t.wrapper() + ';']
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(out + ['', '#endif', '']))


def write_source(room, templates, path):
    out = [f'/* Made by tools/pagegen.py from the templates of src/{room}. */']
    out += [f'#include "{r}/{r}_templates.h"' for r in sorted({room}.union(*(t.uses for t in templates)))]
    for t in templates:
        out += ['', t.prototype(), '{', *t.lines, '}', '', t.wrapper(), '{', '    _cleanup_buf_ struct buf out;',
                '    buf_init(&out, LIMIT_PAGE_BYTES);', f'    {t.name}_put(&out, v);', '    return html_take(a, &out, ret, e);', '}']
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(out + ['']))


def main():
    p = argparse.ArgumentParser()
    for option in ('--room', '--c', '--h'):
        p.add_argument(option, required=True)
    p.add_argument('templates', nargs='+')
    args = p.parse_args()
    try:
        templates = [Template(t) for t in args.templates]
    except Wrong as e:
        sys.exit(str(e))
    write_header(args.room, templates, args.h)
    write_source(args.room, templates, args.c)


if __name__ == '__main__':
    main()
