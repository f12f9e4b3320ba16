/* Each insider rule: what raises it, what does not, and the boundary. */
#include "oversight/town.h"

/* A fresh town for each case; `do` what follows, then look. */
#define TOWN(...)              \
    do {                       \
        static struct town t_; \
        struct town *t = &t_;  \
        town_make(t);          \
        __VA_ARGS__;           \
        town_end(t);           \
    } while (0)
#define OWN(k, b) ((struct oversight_fact){(b), OVERSIGHT_##k, false, false})
#define FORMER(k, b) ((struct oversight_fact){(b), OVERSIGHT_##k, false, true})
#define KIN(k, b) ((struct oversight_fact){(b), OVERSIGHT_##k, true, false})

static void r1_self(void **state)
{
    (void)state;
    TOWN(person_fact(t, VIC, OWN(NAME_BORN, 500 + ANN)); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), self));
    TOWN(t->staff[ANN].person = key(VIC); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), self));
    /* With work too: nobody works on their own case. The head of the record is enough. */
    TOWN(t->staff[ANN].person = key(VIC); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); look_as(t, ANN, VIC, 1, 11, OVERSIGHT_OPEN, 0); HAS(raised(t, ANN, VIC), self));
    /* Telephone and e-mail together are the user; a telephone alone is a household's. */
    TOWN(staff_fact(t, ANN, OWN(PHONE, 7)); staff_fact(t, ANN, OWN(EMAIL, 8)); person_fact(t, VIC, OWN(PHONE, 7)); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), self);
         person_fact(t, VIC, OWN(EMAIL, 8)); HAS(raised(t, ANN, VIC), self));
    /* Own number searched for, though nobody has it. */
    TOWN(staff_fact(t, ANN, OWN(PHONE, 7)); struct oversight_access *a = look_as(t, ANN, NOBODY, 1, 11, OVERSIGHT_SEARCH, 0); a->sought = 7; a->sought_kind = OVERSIGHT_PHONE;
         HAS(raised(t, ANN, NOBODY), self); a->sought = 9; assert_int_equal(raised(t, ANN, NOBODY), 0));
    /* Somebody else's record. */
    TOWN(person_fact(t, VIC, OWN(NAME_BORN, 500 + CAL)); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), self));
}

static void r2_surname(void **state)
{
    (void)state;
#define NAMESAKES staff_fact(t, ANN, OWN(SURNAME, 40)); person_fact(t, VIC, OWN(SURNAME, 40))
    TOWN(NAMESAKES; read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), surname));
    TOWN(NAMESAKES; look_as(t, ANN, VIC, 1, 11, OVERSIGHT_OPEN, 0); HAS_NOT(raised(t, ANN, VIC), surname)); /* the head tells a namesake apart */
    TOWN(NAMESAKES; give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), surname));
    TOWN(NAMESAKES; give_work(t, VIC, CAL, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), surname)); /* the unit's */
    /* Blinds of two kinds never match. */
    TOWN(staff_fact(t, ANN, OWN(SURNAME, 40)); person_fact(t, VIC, OWN(BORN, 40)); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), surname));
}

static void r3_address(void **state)
{
    (void)state;
    TOWN(staff_fact(t, ANN, OWN(ADDRESS, 60)); person_fact(t, VIC, OWN(ADDRESS, 60)); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), address));
    TOWN(staff_fact(t, ANN, OWN(ADDRESS, 60)); person_fact(t, VIC, OWN(ADDRESS, 60)); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), address));
    /* A former address of either: only without work. */
    TOWN(staff_fact(t, ANN, FORMER(ADDRESS, 60)); person_fact(t, VIC, OWN(ADDRESS, 60)); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), address));
    TOWN(staff_fact(t, ANN, OWN(ADDRESS, 60)); person_fact(t, VIC, FORMER(ADDRESS, 60)); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), address));
    TOWN(staff_fact(t, ANN, KIN(ADDRESS, 60)); person_fact(t, VIC, OWN(ADDRESS, 60)); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), address));
}

