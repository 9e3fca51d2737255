// What runcmd calls once the files are in place. Below another root there is no init system to ask: the caller's own
// process becomes the bootstrap, so that the caller can wait for it.
export const START_SCRIPT = `#!/bin/sh
# Starts the Pilotfish agent: by systemd where it is the init system, else in a session of its own.
set -u
ROOT="\${PILOTFISH_ROOT:-}"
BOOTSTRAP="$ROOT/opt/pilotfish/bootstrap.sh"

if [ -n "$ROOT" ]; then
  exec /bin/sh "$BOOTSTRAP"
fi

if [ -d /run/systemd/system ]; then
  # Not waiting for the unit: this script may itself run inside a unit that the agent's has to follow.
  systemctl daemon-reload && systemctl enable --now --no-block pilotfish-agent
  exit
fi

if command -v setsid >/dev/null 2>&1; then
  setsid /bin/sh "$BOOTSTRAP" </dev/null >>/var/log/pilotfish-bootstrap.log 2>&1 &
else
  nohup /bin/sh "$BOOTSTRAP" </dev/null >>/var/log/pilotfish-bootstrap.log 2>&1 &
fi
`;
