/* limits.h: every limit of the product, in one place. An error that a limit causes names it. */
#ifndef HAVEN_BASE_LIMITS_H
#define HAVEN_BASE_LIMITS_H

#define LIMIT_CSV_RECORD_BYTES ((size_t)1 << 20) /* one record, all its lines */
#define LIMIT_CSV_COLUMNS ((size_t)512)
#define LIMIT_JSON_BYTES ((size_t)64 << 20) /* one document */
#define LIMIT_JSON_DEPTH ((size_t)64)
#define LIMIT_REQUEST_BYTES ((size_t)32 << 20) /* an arena that serves one request */
#define LIMIT_FIELD_BYTES ((size_t)64 << 10)   /* one value that is kept */
#define LIMIT_NAME_BYTES ((size_t)512)         /* one person's name */

/* page */
#define LIMIT_PAGE_BYTES ((size_t)4 << 20) /* one page of HTML */
#define LIMIT_URL_BYTES ((size_t)4096)     /* one local URL, and a request's target */

/* web */
#define LIMIT_HEAD_BYTES ((size_t)16 << 10) /* a request's line and header fields */
#define LIMIT_HEADERS ((size_t)64)
#define LIMIT_PARAMS ((size_t)64)           /* query and form fields of a request */
#define LIMIT_CONNECTIONS 256               /* open at once */
/* linkage */
#define LIMIT_LINK_CONDITION_BYTES ((size_t)64 << 10) /* text of one condition */
#define LIMIT_LINK_EXPR_DEPTH 64                      /* nesting of a condition */
#define LIMIT_LINK_OPERATORS 4000                     /* of one condition */
#define LIMIT_LINK_ARGUMENTS 256                      /* of one call, list, IN or CASE */
#define LIMIT_LINK_LAMBDAS 8                          /* parameters of nested lambdas in a condition */
#define LIMIT_LINK_EXPLODE 4                          /* columns that one blocking rule explodes: two parameters each, around those of its own */
#define LIMIT_LINK_PARAMS (LIMIT_LINK_LAMBDAS + 2 * LIMIT_LINK_EXPLODE)
#define LIMIT_LINK_EXPLODED ((size_t)1 << 30)         /* pairs of one blocking rule that explodes */
#define LIMIT_LINK_REGEX_STEPS 1000000u               /* of a pattern on one value */
#define LIMIT_LINK_SCRATCH_BYTES ((size_t)16 << 20)   /* texts and lists made while one condition runs */
#define LIMIT_LINK_MODEL_BYTES ((size_t)256 << 20)    /* a model with its tables */
#define LIMIT_LINK_COMPARISONS 64
#define LIMIT_LINK_LEVELS 100                         /* of one comparison */
#define LIMIT_LINK_RULES 256                          /* blocking rules */
#define LIMIT_LINK_CONJUNCTIONS 512                   /* a rule's ORs written out, all rules together */
#define LIMIT_LINK_VETO_ROWS 3000                      /* largest component whose pairs are all asked for a veto */
#define LIMIT_LINK_TABLE_BYTES ((size_t)64 << 30)     /* a table read from files */
#define LIMIT_LINK_ROWS (UINT32_MAX / 2)              /* of a table */
#define LIMIT_LINK_CROSS_ROWS 2000                    /* most rows that a rule without an equality may pair without being asked to */
#define LIMIT_LINK_MISTAKES ((size_t)10000000)        /* wrong pairs that are listed at once */
#define LIMIT_LINK_LABELS ((size_t)50000000)          /* pairs of a file of labels */
#define LIMIT_LINK_BLOCKS_SHOWN ((size_t)1000)        /* largest blocks of one rule */
#define LIMIT_LINK_THRESHOLDS ((size_t)64)            /* that clusters are made at in one run */

/* report */
#define LIMIT_REPORT_BYTES ((size_t)256 << 20) /* the tables of one report, in memory */

/* store */
#define LIMIT_STORE_MIGRATIONS ((size_t)1024)
#define LIMIT_STORE_PARAMS ((size_t)64)             /* of one statement */
#define LIMIT_STORE_VALUE_BYTES ((size_t)64 << 20)  /* one text or blob */

