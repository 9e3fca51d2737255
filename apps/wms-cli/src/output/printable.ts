// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Names and reasons come from other people: shown without what could steer a terminal. Line ends and tabs stay. */
export function printable(text: string): string {
  return text.replace(CONTROL, '\uFFFD');
}
