/* background_health.c: contacts with practices and hospitals, for reasons that mean nothing beyond themselves. */
#include "simulate/background.h"

#include <math.h>

struct presenting {
    const char *provider, *type, *presenting, *note;
    uint8_t from_age, to_age, weight;
};
static const struct presenting gp[] = {
    {"GP", "GP", "Cough",
     "[Chest clear|Scattered crackles], [viral, safety net|amoxicillin|inhaler technique checked].", 0, 99, 12},
    {"GP", "GP", "Back pain", "[No red flags|Lifting at work|Ongoing], [physio self referral|analgesia|fit note 1/52].",
     18, 99, 10},
    {"GP", "GP", "Medication review",
     "[BP at target|BP raised, home readings|HbA1c up], [continue|dose changed|recheck 3/12].", 30, 99, 14},
    {"GP", "GP", "Low mood",
     "[Stress at work|Bereaved|Relationship ended amicably|Exams|Money worries], [no thoughts of self harm|talking "
     "therapy|sertraline 50mg|review 4/52].",
     15, 90, 7},
    {"GP", "GP", "Insomnia",
     "[Shift work|New baby|Menopausal|Screen use late|Noise from neighbours], [sleep hygiene|no hypnotics|review].", 18,
     99, 4},
    {"GP", "GP", "Skin rash", "[Eczema flare|Fungal|Shingles], [cream|photo sent to dermatology].", 0, 99, 8},
    {"GP", "GP", "Earache", "[Drum red|Wax], [paracetamol|drops].", 0, 70, 6},
    {"GP", "GP", "Contraception review",
     "[Pill check, BP fine|Implant discussed]. [No safeguarding concerns.|Routine enquiry about home: feels safe.|]",
     15, 48, 5},
    {"GP", "GP", "Urinary symptoms", "[Dip positive|Dip negative], [nitrofurantoin|MSU sent].", 16, 99, 5},
    {"GP", "GP", "Abdominal pain", "[IBS likely|Reflux|Tender RIF, sent to SAU], [diet advice|omeprazole|bloods].", 5,
     99, 6},
    {"GP", "GP", "Anxiety",
     "[Panic on motorway|Health anxiety, reading symptoms online|Worries about job|Worried dog will be put down], "
     "[breathing exercises|propranolol|CBT].",
     14, 85, 5},
    {"GP", "GP", "Headache", "[Tension type|Migraine|Medication overuse], [diary|triptan|no red flags].", 10, 90, 5},
    {"GP", "GP", "Knee pain", "[OA|Twisted at football|Kneeling at work], [x-ray|physio].", 12, 99, 5},
    {"GP", "GP", "Childhood immunisation", "[Given as schedule|Mother asked about fever], no concerns.", 0, 5, 9},
};
static const struct presenting ed[] = {
    {"HOSP", "ED", "Fall",
     "[From standing|Off ladder|On stairs|On ice], [wrist fracture|bruise only|CT head normal|x-ray clear].", 0, 99,
     16},
    {"HOSP", "ED", "Chest pain", "[Troponin negative|ECG normal|Admitted CCU], [musculoskeletal|home].", 25, 99, 10},
    {"HOSP", "ED", "Head injury",
     "[Walked into cupboard|Rugby|Hit by swing|Fell in bath], [no LOC|head injury leaflet].", 0, 99, 8},
    {"HOSP", "ED", "Laceration", "[Kitchen knife, slipped cutting bread|Glass|DIY saw], [sutured|glued].", 2, 90, 8},
    {"HOSP", "ED", "Ankle injury", "[Inversion injury|Trampoline], [no fracture|boot].", 5, 75, 8},
    {"HOSP", "ED", "Fever in child", "[Viral|Tonsillitis], [observed|home with advice].", 0, 8, 12},
    {"HOSP", "ED", "Shortness of breath", "[Asthma|COPD|Anxiety], [nebs|steroids|home].", 3, 99, 8},
    {"HOSP", "ED", "Intoxication", "[Found in street|Brought by friends], [observed, home|left before seen].", 16, 70,
     5},
    {"HOSP", "ED", "Overdose",
     "[Paracetamol, below line|Mixed tablets after argument], [psych liaison seen|denies ongoing intent].", 14, 65, 3},
    {"HOSP", "ED", "Assault",
     "[Punched outside bar|Hit by teammate|Attacked by unknown male in street], [facial x-ray clear|stitches to lip]. "
     "[Police aware.|Did not want police.|]",
     14, 60, 4},
    {"HOSP", "ED", "Dog bite", "[Own dog|Neighbour's dog], [antibiotics|tetanus].", 2, 80, 3},
    {"HOSP", "ED", "Eye problem", "[Foreign body|Conjunctivitis], [drops].", 1, 90, 4},
    {"HOSP", "ED", "Back pain", "[No cauda equina signs|Renal colic], [analgesia|home].", 18, 95, 5},
};
static const struct presenting op[] = {
    {"HOSP", "OP", "Fracture clinic", "[Healing well|Cast off|Physio].", 2, 95, 10},
    {"HOSP", "OP", "Cardiology follow up", "[Stable|Echo booked].", 40, 99, 8},
    {"HOSP", "OP", "Antenatal clinic",
     "[Growth on centile|Glucose test]. [Routine enquiry: no concerns, seen alone.|Partner present, enquiry not "
     "done.|]",
     17, 44, 6},
    {"HOSP", "OP", "Dermatology clinic", "[Benign|Biopsy taken].", 10, 95, 7},
    {"HOSP", "OP", "Ophthalmology clinic", "[Pressure stable|Cataract listed].", 40, 99, 8},
};
static const struct presenting mh[] = {
    {"HOSP", "MH", "Community mental health review",
     "[Settled on depot|Voices less|Believes neighbours talk about {her}|Says people on television follow {her}], [no "
     "risk to others|care plan unchanged].",
     18, 80, 10},
    {"HOSP", "MH", "Crisis team contact",
     "[Called in distress|After break up], [safe at home with family|plan agreed].", 16, 70, 6},
    {"HOSP", "MH", "Talking therapy assessment",
     "[Generalised anxiety|Depression|PTSD after crash], [group offered|1:1 waiting list].", 18, 75, 10},
};
static const struct presenting hv[] = {
    {"GP", "HV", "Health visitor contact",
     "[Weight on line|Sleeping through|Feeding support], [mother well|mood screen negative|clinic advised].", 0, 2,
     10}};

