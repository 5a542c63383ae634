const written = /^\/([a-z0-9][a-z0-9_-]{0,31})(?:\s+([\s\S]*))?$/i;

export interface TypedCommand {
  word: string;
  /** Everything after the word. */
  text: string;
}

/** `/word …`; undefined for every other text, such as `//word`. */
export function typedCommand(content: string): TypedCommand | undefined {
  const [, word, text = ''] = written.exec(content.trim()) ?? [];
  return word === undefined ? undefined : { word: word.toLowerCase(), text };
}
