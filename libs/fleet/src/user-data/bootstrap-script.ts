// The program between cloud-init and the agent, POSIX sh because nothing else is sure to be on an image. Everything it
// runs is either checked by a digest from the user-data or comes with the image; it trusts only the pinned CA, if any.
import { FETCH_PROGRAMS_SCRIPT } from './fetch-programs-script.ts';

export const BOOTSTRAP_SCRIPT = `#!/bin/sh
# Finds or fetches Node.js, fetches the programs named in etc/vm.json, keeps the agent running. Ends with 0 when the
# VM is to halt, with 1 when it could not be brought up.
set -u
umask 022
ROOT="\${PILOTFISH_ROOT:-}"
BASE="$ROOT/opt/pilotfish"
CONF="$BASE/etc/vm.json"
CA="$BASE/etc/ca.pem"
NODE=""

say() {
  echo "bootstrap: $(date -u +%Y-%m-%dT%H:%M:%SZ) $*" >&2
}

# vm.json is written with one member a line and only ASCII, so that sed is enough of a parser.
field() {
  sed -n "s/^ *\\"$1\\": \\"\\(.*\\)\\",\\{0,1\\}$/\\1/p" "$CONF" | head -n 1
}

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 "$1"
  else openssl dgst -sha256 -r "$1"; fi | cut -c 1-64
}

is_usable_node() {
  "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' >/dev/null 2>&1
}

find_node() {
  for candidate in node nodejs /usr/local/bin/node "$BASE/lib/node"; do
    found=$(command -v "$candidate" 2>/dev/null) || continue
    if is_usable_node "$found"; then
      NODE="$found"
      return 0
    fi
  done
  return 1
}

# download ADDRESS FILE: the image's own roots are left out as soon as a CA is pinned.
download() {
  if command -v curl >/dev/null 2>&1; then
    if [ -s "$CA" ]; then set -- --cacert "$CA" --capath /nonexistent -o "$2" "$1"; else set -- -o "$2" "$1"; fi
    curl -fsS --connect-timeout 20 --max-time 900 "$@"
  elif wget --version 2>/dev/null | grep -q GNU; then
    if [ -s "$CA" ]; then set -- "--ca-certificate=$CA" --ca-directory=/nonexistent -O "$2" "$1"; else set -- -O "$2" "$1"; fi
    wget -nv --tries=1 --timeout=60 "$@"
  else
    say 'there is neither Node.js 18 or newer, nor curl, nor wget: add one of them to the image or to the packages of the profile'
    return 1
  fi
}

# The digest comes from the user-data when that holds one, else from the service's own list.
node_digest() {
  known=$(field "$1")
  if [ -z "$known" ] && download "$(field serviceUrl)/files/manifest.json" "$BASE/lib/manifest.json"; then
    known=$(tr -d ' \\n\\t' <"$BASE/lib/manifest.json" | sed -n "s/.*\\"node-$1\\.gz\\"[^}]\\{0,20\\}\\"\\([0-9a-f]\\{64\\}\\)\\".*/\\1/p")
  fi
  echo "$known"
}

fetch_node() {
  system=$(uname -s | tr '[:upper:]' '[:lower:]')
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) machine=$(uname -m) ;;
  esac
  packed="$BASE/lib/node-$system-$machine.gz"
  expected=$(node_digest "$system-$machine")
  if [ -z "$expected" ]; then
    say "no Node.js 18 or newer here, and the service has none for $system-$machine"
    return 1
  fi
  download "$(field serviceUrl)/files/node-$system-$machine.gz" "$packed" || return 1
  if [ "$(sha256_of "$packed")" != "$expected" ]; then
    say "node-$system-$machine.gz does not have its digest"
    rm -f "$packed"
    return 1
  fi
  gzip -dc "$packed" >"$BASE/lib/node.new" && chmod 755 "$BASE/lib/node.new" && mv "$BASE/lib/node.new" "$BASE/lib/node"
  rm -f "$packed"
}

run_node() {
  if [ -s "$CA" ]; then
    SSL_CERT_FILE="$CA" SSL_CERT_DIR=/nonexistent "$NODE" --use-openssl-ca "$@"
  else
    "$NODE" "$@"
  fi
}

bring_up() {
  find_node || { fetch_node && find_node; } || return 1
  run_node --no-warnings - "$BASE" <<'PROGRAM'
${FETCH_PROGRAMS_SCRIPT}
PROGRAM
}

halt_machine() {
  say 'the agent is done: halting'
  if [ -n "$ROOT" ]; then exit 0; fi
  systemctl poweroff || poweroff || shutdown -h now
  # The machine goes down under this sleep; should it not, the init system starts all over.
  sleep 300
  exit 1
}

mkdir -p "$BASE/lib" "$BASE/log"
if [ ! -s "$CONF" ]; then
  say "$CONF is missing: the user-data was not applied"
  exit 1
fi
PILOTFISH_VM="\${PILOTFISH_VM:-$(field vmId)}"
export PILOTFISH_VM
# JSON's line breaks are also printf's; a PEM text has no other backslash.
certificate=$(field ca)
if [ -n "$certificate" ]; then printf '%b' "$certificate" >"$CA"; else rm -f "$CA"; fi

tries=0
until bring_up; do
  tries=$((tries + 1))
  if [ "$tries" -ge 40 ]; then
    say 'giving up'
    exit 1
  fi
  if [ "$tries" -lt 5 ]; then sleep "$tries"; else sleep 10; fi
done

while :; do
  run_node "$BASE/lib/agent.cjs" --root "$BASE"
  code=$?
  if [ "$code" -eq 0 ]; then halt_machine; fi
  say "the agent ended with $code; starting it again"
  sleep 1
done
`;
