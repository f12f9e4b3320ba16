/* cli.h: the commands: one table, one way to read options, one way to print.
 *
 * Idea. A command is a row: its words ("link predict"), what it takes, what it needs open, and a function. The function reads its options through cli_opt() and friends, calls a room, and prints through a cli_table (aligned text, or JSON
 * with --json) or to c->out. It returns a code of base/err.h: ERR_OK is exit 0, ERR_FINDINGS and ERR_NOT_FOUND 1, wrong use 2, the environment 3, refused 4. It never prints an error itself: the door prints one line to stderr.
 *
 * Each room's commands stand in cli/cmd_<room>.c as `const struct cli_command cli_<room>[]`, ended by a row without name, and are listed in cli/commands.c. */
#ifndef HAVEN_CLI_CLI_H
#define HAVEN_CLI_CLI_H

#include "base/base.h"
#include "registry/registry.h"

#include <pthread.h>
#include <stdio.h>

struct cli;

struct cli_option {
    const char *name;  /* "feed" for --feed; NULL ends the list */
    const char *value; /* "NAME": takes a value; NULL: a switch */
    const char *help;
    bool required, many; /* many: may be given several times */
};

enum cli_needs {
    CLI_NEEDS_NOTHING,
    CLI_NEEDS_HUB = 1 << 0,      /* store and vault open (c->store, c->vault) */
    CLI_NEEDS_PERSONAL = 1 << 1, /* by CLI_MAY: --as and --purpose belong to it, and c->asking is begun */
    CLI_MAKES_HUB = 1 << 2,      /* with CLI_NEEDS_HUB: only c->db_url and c->key_path are found, nothing is opened */
    CLI_HUB_OR_TILES = 1 << 4,   /* with CLI_NEEDS_HUB: nothing of it when --tiles is given */
    CLI_ASKS = 1 << 5,           /* with CLI_NEEDS_PERSONAL: asks permission itself */
    CLI_ALONE = 1 << 6,          /* with CLI_NEEDS_HUB: not through a server; it must be stopped first */
    CLI_OPERATOR = 1 << 7,   /* with CLI_MAY: in a hub that is being set up, whoever runs it counts as its administrator */
    CLI_NEEDS_KEY = 1 << 3,      /* with CLI_NEEDS_HUB: only the vault is opened, so a server may run beside it */
};

struct cli_command {
    const char *name;    /* "link predict" */
    const char *args;    /* "A.csv [B.csv …]", "" for none */
    const char *summary; /* one line for `haven help` */
    const char *help;    /* paragraphs for `haven help link predict` and the man page */
    const struct cli_option *options;
    unsigned needs;      /* enum cli_needs */
    size_t min_args, max_args; /* max SIZE_MAX: any number */
    enum err_code (*run)(struct cli *c, struct err *e);
};
/* `needs` of a command that sees or changes something: what it does to what. The door asks permission before it runs, unless the command asks by itself, about the very object (CLI_ASKS). */
#define CLI_MAY(action, kind) (CLI_NEEDS_HUB | CLI_NEEDS_PERSONAL | ACCESS_##action << 8 | ACCESS_KIND_##kind << 16)
static inline enum access_action cli_action(const struct cli_command *c) { return (enum access_action)(c->needs >> 8 & 255); }
static inline enum access_kind cli_kind(const struct cli_command *c) { return (enum access_kind)(c->needs >> 16 & 255); }
extern const struct cli_command *const cli_all[]; /* NULL-terminated list of the rooms' tables */

/* Whoever gave the command: this process's own environment, or what the caller of a server sent. */
struct cli_caller {
    const char *user, *purpose; /* "" when not said */
    unsigned long uid;
    bool debug;
};
/* Where a command runs. */
struct cli_door {
    FILE *in, *out, *err;
    const struct cli_caller *caller;
    const struct hub *hub; /* lent by the server that owns it; NULL: the command opens it */
};
/* Runs one command line without the program's name; gives the exit status. */
int cli_run(const struct cli_door *door, int argc, char **argv);

/* The file of -o while it is written: its name, and the one that it has until it is whole (NULL: none). The lock is of both, of what they name, and of hears_interrupt. */
struct cli_file {
    pthread_mutex_t lock;
    const char *path, *partial;
};