static void r4_contact(void **state)
{
    (void)state;
    TOWN(staff_fact(t, ANN, KIN(PHONE, 70)); person_fact(t, VIC, OWN(PHONE, 70)); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), contact));
    TOWN(staff_fact(t, ANN, OWN(EMAIL, 70)); person_fact(t, VIC, OWN(EMAIL, 70)); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), contact));
    /* A recycled number. */
    TOWN(staff_fact(t, ANN, OWN(PHONE, 70)); person_fact(t, VIC, FORMER(PHONE, 70)); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), contact));
    /* The wife's number searched for. */
    TOWN(staff_fact(t, ANN, KIN(PHONE, 70)); struct oversight_access *a = look_as(t, ANN, NOBODY, 1, 11, OVERSIGHT_SEARCH, 0); a->sought = 70; a->sought_kind = OVERSIGHT_PHONE;
         uint32_t r = raised(t, ANN, NOBODY); HAS(r, contact); HAS_NOT(r, self));
}

static void r5_colleague(void **state)
{
    (void)state;
    TOWN(person_fact(t, VIC, OWN(NAME_BORN, 500 + FAR)); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), colleague));
    TOWN(t->staff[CAL].person = key(VIC); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), colleague));
    /* A colleague who is a victim, with the one who handles the case. */
    TOWN(t->staff[CAL].person = key(VIC); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), colleague));
    TOWN(read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), colleague));
}

static void r6_no_work(void **state)
{
    (void)state;
    TOWN(read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), no_work); read_record(t, ANN, VIC, 2); HAS(raised(t, ANN, VIC), no_work));
    TOWN(read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), no_work)); /* one day */
    TOWN(read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 30); HAS(raised(t, ANN, VIC), no_work));
    TOWN(read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 31); HAS_NOT(raised(t, ANN, VIC), no_work)); /* the window */
    TOWN(read_record(t, DESK, VIC, 1); read_record(t, DESK, VIC, 2); HAS_NOT(raised(t, DESK, VIC), no_work)); /* work reaches a desk without tasks */
    /* Work 30 days before or after; not 31. */
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_TASK, 31, 40)->recorded_ms = hour_of(0, 0); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS_NOT(raised(t, ANN, VIC), no_work));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_TASK, 32, 40)->recorded_ms = hour_of(0, 0); read_record(t, ANN, VIC, 0); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), no_work));
    /* Work on somebody linked, work of the unit, work of whom one manages; not another unit's. */
    TOWN(link_persons(t, VIC, MAN, OVERSIGHT_OPPONENT); give_work(t, MAN, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS_NOT(raised(t, ANN, VIC), no_work));
    TOWN(give_work(t, VIC, CAL, OVERSIGHT_CASE, 0, 9); read_record(t, HEAD, VIC, 1); read_record(t, HEAD, VIC, 2); HAS_NOT(raised(t, HEAD, VIC), no_work));
    TOWN(give_work(t, VIC, FAR, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS(raised(t, ANN, VIC), no_work));
    /* A colleague's call is no work of the unit; one's own is for three days. */
    TOWN(give_work(t, VIC, CAL, OVERSIGHT_CALL, 1, 2); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS(raised(t, ANN, VIC), no_work));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CALL, 1, 2); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 4); HAS_NOT(raised(t, ANN, VIC), no_work));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CALL, 1, 2); read_record(t, ANN, VIC, 7); read_record(t, ANN, VIC, 8); HAS(raised(t, ANN, VIC), no_work));
}

