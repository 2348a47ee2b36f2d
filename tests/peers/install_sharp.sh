#!/bin/bash
# Fetches sharp by npm into FOLDER, once. Prints why it is not there when that fails, and nothing when it is.
# Usage: tests/peers/install_sharp.sh FOLDER
set -euo pipefail
modules=$1
# 0.34.5 is the last that works with Node 18.
sharp=${SHARP_VERSION:-0.35.5}

command -v npm >/dev/null || {
    echo "npm is missing: make deps-peers"
    exit 0
}
[ "$(cat "$modules/version" 2>/dev/null)" != "$sharp" ] || exit 0
mkdir -p "$modules"
echo "npm fetches sharp $sharp" >&2
if npm install --prefix "$modules" --no-package-lock --no-save --no-audit --no-fund --fetch-retries=1 \
    "sharp@$sharp" >"$modules/npm.log" 2>&1; then
    echo "$sharp" >"$modules/version"
else
    rm -rf "$modules/node_modules"
    echo "npm install sharp@$sharp failed: $modules/npm.log"
fi
