/* cli.h: the command line, whatever the program holds: without_images.c has no image pipeline. */
#ifndef KNEE_CLI_H
#define KNEE_CLI_H

/* Runs the subcommand that argv[1] names. Returns the exit code (harness/console/options.h). */
int cli_run(int argc, char **argv);

#endif