static void settling(void **state)
{
    (void)state;
    /* Work that is recorded after the access: with a reason given the rule waits seven days for it, without it does not. */
    for (int late = 1; late <= 9; late++) {
        TOWN(give_work(t, VIC, ANN, OVERSIGHT_TASK, 1, 9)->recorded_ms = hour_of(2 + late, 12); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS(raised(t, ANN, VIC), no_work);
             t->accesses[0].basis = t->accesses[1].basis = 77; if (late <= 6) HAS_NOT(raised(t, ANN, VIC), no_work); if (late >= 7) HAS(raised(t, ANN, VIC), no_work));
    }
    /* A number that is known to be of somebody else's case is no paper to wait for; of somebody linked, or not known yet, it is. */
#define OTHERS_CASE give_work(t, MAN, FAR, OVERSIGHT_CASE, 0, 90)->number = 77; staff_fact(t, ANN, OWN(SURNAME, 40)); person_fact(t, VIC, OWN(SURNAME, 40)); read_record(t, ANN, VIC, 1); t->accesses[0].basis = 77
    TOWN(OTHERS_CASE; HAS(raised(t, ANN, VIC), surname); assert_true(t->alerts.v[0].evidence[0].due_ms == t->alerts.v[0].evidence[0].at_ms));
    TOWN(OTHERS_CASE; link_persons(t, VIC, MAN, OVERSIGHT_OPPONENT); (void)raised(t, ANN, VIC); assert_true(t->alerts.v[0].evidence[0].due_ms == hour_of(8, 11)));
    TOWN(OTHERS_CASE; t->work[MAN][0].recorded_ms = hour_of(2, 0); (void)raised(t, ANN, VIC); assert_true(t->alerts.v[0].evidence[0].due_ms == hour_of(8, 11)));
    TOWN(OTHERS_CASE; t->accesses[0].basis = 78; (void)raised(t, ANN, VIC); assert_true(t->alerts.v[0].evidence[0].due_ms == hour_of(8, 11)));
    /* And the alert belongs to the day on which it became due. */
    TOWN(staff_fact(t, ANN, OWN(SURNAME, 40)); person_fact(t, VIC, OWN(SURNAME, 40)); read_record(t, ANN, VIC, 1); t->accesses[0].basis = 77;
         HAS_NOT(raised_in(t, ANN, VIC, (struct oversight_period){hour_of(1, 0), hour_of(2, 0)}), surname); HAS(raised_in(t, ANN, VIC, (struct oversight_period){hour_of(8, 0), hour_of(9, 0)}), surname);
         t->accesses[0].basis = 0; HAS(raised_in(t, ANN, VIC, (struct oversight_period){hour_of(1, 0), hour_of(2, 0)}), surname));
}

static void r7_off_duty(void **state)
{
    (void)state;
    static const struct { int day; double hour; bool off; } cases[] = {{0, 11, false}, {0, 19.9, false}, {0, 20.1, true}, {0, 6.1, false}, {0, 5.9, true}, {5, 11, true} /* Saturday */, {7, 3, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        TOWN(look_as(t, ANN, VIC, cases[i].day, cases[i].hour, OVERSIGHT_OPEN, ALL_GROUPS); if (cases[i].off) HAS(raised(t, ANN, VIC), off_duty); else HAS_NOT(raised(t, ANN, VIC), off_duty));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); look_as(t, ANN, VIC, 5, 11, OVERSIGHT_OPEN, ALL_GROUPS); HAS_NOT(raised(t, ANN, VIC), off_duty)); /* called out, with work */
    TOWN(t->staff[ANN].n_shifts = 0; look_as(t, ANN, VIC, 5, 3, OVERSIGHT_OPEN, ALL_GROUPS); HAS_NOT(raised(t, ANN, VIC), off_duty)); /* hours not known */
    /* On leave, hours not known; but a shift within the leave was swapped into it. */
    TOWN(const struct oversight_span leave = {hour_of(1, 0), hour_of(4, 0)}; t->staff[ANN].n_shifts = 0; t->staff[ANN].leave = &leave; t->staff[ANN].n_leave = 1;
         look_as(t, ANN, VIC, 2, 11, OVERSIGHT_OPEN, ALL_GROUPS); HAS(raised(t, ANN, VIC), off_duty); t->staff[ANN].n_shifts = 40; HAS_NOT(raised(t, ANN, VIC), off_duty));
}

