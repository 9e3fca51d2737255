// What the agent and its pilot say to each other over the IPC channel. Only the agent has the VM's key; the pilot
// lives on the short tokens it is handed.
import { instructions, vmBrief } from '@pilotfish/api-contract';
import { z } from 'zod';

const token = { token: z.string(), tokenExpiresAt: z.number().describe('ms since the epoch') };

export const agentMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    serviceUrl: z.string(),
    brief: vmBrief,
    root: z.string(),
    pilotId: z.string(),
    ...token,
  }),
  z.object({ kind: z.literal('token'), ...token }),
  z.object({ kind: z.literal('instructions'), instructions }),
  z.object({ kind: z.literal('stop'), graceS: z.number() }),
]);
export type AgentMessage = z.output<typeof agentMessage>;

/** `open`: attempts that run or whose outcome isn't accepted yet. `lastContactAt`: ms since the epoch. */
export const pilotMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('state'), open: z.number(), lastContactAt: z.number() }),
]);
export type PilotMessage = z.output<typeof pilotMessage>;
