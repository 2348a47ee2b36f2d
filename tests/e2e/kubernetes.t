#!/bin/bash
# packaging/kubernetes: the files are what an indexed job needs, and their commands, run as its pods would be, give the
# bytes of one run; packaging/Containerfile uses targets and files that there are.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is missing: make deps"
unset SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX KNEE_SHARD_OFFSET

# field FILE EXPRESSION: of the object `job` in the file.
field() {
    /usr/bin/python3 -c "import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
spec = job['spec']['template']['spec']
words = spec['containers'][0]['command']
print($2)" "$root/packaging/kubernetes/$1"
}
for file in job.yaml merge.yaml; do
    is "$(field $file "job['apiVersion'], job['kind'], spec['restartPolicy']")" "batch/v1 Job Never" "$file is a job"
    is "$(field $file "[v['name'] for v in spec['volumes']] == [m['name'] for m in spec['containers'][0]['volumeMounts']]")" True \
        "$file mounts its volume"
done
is "$(field job.yaml "job['spec']['completionMode']")" Indexed "each pod has an index"
completions=$(field job.yaml "job['spec']['completions']")
is "$(field job.yaml "words[words.index('--shard') + 1]")" "auto/$completions" "there are as many shards as completions"
is "$(field job.yaml "job['spec']['backoffLimit'] >= job['spec']['parallelism']")" True "all pods may be lost once"

mkdir -p data/in
for name in plain exif profile; do
    for n in 1 2; do cp "$root/tests/fuzz/corpus/jpeg/$name.jpg" "data/in/$name-$n.jpg"; done
done
"$KNEE" run --quiet data/in whole
is $? 0 "a run of the batch"
# pod FILE: the command of the file's pod with /data here and four shards in place of all.
pod() {
    local words
    mapfile -t words < <(field "$1" "'\n'.join(words)" | sed "s|^/data|$work/data|; s|auto/$completions|auto/4|")
    [ "${words[0]}" = knee ] && "$KNEE" "${words[@]:1}"
}
for index in 2 0 3; do JOB_COMPLETION_INDEX=$index pod job.yaml || exit 1; done
pod merge.yaml >said 2>messages
is "$? $(grep -c '1 of 4 shards are not done: 2' messages)" "1 1" "a merge names the pod that is missing"
JOB_COMPLETION_INDEX=1 pod job.yaml
JOB_COMPLETION_INDEX=1 pod job.yaml 2>messages
is "$?" 0 "a pod that is started again has nothing to do"
pod merge.yaml >said
is $? 0 "the merge"
diff -r -x .knee whole data/out >differences || sed 's/^/# /' differences
[ ! -s differences ]
ok $? "gives the bytes of one run"
JOB_COMPLETION_INDEX=4 pod job.yaml 2>messages
is "$? $(grep -c 'no shard 5 of 4' messages)" "2 1" "an index beyond the shards is refused"

container=$root/packaging/Containerfile
is "$(grep -vE '^(#|$|FROM |RUN |COPY |WORKDIR |ENV |ENTRYPOINT |CMD )' "$container")" "" "the Containerfile has instructions alone"
read -ra targets < <(sed -n 's/^RUN make \([a-z ]*\) &&.*/\1/p' "$container")
is "${#targets[@]}" 2 "the Containerfile makes two targets"
for target in "${targets[@]}"; do
    grep -q "^$target:" "$root/Makefile"
    ok $? "make $target is a target"
done
name=$(sed -n 's/^name=\(.*\)/\1/p' "$root/packaging/bundle.sh")
# shellcheck disable=SC2016
is "$name $(grep -c 'knee-\*-linux-x86_64.tar\*' "$container")" 'knee-$version-linux-x86_64 1' "the bundle has the name that the Containerfile unpacks"
done_testing
