/* cmd_serve.c: `haven serve`. */
#include "cli/socket.h"
#include "cli/commands.h"
#include "web/web.h"

static enum err_code run_serve(struct cli *c, struct err *e)
{
    pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    struct cli_owner *owner;
    struct hub hub = c->hub;
    hub.turn = &turn;
    struct web_options options = {
        .listen = cli_opt(c, "listen"),
        .routes = web_routes,
        .n_routes = web_n_routes,
        .hub = &hub,
        .who = c->asking.words,
        .out = c->out,
        .log = cli_has(c, "log") ? stderr : NULL,
    };
    ERR_TRY(cli_socket_listen(cli_socket_folder(c), &hub, &owner, e));
    enum err_code code = web_serve(&options, e);
    cli_socket_end(owner);
    return code;
}

const struct cli_command cli_serve[] = {
    {"serve", "", "serve the pages on this computer",
     "Serves until it is stopped (Ctrl-C or SIGTERM). It owns the hub meanwhile: other commands hand themselves over to it, and take turns with the pages.\n"
     " Pages are opened as the user and for the purpose given here, each look recorded;\nonly a loopback address is accepted until people can sign in.",
     (const struct cli_option[]){
         {"listen", "HOST:PORT", "where (default " WEB_LISTEN_DEFAULT ")", false, false},
         {"log", NULL, "write one JSON line a request to stderr", false, false},
         {0}},
     CLI_MAY(view, case) | CLI_ASKS | CLI_ALONE, 0, 0, run_serve},
    {0},
};
