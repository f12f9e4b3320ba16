/* cli.c: finding the command, reading its options, opening what it needs, ending with an exit status. See cli.h. */
#include "cli/socket.h"

#include "review/review.h"
#include "vault/keeping.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define CLI_ARENA_BYTES ((size_t)2 << 30) /* a table of a whole county fits; a run-away does not */

/* Options that every command has. */
static const struct cli_option common_options[] = {
    {"json", NULL, "print JSON in place of a table", false, false},
    {"help", NULL, "print this command's help", false, false},
    {0},
};
static const struct cli_option hub_options[] = {
    {"db", "URL", "the hub: a file, sqlite:PATH or postgresql://… (default $HAVEN_DB)", false, false},
    {"key", "FILE", "its master key (default $HAVEN_KEY, else the file's name with .key)", false, false},
    {"ledger", "DIR", "its ledger's directory (default $HAVEN_LEDGER, else the file's name with .ledger; PostgreSQL: the key's)", false, false},
    {0},
};
static const struct cli_option personal_options[] = {
    {"as", "USER", "who asks (default $HAVEN_USER)", false, false},
    {"purpose", "PURPOSE", "what for (default $HAVEN_PURPOSE): safeguarding, investigation, prosecution, offender-management, victim-support, meeting, statistics, audit, "
                           "subject-rights, administration", false, false},
    {"basis", "CASE", "the case or meeting that it is for", false, false},
    {"reason", "TEXT", "why, in your own words; kept sealed in the ledger", false, false},
    {0},
};

/* ---- options ---- */

static const struct cli_option *option_in(const struct cli_option *list, struct str name)
{
    for (; list && list->name; list++)
        if (str_eq(name, str_of(list->name)))
            return list;
    return NULL;
}

static const struct cli_option *option_find(const struct cli_command *cmd, struct str name)
{
    const struct cli_option *o = option_in(cmd->options, name);
    if (!o)
        o = option_in(common_options, name);
    if (o || !(cmd->needs & CLI_NEEDS_HUB))
        return o;
    o = option_in(hub_options, name);
    return o ? o : option_in(personal_options, name); /* also where nothing personal is shown: one way to call all */
}

const char *cli_opt_nth(const struct cli *c, const char *name, size_t i)
{
    for (size_t k = 0; k < c->n_given; k++)
        if (strcmp(c->given[k].option->name, name) == 0 && i-- == 0)
            return c->given[k].value;
    return NULL;
}

const char *cli_opt(const struct cli *c, const char *name)
{
    for (size_t k = c->n_given; k-- > 0;)
        if (strcmp(c->given[k].option->name, name) == 0)
            return c->given[k].value;
    return NULL;
}

bool cli_has(const struct cli *c, const char *name) { return cli_opt(c, name) != NULL; }

enum err_code cli_opt_int(const struct cli *c, const char *name, int64_t least, int64_t most, int64_t *ret, struct err *e)
{
    const char *value = cli_opt(c, name);
    int64_t v;
    if (!value)
        return ERR_OK;
    if (!str_to_int64(str_of(value), &v) || v < least || v > most)
        return err_set(e, ERR_USAGE, "--%s must be a whole number from %lld to %lld", name, (long long)least, (long long)most);
    *ret = v;
    return ERR_OK;
}

enum err_code cli_opt_double(const struct cli *c, const char *name, double least, double most, double *ret, struct err *e)
{
    const char *value = cli_opt(c, name);
    double v;
    if (!value)
        return ERR_OK;
    if (!str_to_double(str_of(value), &v) || !(v >= least && v <= most))
        return err_set(e, ERR_USAGE, "--%s must be a number from %g to %g", name, least, most);
    *ret = v;
    return ERR_OK;
}

/* ---- the command line ---- */

/* How many of argv's first words name the command: "link predict" 2, "load" 1; 0 no match. */
static size_t words_matched(const struct cli_command *cmd, int argc, char **argv)
{
    struct str rest = str_of(cmd->name), word;
    size_t n = 0;
    while (str_split(&rest, ' ', &word)) {
        if ((int)n >= argc || !str_eq(word, str_of(argv[n])))
            return 0;
        n++;
    }
    return n;
}

static const struct cli_command *command_find(int argc, char **argv, size_t *ret_words)
{
    const struct cli_command *best = NULL;
    *ret_words = 0;
    for (size_t i = 0; cli_all[i]; i++)
        for (const struct cli_command *cmd = cli_all[i]; cmd->name; cmd++) {
            size_t n = words_matched(cmd, argc, argv);
            if (n > *ret_words) {
                *ret_words = n;
                best = cmd;
            }
        }
    return best;
}

