/* commands.h: the commands of the program, each defined in its cmd_<name>.c. */
#ifndef KNEE_COMMANDS_H
#define KNEE_COMMANDS_H

#include "harness/console/options.h"

extern const struct subcommand cmd_doctor;
extern const struct subcommand cmd_run;
extern const struct subcommand cmd_verify;
extern const struct subcommand cmd_recipe;
extern const struct subcommand cmd_synthetic;
extern const struct subcommand cmd_sweep;
extern const struct subcommand cmd_fit;
extern const struct subcommand cmd_account;
extern const struct subcommand cmd_predict;
extern const struct subcommand cmd_report;
extern const struct subcommand cmd_gate;
extern const struct subcommand cmd_export;
extern const struct subcommand cmd_self_test;

#endif
