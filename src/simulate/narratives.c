/* narratives.c: expands the templates of phrases.c and of the background.
 *
 * "[a|b|c]" takes one of the alternatives (they may nest and be empty); "{word}" stands for the people and things of
 * the telling. Sentences begin with a capital. Now and then a typing error: two letters swapped inside a word.
 * Templates are ours and well-formed; a test expands them all. */
#include "simulate/county.h"

#include <assert.h>
#include <ctype.h>

struct expansion {
    struct rng *r;
    struct buf *b;
    const struct telling *t;
};

static const char *pronoun(char sex, const char *male, const char *female, const char *they)
{
    return sex == 'M' ? male : sex == 'F' ? female : they;
}

static void word(struct expansion *x, const char *w, size_t n)
{
    const struct telling *t = x->t;
    char number[24];
    const char *z = NULL;
    uint32_t minutes = n == 1 && *w == 't' ? rng_below(x->r, 288) : 0; /* in fives */
#define IS(text) (n == sizeof(text) - 1 && !memcmp(w, text, n))
    if (IS("v"))
        z = t->victim;
    else if (IS("s"))
        z = t->suspect;
    else if (IS("he"))
        z = pronoun(t->suspect_sex, "he", "she", "the person");
    else if (IS("his"))
        z = pronoun(t->suspect_sex, "his", "her", "their");
    else if (IS("him"))
        z = pronoun(t->suspect_sex, "him", "her", "them");
    else if (IS("she"))
        z = pronoun(t->victim_sex, "he", "she", "they");
    else if (IS("She"))
        z = pronoun(t->victim_sex, "He", "She", "They");
    else if (IS("her"))
        z = pronoun(t->victim_sex, "him", "her", "them");
    else if (IS("hers"))
        z = pronoun(t->victim_sex, "his", "her", "their");
    else if (IS("place"))
        z = t->place;
    else if (IS("act"))
        z = t->name;
    else if (IS("n"))
        (void)snprintf(number, sizeof number, "%u", 5 + rng_below(x->r, 60)), z = number;
    else if (IS("t"))
        (void)snprintf(number, sizeof number, "%04u", minutes / 12 * 100 + minutes % 12 * 5), z = number;
#undef IS
    assert(z);
    (void)buf_z(x->b, z);
}

/* Past the alternative that begins at p: to its '|' or ']' on this level. */
static const char *alternative_end(const char *p)
{
    for (int depth = 0; *p; p++) {
        if (*p == '[')
            depth++;
        else if (*p == ']' && depth-- == 0)
            return p;
        else if (*p == '|' && depth == 0)
            return p;
    }
    assert(!"template without its closing bracket");
    return p;
}

static void expand(struct expansion *x, const char *p, const char *end)
{
    while (p < end) {
        if (*p == '[') {
            const char *from[40], *to[40], *q = p + 1;
            uint32_t n = 0;
            for (;;) {
                assert(n < 40);
                from[n] = q;
                to[n] = q = alternative_end(q);
                n++;
                if (*q++ == ']')
                    break;
            }
            uint32_t one = rng_below(x->r, n);
            expand(x, from[one], to[one]);
            p = q;
        } else if (*p == '{') {
            const char *q = strchr(p, '}');
            assert(q && q < end);
            word(x, p + 1, (size_t)(q - p - 1));
            p = q + 1;
        } else {
            (void)buf_char(x->b, *p++);
        }
    }
}

/* Capitals at the beginning of sentences; no blank before a full stop or at the end. */
static void tidy(struct buf *b)
{
    size_t n = 0;
    bool start = true;
    for (size_t i = 0; i < b->n; i++) {
        char ch = b->p[i];
        if (ch == ' ' && (n == 0 || b->p[n - 1] == ' '))
            continue;
        if ((ch == '.' || ch == ',') && n > 0 && b->p[n - 1] == ' ')
            n--;
        if (start && isalpha((unsigned char)ch))
            ch = (char)toupper((unsigned char)ch);
        if (ch != ' ')
            start = ch == '.' && (i + 1 == b->n || b->p[i + 1] == ' ');
        else
            start = start || (n > 0 && b->p[n - 1] == '.');
        b->p[n++] = ch;
    }
    while (n > 0 && b->p[n - 1] == ' ')
        n--;
    b->n = n;
}

static void mistype(struct rng *r, struct buf *b)
{
    if (b->n < 12)
        return;
    size_t i = 1 + rng_below(r, (uint32_t)b->n - 4);
    char *p = b->p + i;
    if (islower((unsigned char)p[-1]) && islower((unsigned char)p[0]) && islower((unsigned char)p[1]) &&
        islower((unsigned char)p[2])) {
        char t = p[0];
        p[0] = p[1];
        p[1] = t;
    }
}

const char *narrate(struct county *c, struct rng *r, struct buf *b, const char *template, const struct telling *t)
{
    struct expansion x = {r, b, t};
    buf_clear(b);
    expand(&x, template, template + strlen(template));
    tidy(b);
    if (rng_chance(r, rate(c, RATE_narrative_typo)))
        mistype(r, b);
    (void)buf_char(b, '\0');
    return b->p ? b->p : "";
}
