/* commands.h: the rooms' command tables, gathered in commands.c. */
#ifndef HAVEN_CLI_COMMANDS_H
#define HAVEN_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct cli_command cli_hub[], cli_key[], cli_serve[];
extern const struct cli_command cli_simulate[];
extern const struct cli_command cli_link[], cli_link_train[], cli_link_measure[], cli_link_look[], cli_link_report[];
extern const struct cli_command cli_people[], cli_review[], cli_update[];
extern const struct cli_command cli_intake[];
extern const struct cli_command cli_registry[], cli_agreement[], cli_reference[], cli_glass[];
extern const struct cli_command cli_oversight[];
extern const struct cli_command cli_ledger[], cli_ledger_log[];
/* `haven ledger verify` without --tiles. */
enum err_code cli_ledger_verify_hub(struct cli *c, struct err *e);

extern const struct cli_command cli_record[];
/* One line when a list of a closed record that the asker is on ends soon; nothing for anybody else. */
enum err_code cli_lists_ending(struct cli *c, struct err *e);
/* What a record says, in text and as one JSON object: for haven people show too. */
struct intake_record_view;
void cli_record_print(struct cli *c, const struct intake_record_view *v);
void cli_record_json(struct cli *c, struct json_out *o, const struct intake_record_view *v);

#endif