static void search(struct town *t, int day, double hour, uint64_t terms) { look_as(t, ANN, VIC, day, hour, OVERSIGHT_SEARCH, 0)->terms = terms; }
static void r8_variants(void **state)
{
    (void)state;
    TOWN(search(t, 1, 10, 1); search(t, 1, 10.1, 1); search(t, 2, 10, 2); HAS(raised(t, ANN, VIC), variants); assert_int_equal(evidence_of(t, OVERSIGHT_RULE_variants), 3));
    TOWN(search(t, 1, 10, 1); search(t, 2, 10, 2); HAS_NOT(raised(t, ANN, VIC), variants));                              /* two searches */
    TOWN(search(t, 1, 10, 1); search(t, 2, 10, 1); search(t, 3, 10, 1); HAS_NOT(raised(t, ANN, VIC), variants));         /* one spelling */
    TOWN(search(t, 1, 10, 1); search(t, 1, 11, 1); search(t, 1, 12, 2); HAS_NOT(raised(t, ANN, VIC), variants));         /* one day, two spellings */
    TOWN(search(t, 1, 10, 1); search(t, 1, 11, 3); search(t, 1, 12, 2); HAS(raised(t, ANN, VIC), variants));             /* three */
    TOWN(search(t, 1, 10, 1); search(t, 1, 11, 1); search(t, 16, 12, 2); HAS_NOT(raised(t, ANN, VIC), variants));        /* the window */
    TOWN(search(t, 1, 10, 1); look_as(t, ANN, VIC, 1, 10.5, OVERSIGHT_OPEN, 0); search(t, 1, 11, 1); search(t, 2, 12, 2); HAS_NOT(raised(t, ANN, VIC), variants)); /* opened */
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); search(t, 1, 10, 1); search(t, 1, 11, 2); search(t, 2, 12, 3); HAS_NOT(raised(t, ANN, VIC), variants));
}

static void r9_repeated(void **state)
{
    (void)state;
    TOWN(read_record(t, DESK, VIC, 1); read_record(t, DESK, VIC, 2); HAS_NOT(raised(t, DESK, VIC), repeated); read_record(t, DESK, VIC, 3); HAS(raised(t, DESK, VIC), repeated));
    TOWN(read_record(t, DESK, VIC, 1); read_record(t, DESK, VIC, 2); read_record(t, DESK, VIC, 31); HAS_NOT(raised(t, DESK, VIC), repeated));
    TOWN(read_record(t, DESK, VIC, 1); read_record(t, DESK, VIC, 2); look_as(t, DESK, VIC, 2, 12, OVERSIGHT_NOTE, 0); read_record(t, DESK, VIC, 3); HAS_NOT(raised(t, DESK, VIC), repeated));
    TOWN(give_work(t, VIC, DESK, OVERSIGHT_CALL, 1, 2); for (int d = 1; d < 4; d++) read_record(t, DESK, VIC, d); HAS_NOT(raised(t, DESK, VIC), repeated));
}

/* A crowd of persons, for volume. */
#define CROWD 30
static void volume_case(int before, int people, bool with_work, bool want)
{
    static struct town t;
    static struct oversight_subject crowd[CROWD];
    static struct oversight_work work[CROWD];
    town_make(&t);
    for (int i = 0; i < CROWD; i++) {
        work[i] = (struct oversight_work){.user = account(ANN), .unit = 1, .kind = OVERSIGHT_TASK, .when = {0, INT64_MAX}};
        crowd[i] = (struct oversight_subject){.person = 3000 + (uint64_t)i, .work = &work[i], .n_work = with_work};
    }
    t.source.subjects = crowd;
    t.source.n_subjects = CROWD;
    for (int d = 0; d <= 10; d++)
        for (int i = 0; i < (d == 10 ? people : before); i++)
            look_as(&t, ANN, NOBODY, d, 10 + i / 60.0, OVERSIGHT_OPEN, ALL_GROUPS)->subject = 3000 + (uint64_t)i;
    if (want)
        HAS(raised(&t, ANN, NOBODY), volume);
    else
        HAS_NOT(raised(&t, ANN, NOBODY), volume);
    town_end(&t);
}