/* ledger: the public log */
#define LIMIT_LEDGER_NAME_BYTES 255                    /* a key's name, a log's origin */
#define LIMIT_LEDGER_SIGNATURES ((size_t)64)           /* of one note */
#define LIMIT_LEDGER_SIGNATURE_BYTES ((size_t)8192)    /* one, decoded: the largest known scheme has 2,436 */
#define LIMIT_LEDGER_NOTE_BYTES ((size_t)64 << 10)     /* a signed note */
#define LIMIT_LEDGER_ENTRY_BYTES ((size_t)65535)       /* C2SP's: the length is two bytes */
#define LIMIT_LEDGER_BUNDLE_BYTES ((size_t)256 << 10)  /* an offline proof, with an entry in it */
#define LIMIT_LEDGER_BODY_BYTES ((size_t)256 << 10)    /* what a witness is sent, and what it answers */
#define LIMIT_LEDGER_TILES_BYTES ((size_t)1 << 20)     /* memory of an open folder of tiles, without the entries of one tile */
#define LIMIT_LEDGER_STATE_BYTES ((size_t)1 << 20)     /* what a witness remembers of one log */
#define LIMIT_LEDGER_EPOCHS 1000u                      /* declared restores of one log */
#define LIMIT_LEDGER_COSIGN_MS 5000L                   /* one request to a witness */

/* vault */
#define LIMIT_PASSWORD_BYTES ((size_t)1024)
#define LIMIT_PASSWORD_PASSES 2ull                   /* Argon2id: libsodium's "interactive" limits, some 0.1 s */
#define LIMIT_PASSWORD_MEMORY ((size_t)64 << 20)
#define LIMIT_PASSWORDS_AT_ONCE ((size_t)4)          /* so at most 256 MB */
#define LIMIT_PASSWORDS_WAITING ((size_t)64)
#define LIMIT_PASSWORD_WAIT_MS 5000L
#define LIMIT_SHARES 16u                             /* of one hub's keys */
#define LIMIT_SHARE_BYTES ((size_t)4 << 10)          /* a file that holds one */
#define LIMIT_TYPED_CHARS 64                         /* of a code, or of a line of a share */
#define LIMIT_LIST_LINE_BYTES ((size_t)256)          /* of the list of what was destroyed */
#define LIMIT_LIST_BYTES ((size_t)1 << 30)
#define LIMIT_REWRAP_ROWS 5000                       /* of one transaction of a rotation */
#define LIMIT_KEY_SAMPLE 200                         /* wrapped keys of a table that haven doctor tries */

/* access */
#define LIMIT_ACCESS_SCOPE_BYTES ((size_t)8 << 20) /* the rows of one grant: some 200,000, or 65,000 agencies */

/* ledger: entries and the journal */
#define LIMIT_LEDGER_SUBJECTS ((size_t)1000)            /* whom one entry is about */
#define LIMIT_LEDGER_TEXT_BYTES ((size_t)4096)          /* one text of an entry */
#define LIMIT_LEDGER_FRAME_BYTES ((size_t)96 << 10)     /* an entry with its key and its subjects' index */
#define LIMIT_LEDGER_BATCH_BYTES ((size_t)1 << 20)      /* frames that share one write */
#define LIMIT_LEDGER_SEGMENT_BYTES ((uint64_t)4 << 20)  /* a file of the journal, before the next one is begun */
#define LIMIT_LEDGER_SEGMENT_MEMORY ((size_t)8 << 20)   /* one, read */
#define LIMIT_LEDGER_SEGMENTS_LOST 100000u              /* numbers that a declared restore looks for behind the database's own */
#define LIMIT_LEDGER_STEP ((size_t)10000)               /* entries that are numbered in one transaction */
#define LIMIT_LEDGER_ABOUT_BYTES ((size_t)64 << 20)     /* numbers of the leaves about some subjects */
/* registry */
#define LIMIT_REGISTRY_FACTS ((size_t)100000) /* that one unit stated */
#define LIMIT_REGISTRY_NAME_BYTES ((size_t)64)       /* of an account or an agreement */
#define LIMIT_REGISTRY_TEXT_BYTES ((size_t)4096)     /* one line that somebody typed: a reason, a desk, a name */
#define LIMIT_AGENCIES ((size_t)10000)
#define LIMIT_USERS ((size_t)1000000)
#define LIMIT_RELATIONS ((size_t)1 << 22)
#define LIMIT_OUTLET_BYTES ((size_t)64 << 20) /* of a command's output that its caller has not taken yet */
#define LIMIT_LIST_NOTICE_MS (INT64_C(30) * 86400000) /* so long before a closed record's list ends, those on it are told */
#define LIMIT_RELATION_MS (INT64_C(366) * 86400000)  /* no relation is given for longer than a year at once */
#define LIMIT_GLASS_MS (INT64_C(4) * 3600 * 1000)    /* for so long at most is a glass broken */
#define LIMIT_GLASS_REVIEW_MS (INT64_C(72) * 3600 * 1000)
#define LIMIT_GLASS_REASON_LEAST ((size_t)10)        /* characters */
#define LIMIT_GLASSES ((size_t)1 << 20)
#define LIMIT_REFERENCE_LISTS ((size_t)10000)
#define LIMIT_REFERENCE_ROWS ((size_t)100000)        /* of one list */
#define LIMIT_REFERENCE_BYTES ((size_t)16 << 20)     /* its file */
#define LIMIT_AGREEMENTS ((size_t)100000)
#define LIMIT_AGREEMENT_BYTES ((size_t)256 << 10)    /* one file */
#define LIMIT_AGREEMENT_DEPTH ((size_t)8)
#define LIMIT_AGREEMENT_SHARES ((size_t)4000)        /* of one agreement: agencies times purposes */
#define LIMIT_AGREEMENT_MISTAKES ((size_t)200)       /* that are listed */
#define LIMIT_AGREEMENT_MS (INT64_C(5 * 366) * 86400000)
#define LIMIT_AGREEMENT_TEST_AGENCIES ((size_t)500)
#define LIMIT_AGREEMENT_CHANGES ((size_t)500 * 500 * 10)
#define LIMIT_PASSWORD_LEAST ((size_t)12)            /* characters */
#define LIMIT_SIGN_IN_FAILURES 5                     /* in a row, before one has to wait */
#define LIMIT_SIGN_IN_WAIT_MS (INT64_C(30) * 1000)   /* then; twice as long after each further one, */
#define LIMIT_SIGN_IN_WAIT_MOST_MS (INT64_C(3600) * 1000) /* up to this */
#define LIMIT_SESSION_IDLE_MS (INT64_C(30) * 60 * 1000)
#define LIMIT_SESSION_MS (INT64_C(12) * 3600 * 1000)
#define LIMIT_SESSIONS ((size_t)1 << 20)
#define LIMIT_STEP_UP_MS (INT64_C(15) * 60 * 1000)

