/* review_files.h: the lists that are built into the program (tools/embed.py). */
#ifndef HAVEN_REVIEW_REVIEW_FILES_H
#define HAVEN_REVIEW_REVIEW_FILES_H

#include "base/base.h"

bool review_file(struct str name, struct str *ret);

#endif