static void r10_volume(void **state)
{
    (void)state;
    volume_case(2, 20, false, true);
    volume_case(2, 20, true, false);  /* a surge with work */
    volume_case(0, 8, false, true);   /* never before */
    volume_case(0, 7, false, false);
    volume_case(7, 20, false, false); /* not three times the usual day */
    volume_case(7, 22, false, true);
}

static void r11_outlier(void **state)
{
    (void)state;
    TOWN(read_record(t, DESK, VIC, 1); HAS_NOT(raised(t, DESK, VIC), outlier); read_record(t, DESK, VIC, 2); HAS(raised(t, DESK, VIC), outlier));
    /* A colleague of the same unit and role opened it too; one elsewhere does not count. */
    TOWN(read_record(t, CAL, VIC, 0); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS_NOT(raised(t, ANN, VIC), outlier));
    TOWN(read_record(t, FAR, VIC, 0); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS(raised(t, ANN, VIC), outlier));
    TOWN(read_record(t, CAL, VIC, 0); read_record(t, ANN, VIC, 181); read_record(t, ANN, VIC, 182); HAS(raised(t, ANN, VIC), outlier)); /* long ago */
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); HAS_NOT(raised(t, ANN, VIC), outlier));
}

static void r12_newsworthy(void **state)
{
    (void)state;
#define NEWS t->subjects[VIC].newsworthy = (struct oversight_span){hour_of(2, 0), hour_of(9, 0)}
    TOWN(NEWS; read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), newsworthy));
    TOWN(NEWS; read_record(t, ANN, VIC, 2); HAS(raised(t, ANN, VIC), newsworthy));
    TOWN(NEWS; read_record(t, ANN, VIC, 9); HAS_NOT(raised(t, ANN, VIC), newsworthy));
    TOWN(NEWS; give_work(t, VIC, CAL, OVERSIGHT_INCIDENT, 0, 9); read_record(t, ANN, VIC, 2); HAS_NOT(raised(t, ANN, VIC), newsworthy));
    /* No mark, but units are at work on it. */
    TOWN(give_work(t, VIC, RITA, OVERSIGHT_INCIDENT, 2, 9); read_record(t, ANN, VIC, 3); HAS(raised(t, ANN, VIC), newsworthy));
    /* No mark at all: four of them, and all four are told. */
    TOWN(read_record(t, ANN, VIC, 1); read_record(t, CAL, VIC, 2); read_record(t, FAR, VIC, 3); HAS_NOT(raised(t, ANN, VIC), newsworthy); read_record(t, DESK, VIC, 4);
         HAS(raised(t, ANN, VIC), newsworthy); HAS(raised(t, DESK, VIC), newsworthy); assert_int_equal(evidence_of(t, OVERSIGHT_RULE_newsworthy), 4));
    TOWN(read_record(t, ANN, VIC, 1); read_record(t, CAL, VIC, 2); read_record(t, FAR, VIC, 3); read_record(t, DESK, VIC, 23); HAS_NOT(raised(t, DESK, VIC), newsworthy));
}

