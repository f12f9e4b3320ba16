/* phrases.h (private): what agencies write, as templates: "[a|b|]" is a choice, {words} stand for the people
 * (narratives.c). One table a purpose. */
#ifndef HAVEN_SIMULATE_PHRASES_H
#define HAVEN_SIMULATE_PHRASES_H

/* What a stalker does, in the words of review/review.h. */
#define ACTS(X)                                                                                                        \
    X(following)                                                                                                       \
    X(contact) X(publishing) X(monitoring) X(loitering) X(interfering) X(watching) X(gifts) X(proxy) X(vexatious)      \
        X(tracker) X(impersonation) X(attending) X(damage) X(threats) X(self_harm_threat) X(third_party_threat)        \
            X(custody_contact) X(payments) X(entry) X(violence) X(strangulation)
enum act {
#define X(name) ACT_##name,
    ACTS(X)
#undef X
        ACT_N
};

struct act_phrases {
    const char *name;   /* the behaviour, as in truth */
    const char *police; /* one template with choices */
    const char *clause; /* "{he} [has been|keeps] following {her}": for charities, employers, surgeries */
};
extern const struct act_phrases act_phrases[ACT_N];

extern const char phrase_damage_car[], phrase_damage_home[]; /* when it is recorded as that */
extern const char phrase_police_tail[], phrase_charity[], phrase_charity_assessment[], phrase_organisation[],
    phrase_health[], phrase_housing[];
extern const char phrase_lock_change[], phrase_sleepless[], phrase_support[], phrase_work_changes[],
    phrase_school_worry[];

#endif
