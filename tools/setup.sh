#!/bin/sh
# Brings a fresh clone to where `make demo` and `make test` run. The second time it takes a second or two.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
give_up() { printf 'setup: %s\n' "$*" >&2; exit 1; }
elapsed() { echo "$(($(date +%s) - $1)) s"; }

npm_packages() {
  command -v npm >/dev/null || give_up 'npm is missing; install Node 20 or newer, which brings it'
  stamp=node_modules/.landfall-lock.json
  if cmp -s package-lock.json "$stamp"; then
    say 'npm packages: up to date'
  else
    say 'npm packages: installing with npm ci (about half a minute) ...'
    start=$(date +%s)
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    # npm 10 removes .bin/node together with the Node packages of the other platforms.
    npm rebuild --ignore-scripts --loglevel=error >/dev/null
    cp package-lock.json "$stamp"
    say "npm packages: installed in $(elapsed "$start")"
  fi
  # The packages bring Node for Linux and macOS; elsewhere the Node of the machine must be new enough.
  PATH="$PWD/node_modules/.bin:$PATH" node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    if (major < 24 || (major === 24 && minor < 12)) {
      console.error(`setup: Node ${process.versions.node} is too old and npm has none for this machine; install Node 24.12 or newer`)
      process.exit(1)
    }'
}

redis() {
  if ! command -v redis-server >/dev/null; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
      say 'redis-server: installing with apt-get (about 20 s) ...'
      start=$(date +%s)
      log=$(mktemp)
      if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redis-server; } >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        give_up 'redis-server: apt-get could not install it; install Redis 7 or newer by hand'
      fi
      rm -f "$log"
      say "redis-server: installed in $(elapsed "$start")"
    elif command -v apt-get >/dev/null; then
      give_up 'redis-server is missing; run: sudo apt-get install redis-server'
    elif command -v brew >/dev/null; then
      say 'redis-server: installing with brew (about a minute) ...'
      brew install redis
    else
      give_up 'redis-server is missing; install Redis 7 or newer with the package manager of this machine'
    fi
  fi
  say "redis-server: $(redis-server --version | sed -nE 's/.*v=([0-9.]+).*/\1/p')"
}

npm_packages
redis
npm run -s tools