static void r13_after_close(void **state)
{
    (void)state;
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 38); HAS_NOT(raised(t, ANN, VIC), after_close));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 40); HAS(raised(t, ANN, VIC), after_close));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); give_work(t, VIC, CAL, OVERSIGHT_CASE, 40, 50); read_record(t, ANN, VIC, 45); HAS_NOT(raised(t, ANN, VIC), after_close)); /* open again */
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CALL, 0, 1); read_record(t, ANN, VIC, 45); HAS_NOT(raised(t, ANN, VIC), after_close)); /* a call is no case */
    /* After a warning: three people within 30 days, none before it counted. */
    TOWN(const int64_t warned = hour_of(10, 0); t->staff[ANN].warnings_ms = &warned; t->staff[ANN].n_warnings = 1; read_record(t, ANN, VIC, 9); read_record(t, ANN, MAN, 11); read_record(t, ANN, KID, 12);
         HAS_NOT(raised(t, ANN, NOBODY), after_close); read_record(t, ANN, VIC, 14); HAS(raised(t, ANN, NOBODY), after_close); assert_int_equal(evidence_of(t, OVERSIGHT_RULE_after_close), 3));
    TOWN(read_record(t, ANN, VIC, 11); read_record(t, ANN, MAN, 12); read_record(t, ANN, KID, 13); HAS_NOT(raised(t, ANN, NOBODY), after_close));
}

static void r14_linked(void **state)
{
    (void)state;
    TOWN(t->staff[ANN].person = key(MAN); link_persons(t, MAN, VIC, OVERSIGHT_PARTNER); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), linked));
    /* The friend of the suspect: without work. */
#define CIRCLE t->staff[ANN].person = key(KID); link_persons(t, KID, MAN, OVERSIGHT_ASSOCIATE); link_persons(t, MAN, VIC, OVERSIGHT_OPPONENT)
    TOWN(CIRCLE; read_record(t, ANN, VIC, 1); HAS(raised(t, ANN, VIC), linked));
    TOWN(CIRCLE; give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), linked));
    TOWN(CIRCLE; read_record(t, CAL, VIC, 1); HAS_NOT(raised(t, CAL, VIC), linked));
}

static void r15_address_out(void **state)
{
    (void)state;
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_PRINT, OVERSIGHT_SHOWS_CONTACT); HAS(raised(t, ANN, VIC), address_out));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_EXPORT, ALL_GROUPS); HAS(raised(t, ANN, VIC), address_out));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_PRINT, OVERSIGHT_SHOWS_NARRATIVE); HAS_NOT(raised(t, ANN, VIC), address_out));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_OPEN, ALL_GROUPS); HAS_NOT(raised(t, ANN, VIC), address_out));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); look_as(t, ANN, VIC, 1, 11, OVERSIGHT_PRINT, ALL_GROUPS); HAS_NOT(raised(t, ANN, VIC), address_out));
}

static void r16_moved_on(void **state)
{
    (void)state;
    /* A leaver's account is one matter, whomever it looks at, with work or without. */
    TOWN(t->staff[ANN].left_ms = hour_of(5, 0); give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 90); read_record(t, ANN, VIC, 7); HAS(raised(t, ANN, NOBODY), moved_on); HAS_NOT(raised(t, ANN, VIC), moved_on));
    TOWN(t->staff[ANN].left_ms = hour_of(7, 0); read_record(t, ANN, VIC, 7); HAS_NOT(raised(t, ANN, NOBODY), moved_on)); /* the last day */
    /* A former post's case: four weeks are for handing over. */
#define MOVES t->posts[ANN][0].when.to_ms = hour_of(10, 0); t->posts[ANN][1] = (struct oversight_post){{hour_of(10, 0), INT64_MAX}, 1, 8, 80, false, false}; t->staff[ANN].n_posts = 2; \
    give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 10)
    TOWN(MOVES; read_record(t, ANN, VIC, 37); HAS_NOT(raised(t, ANN, VIC), moved_on));
    TOWN(MOVES; read_record(t, ANN, VIC, 39); HAS(raised(t, ANN, VIC), moved_on));
    TOWN(MOVES; give_work(t, VIC, ANN, OVERSIGHT_TASK, 39, 41)->unit = 8; read_record(t, ANN, VIC, 39); HAS_NOT(raised(t, ANN, VIC), moved_on)); /* asked again, in the new post */
}