struct cli {
    const struct cli_door *door;
    const struct cli_command *command;
    struct arena *arena;  /* for the whole command */
    FILE *out;            /* the door's; a command that writes a file with -o uses cli_output() */
    struct cli_file file;
    pthread_t interrupt; /* waits for Ctrl-C, when it is heard */
    bool hears_interrupt;
    bool json;
    struct store *store;  /* CLI_NEEDS_HUB */
    struct vault *vault;
    struct ledger *ledger; /* open with them */
    struct hub hub;        /* the three of them */
    struct asking asking;  /* CLI_NEEDS_PERSONAL: who asks, for what */
    const char *db_url, *key_path, *ledger_path; /* ledger_path NULL: beside the database's file */
    struct progress *progress; /* never NULL; draws only on a terminal */
    const struct cli_given { const struct cli_option *option; const char *value; } *given;
    size_t n_given;
    const char *const *args;
    size_t n_args;
};

/* The value of --name (the last given), or NULL. A switch that is given has the value "". */
const char *cli_opt(const struct cli *c, const char *name);
bool cli_has(const struct cli *c, const char *name);
/* The i-th value of a `many` option, NULL after the last. */
const char *cli_opt_nth(const struct cli *c, const char *name, size_t i);
/* Typed, with ERR_USAGE naming the option; *ret is untouched when the option is absent. */
enum err_code cli_opt_int(const struct cli *c, const char *name, int64_t least, int64_t most, int64_t *ret, struct err *e);
enum err_code cli_opt_double(const struct cli *c, const char *name, double least, double most, double *ret, struct err *e);

/* The words after the command, with blanks between: what it asks for. */
enum err_code cli_words(struct cli *c, struct str *ret, struct err *e);
/* Permission for the work that follows a change: linking and reviewing. It takes the place of the one that stands. */
enum err_code cli_permit_update(struct cli *c, struct err *e);

/* Opens `path` for writing in place of c->out (NULL or "-": keeps stdout). Closed, and checked for write errors, by the door. A file gets its name only when
 * the command has ended well, so what stands under `path` is always whole: the old one or the new one. */
enum err_code cli_output(struct cli *c, const char *path, struct err *e);
/* Closes it, by the door when the command has ended with `code`, or earlier by the command; c->out is the door's again. Gives `code`, or ERR_IO when something was not written. */
enum err_code cli_output_close(struct cli *c, enum err_code code, struct err *e);

/* From here to cli_interrupt_end Ctrl-C ends the process at once with exit status 130 and one line; a file of -o that is not whole is taken away. By the door, for commands that need no hub; one that waits for
 * its own stop calls the second before. */
void cli_interrupt_start(struct cli *c);
void cli_interrupt_end(struct cli *c);

/* Prints agencies' text without its control characters, which must not reach a terminal; `keep_lines` lets line ends through. */
void cli_print_clean(FILE *out, struct str s, bool keep_lines);

/* ---- tables ---- */
struct cli_table {
    struct cli *c;
    const char *const *columns;
    size_t n_columns, n_cells;
    struct str *cells; /* text form; JSON keeps types beside */
    uint8_t *types;
    size_t cap;
};
/* Columns' names in snake_case; shown as "Snake case" in text, as keys in JSON. NULL-terminated. */
void cli_table_start(struct cli_table *t, struct cli *c, const char *const *columns);
void cli_cell_str(struct cli_table *t, struct str s);
void cli_cell_int(struct cli_table *t, int64_t v);
void cli_cell_double(struct cli_table *t, double v, int decimals);
void cli_cell_none(struct cli_table *t); /* empty; null in JSON */
/* Prints; ERR_LIMIT when the table outgrew the arena. An empty table prints its header (text) or []. */
enum err_code cli_table_end(struct cli_table *t, struct err *e);

/* Runs one command line; gives the exit status. The whole of main(). */
int cli_main(int argc, char **argv);

/* `haven help`, and the man page in roff (docs are made from the table, so they cannot differ from it). */
void cli_print_help(FILE *out, const struct cli_command *command);
void cli_print_man(FILE *out);

#endif