static enum err_code option_read(struct cli *c, struct cli_given *given, int argc, char **argv, int *i, struct err *e)
{
    struct str word = str_of(argv[*i]);
    struct str name = str_slice(word, 2, word.n);
    const char *value = NULL;
    if (str_eq(word, STR("-o")))
        name = STR("output");
    ptrdiff_t equals = str_find_char(name, '=');
    if (equals >= 0) {
        value = name.p + equals + 1;
        name.n = (size_t)equals;
    }
    const struct cli_option *o = option_find(c->command, name);
    if (!o)
        return err_set(e, ERR_USAGE, "haven %s has no option %.*s; see haven help %s", c->command->name, STR_ARG(word), c->command->name);
    if (!o->value && value)
        return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
    if (o->value && !value) {
        if (*i + 1 >= argc)
            return err_set(e, ERR_USAGE, "--%s needs a value (%s)", o->name, o->value);
        value = argv[++*i];
    }
    if (!o->many && cli_has(c, o->name))
        return err_set(e, ERR_USAGE, "--%s is given twice", o->name);
    given[c->n_given++] = (struct cli_given){o, value ? value : ""};
    return ERR_OK;
}

static enum err_code arguments_check(const struct cli *c, struct err *e)
{
    const struct cli_command *cmd = c->command;
    if (cli_has(c, "help"))
        return ERR_OK;
    for (const struct cli_option *o = cmd->options; o && o->name; o++)
        if (o->required && !cli_has(c, o->name))
            return err_set(e, ERR_USAGE, "haven %s needs --%s %s", cmd->name, o->name, o->value ? o->value : "");
    if (c->n_args < cmd->min_args || c->n_args > cmd->max_args)
        return err_set(e, ERR_USAGE, "usage: haven %s %s (see haven help %s)", cmd->name, cmd->args, cmd->name);
    return ERR_OK;
}

static enum err_code arguments_read(struct cli *c, int argc, char **argv, struct err *e)
{
    struct cli_given *given = ARENA_NEW(c->arena, struct cli_given, (size_t)argc + 1);
    const char **args = ARENA_NEW(c->arena, const char *, (size_t)argc + 1);
    if (!given || !args)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    c->given = given;
    c->args = args;
    bool options = true;
    for (int i = 0; i < argc; i++) {
        struct str word = str_of(argv[i]);
        if (options && str_eq(word, STR("--")))
            options = false;
        else if (options && (str_starts(word, STR("--")) || str_eq(word, STR("-o"))))
            ERR_TRY(option_read(c, given, argc, argv, &i, e));
        else
            args[c->n_args++] = argv[i];
    }
    return arguments_check(c, e);
}

/* ---- running ---- */

/* The file beside a hub that is a file; NULL for PostgreSQL, which has no "beside". */
static const char *key_beside(struct cli *c)
{
    struct str url = str_of(c->db_url);
    if (str_starts(url, STR("postgresql:")) || str_starts(url, STR("postgres:")))
        return NULL;
    if (str_starts(url, STR("sqlite:")))
        url = str_slice(url, 7, url.n);
    return str_fmt(c->arena, "%.*s.key", STR_ARG(url)).p;
}

/* The key's file: 1. named; 2. beside the hub; 3. where there is none, the service's credential. */
static enum err_code key_path_find(struct cli *c, struct err *e)
{
    c->key_path = cli_opt(c, "key") ? cli_opt(c, "key") : getenv("HAVEN_KEY");
    if (c->key_path && *c->key_path)
        return ERR_OK;
    c->key_path = key_beside(c);
    if (c->command->needs & CLI_MAKES_HUB ? !c->key_path : !c->key_path || access(c->key_path, F_OK) != 0) {
        const char *credential = vault_credential_path(c->arena);
        c->key_path = credential ? credential : c->key_path;
    }
    return c->key_path ? ERR_OK : err_set(e, ERR_USAGE, "a PostgreSQL hub needs --key FILE or HAVEN_KEY: the master key is kept outside the database");
}

