#!/bin/sh
# Writes the files that deploy/kustomization.yaml makes Secrets of, and keeps those that are there:
#   FORGE_TOKEN=… sh deploy/secrets.sh
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets
if [ ! -s forge-token ]; then
  [ -n "${FORGE_TOKEN:-}" ] || { echo 'secrets.sh: FORGE_TOKEN is empty: set it to the token of the forge' >&2; exit 1; }
  printf %s "$FORGE_TOKEN" >forge-token
fi
[ -s webhook-secret ] || openssl rand -hex 32 >webhook-secret
if [ ! -s redis.conf ] || [ ! -s redis-url ]; then
  password=$(openssl rand -hex 32)
  printf 'requirepass %s\n' "$password" >redis.conf
  printf 'redis://:%s@landfall-redis:6379' "$password" >redis-url
fi
echo 'The forge needs the secret in deploy/secrets/webhook-secret.'
