/**
 * Runs `work` soon after each call, never twice at a time; calls during a run make one more run after it.
 * A failure goes to `failed` and ends nothing.
 */
export function woken(
  work: () => Promise<void>,
  delayMs: number,
  failed: (error: unknown) => void,
): { call(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const start = () => {
    timer = null;
    running = work()
      .catch(failed)
      .finally(() => {
        running = null;
        if (again && !stopped) {
          again = false;
          timer = setTimeout(start, delayMs);
        }
      });
  };

  return {
    call() {
      if (stopped || timer) return;
      if (running) again = true;
      else timer = setTimeout(start, delayMs);
    },
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
