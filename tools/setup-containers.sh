#!/bin/sh
# Brings what test/e2e/containers.test.ts needs: a container engine, and the base images that Dockerfile,
# docker-compose.yml and deploy/ name. Where no image registry is reachable, stand-ins of the same names are
# made of Debian packages and this project's Node. The last line is the engine: docker or podman.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'containers: %s\n' "$*"; }
give_up() { printf 'containers: %s\n' "$*" >&2; exit 1; }

if docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
  echo docker
  exit
fi

engine() {
  missing=
  for program in podman podman-compose runc debootstrap iptables; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  [ -x /usr/lib/podman/netavark ] || missing="$missing netavark"
  [ -x /usr/lib/podman/aardvark-dns ] || missing="$missing aardvark-dns"
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    give_up "no Docker engine answers, and these are missing:$missing; start Docker, or install them with: sudo apt-get install --no-install-recommends$missing"
  fi
  say "installing$missing with apt-get (about 30 s) ..."
  log=$(mktemp)
  # shellcheck disable=SC2086 -- one word each
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    give_up "apt-get could not install$missing"
  fi
  rm -f "$log"
}

export CONTAINERS_CONF="$PWD/tools/containers/containers.conf" BUILDAH_ISOLATION=chroot
cache="${XDG_CACHE_HOME:-$HOME/.cache}/landfall/images"
images=$(sed -nE 's/^(FROM| +image:) ([^ ]+).*/\2/p' Dockerfile docker-compose.yml | grep -v '^landfall:')
image() { echo "$images" | grep "^$1:" | sed -n '1s,^,docker.io/library/,p'; }

has() { podman image exists "$1" || podman pull --quiet "$1" >/dev/null 2>&1; }

stand_in() {
  say "$2: no registry is reachable, making a stand-in ..."
  log=$(mktemp)
  podman build --build-arg "DEBIAN=$(image debian)" --tag "$2" --file "tools/containers/$1.Containerfile" "$3" >"$log" 2>&1 || { tail -n 20 "$log" >&2; give_up "$2 could not be made"; }
  rm -f "$log"
}

debian() {
  has "$(image debian)" && return
  release=$(image debian | sed -E 's/.*:([a-z]+)-.*/\1/')
  archive="$cache/debian-$release-$(dpkg --print-architecture).tar.gz"
  if [ ! -s "$archive" ]; then
    [ "$(id -u)" = 0 ] || give_up "$(image debian) can be made by root only: run this once with sudo, or pull it where a registry is reachable"
    say "$(image debian): no registry is reachable, making Debian $release with debootstrap (about 90 s) ..."
    mkdir -p "$cache"
    root=$(mktemp -d)
    debootstrap --variant=minbase "$release" "$root" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; give_up 'debootstrap failed'; }
    # It becomes the root folder of the image, which every user must be able to enter.
    chmod 0755 "$root"
    tar -C "$root" -c . | gzip -1 >"$archive.new"
    mv "$archive.new" "$archive"
    rm -rf "$root" "$root.log"
  fi
  podman import --quiet "$archive" "$(image debian)" >/dev/null
}

node() {
  has "$(image node)" && return
  parts=$(mktemp -d)
  cp "$(readlink -f node_modules/.bin/node)" "$parts/node"
  npm=${npm_execpath:-$(readlink -f "$(command -v npm)")}
  cp -r "$(dirname "$(dirname "$npm")")" "$parts/npm"
  # npm may be served through a gateway that only this machine's certificates know.
  cat /etc/ssl/certs/ca-certificates.crt >"$parts/certificates.pem" 2>/dev/null || true
  stand_in node "$(image node)" "$parts"
  rm -rf "$parts"
}

redis() {
  has "$(image redis)" || stand_in redis "$(image redis)" tools/containers
}

engine
debian
node
redis
echo podman
