/** A reply of the service as it came, one document, indented. */
export function json(reply: unknown): string {
  return `${JSON.stringify(reply, null, 2)}\n`;
}
