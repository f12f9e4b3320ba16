/* places.c: invented towns, streets, workplaces and schools; postcodes of an area that does not exist.
 *
 * Postcodes: area OU. No UK postcode area is OU (O is followed by L or X only), yet the pattern allows it. A dwelling's
 * address is a function of its number: 24 dwellings a street, 12 a postcode. */
#include "simulate/county.h"

static const char *const towns[] = {
    "Ousemouth",      "Nethersby",     "Wick Harrow",     "Stanlow Heath", "Marlbeck",           "Great Tansley",
    "Little Tansley", "Aldersyke",     "Fenwick Staithe", "Corrow",        "Harthwaite",         "Saltby Quay",
    "Oldcastle",      "Brindle Cross", "Hollowmere",      "Kingsarden",    "Ravensthorpe Green", "Thornaby Marsh",
    "Upper Quarrel",  "Eastlea",       "Westlea",         "Copperford",    "Dunnock Hill",       "Priors Leigh",
    "Ashgarth",       "Mill Hattock",  "Long Seavy",      "Barrowdine",    "Cold Elmstead",      "St Osyn"};
static const char *const street_first[] = {
    "Alder",    "Ash",       "Beech",      "Birch",      "Bramble",   "Bridge",     "Broad",  "Brook",    "Canal",
    "Castle",   "Cedar",     "Chapel",     "Cherry",     "Church",    "Clay",       "Cobden", "Common",   "Corporation",
    "Cromwell", "Dale",      "Derwent",    "Dock",       "Duke",      "Elm",        "Ferry",  "Field",    "Forge",
    "Fuller",   "Garden",    "Gladstone",  "Grange",     "Green",     "Grove",      "Hall",   "Hawthorn", "Hazel",
    "Heath",    "High",      "Hill",       "Holly",      "Jubilee",   "Kiln",       "King",   "Laburnum", "Lark",
    "Laurel",   "Lime",      "Linden",     "Lodge",      "Manor",     "Maple",      "Market", "Marsh",    "Mason",
    "Meadow",   "Mill",      "Moor",       "Nelson",     "New",       "North",      "Oak",    "Orchard",  "Osier",
    "Park",     "Pear Tree", "Pilgrim",    "Poplar",     "Primrose",  "Priory",     "Quarry", "Queen",    "Railway",
    "Rectory",  "Ropewalk",  "Rowan",      "Russell",    "Salisbury", "School",     "Silver", "South",    "Spinney",
    "Spring",   "Stable",    "Station",    "Stephenson", "Tanner",    "Thorn",      "Tower",  "Trinity",  "Union",
    "Vicarage", "Victoria",  "Wellington", "West",       "Wharf",     "Wheatsheaf", "Willow", "Windsor",  "Woodland",
    "York"};
static const char *const street_last[] = {"Road", "Street",   "Avenue",  "Close", "Lane",    "Drive",
                                          "Way",  "Crescent", "Gardens", "Court", "Terrace", "Place"};
#define N(list) (sizeof(list) / sizeof *(list))

const char *place_town(uint32_t ward) { return towns[ward / 4 % N(towns)]; }

void place_street(const struct county *c, uint32_t dwelling, char *ret, size_t n)
{
    (void)c;
    uint64_t x = rng_mix(dwelling / 24 * UINT64_C(0x9e3779b97f4a7c15) + 7);
    (void)snprintf(ret, n, "%s %s", street_first[x % N(street_first)], street_last[(x >> 20) % N(street_last)]);
}

void place_address(const struct county *c, uint32_t dwelling, char *ret, size_t n)
{
    char street[64];
    place_street(c, dwelling, street, sizeof street);
    uint32_t at = dwelling % 24, ward = dwelling / WARD_DWELLINGS;
    if (rng_mix(dwelling / 24) % 5 == 0) /* a block of flats */
        (void)snprintf(ret, n, "Flat %u, %u %s, %s", at + 1, 10 + (unsigned)(rng_mix(dwelling / 24 + 99) % 80), street,
                       place_town(ward));
    else
        (void)snprintf(ret, n, "%u %s, %s", at * 2 + 1 + (dwelling / 24 & 1), street, place_town(ward));
}

void place_postcode(uint32_t dwelling, char ret[10])
{
    static const char inward[] = "ABDEFGHJLNPQRSTUWXYZ";
    uint32_t ward = dwelling / WARD_DWELLINGS,
             place = ward / 360 * 4 + ward % 4; /* four wards a town, a district a town; thirty wards fit a district */
    uint32_t unit = place / 10 * 130 + dwelling % WARD_DWELLINGS / 12;
    (void)snprintf(ret, 10, "OU%u %u%c%c", 1 + ward / 4 % 90, place % 10, inward[unit / 20 % 20], inward[unit % 20]);
}

/* UPRN: twelve digits from 999,000,000,000; the ranges given to authorities end far below. */
void place_uprn(uint32_t dwelling, char ret[16]) { (void)snprintf(ret, 16, "999%09u", dwelling); }

static const char *const employers[] = {
    "Ouse Valley Foods",   "Tansley Logistics",         "Harbour Insurance Services", "Copperford Engineering",
    "County Care Homes",   "Marlbeck Dental Practice",  "Fairway Supermarkets",       "Ousemouth General Hospital",
    "Stanlow Call Centre", "Brindle & Hart Solicitors", "Northquay Housing Repairs",  "Kingsarden Leisure Centre",
    "Eastlea Bus Company", "Dunnock Garden Centre",     "Riverside Nursing Home",     "Quarrel Brewery"};

void place_employer(const struct ward *w, int employer, char *ret, size_t n)
{
    (void)snprintf(ret, n, "%s, %s", employers[(unsigned)(employer + (int)w->number) % N(employers)],
                   place_town(w->number));
}

const char *place_employer_kind(int employer) { return employer % 8 == 4 ? "care" : "employer"; }

void place_school(const struct ward *w, int age, char *ret, size_t n)
{
    static const char *const kinds[] = {"Primary School", "Academy", "Sixth Form College"};
    int kind = age < 11 ? 0 : age < 16 ? 1 : 2;
    uint32_t of = kind == 0 ? w->number : w->number / 4;
    (void)snprintf(ret, n, "%s %s", kind == 0 ? street_first[of * 7 % N(street_first)] : place_town(w->number),
                   kinds[kind]);
}
