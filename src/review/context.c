/* context.c: see context.h. What stands around a phrase, without grammar: words at most so far away, within the clause or the sentence.
 *
 * Who acts. Records are full of professionals who call, write and visit ("GP rang her", "bailiff left a card"). Such an act is excused, not coded, where the sentence says that one of them did it. The words are
 * rows of the list: `@professional` and `@institution` who, `@private` what shows that it is no work ("off duty", "keeps", "unwanted"), `@person` and `@client` who else may have acted, `@reports` that the professional only tells
 * of it, `@receives` that it was done to him. In doubt the act is coded: a person reads it then. */
#include "review/context.h"

#define NEGATION_REACH 4 /* words before a phrase in which a negation takes it away */
#define BELIEF_REACH 12
#define AGENT_REACH 4 /* words after "by" or "from" that may name who did it */
#define TITLE_REACH 3 /* words before a professional's that may belong to the title: "the income collection officer" */

static bool word_in(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(s, str_of(*list)))
            return true;
    return false;
}

static bool marked(const struct word *w, enum word_mark m) { return w->marks & 1u << m; }
/* "Taxi driver" is a professional, "driver" may be anybody. */
static bool is_person(const struct word *w) { return marked(w, MARK_person) && !marked(w, MARK_professional); }
static bool ends_sentence(const struct word *w) { return w->breaks & WORD_ENDS_SENTENCE; }

static const char *const negations[] = {"no", "not", "never", "without", "nor", "neither", "denies", "denied", "deny", "denying", "nothing", "none", "didnt", "doesnt", "hasnt", "havent", "isnt",
                                        "wasnt", "werent", "dont", "cannot", "unable", "refutes", "declined", "negative", "nil", NULL};
/* "not only", "no doubt", "does not stop", "not known to": words that look like a negation and are none here. */
static const char *const after_negation_no_negation[] = {"only", "doubt", "stop", "stopped", "just", "longer", "leave", "know", "sure", "answer", "answering", "accept", "sleeping", NULL};
static const char *const beliefs[] = {"believes", "believe", "believed", "thinks", "think", "thought", "suspects", "suspected", "allegedly", "alleges", "alleged", "reportedly", "apparently", "possibly", "maybe",
                                      "may", "might", "could", "claims", "worried", "wonders", "unsure", "perhaps", "feels", "felt", NULL};

/* A negation shortly before, in the same clause. */
bool context_negates(const struct word *w, size_t from)
{
    for (size_t back = 1; back <= NEGATION_REACH && back <= from; back++) {
        const struct word *x = &w[from - back];
        if (x->breaks & WORD_ENDS_CLAUSE || str_eq(x->s, STR("but")))
            return false;
        if (word_in(x->s, negations))
            return !(back > 1 && word_in(w[from - back + 1].s, after_negation_no_negation)) && !(back == 1 && word_in(w[from].s, after_negation_no_negation));
    }
    return false;
}

/* Belief or report before it in the sentence. */
bool context_doubts(const struct word *w, size_t from)
{
    for (size_t back = 1; back <= BELIEF_REACH && back <= from; back++) {
        if (ends_sentence(&w[from - back]))
            return false;
        if (word_in(w[from - back].s, beliefs))
            return true;
    }
    return false;
}

/* ---- who acts ---- */

/* What professionals do at work; they do not threaten, hit or put trackers on cars there. */
static const enum behaviour done_at_work[] = {BEHAVIOUR_following, BEHAVIOUR_contact, BEHAVIOUR_publishing, BEHAVIOUR_loitering, BEHAVIOUR_attending, BEHAVIOUR_watching, BEHAVIOUR_gifts,
                                              BEHAVIOUR_proxy, BEHAVIOUR_payments, BEHAVIOUR_custody_contact, BEHAVIOUR_entry, BEHAVIOUR_fixation};
static const char *const passives[] = {"was", "were", "been", "being", "is", "are", "be", "gets", NULL};
static const char *const articles[] = {"the", "a", "an", "her", "his", "their", "our", "my", "another", NULL};
static const char *const objects[] = {"him", "them", NULL};
static const char *const sent_things[] = {"letter", "letters", "call", "calls", "message", "messages", "text", "texts", "email", "emails", "card", "cards", "note", "notes", "voicemail", "voicemails",
                                          "visit", "visits", "contact", "parcel", "parcels", "flowers", "gift", "gifts", "payment", "payments", NULL};
/* "Rang school" is no title, unlike "attendance officer". */
static const char *const not_in_a_title[] = {"rang", "rings", "ringing", "phoned", "phones", "called", "calling", "contacted", "emailed", "texted", "messaged", "wrote", "told", "asked", "approached", "visited", "attended", NULL};
static const char *const clause_words[] = {"that", "when", "while", "as", "because", "where", "after", "before", "until", "although", "then", "but", "and", NULL};

static bool at_work(enum behaviour b)
{
    for (size_t i = 0; i < sizeof done_at_work / sizeof *done_at_work; i++)
        if (done_at_work[i] == b)
            return true;
    return false;
}

static size_t sentence_start(const struct word *w, size_t at)
{
    while (at > 0 && !ends_sentence(&w[at - 1]))
        at--;
    return at;
}

