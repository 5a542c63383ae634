/**
 * Makes other users' text safe for a terminal: removes control characters, which could move the
 * cursor, and marks that change the direction of a line. Keeps line breaks and indents further
 * lines.
 */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === '\n' ? '\n      ' : character === '\t' ? ' ' : '\ufffd',
    );
}

/** The approximate width in terminal columns: East Asian characters and emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\u200d|[\ufe00-\ufe0f]/u.test(character)) continue;
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
