import type { VmId } from '@pilotfish/model';

/** The systemd unit of the bootstrap. Control-group killing: with the agent end the pilot and all payloads. */
export function agentUnit(vmId: VmId): string {
  return `[Unit]
Description=Pilotfish VM agent
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=simple
Environment=PILOTFISH_VM=${vmId}
ExecStart=/opt/pilotfish/bootstrap.sh
Restart=always
RestartSec=1
KillMode=control-group
TimeoutStopSec=30

[Install]
WantedBy=multi-user.target
`;
}