/* The ledger's directory: named, or beside a hub that is a file, or beside the key of one that is not. */
static enum err_code ledger_path_find(struct cli *c, struct err *e)
{
    struct str url = str_of(c->db_url), key = str_of(c->key_path);
    c->ledger_path = cli_opt(c, "ledger") ? cli_opt(c, "ledger") : getenv("HAVEN_LEDGER");
    if (c->ledger_path && *c->ledger_path)
        return ERR_OK;
    c->ledger_path = NULL;
    if (!str_starts(url, STR("postgresql:")) && !str_starts(url, STR("postgres:")))
        return ERR_OK;
    if (str_ends(key, STR(".key")))
        key = str_slice(key, 0, key.n - 4);
    c->ledger_path = str_fmt(c->arena, "%.*s.ledger", STR_ARG(key)).p;
    return c->ledger_path ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory");
}

static enum err_code hub_locate(struct cli *c, struct err *e)
{
    c->db_url = cli_opt(c, "db") ? cli_opt(c, "db") : getenv("HAVEN_DB");
    if (!c->db_url || !*c->db_url)
        return err_set(e, ERR_USAGE, "no hub is named: give --db URL or set HAVEN_DB");
    ERR_TRY(key_path_find(c, e));
    return ledger_path_find(c, e);
}

const char *cli_socket_folder(struct cli *c)
{
    struct str url = str_of(c->db_url);
    if (c->ledger_path)
        return c->ledger_path;
    if (str_starts(url, STR("sqlite:")))
        url = str_slice(url, 7, url.n);
    ptrdiff_t query = str_find(url, STR("?vfs="));
    return str_fmt(c->arena, "%.*s.ledger", STR_ARG(query >= 0 ? str_slice(url, 0, (size_t)query) : url)).p;
}

static enum err_code hub_open(struct cli *c, struct err *e)
{
    ERR_TRY(vault_guard_process(e)); /* before the first key or name is in memory */
    if (c->command->needs & CLI_MAKES_HUB)
        return ERR_OK;
    if (!(c->command->needs & CLI_NEEDS_KEY))
        ERR_TRY(store_open(c->db_url, &c->store, e)); /* first: a hub that is not there is named, not its key */
    ERR_TRY(vault_open(c->key_path, &c->vault, e));
    if (c->command->needs & CLI_NEEDS_KEY)
        return ERR_OK;
    if (store_pending(c->store) > 0) /* a hub that an older version made */
        ERR_TRY(store_migrate(c->store, NULL, e));
    return ledger_open(c->store, c->vault, c->db_url, &(struct ledger_options){.directory = c->ledger_path}, &c->ledger, e);
}

/* ---- who asks ---- */

static struct str given_or(const struct cli *c, const char *option, const char *otherwise)
{
    const char *v = cli_opt(c, option);
    return str_of(v ? v : otherwise);
}

enum err_code cli_words(struct cli *c, struct str *ret, struct err *e)
{
    _cleanup_buf_ struct buf words;
    buf_init(&words, LIMIT_FIELD_BYTES);
    for (size_t i = 0; i < c->n_args; i++)
        (void)buf_fmt(&words, "%s%s", i ? " " : "", c->args[i]);
    ERR_TRY(buf_check(&words, "what is asked for", e));
    *ret = str_dup(c->arena, buf_as_str(&words));
    return ret->p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory");
}

/* Nobody can be its administrator yet: whoever has the machine and the key stands in, under the name that was given, if one was. */
static bool operates(const struct cli *c) { return c->command->needs & CLI_OPERATOR && !registry_is_set_up(c->store); }

static enum err_code ask(struct cli *c, struct err *e)
{
    const bool operator = operates(c);
    const struct str user = given_or(c, "as", c->door->caller->user);
    const struct asking_words words = {
        .user = operator && !user.n ? STR("demo.admin") : user,
        .purpose = operator ? str_of(access_purpose_name(PURPOSE_administration)) : given_or(c, "purpose", c->door->caller->purpose),
        .basis = given_or(c, "basis", ""),
        .reason = given_or(c, "reason", ""),
        .door = STR("command"),
        .device = str_fmt(c->arena, "uid %lu", c->door->caller->uid),
        .what = str_of(c->command->name),
    };
    ERR_TRY(asking_begin(&c->hub, &words, c->arena, &c->asking, e));
    if (operator)
        c->asking.user.roles |= ACCESS_ROLE_BIT(administrator);
    ERR_TRY(review_basis_exists(c->store, words.basis, &c->asking.basis_exists, e));
    if (c->command->needs & CLI_ASKS)
        return ERR_OK;
    struct asking_object object = {.kind = cli_kind(c->command)};
    ERR_TRY(cli_words(c, &object.id, e));
    return asking_permit(&c->asking, cli_action(c->command), &object, e);
}

