/* lattice.c: the finite lattice of questions, in the order that decide_many.c describes. */
#include "access/question.h"

#include <assert.h>

enum { NOW = 1000, OWN = 7, OTHER = 8 };
struct span {
    int64_t from, to;
};
static const struct span in_time = {NOW, NOW + 1}, not_begun = {NOW + 1, NOW + 1000}, over = {0, NOW};

/* The digit of a mixed-radix number, the fastest first. */
static unsigned digit(unsigned *rest, unsigned base)
{
    unsigned d = *rest % base;
    *rest /= base;
    return d;
}

struct lattice_chunk lattice_chunk_of(unsigned chunk)
{
    assert(chunk < LATTICE_CHUNKS);
    struct lattice_chunk c;
    c.purpose = digit(&chunk, 11);
    c.action = digit(&chunk, 14);
    c.step_up = digit(&chunk, 2);
    c.roles = digit(&chunk, 10);
    c.asker = digit(&chunk, 7);
    return c;
}

static void asker(const struct lattice_chunk *c, struct access_asker *ret)
{
    static const struct {
        enum access_standing standing;
        const struct span *span;
        int64_t agency;
    } askers[] = {
        {ACCESS_STANDING_active, &in_time, OWN},    {ACCESS_STANDING_unknown, &in_time, OWN}, {ACCESS_STANDING_suspended, &in_time, OWN},
        {ACCESS_STANDING_ended, &in_time, OWN},     {ACCESS_STANDING_active, &not_begun, OWN}, {ACCESS_STANDING_active, &over, OWN},
        {ACCESS_STANDING_active, &in_time, 0},
    };
    static const uint32_t roles[] = {0, 2, 4, 8, 16, 32, 64, 128, 1, 2 | 256};
    *ret = (struct access_asker){.standing = askers[c->asker].standing,
                                 .roles = roles[c->roles],
                                 .agency = askers[c->asker].agency,
                                 .from_ms = askers[c->asker].span->from,
                                 .to_ms = askers[c->asker].span->to,
                                 .step_up_until_ms = NOW + c->step_up};
}

static void sharing(unsigned owner, unsigned shared, struct access_sharing *ret)
{
    static const int64_t owners[] = {-1, 0, OWN, OTHER};
    static const struct {
        int ceiling;
        const struct span *span;
    } ceilings[] = {{-2, &in_time}, {-1, &in_time}, {0, &in_time}, {1, &in_time}, {2, &in_time}, {3, &in_time}, {4, &in_time}, {3, &not_begun}, {3, &over}};
    *ret = (struct access_sharing){owners[owner], ceilings[shared].ceiling, ceilings[shared].span->from, ceilings[shared].span->to};
}

void lattice_question(const struct lattice_chunk *c, unsigned inner, struct question *ret)
{
    static const uint32_t conflicts[] = {0, 1, 2, 4, 8};
    unsigned conflict = digit(&inner, 5);
    unsigned relation = digit(&inner, 6);
    unsigned shared = digit(&inner, 9);
    unsigned owner = digit(&inner, 4);
    unsigned level = digit(&inner, 5);
    unsigned kind = digit(&inner, 9);
    unsigned basis = digit(&inner, 3);
    ret->ask = (struct access_ask){.action = c->action, .purpose = c->purpose, .basis = basis, .now_ms = NOW};
    asker(c, &ret->ask.who);
    ret->object = (struct access_object){.kind = kind, .level = level, .conflict = conflicts[conflict]};
    sharing(owner, shared, &ret->object.sharing);
    for (unsigned i = 0; i < ACCESS_RELATION_N; i++)
        ret->object.until_ms[i] = relation == i + 1 ? NOW + 1 : NOW;
}

uint32_t answer_word(const struct access_decision *d)
{
    return (uint32_t)d->rule | (uint32_t)(d->grade + 1) << 8 | d->groups << 16 | (uint32_t)d->allowed << 29 | (uint32_t)d->hidden << 30 |
           (uint32_t)d->watch << 31;
}

/* One step for each half-byte: a table of 16. */
static uint32_t crc_word(uint32_t crc, uint32_t word)
{
    static const uint32_t table[] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                     0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    crc ^= word;
    for (int i = 0; i < 8; i++)
        crc = crc >> 4 ^ table[crc & 15];
    return crc;
}

uint32_t lattice_checksum(unsigned chunk)
{
    struct lattice_chunk c = lattice_chunk_of(chunk);
    uint32_t crc = UINT32_MAX;
    for (unsigned inner = 0; inner < LATTICE_INNER; inner++) {
        struct question q;
        lattice_question(&c, inner, &q);
        struct access_decision d = access_decide(&q.ask, &q.object);
        crc = crc_word(crc, answer_word(&d));
    }
    return ~crc;
}
