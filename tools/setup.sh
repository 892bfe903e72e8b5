#!/bin/sh
# Installs the packages that package-lock.json names, unless they are there already. Run by every make target.
set -eu
cd "$(dirname "$0")/.."

npm_version=11.19.1
stamp=node_modules/.lock-checksum
checksum=$(cksum <package-lock.json)
node=node_modules/node/bin/node

say() { printf '%s\n' "$*" >&2; }

starts() { [ -x "$1" ] && "$1" --version >/dev/null 2>&1; }

# require_start NODE: that it starts, with the one library that a minimal system lacks, or a plain word why not.
require_start() {
  if [ ! -x "$1" ]; then
    say "npm left no Node.js at $1: its install script did not run. Remove that node_modules and try again."
    exit 1
  fi
  starts "$1" && return
  if ! ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1'; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
      say 'Node.js needs the system library libatomic, which is missing. Debian, Ubuntu: sudo apt-get install libatomic1. Fedora: sudo dnf install libatomic.'
      exit 1
    fi
    say 'Node.js needs the system library libatomic1: installing it …'
    { apt-get install -y -qq libatomic1 || { apt-get update -qq && apt-get install -y -qq libatomic1; }; } >&2
    starts "$1" && return
  fi
  say "Node.js at $1 does not start:"
  "$1" --version >&2 || true
  exit 1
}

# An older Node.js leaves out, without a word, the optional packages that are not made for it, and with them the
# native halves of the tools. It only fetches the Node.js and the npm that do the work.
use_recent_npm() {
  version=$(node --version 2>/dev/null || echo v0)
  version=${version#v}
  [ "${version%%.*}" -lt 26 ] || return 0

  node_version=$(sed -n 's/^ *"node": "\([0-9][0-9.]*\)".*/\1/p' package.json)
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/portcullis/node-$node_version-npm-$npm_version
  if ! starts "$folder/node_modules/node/bin/node" || [ ! -x "$folder/node_modules/.bin/npm" ]; then
    say "Fetching Node.js $node_version and npm $npm_version …"
    mkdir -p "$folder"
    (cd "$folder" && npm install --prefix . --no-audit --no-fund --ignore-scripts=false --loglevel=error \
      "node@$node_version" "npm@$npm_version") >&2
    require_start "$folder/node_modules/node/bin/node"
  fi
  PATH=$folder/node_modules/node/bin:$folder/node_modules/.bin:$PATH
}

if [ "$(cat "$stamp" 2>/dev/null)" = "$checksum" ] && starts "$node"; then exit 0; fi

if ! command -v npm >/dev/null 2>&1; then
  say 'npm is missing. Install any Node.js that brings it (Debian: apt-get install npm); the right Node.js for Portcullis then comes as a package.'
  exit 1
fi
use_recent_npm

# Not "npm ci": it refuses a lock file that lacks optional packages for other platforms, as one does that was written
# where a registry has no such packages. This keeps to the locked versions too, and leaves the file alone.
say 'Installing packages …'
starts "$node" || rm -rf node_modules/node
# Install scripts must run: the package "node" fetches the Node.js binary with one.
npm install --no-save --no-audit --no-fund --ignore-scripts=false --loglevel=error >&2
require_start "$node"
printf '%s\n' "$checksum" >"$stamp"
