#!/bin/bash
# Slurm: sbatch --wait returns 10 or 42 seconds after the submission of a short job, whenever the job ended.
#
# Expected: --wait returns when the job ends, or a second or two later: the manual says that sbatch does not exit until
#   the job terminates, and nothing of how that is found out.
# Seen: it looks at the job from time to time, with pauses that grow, and no option changes that. Seconds from sbatch to
#   its return, for jobs of
#     1 and 5 s: 10.1; 12, 20 and 40 s: 42.0
# Why it matters: "time sbatch --wait" is the obvious way to measure a job over 1, 2 and 4 nodes. Jobs of 12 and of 40
#   seconds take the same time by it, so that three times the nodes bring nothing, and a job of 5 seconds seems four
#   times as fast as one of 12.
# Packages: Debian 12 slurmctld, slurmd, slurm-client, slurm-wlm-basic-plugins
#   22.05.8-4+deb12u3, munge 0.5.15-2+deb12u1.
# Needs root and namespaces.
# Exit: 0 as described, 1 changed.
set -euo pipefail

# shellcheck source=findings/setup/slurm_node.sh
. "$(dirname "$0")/setup/slurm_node.sh"

waited() { # waited SECONDS: from the submission of a job that sleeps as long until sbatch returns
    local begin
    begin=$(date +%s%N)
    timeout 100 sbatch --wait --output=/dev/null --wrap "sleep $1" >/dev/null
    echo $((($(date +%s%N) - begin) / 1000000))
}
five=$(waited 5)
twelve=$(waited 12)
twenty=$(waited 20)
echo "ms until sbatch --wait returns, of jobs of 5 s: $five, 12 s: $twelve, 20 s: $twenty"
between() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
between "$five" 9500 12000 && between "$twelve" 41500 44000 && between "$twenty" 41500 44000
