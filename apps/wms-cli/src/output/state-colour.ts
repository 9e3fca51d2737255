// One colour per meaning, for the states of jobs, attempts, VMs and fleet actions alike.
const GREEN = 32;
const YELLOW = 33;
const RED = 31;
const CYAN = 36;
const GREY = 90;

const COLOURS: Readonly<Record<string, number>> = {
  done: GREEN,
  running: CYAN,
  matched: CYAN,
  completing: CYAN,
  claimed: CYAN,
  booting: YELLOW,
  ordered: YELLOW,
  draining: YELLOW,
  stopping: YELLOW,
  stalled: YELLOW,
  failed: RED,
  killed: RED,
  lost: RED,
  deleted: GREY,
  gone: GREY,
  stopped: GREY,
};

/** The text in the colour of the state it names, else as it is. */
export function coloured(text: string, state: string): string {
  const colour = COLOURS[state.toLowerCase()];
  return colour === undefined ? text : `\u001b[${colour}m${text}\u001b[0m`;
}

export const bold = (text: string): string => `\u001b[1m${text}\u001b[0m`;