static void on_device(struct town *t, enum who w, enum person p, double hour, uint32_t device) { look_as(t, w, p, 1, hour, OVERSIGHT_OPEN, ALL_GROUPS)->device = device; }
static void r17_shared_device(void **state)
{
    (void)state;
    static const struct oversight_span other_hours = {0, 1};
#define CAL_IS_OFF t->staff[CAL].shifts = &other_hours; t->staff[CAL].n_shifts = 1
    TOWN(CAL_IS_OFF; on_device(t, ANN, KID, 11, 5); on_device(t, CAL, VIC, 11.1, 5); on_device(t, ANN, KID, 11.2, 5); HAS(raised(t, CAL, VIC), shared_device);
         for (size_t i = 0; i < t->alerts.n; i++) if (t->alerts.v[i].user == account(CAL)) assert_true(t->alerts.v[i].other_user == account(ANN)));
    TOWN(on_device(t, ANN, KID, 11, 5); on_device(t, CAL, VIC, 11.1, 5); on_device(t, ANN, KID, 11.2, 5); HAS_NOT(raised(t, CAL, VIC), shared_device)); /* both at work */
    TOWN(CAL_IS_OFF; on_device(t, ANN, KID, 11, 5); on_device(t, CAL, VIC, 11.1, 6); on_device(t, ANN, KID, 11.2, 5); HAS_NOT(raised(t, CAL, VIC), shared_device));
    TOWN(CAL_IS_OFF; on_device(t, ANN, KID, 11, 5); on_device(t, CAL, VIC, 11.1, 5); on_device(t, ANN, KID, 11.3, 5); HAS_NOT(raised(t, CAL, VIC), shared_device)); /* 18 minutes */
    TOWN(CAL_IS_OFF; on_device(t, ANN, KID, 11, 5); on_device(t, CAL, VIC, 11.1, 5); HAS_NOT(raised(t, CAL, VIC), shared_device)); /* one hands over to the next */
    TOWN(CAL_IS_OFF; on_device(t, ANN, KID, 11, 0); on_device(t, CAL, VIC, 11.1, 0); on_device(t, ANN, KID, 11.2, 0); HAS_NOT(raised(t, CAL, VIC), shared_device)); /* devices not known */
}

static void r18_marker(void **state)
{
    (void)state;
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_MARKER, 0); HAS(raised(t, ANN, VIC), marker));
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); look_as(t, ANN, VIC, 1, 11, OVERSIGHT_MARKER, 0); HAS_NOT(raised(t, ANN, VIC), marker));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_EDIT, 0); HAS_NOT(raised(t, ANN, VIC), marker));
    /* Who keeps the records: no reason given, off duty, or a tie. */
    TOWN(look_as(t, RITA, VIC, 1, 11, OVERSIGHT_MARKER, 0)->basis = 7; HAS_NOT(raised(t, RITA, VIC), marker); staff_fact(t, RITA, OWN(SURNAME, 40)); person_fact(t, VIC, OWN(SURNAME, 40)); HAS(raised(t, RITA, VIC), marker));
    TOWN(look_as(t, RITA, VIC, 1, 11, OVERSIGHT_MARKER, 0); HAS(raised(t, RITA, VIC), marker));
    TOWN(look_as(t, RITA, VIC, 1, 23, OVERSIGHT_MARKER, 0)->basis = 7; HAS(raised(t, RITA, VIC), marker));
}

