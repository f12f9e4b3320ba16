/* auto_words.c: what a column's name says. A header is cut into words (at anything that is no letter or digit, and where a small letter meets a capital), folded,
 * and looked up. Content decides first (auto_columns.c); a header breaks ties and names what content cannot show. */
#include "linkage/auto.h"

struct word {
    const char *words; /* with blanks before and behind; all must be there */
    enum auto_role role;
};

/* In order of trust: the first line whose words all stand in the header. Languages: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish. */
static const struct word words[] = {
    {"employer", AUTO_NOT_OF_PERSON}, {"company", AUTO_NOT_OF_PERSON}, {"school", AUTO_NOT_OF_PERSON}, {"practice", AUTO_NOT_OF_PERSON}, {"gp", AUTO_NOT_OF_PERSON}, {"practitioner", AUTO_NOT_OF_PERSON},
    {"organisation", AUTO_NOT_OF_PERSON}, {"organization", AUTO_NOT_OF_PERSON}, {"officer", AUTO_NOT_OF_PERSON}, {"doctor", AUTO_NOT_OF_PERSON}, {"worker", AUTO_NOT_OF_PERSON},
    {"emergency", AUTO_NOT_OF_PERSON}, {"kin", AUTO_NOT_OF_PERSON}, {"mother", AUTO_NOT_OF_PERSON}, {"father", AUTO_NOT_OF_PERSON}, {"spouse", AUTO_NOT_OF_PERSON}, {"maiden", AUTO_NOT_OF_PERSON},
    {"household", AUTO_HOME}, {"hh", AUTO_HOME}, {"uprn", AUTO_HOME}, {"hhid", AUTO_HOME}, {"familyid", AUTO_HOME}, {"family id", AUTO_HOME}, {"haushalt", AUTO_HOME},
    {"birth place", AUTO_BIRTHPLACE}, {"place birth", AUTO_BIRTHPLACE}, {"birthplace", AUTO_BIRTHPLACE}, {"geburtsort", AUTO_BIRTHPLACE}, {"town birth", AUTO_BIRTHPLACE}, {"birth town", AUTO_BIRTHPLACE},
    {"country birth", AUTO_BIRTHPLACE}, {"birth country", AUTO_BIRTHPLACE}, {"lieu naissance", AUTO_BIRTHPLACE},
    {"first surname", AUTO_FULL_NAME}, {"forename surname", AUTO_FULL_NAME}, {"given surname", AUTO_FULL_NAME}, {"first last", AUTO_FULL_NAME}, {"vorname nachname", AUTO_FULL_NAME},
    {"email", AUTO_EMAIL}, {"e mail", AUTO_EMAIL}, {"mail", AUTO_EMAIL}, {"correo", AUTO_EMAIL}, {"courriel", AUTO_EMAIL}, {"emailaddress", AUTO_EMAIL},
    {"phone", AUTO_PHONE}, {"telephone", AUTO_PHONE}, {"tel", AUTO_PHONE}, {"mobile", AUTO_PHONE}, {"telefon", AUTO_PHONE}, {"telefono", AUTO_PHONE},
    {"handy", AUTO_PHONE}, {"portable", AUTO_PHONE}, {"cell", AUTO_PHONE}, {"telefoon", AUTO_PHONE}, {"landline", AUTO_PHONE}, {"phonenumber", AUTO_PHONE},
    {"year birth", AUTO_YEAR}, {"birth year", AUTO_YEAR}, {"birthyear", AUTO_YEAR}, {"yob", AUTO_YEAR}, {"dob year", AUTO_YEAR}, {"geburtsjahr", AUTO_YEAR},
    {"by", AUTO_YEAR}, {"annee naissance", AUTO_YEAR},
    {"dob mon", AUTO_MONTH}, {"month birth", AUTO_MONTH}, {"birth month", AUTO_MONTH}, {"birthmonth", AUTO_MONTH}, {"mob", AUTO_MONTH}, {"dob month", AUTO_MONTH}, {"geburtsmonat", AUTO_MONTH},
    {"bm", AUTO_MONTH}, {"mois naissance", AUTO_MONTH},
    {"day birth", AUTO_DAY}, {"birth day", AUTO_DAY}, {"birthday day", AUTO_DAY}, {"dob day", AUTO_DAY}, {"geburtstag tag", AUTO_DAY}, {"bd", AUTO_DAY}, {"jour naissance", AUTO_DAY},
    {"dob", AUTO_DOB}, {"birth", AUTO_DOB}, {"birthdate", AUTO_DOB}, {"birthday", AUTO_DOB}, {"born", AUTO_DOB}, {"geburtsdatum", AUTO_DOB}, {"geboren", AUTO_DOB},
    {"naissance", AUTO_DOB}, {"nacimiento", AUTO_DOB}, {"nascita", AUTO_DOB}, {"geboortedatum", AUTO_DOB}, {"nascimento", AUTO_DOB}, {"urodzenia", AUTO_DOB}, {"dateofbirth", AUTO_DOB},
    {"year", AUTO_YEAR}, {"month", AUTO_MONTH}, {"mon", AUTO_MONTH}, {"day", AUTO_DAY}, {"jahr", AUTO_YEAR}, {"monat", AUTO_MONTH}, {"tag", AUTO_DAY},
    {"age", AUTO_AGE}, {"alter", AUTO_AGE}, {"edad", AUTO_AGE}, {"leeftijd", AUTO_AGE}, {"eta", AUTO_AGE}, {"idade", AUTO_AGE}, {"wiek", AUTO_AGE},
    {"middle", AUTO_MIDDLE}, {"middlename", AUTO_MIDDLE}, {"midname", AUTO_MIDDLE}, {"second name", AUTO_MIDDLE}, {"zweitname", AUTO_MIDDLE},
    {"full name", AUTO_FULL_NAME}, {"fullname", AUTO_FULL_NAME}, {"whole name", AUTO_FULL_NAME}, {"nom complet", AUTO_FULL_NAME}, {"nombre completo", AUTO_FULL_NAME},
    {"surname", AUTO_SURNAME}, {"last name", AUTO_SURNAME}, {"lastname", AUTO_SURNAME}, {"family name", AUTO_SURNAME}, {"lname", AUTO_SURNAME}, {"sname", AUTO_SURNAME},
    {"nachname", AUTO_SURNAME}, {"familienname", AUTO_SURNAME}, {"nom famille", AUTO_SURNAME}, {"apellido", AUTO_SURNAME}, {"apellidos", AUTO_SURNAME}, {"cognome", AUTO_SURNAME},
    {"achternaam", AUTO_SURNAME}, {"sobrenome", AUTO_SURNAME}, {"nazwisko", AUTO_SURNAME}, {"familyname", AUTO_SURNAME}, {"last", AUTO_SURNAME}, {"family", AUTO_SURNAME},
    {"given", AUTO_GIVEN}, {"first name", AUTO_GIVEN}, {"firstname", AUTO_GIVEN}, {"forename", AUTO_GIVEN}, {"fname", AUTO_GIVEN}, {"christian name", AUTO_GIVEN}, {"givenname", AUTO_GIVEN},
    {"vorname", AUTO_GIVEN}, {"prenom", AUTO_GIVEN}, {"nombre", AUTO_GIVEN}, {"voornaam", AUTO_GIVEN}, {"imie", AUTO_GIVEN}, {"first", AUTO_GIVEN}, {"forenames", AUTO_GIVEN},
    {"gname", AUTO_GIVEN}, {"rufname", AUTO_GIVEN},
    {"sex", AUTO_SEX}, {"gender", AUTO_SEX}, {"geschlecht", AUTO_SEX}, {"sexe", AUTO_SEX}, {"sexo", AUTO_SEX}, {"sesso", AUTO_SEX}, {"geslacht", AUTO_SEX},
    {"nhs", AUTO_IDENTIFIER}, {"nino", AUTO_IDENTIFIER}, {"ssn", AUTO_IDENTIFIER}, {"soc sec", AUTO_IDENTIFIER}, {"social security", AUTO_IDENTIFIER}, {"national insurance", AUTO_IDENTIFIER},
    {"ni", AUTO_IDENTIFIER}, {"passport", AUTO_IDENTIFIER}, {"licence", AUTO_IDENTIFIER}, {"license", AUTO_IDENTIFIER}, {"pnc", AUTO_IDENTIFIER}, {"upn", AUTO_IDENTIFIER},
    {"mrn", AUTO_IDENTIFIER}, {"tax", AUTO_IDENTIFIER}, {"national id", AUTO_IDENTIFIER}, {"dni", AUTO_IDENTIFIER}, {"bsn", AUTO_IDENTIFIER}, {"pesel", AUTO_IDENTIFIER},
    {"hospital", AUTO_IDENTIFIER}, {"patient", AUTO_IDENTIFIER}, {"medicare", AUTO_IDENTIFIER}, {"noms", AUTO_IDENTIFIER}, {"crn", AUTO_IDENTIFIER}, {"cro", AUTO_IDENTIFIER},
    {"postcode", AUTO_POSTCODE}, {"post code", AUTO_POSTCODE}, {"postal", AUTO_POSTCODE}, {"zip", AUTO_POSTCODE}, {"zipcode", AUTO_POSTCODE}, {"plz", AUTO_POSTCODE},
    {"postleitzahl", AUTO_POSTCODE}, {"cp", AUTO_POSTCODE}, {"pcode", AUTO_POSTCODE}, {"postalcode", AUTO_POSTCODE}, {"pc", AUTO_POSTCODE},
    {"street number", AUTO_HOUSE}, {"house", AUTO_HOUSE}, {"hausnummer", AUTO_HOUSE}, {"housenumber", AUTO_HOUSE}, {"street no", AUTO_HOUSE}, {"huisnummer", AUTO_HOUSE},
    {"city", AUTO_CITY}, {"town", AUTO_CITY}, {"suburb", AUTO_CITY}, {"ort", AUTO_CITY}, {"ville", AUTO_CITY}, {"ciudad", AUTO_CITY}, {"stadt", AUTO_CITY}, {"locality", AUTO_CITY},
    {"village", AUTO_CITY}, {"commune", AUTO_CITY}, {"place", AUTO_CITY}, {"wohnort", AUTO_CITY}, {"plaats", AUTO_CITY}, {"citta", AUTO_CITY}, {"municipality", AUTO_CITY},
    {"state", AUTO_STATE}, {"county", AUTO_STATE}, {"region", AUTO_STATE}, {"province", AUTO_STATE}, {"bundesland", AUTO_STATE}, {"provincia", AUTO_STATE}, {"country", AUTO_STATE},
    {"district", AUTO_STATE}, {"departement", AUTO_STATE}, {"land", AUTO_STATE},
    {"street", AUTO_STREET}, {"address", AUTO_STREET}, {"addr", AUTO_STREET}, {"road", AUTO_STREET}, {"strasse", AUTO_STREET}, {"rue", AUTO_STREET}, {"calle", AUTO_STREET},
    {"adresse", AUTO_STREET}, {"direccion", AUTO_STREET}, {"straat", AUTO_STREET}, {"indirizzo", AUTO_STREET}, {"line", AUTO_STREET}, {"anschrift", AUTO_STREET},
    {"name", AUTO_FULL_NAME}, {"naam", AUTO_FULL_NAME}, {"nom", AUTO_SURNAME}, {"nome", AUTO_GIVEN},
};