enum err_code cli_permit_update(struct cli *c, struct err *e)
{
    const struct asking_object object = {.kind = ACCESS_KIND_hub, .id = STR("update")};
    return asking_permit(&c->asking, ACCESS_update, &object, e);
}

/* A command that needs the hub goes to the server that owns it, when there is one. */
static enum err_code hand_over(struct cli *c, int argc, char **argv, bool *ret_taken, int *ret_status, struct err *e)
{
    *ret_taken = false;
    if (c->door->hub || c->command->needs & (CLI_MAKES_HUB | CLI_NEEDS_KEY | CLI_ALONE))
        return ERR_OK;
    const char *folder = cli_socket_folder(c);
    return folder ? cli_socket_call(folder, c->door->caller, argc, argv, ret_taken, ret_status, e) : err_set(e, ERR_NO_MEMORY, "out of memory");
}

static bool needs_hub(const struct cli *c)
{
    return c->command->needs & CLI_NEEDS_HUB && !(c->command->needs & CLI_HUB_OR_TILES && cli_has(c, "tiles"));
}

static enum err_code hub_take(struct cli *c, struct err *e)
{
    const struct hub *lent = c->door->hub;
    if (lent && c->command->needs & (CLI_MAKES_HUB | CLI_NEEDS_KEY | CLI_ALONE))
        return err_set(e, ERR_CONFLICT, "haven %s cannot be done while a server has the hub open: stop it first", c->command->name);
    if (!lent)
        return hub_open(c, e);
    ERR_TRY(hub_locate(c, e)); /* paths that the command names in what it says */
    c->store = lent->store;
    c->vault = (struct vault *)(uintptr_t)lent->vault; /* never closed or changed: a vault is immutable */
    c->ledger = lent->ledger;
    return ERR_OK;
}

/* `argc` and `argv` are the whole command line, whose first `words` name the command. */
static enum err_code command_run(struct cli *c, size_t words, int argc, char **argv, int *ret_status, bool *ret_taken, struct err *e)
{
    *ret_taken = false;
    ERR_TRY(arguments_read(c, argc - (int)words, argv + words, e));
    if (cli_has(c, "help")) {
        cli_print_help(c->out, c->command);
        return ERR_OK;
    }
    c->json = cli_has(c, "json");
    if (needs_hub(c)) {
        if (!c->door->hub)
            ERR_TRY(hub_locate(c, e));
        ERR_TRY(hand_over(c, argc, argv, ret_taken, ret_status, e));
        if (*ret_taken)
            return ERR_OK;
        ERR_TRY(hub_take(c, e));
    }
    c->hub = (struct hub){c->store, c->vault, c->ledger, c->door->hub ? c->door->hub->turn : NULL};
    if (c->command->needs & CLI_NEEDS_PERSONAL)
        ERR_TRY(ask(c, e));
    if (c->command->needs == CLI_NEEDS_NOTHING && !c->door->hub)
        cli_interrupt_start(c);
    return c->command->run(c, e);
}

static int report(const struct cli *c, enum err_code code, const struct err *e)
{
    FILE *out = c->door->err;
    if (code != ERR_OK && code != ERR_FINDINGS)
        fprintf(out, "haven: %s\n", e->message[0] ? e->message : err_text(code));
    if (e->detail[0] && code != ERR_OK && c->door->caller->debug)
        fprintf(out, "haven: %s\n", e->detail);
    return err_exit_status(code);
}

static enum err_code unknown_command(int argc, char **argv, struct err *e)
{
    if (argc == 0)
        return err_set(e, ERR_USAGE, "no command; see haven help");
    return err_set(e, ERR_USAGE, "there is no command %s; see haven help", argv[0]);
}

static void hub_close(struct cli *c)
{
    asking_end_p(&c->asking);
    if (c->door->hub)
        return; /* lent */
    ledger_close(c->ledger);
    store_close(c->store);
    vault_close(c->vault);
}

