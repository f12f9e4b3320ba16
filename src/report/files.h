/* files.h: the style sheet and the script of the report, embedded in the program (private; tools/report_assets.py makes them). */
#ifndef HAVEN_REPORT_FILES_H
#define HAVEN_REPORT_FILES_H

#include "base/base.h"

/* "report.css" or "report.js"; false when there is none of that name. */
bool report_file(struct str name, struct str *ret);

#endif