static const char *const labels[] = {"cluster", "label", "truth", "true", "gold", "entity", "ent", "person id", "personid", "match", "group", "master", "duplicate", "dup", "dupe",
                                     "ground", "real id", "real person", "original", "canonical", "uid person", "target", "simulant", "identity id", "answer", "who"};

/* " date of birth ": words with blanks around. */
static struct str words_of(struct arena *a, struct str name)
{
    char *spaced = arena_alloc(a, 2 * name.n + 3);
    size_t n = 0;
    if (!spaced)
        return STR_NONE;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool upper = c >= 'A' && c <= 'Z', after_lower = i && name.p[i - 1] >= 'a' && name.p[i - 1] <= 'z';
        if (upper && after_lower)
            spaced[n++] = ' ';
        bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || upper || (unsigned char)c >= 0x80;
        spaced[n++] = word ? c : ' ';
    }
    struct str folded = text_fold(a, (struct str){spaced, n});
    return folded.p ? str_fmt(a, " %.*s ", STR_ARG(folded)) : STR_NONE;
}

/* Whole words; a digit may follow ("address2"). */
static bool has_word(struct str header, struct str word)
{
    for (size_t i = 0; i + word.n + 1 < header.n; i++)
        if (header.p[i] == ' ' && memcmp(header.p + i + 1, word.p, word.n) == 0) {
            char next = header.p[i + 1 + word.n];
            if (next == ' ' || (next >= '0' && next <= '9'))
                return true;
        }
    return false;
}

static bool has_all(struct str header, const char *text)
{
    struct str rest = str_of(text), word;
    while (str_split(&rest, ' ', &word))
        if (!has_word(header, word))
            return false;
    return true;
}

enum auto_role auto_header_role(struct arena *a, struct str name)
{
    struct str header = words_of(a, name);
    for (size_t i = 0; header.p && i < sizeof words / sizeof *words; i++)
        if (has_all(header, words[i].words))
            return words[i].role;
    return AUTO_NONE;
}

bool auto_header_is_label(struct arena *a, struct str name, struct str *ret_why)
{
    struct str header = words_of(a, name);
    for (size_t i = 0; header.p && i < sizeof labels / sizeof *labels; i++)
        if (has_all(header, labels[i])) {
            *ret_why = str_of(labels[i]);
            return true;
        }
    return false;
}
