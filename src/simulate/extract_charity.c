/* extract_charity.c: the advocate service: one JSON object a line. */
#include "simulate/county.h"

static void member(struct buf *b, const char *name, const char *value)
{
    if (!value[0])
        return;
    if (b->p[b->n - 1] != '{')
        (void)buf_char(b, ',');
    json_text(b, name);
    (void)buf_char(b, ':');
    json_text(b, value);
}

static void member_day(struct county *c, const char *name, int32_t day)
{
    buf_clear(&c->text3);
    day_format(&c->text3, "YYYY-MM-DD", day);
    (void)buf_char(&c->text3, '\0');
    member(&c->line, name, c->text3.p);
}

static void member_address(struct buf *b, const struct seen *s)
{
    if (!s->address[0] && !s->postcode[0])
        return;
    (void)buf_z(b, b->p[b->n - 1] == '{' ? "\"address\":{" : ",\"address\":{");
    member(b, "line", s->address);
    member(b, "postcode", s->postcode);
    (void)buf_char(b, '}');
}

static void client_write(struct county *c, const struct seen *s)
{
    struct buf *b = &c->line;
    (void)buf_z(b, ",\"client\":{");
    member(b, "first", s->given);
    member(b, "middle", s->middle);
    member(b, "last", s->surname);
    member(b, "previous_last", s->former);
    member_day(c, "dob", s->dob);
    member(b, "sex", s->sex == 'M' ? "male" : s->sex == 'F' ? "female" : "");
    (void)buf_z(b, b->p[b->n - 1] == '{' ? "\"phones\":[" : ",\"phones\":[");
    if (s->phone[0])
        json_text(b, s->phone);
    (void)buf_char(b, ']');
    member(b, "email", s->email);
    member_address(b, s);
    (void)buf_char(b, '}');
}

static void perpetrator_write(struct county *c, const struct charity_line *k, const struct seen *s)
{
    struct buf *b = &c->line;
    if (k->perpetrator == NOBODY) {
        (void)buf_z(b, ",\"perpetrator\":null");
        return;
    }
    bool known = k->hide == HIDE_NOT || k->hide == HIDE_ALL_BUT_FIRST_NAME;
    (void)buf_fmt(b, ",\"perpetrator\":{\"known\":%s", known ? "true" : "false");
    member(b, "first", s->given);
    member(b, "last", s->surname);
    member_day(c, "dob", s->dob);
    member(b, "phone", s->phone);
    member(b, "email", s->email);
    member_address(b, s);
    member(b, "relationship", k->relationship);
    (void)buf_char(b, '}');
}

static void flags_write(struct buf *b, unsigned flags)
{
    char text[96];
    flags_text(flags, text, sizeof text);
    (void)buf_z(b, ",\"flags\":[");
    struct str rest = str_of(text), one;
    for (bool first = true; rest.n && str_split(&rest, ';', &one); first = false)
        (void)buf_fmt(b, "%s\"%.*s\"", first ? "" : ",", STR_ARG(one));
    (void)buf_char(b, ']');
}

static void line_write(struct county *c, const struct charity_line *k, struct key key, wall version,
                       const struct seen *client, const struct seen *perpetrator, const struct seen *children)
{
    struct buf *b = &c->line;
    (void)buf_fmt(b, "{\"id\":\"%s\",\"updated\":\"", key.s);
    wall_format(b, "YYYY-MM-DDTHH:mm:ss", wall_to_utc(version));
    (void)buf_fmt(b, "Z\",\"type\":\"%s\",\"date\":\"", k->type);
    wall_format(b, k->minute ? "YYYY-MM-DDTHH:mm" : "YYYY-MM-DD", k->at);
    (void)buf_z(b, "\",\"agency\":\"Safe Ground Ouseshire\"");
    client_write(c, client);
    perpetrator_write(c, k, perpetrator);
    (void)buf_z(b, ",\"children\":[");
    for (int i = 0; i < k->n_children; i++) {
        (void)buf_z(b, i ? ",{" : "{");
        member(b, "first", children[i].given);
        member(b, "last", children[i].surname);
        member_day(c, "dob", children[i].dob);
        (void)buf_char(b, '}');
    }
    (void)buf_char(b, ']');
    flags_write(b, k->flags);
    (void)buf_fmt(b, ",\"reported_to_police\":%s,\"title\":", k->reported ? "true" : "false");
    json_text(b, k->title);
    (void)buf_z(b, ",\"summary\":");
    json_text(b, k->summary);
    if (k->assessment) {
        (void)buf_z(b, ",\"assessment\":");
        json_text(b, k->assessment);
    }
    (void)buf_char(b, '}');
    extract_send(c, FEED_CHARITY, version);
}

struct key charity_write(struct ward *w, struct rng *r, const struct charity_line *k)
{
    struct county *c = w->c;
    struct key key = extract_key(w, FEED_CHARITY, "SG");
    struct seen client, perpetrator, children[3];
    uint32_t child[3];
    wall version = wall_recorded(c, r, k->at, 60),
         second = rng_chance(r, rate(c, RATE_late_version)) ? extract_later(c, r, version) : 0;
    uint32_t client_who = extract_see(w, r, k->client, k->at, SEE_ALL | SEE_FORMER, HIDE_NOT, &client);
    uint32_t perpetrator_who = extract_see(w, r, k->perpetrator, k->at, SEE_ALL | SEE_HEARD, k->hide, &perpetrator);
    for (int i = 0; i < k->n_children; i++)
        child[i] = extract_see(w, r, k->child[i], k->at, SEE_NAME_DOB, HIDE_NOT, &children[i]);
    perpetrator.middle[0] = '\0';
    line_write(c, k, key, version, &client, &perpetrator, children);
    if (second) {
        client_who = extract_see(w, r, k->client, k->at, SEE_ALL | SEE_FORMER, HIDE_NOT, &client);
        line_write(c, k, key, second, &client, &perpetrator, children);
    }
    truth_mention(c, FEED_CHARITY, key, "", 0, w, client_who);
    if (k->perpetrator != NOBODY)
        truth_mention(c, FEED_CHARITY, key, "", 1, w, perpetrator_who);
    for (int i = 0; i < k->n_children; i++)
        truth_mention(c, FEED_CHARITY, key, "", 2 + i, w, child[i]);
    return key;
}