static void r19_audited(void **state)
{
    (void)state;
    /* With work too, at a desk too, the head alone too: whoever marked it wants to know. */
    TOWN(give_work(t, VIC, ANN, OVERSIGHT_CASE, 0, 9); look_as(t, ANN, VIC, 1, 11, OVERSIGHT_OPEN, 0)->audited = true; HAS(raised(t, ANN, VIC), audited));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_EXPORT, ALL_GROUPS)->audited = true; HAS(raised(t, ANN, VIC), audited));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_SEARCH, 0)->audited = true; HAS_NOT(raised(t, ANN, VIC), audited));
    TOWN(read_record(t, ANN, VIC, 1); HAS_NOT(raised(t, ANN, VIC), audited));
    /* Of two looks the one alone is evidence. */
    TOWN(read_record(t, ANN, VIC, 1); look_as(t, ANN, VIC, 2, 11, OVERSIGHT_OPEN, 0)->audited = true; HAS(raised(t, ANN, VIC), audited);
         assert_int_equal(evidence_of(t, OVERSIGHT_RULE_audited), 1));
}

static void switches(void **state)
{
    (void)state;
    static struct town t;
    static char text[LIMIT_OVERSIGHT_LIST_BYTES];
    struct str list;
    struct err e;
    FILE *f = fopen(HAVEN_SOURCE_ROOT "/reference/oversight.tsv", "r");
    assert_non_null(f);
    list = (struct str){text, fread(text, 1, sizeof text, f)};
    (void)fclose(f);
    town_make(&t);
    char *on = strstr(text, "R18\ton\t1");
    assert_non_null(on);
    on[7] = '0';
    assert_int_equal(oversight_limits_read(&t.arena, list, &t.limits, &e), ERR_OK);
    look_as(&t, ANN, VIC, 1, 11, OVERSIGHT_MARKER, 0);
    HAS_NOT(raised(&t, ANN, VIC), marker);
    town_end(&t);
}

static void table_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < OVERSIGHT_N_RULES; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "R%zu", i + 1);
        assert_string_equal(oversight_rules[i].id, id);
        assert_true(strlen(oversight_rules[i].condition) > 20 && strlen(oversight_rules[i].words) > 20 && strlen(oversight_rules[i].source) > 5);
    }
}

static void words(void **state)
{
    (void)state;
    TOWN(read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 1); read_record(t, ANN, VIC, 2); (void)raised(t, ANN, VIC); assert_int_equal(t->alerts.n, 1);
         struct str s = oversight_words(&t->arena, &t->alerts.v[0], OVERSIGHT_RULE_no_work);
         assert_true(str_eq(s, STR("Read a record repeatedly without recorded work: 3 accesses on 2 days, from 6 January 2026 to 7 January 2026.")));
         assert_int_equal(oversight_words(&t->arena, &t->alerts.v[0], OVERSIGHT_RULE_marker).n, 0));
    TOWN(look_as(t, ANN, VIC, 1, 11, OVERSIGHT_MARKER, 0); (void)raised(t, ANN, VIC);
         assert_true(str_eq(oversight_words(&t->arena, &t->alerts.v[0], OVERSIGHT_RULE_marker), STR("Changed a marker without recorded work: once, on 6 January 2026."))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r1_self), cmocka_unit_test(r2_surname), cmocka_unit_test(r3_address), cmocka_unit_test(r4_contact), cmocka_unit_test(r5_colleague), cmocka_unit_test(r6_no_work),
        cmocka_unit_test(settling), cmocka_unit_test(r7_off_duty), cmocka_unit_test(r8_variants), cmocka_unit_test(r9_repeated), cmocka_unit_test(r10_volume), cmocka_unit_test(r11_outlier),
        cmocka_unit_test(r12_newsworthy), cmocka_unit_test(r13_after_close), cmocka_unit_test(r14_linked), cmocka_unit_test(r15_address_out), cmocka_unit_test(r16_moved_on),
        cmocka_unit_test(r17_shared_device), cmocka_unit_test(r18_marker), cmocka_unit_test(r19_audited), cmocka_unit_test(switches), cmocka_unit_test(table_is_whole), cmocka_unit_test(words),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
