/** Ctrl-C or TERM, taken over until `release`: `asked` resolves at the first, `thrown` rejects at it. */
export function quitSignal(): { readonly asked: Promise<void>; readonly thrown: Promise<never>; release(): void } {
  let quit: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    quit = resolve;
  });
  process.on('SIGINT', quit);
  process.on('SIGTERM', quit);
  const thrown = asked.then((): never => {
    throw new Error('interrupted');
  });
  // Whoever doesn't race it needn't handle it.
  thrown.catch(() => undefined);
  return {
    asked,
    thrown,
    release() {
      process.off('SIGINT', quit);
      process.off('SIGTERM', quit);
    },
  };
}
