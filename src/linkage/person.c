/* person.c: the model for people that is built into the program (models/person.json with its tables), and the columns that it reads. */
#include "linkage/model.h"

const struct str link_person_columns[LINK_PERSON_N] = {
#define X(name) {#name, sizeof #name - 1},
    LINK_PERSON_COLUMNS(X)
#undef X
};

enum err_code link_model_person(struct link_model **ret, struct err *e)
{
    struct str json;
    if (!model_builtin_file(STR("person.json"), &json))
        return err_set(e, ERR_NOT_FOUND, "the model for people is not built into the program");
    return link_model_parse(json, NULL, ret, e);
}
