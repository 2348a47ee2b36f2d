#!/bin/bash
# hyperfine and tar: a benchmark of `tar -cf - FOLDER` makes an archive of nothing, and reads no file.
#
# Expected: hyperfine throws the output of a command away and changes nothing else. The help of hyperfine names grep as
#   one that looks where its output goes; an archiver has to read what it archives.
# Seen: hyperfine connects the output to /dev/null, GNU tar finds that out (also for "-"), and then leaves out all
#   contents: it looks at names and sizes, and reads no byte of the files. `tar -czf -`, whose output goes to gzip
#   first, reads all of them. With --output=pipe, or `-f FILE`, tar reads them, too.
#     20 MB of files: tar -cf - reads 0.0 MB, tar -czf - 40.0 MB (gzip among it), tar -cf - with --output=pipe 20.0 MB
# Why it matters: archive and compression in parallel are common subjects of a sweep. The time without compression, the
#   baseline, is that of a few calls of stat(), the disk is never seen, and compression seems to cost all of the
#   reading. The same command in the pipeline that it stands for takes another time.
# Packages: Debian 12 hyperfine 1.15.0-2 and tar 1.34+dfsg-1.2+deb12u1.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root hyperfine=1.15.0-2 tar=1.34+dfsg-1.2+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done
mkdir files
for number in 1 2 3 4; do
    head -c 5000000 /dev/zero > files/$number
done

# Bytes that its commands have read are counted for a shell when they end.
cat > archive <<'SCRIPT'
#!/bin/bash
root/bin/tar "$1" - files
grep -o 'rchar: .*' /proc/$$/io > bytes
SCRIPT
chmod +x archive
megabytes() # megabytes COMMAND OPTION...: what a run of COMMAND reads under hyperfine with OPTIONS
{
    root/usr/bin/hyperfine -N --runs 1 --style none "${@:2}" "$1" > table 2>&1
    awk '{ printf "%.1f", $2 / 1e6 }' bytes
}
plain=$(megabytes './archive -cf')
zipped=$(megabytes './archive -czf')
piped=$(megabytes './archive -cf' --output=pipe)
echo "20 MB of files: tar -cf - reads $plain MB, tar -czf - $zipped MB, tar -cf - with --output=pipe $piped MB"
awk -v plain="$plain" -v zipped="$zipped" -v piped="$piped" 'BEGIN { exit !(plain < 1 && zipped >= 20 && piped >= 20) }'