/* orders */
#define LIMIT_ORDERS ((size_t)1 << 24) /* statements of orders and of releases */

/* people */
#define LIMIT_PEOPLE_MENTIONS ((size_t)1 << 28)          /* current mentions of one hub */
#define LIMIT_PEOPLE_EDGES ((size_t)1 << 30)             /* pairs that may be one person */
#define LIMIT_PEOPLE_TABLE_BYTES ((size_t)64 << 30)      /* descriptions in memory while persons are worked out */
#define LIMIT_PEOPLE_DECISIONS ((size_t)1 << 24)         /* human decisions on who is who */
#define LIMIT_PEOPLE_WHY_BYTES ((size_t)4096)            /* the reason of one */
#define LIMIT_PEOPLE_LINES ((size_t)1 << 20)             /* of one chronology */
#define LIMIT_PEOPLE_NEIGHBOURS ((size_t)2000)           /* mentions of one postcode that are looked at for a shared address */
#define LIMIT_TIES ((size_t)1 << 26)                     /* sightings of ties between persons */
#define LIMIT_PEOPLE_CONFLICTS ((size_t)100000)          /* persons whom staff facts describe, of one asker and unit */
#define LIMIT_PEOPLE_TEXT_BYTES ((size_t)16 << 20)       /* an explanation */

/* oversight */
#define LIMIT_OVERSIGHT_ACCESSES ((size_t)1 << 28)     /* of one run */
#define LIMIT_OVERSIGHT_HITS_BYTES ((size_t)1 << 30)   /* accesses that rules point at, while a run works */
#define LIMIT_OVERSIGHT_WHY_BYTES ((size_t)4096)       /* the reason of one decision */
#define LIMIT_OVERSIGHT_LIST_BYTES ((size_t)64 << 10)  /* reference/oversight.tsv */

/* intake */
#define LIMIT_FEED_BYTES ((size_t)256 << 10)        /* one feed definition */
#define LIMIT_FEED_COLUMNS ((size_t)256)            /* columns that a feed names */
#define LIMIT_FEED_PERSONS ((size_t)16)             /* persons that a feed describes in one row */
#define LIMIT_ROW_PERSONS 64                        /* persons of one row, with those of a list */
#define LIMIT_RECORD_MENTIONS ((size_t)1 << 20)     /* persons of one record, all its rows */
#define LIMIT_ROW_FIELDS ((size_t)1024)             /* values of one row, with those of lists */
#define LIMIT_BATCH_ROWS ((uint64_t)100000)         /* rows of one transaction of a load */
#define LIMIT_BATCH_BYTES ((size_t)24 << 20)        /* text of one transaction of a load */
#define LIMIT_BATCH_MEMORY_BYTES ((size_t)48 << 20) /* everything that one transaction of a load keeps */

#endif
