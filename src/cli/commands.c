/* commands.c: the one table of all commands, in the order in which help shows them. */
#include "cli/commands.h"

const struct cli_command *const cli_all[] = {
    cli_hub, cli_serve, cli_key,
    cli_intake,
    cli_simulate,
    cli_link, cli_link_train, cli_link_measure, cli_link_look, cli_link_report,
    cli_update,
    cli_people,
    cli_record,
    cli_review,
    cli_registry, cli_agreement, cli_reference, cli_glass,
    cli_oversight,
    cli_ledger, cli_ledger_log,
    NULL,
};
