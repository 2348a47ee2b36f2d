#!/bin/bash
# Slurm: a name added to --export=ALL makes each task of a job begin with a login shell of the user.
#
# Expected: --export=ALL,NAME=VALUE is --export=ALL, the default, with one variable more. The manual of 22.05 says that
#   the user's variables are loaded and that a name may be given a value.
# Seen: sbatch then asks for the user's environment on the node too, as with --get-user-env: slurmd runs "su - USER"
#   with a shell that reads the user's profile, once for each task of an array, before the task begins.
#   An array of four:
#     --export=ALL: 0 logins; --export=ALL,WHO=me: 4 logins
# Why it matters: a profile that loads modules or rebuilds shims takes seconds, tasks of a node wait for one another
#   where it takes a lock, and a lock that a killed shell left behind holds every task for as long as the profile waits.
#   Time in the profile is in no task's time, so that a study over nodes sees short tasks and a low efficiency.
# Packages: Debian 12 slurmctld, slurmd, slurm-client, slurm-wlm-basic-plugins
#   22.05.8-4+deb12u3, munge 0.5.15-2+deb12u1.
# Needs root and namespaces: the profile is one in a namespace of its own.
# Exit: 0 as described, 1 changed.
set -euo pipefail

# shellcheck source=findings/setup/slurm_node.sh
. "$(dirname "$0")/setup/slurm_node.sh"

mkdir home
mount --bind home "$HOME"
echo "echo login >> $work/logins" >"$HOME/.profile"

logins() { # logins EXPORT: those of an array of four tasks
    : >logins
    : >tasks
    timeout 60 sbatch --wait --output=/dev/null --array=0-3 --export="$1" --wrap "echo task >> $work/tasks" >/dev/null
    echo "$(grep -c . tasks) tasks, $(grep -c . logins) logins"
}
plain=$(logins ALL)
name=$(logins ALL,WHO=me)
echo "--export=ALL: $plain; --export=ALL,WHO=me: $name"
[ "$plain" = "4 tasks, 0 logins" ] && [ "$name" = "4 tasks, 4 logins" ]
