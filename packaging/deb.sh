#!/bin/bash
# Debian packages of what is built in BUILD: knee (the harness, for any command, with few libraries) and knee-images
# (the image pipeline). They are made in BUILD/deb, and checked by lintian. `make deb` calls it.
# Usage: packaging/deb.sh BUILD VERSION
set -euo pipefail
build=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
for tool in dpkg-buildpackage dh lintian; do
    command -v "$tool" >/dev/null || {
        echo "deb: $tool is missing: make deps-deb" >&2
        exit 1
    }
done

out=$build/deb
rm -rf "$out"
mkdir -p "$out/knee"
cp -r "$root/packaging/debian" "$out/knee/debian"
version=$2~$(git -C "$root" log -1 --format=%cd --date=format:%Y%m%d.%H%M%S 2>/dev/null || echo 0)
maintainer=$(sed -n 's/^Maintainer: //p' "$root/packaging/debian/control")
{
    printf 'knee (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n' "$version"
    printf ' -- %s  %s\n' "$maintainer" "$(git -C "$root" log -1 --format=%cD 2>/dev/null || date -R)"
} >"$out/knee/debian/changelog"

cd "$out/knee"
KNEE_ROOT=$root KNEE_BUILD=$build DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage -b -us -uc >"$out/log" 2>&1 || {
    tail -n 20 "$out/log" >&2
    echo "deb: dpkg-buildpackage failed: $out/log" >&2
    exit 1
}
cd "$out"
rm -r knee
lintian --fail-on error,warning --allow-root ./*.changes
for package in ./*.deb; do
    printf '%s: %s bytes, %s files\n' "$out/${package#./}" "$(stat -c %s "$package")" \
        "$(dpkg-deb -c "$package" | grep -vc '/$')"
done
