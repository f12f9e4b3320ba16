/* socket.h: one process owns a hub; a command that finds it owned hands itself over. Private to the room.
 *
 * `haven serve` listens on the Unix socket "socket" in the ledger's directory, which only its owner can enter, and takes commands of that same user (or root) alone:
 * it gets the command's words, who asks, the caller's standard streams and folder, runs it as the caller would have, by the same table, and answers with the exit status.
 * Commands and pages take turns: one works on the store at a time. A caller who does not read what was printed for it keeps no turn: the rest waits (outlet.h), sixteen commands' at most. */
#ifndef HAVEN_CLI_SOCKET_H
#define HAVEN_CLI_SOCKET_H

#include "cli/cli.h"

#include <pthread.h>

/* The directory of the hub's ledger, where its socket is; NULL when there is no memory. */
const char *cli_socket_folder(struct cli *c);

/* Hands the command over when somebody listens in `folder`; *ret_taken false: nobody does. ERR_IO when it was taken and then lost: what it did is not known. */
enum err_code cli_socket_call(const char *folder, const struct cli_caller *caller, int argc, char **argv, bool *ret_taken, int *ret_status, struct err *e);

struct cli_owner; /* a thread that answers */
/* `hub->turn` must be there: it is held while a command runs. */
enum err_code cli_socket_listen(const char *folder, const struct hub *hub, struct cli_owner **ret, struct err *e);
void cli_socket_end(struct cli_owner *o); /* lets the command at hand end first; NULL is fine */

#endif