/* A word of the sentence shows that it is no work: "off duty", "her former GP", or on behalf of the suspect. */
static bool is_private(const struct word *w, size_t n, size_t start)
{
    for (size_t i = start; i < n; i++) {
        if (marked(&w[i], MARK_private))
            return true;
        if (ends_sentence(&w[i]))
            return false;
    }
    return false;
}

enum agent { AGENT_UNKNOWN, AGENT_PROFESSIONAL, AGENT_OTHER };

/* Who is named in the few words after "by" or "from". A thing ("by text") names nobody. */
static enum agent agent_named(const struct word *w, size_t n, size_t by)
{
    for (size_t i = by + 1; i < n && i <= by + AGENT_REACH && !(w[i - 1].breaks & WORD_ENDS_CLAUSE); i++) {
        if (marked(&w[i], MARK_professional) || marked(&w[i], MARK_institution))
            return AGENT_PROFESSIONAL;
        if (is_person(&w[i]) || marked(&w[i], MARK_client) || word_in(w[i].s, objects))
            return AGENT_OTHER;
    }
    return AGENT_UNKNOWN;
}

/* "Letter from the council", unlike "home from school". */
static bool is_sent(const struct word *w, size_t start, size_t from)
{
    for (size_t back = 1; back <= 3 && from >= start + back; back++)
        if (word_in(w[from - back].s, sent_things))
            return true;
    return false;
}

/* "Visited by the midwife", "calls from the council": directly after the act, or at the end of the phrase. Who waits by a place or is seen by somebody is another matter. */
static enum agent agent_after(const struct word *w, size_t n, size_t start, size_t from, size_t last)
{
    enum agent agent = AGENT_UNKNOWN;
    for (size_t i = from + 1; i < n && i <= last + 2 && agent == AGENT_UNKNOWN && !ends_sentence(&w[i - 1]); i++) {
        bool by = str_eq(w[i].s, STR("by")) && (i == from + 1 || i == last + 1 || str_eq(w[i - 1].s, STR("times"))) && !marked(&w[i - 1], MARK_reports);
        if (by || (str_eq(w[i].s, STR("from")) && is_sent(w, start, i)))
            agent = agent_named(w, n, i);
    }
    return agent;
}

/* Who stands before it is at the other end: "was followed", "nurse receives". "Was following" is not. */
static bool is_suffered(const struct word *w, size_t start, size_t from)
{
    if (marked(&w[from], MARK_receives))
        return true;
    for (size_t back = 1; back <= 2 && from >= start + back; back++)
        if (word_in(w[from - back].s, passives))
            return !str_ends(w[from].s, STR("ing"));
    return false;
}

static bool opens_clause(const struct word *w, size_t start, size_t at)
{
    return at == start || w[at - 1].breaks & WORD_ENDS_CLAUSE || word_in(w[at - 1].s, clause_words);
}

/* The professional's title opens the sentence, or a clause directly before the act: otherwise somebody does something to or with him ("rang the school and asked"). An institution acts directly before the act
 * only ("the court wrote", not "court case next week, followed home"), and names no actor before a person ("council tenant"). */
static bool is_subject(const struct word *w, size_t start, size_t at, size_t from)
{
    size_t first = at;
    bool near = from - at <= 2;
    if (marked(&w[at], MARK_institution) && (!near || is_person(&w[at + 1]) || marked(&w[at + 1], MARK_client)))
        return false;
    while (first > start && at - first < TITLE_REACH && !opens_clause(w, start, first) && !word_in(w[first].s, articles) && !is_person(&w[first]))
        first--;
    return opens_clause(w, start, first) && !word_in(w[first].s, not_in_a_title) && !is_person(&w[first]) && (first == start || near);
}

/* The nearest subject before the act, within the sentence. */
static bool professional_before(const struct word *w, size_t start, size_t from)
{
    for (size_t at = from; at-- > start;) {
        if (is_person(&w[at]) || marked(&w[at], MARK_reports))
            return false;
        if (marked(&w[at], MARK_client) && at > start && opens_clause(w, start, at))
            return false;
        if ((marked(&w[at], MARK_professional) || marked(&w[at], MARK_institution)) && is_subject(w, start, at, from))
            return true;
    }
    return false;
}

/* 1. Only what professionals do at work, and never where a word says that it was none.
 * 2. Who is named after it ("by", "from") did it.
 * 3. Who stands before something that was suffered did not do it.
 * 4. Else the nearest subject before it did. */
bool context_excuses(const struct word *w, size_t n, enum behaviour b, size_t from, size_t last)
{
    size_t start = sentence_start(w, from);
    if (!at_work(b) || is_private(w, n, start)) /* 1 */
        return false;
    enum agent agent = b == BEHAVIOUR_loitering || b == BEHAVIOUR_following ? AGENT_UNKNOWN : agent_after(w, n, start, from, last); /* "parked by the school" */
    if (agent != AGENT_UNKNOWN) /* 2 */
        return agent == AGENT_PROFESSIONAL;
    if (is_suffered(w, start, from)) /* 3 */
        return false;
    return professional_before(w, start, from); /* 4 */
}
