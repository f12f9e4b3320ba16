/* section.c: how sections are put together. See section.h. */
#include "report/section.h"

#include <assert.h>

struct report_part *section_part(struct report_section *s)
{
    assert(s->n_parts < sizeof s->parts / sizeof *s->parts);
    s->parts[s->n_parts] = (struct report_part){0};
    return &s->parts[s->n_parts++];
}

void section_heading(struct report_section *s, struct str heading) { section_part(s)->heading = heading; }

void section_text(struct report_section *s, struct str text) { section_part(s)->text = text; }

void section_note(struct report_section *s, struct str note) { section_part(s)->note = note; }

void section_picture(struct report_section *s, struct str kind, struct str alt, struct str line, const struct report_table *t)
{
    struct report_part *p = section_part(s);
    p->table = *t;
    if (t->n_rows)
        p->picture = (struct report_picture){str_fmt(s->a, "%.*s-picture", STR_ARG(t->id)), kind, t->id, alt, line};
}

struct str record_name(const struct report_options *o, uint32_t row, struct arena *a)
{
    struct str id = link_table_value(o->table, row, o->id);
    if (o->source < 0)
        return id;
    return str_fmt(a, "%.*s %.*s", STR_ARG(link_table_value(o->table, row, (size_t)o->source)), STR_ARG(id));
}

struct str weight_text(struct arena *a, double weight)
{
    struct str s = number_text(a, weight, 2);
    while (s.n && s.p[s.n - 1] == '0')
        s.n--;
    return s.n && s.p[s.n - 1] == '.' ? str_slice(s, 0, s.n - 1) : s;
}