static void health_one(struct scene s, uint32_t who, const struct presenting *list, int n)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    const struct person *p = &w->p[who];
    uint16_t weights[16] = {0};
    int32_t first = p->born + 3 > c->start_day ? p->born + 3 : c->start_day;
    wall at = list == ed ? wall_random(c, s.r, first, c->end_day - 1) : wall_office(c, s.r, first, c->end_day - 1);
    int age = person_age(p, wall_day(at)), any = 0;
    for (int i = 0; i < n; i++)
        any += weights[i] = age >= list[i].from_age && age <= list[i].to_age ? list[i].weight : 0;
    if (!any || p->born > c->end_day - 10)
        return;
    const struct presenting *x = &list[rng_weighted(s.r, weights, n)];
    struct telling t = {"pt", "partner", p->sex == SEX_MALE ? 'M' : 'F', 'U', "", ""};
    struct encounter k = {.at = at,
                          .who = who,
                          .carer = NOBODY,
                          .provider = x->provider,
                          .type = x->type,
                          .presenting = x->presenting,
                          .carer_relation = ""};
    if (age < 16 && p->mother != NOBODY && rng_chance(s.r, 0.5))
        k.carer = p->mother, k.carer_relation = "mother";
    else if (age > 78 && rng_chance(s.r, 0.15) && p->partner != NOBODY)
        k.carer = p->partner, k.carer_relation = "spouse";
    k.flags = list == mh ? F_MH : 0;
    k.note = narrate(c, s.r, &c->text, x->note, &t);
    (void)health_write(w, s.r, &k);
}

void health_background(struct scene s, uint32_t who, double frailty)
{
    struct county *c = s.w->c;
    const struct person *p = &s.w->p[who];
    double lived = fmin(county_years(c), (c->end_day - p->born) / 365.25);
    int age = person_age(p, c->end_day);
    double need = (age < 5 || age > 65 ? 1.5 : 0.85) * frailty;
#define HEALTH(rate_name, list, factor)                                                                                \
    for (int n = rng_count(s.r, fmin(12, rate(c, rate_name) * lived * need * (factor))); n > 0; n--)                   \
    health_one(s, who, list, (int)(sizeof list / sizeof *list))
    HEALTH(RATE_health_gp, gp, 1.0);
    HEALTH(RATE_health_ed, ed, 1.0);
    HEALTH(RATE_health_op, op, 1.0);
    if (age >= 18)
        HEALTH(RATE_health_mh, mh, frailty > 1.5 ? 3.0 : 0.5);
    if (age < 3)
        HEALTH(RATE_health_gp, hv, 1.0);
#undef HEALTH
}
