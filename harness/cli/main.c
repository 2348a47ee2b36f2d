/* knee: measures how a parallel program scales, and why. One file for each command: cmd_<name>.c. */
#include "harness/cli/cli.h"

int main(int argc, char **argv)
{
    return cli_run(argc, argv);
}