int cli_run(const struct cli_door *door, int argc, char **argv)
{
    struct arena arena;
    struct progress progress = {.quiet = door->hub != NULL};
    struct err e = {0};
    size_t words;
    int status = 0;
    bool taken = false;
    arena_init(&arena, CLI_ARENA_BYTES);
    struct cli c = {.door = door, .arena = &arena, .out = door->out, .progress = &progress};
    (void)pthread_mutex_init(&c.file.lock, NULL); /* default attributes cannot fail on Linux */
    c.command = command_find(argc, argv, &words);
    enum err_code code = c.command ? command_run(&c, words, argc, argv, &status, &taken, &e) : unknown_command(argc, argv, &e);
    code = cli_output_close(&c, code, &e);
    cli_interrupt_end(&c);
    (void)pthread_mutex_destroy(&c.file.lock);
    hub_close(&c);
    arena_release(&arena);
    int own = report(&c, code, &e);
    return taken && code == ERR_OK ? status : own;
}

static const char *variable(const char *name)
{
    const char *v = getenv(name);
    return v ? v : "";
}

int cli_main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
    const struct cli_caller caller = {variable("HAVEN_USER"), variable("HAVEN_PURPOSE"), getuid(), getenv("HAVEN_DEBUG") != NULL};
    return cli_run(&(struct cli_door){.in = stdin, .out = stdout, .err = stderr, .caller = &caller}, argc - 1, argv + 1);
}

/* ---- help ---- */

static void print_options(FILE *out, const char *title, const struct cli_option *o)
{
    if (!o || !o->name)
        return;
    fprintf(out, "\n%s\n", title);
    for (; o->name; o++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        fprintf(out, "  %-28s %s%s%s\n", left, o->help, o->required ? " (needed)" : "", o->many ? " (may be repeated)" : "");
    }
}

static void print_command_list(FILE *out)
{
    fprintf(out, "Haven: a multi-agency safeguarding data hub.\n\nUsage: haven COMMAND [options] [arguments]\n\n");
    for (size_t i = 0; cli_all[i]; i++, fputc('\n', out))
        for (const struct cli_command *cmd = cli_all[i]; cmd->name; cmd++)
            fprintf(out, "  %-22s %s\n", cmd->name, cmd->summary);
    fprintf(out, "haven help COMMAND tells more. Exit status: 0 done, 1 done with findings, 2 wrong use, 3 the environment, 4 refused, 130 stopped by Ctrl-C.\n");
}

void cli_print_help(FILE *out, const struct cli_command *cmd)
{
    if (!cmd) {
        print_command_list(out);
        return;
    }
    fprintf(out, "haven %s: %s\n\nUsage: haven %s [options] %s\n", cmd->name, cmd->summary, cmd->name, cmd->args);
    if (cmd->help)
        fprintf(out, "\n%s\n", cmd->help);
    print_options(out, "Options", cmd->options);
    if (cmd->needs & CLI_NEEDS_HUB)
        print_options(out, "The hub", hub_options);
    if (cmd->needs & CLI_NEEDS_PERSONAL)
        print_options(out, "Who asks, and why", personal_options);
    print_options(out, "Always", common_options);
}

static void man_text(FILE *out, const char *z)
{
    for (; z && *z; z++) {
        if (*z == '\\' || *z == '-')
            fputc('\\', out);
        fputc(*z, out);
        if (*z == '\n' && (z[1] == '.' || z[1] == '\''))
            fputs("\\&", out);
    }
}

static void man_options(FILE *out, const struct cli_option *o)
{
    for (; o && o->name; o++) {
        fprintf(out, ".TP\n\\fB\\-\\-%s\\fR%s%s\n", o->name, o->value ? " " : "", o->value ? o->value : "");
        man_text(out, o->help);
        fputc('\n', out);
    }
}

void cli_print_man(FILE *out)
{
    fprintf(out, ".TH HAVEN 1\n.SH NAME\nhaven \\- a multi\\-agency safeguarding data hub\n.SH SYNOPSIS\n.B haven\nCOMMAND [options] [arguments]\n.SH COMMANDS\n");
    for (size_t i = 0; cli_all[i]; i++)
        for (const struct cli_command *cmd = cli_all[i]; cmd->name; cmd++) {
            fprintf(out, ".SS haven %s %s\n", cmd->name, cmd->args);
            man_text(out, cmd->summary);
            fputc('\n', out);
            if (cmd->help) {
                fputs(".PP\n", out);
                man_text(out, cmd->help);
                fputc('\n', out);
            }
            man_options(out, cmd->options);
        }
    fprintf(out, ".SH OPTIONS OF EVERY COMMAND\n");
    man_options(out, common_options);
    man_options(out, hub_options);
    man_options(out, personal_options);
    fprintf(out, ".SH EXIT STATUS\n0 done, 1 done with findings, 2 wrong use, 3 the environment, 4 refused.\n");
}
