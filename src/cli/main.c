/* main.c: the door of the program; everything is in the tables of cli/. */
#include "cli/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
