/* mask.h: empties what the grant does not let be shown; private to the room. */
#ifndef HAVEN_INTAKE_MASK_H
#define HAVEN_INTAKE_MASK_H

#include "intake/intake.h"

/* By ->shown.groups. Both leave who holds the record, the role and the kind of row: what grade 0 may know. */
void mask_mention(struct mention *m);
void mask_row_text(struct row_text *t);

#endif
