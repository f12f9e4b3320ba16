/* The two review pages with random text in every field of the room's views: no value ends an element, an attribute or an entity. */
#include "review/review_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct str text; /* what stands in every field */

const struct review_rule review_rules[] = {{"R1", "course-of-conduct", "Words.", "Source"}};
const size_t review_n_rules = 1;

static void fill_line(struct review_case_line *line)
{
    static const uint8_t rules[] = {0};
    *line = (struct review_case_line){.id = text, .victim_name = text, .suspect_name = text, .suspect = {"P"}, .rules = rules, .n_rules = 1,
                                      .clock_due = {0, PRECISION_DAY}, .breach = true, .misrecorded = true, .threat = true, .custody_contact = true};
}

enum err_code review_ask_list(struct asking *q, const struct review_filter *f, struct review_queue *ret, struct err *e)
{
    struct arena *a = q->arena;
    (void)f, (void)e;
    struct review_case_line *line = ARENA_NEW(a, struct review_case_line, 1);
    assert_non_null(line);
    fill_line(line);
    *ret = (struct review_queue){line, 1, 100};
    return ERR_OK;
}

enum err_code review_ask_show(struct asking *q, enum access_action action, struct str case_id, struct review_case_view *ret, struct err *e)
{
    struct arena *a = q->arena;
    (void)action, (void)case_id, (void)e;
    struct review_history_line *h = ARENA_NEW(a, struct review_history_line, 1);
    struct review_evidence_view *ev = ARENA_NEW(a, struct review_evidence_view, 9);
    struct review_reason_view *r = ARENA_NEW(a, struct review_reason_view, 1);
    struct review_order_view *o = ARENA_NEW(a, struct review_order_view, 2);
    assert_true(h && ev && r && o);
    const struct person_view person = {.name = text, .other_names = text, .dob = text, .phones = text, .emails = text, .addresses = text,
                                       .identifiers = text, .agencies = text, .n_mentions = 1};
    *h = (struct review_history_line){.agency = text, .feed = text, .source_id = text, .recorded_as = text, .narrative = text, .kind = text,
                                      .roles = text, .occasion = text, .about_victim = true};
    for (size_t i = 0; i < 9; i++)
        ev[i] = (struct review_evidence_view){INSTANT_NONE, text, text, text, text, text, ASSERTION_opinion};
    *r = (struct review_reason_view){text, text, text, text, ev, 9};
    o[0] = o[1] = (struct review_order_view){text, text, text, INSTANT_NONE, INSTANT_NONE, true};
    *ret = (struct review_case_view){.victim = person, .suspect = person, .relation = text, .danger_to_staff = text, .reasons = r, .n_reasons = 1,
                                     .orders = o, .n_orders = 2, .history = h, .n_history = 1};
    fill_line(&ret->line);
    return ERR_OK;
}

/* How many of each character that means something to HTML. */
struct marks { size_t less, greater, quote, apostrophe; };

static struct marks marks_of(struct str s)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&ctdot;"};
    struct marks m = {0};
    for (size_t i = 0; i < s.n; i++) {
        m.less += s.p[i] == '<';
        m.greater += s.p[i] == '>';
        m.quote += s.p[i] == '"';
        m.apostrophe += s.p[i] == '\'';
        bool known = s.p[i] != '&';
        for (size_t k = 0; !known && k < sizeof entities / sizeof *entities; k++)
            known = str_starts(str_slice(s, i, s.n), str_of(entities[k]));
        assert_true(known);
    }
    return m;
}

static struct marks render(struct arena *a, enum err_code (*page)(struct req *, struct reply *, struct err *))
{
    struct asking asking = {.arena = a};
    struct req r = {.arena = a, .method = STR("GET"), .path = STR("/review"), .asking = &asking};
    struct reply reply;
    struct err e;
    assert_int_equal(page(&r, &reply, &e), ERR_OK);
    struct marks m = marks_of(reply.body);
    arena_reset(a);
    return m;
}

static void random_text_stays_text(void **state)
{
    (void)state;
    static const char alphabet[] = "<>&\"'</script><!--;= /\x01\xE2\x80\xAE\n\xFF#";
    enum err_code (*const pages[])(struct req *, struct reply *, struct err *) = {review_page_queue, review_page_case};
    _cleanup_arena_ struct arena a;
    arena_init(&a, 8 << 20);
    srandom(20261124);
    for (size_t p = 0; p < 2; p++) {
        text = STR("x");
        struct marks plain = render(&a, pages[p]);
        assert_true(plain.less > 50);
        for (int round = 0; round < 500; round++) {
            char bytes[48];
            size_t n = 1 + (size_t)random() % (sizeof bytes - 1);
            for (size_t i = 0; i < n; i++)
                bytes[i] = random() % 5 ? alphabet[(size_t)random() % (sizeof alphabet - 1)] : (char)random();
            text = (struct str){bytes, n};
            struct marks got = render(&a, pages[p]);
            assert_memory_equal(&got, &plain, sizeof got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_text_stays_text)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("review_pages", tests, NULL, NULL);
}
