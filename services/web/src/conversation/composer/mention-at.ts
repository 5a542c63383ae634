/** The beginning of a mention before the caret. */
export interface MentionQuery {
  /** Without the `@`. */
  text: string;
  /** The place of the `@`. */
  start: number;
  end: number;
}

const beginning = /(?<![\p{L}\p{N}_])[@＠]([^\s@＠]{0,40})$/u;

/** Undefined unless the caret is in a mention, and nothing is selected. */
export function mentionAt({
  value,
  selectionStart,
  selectionEnd,
}: Pick<HTMLTextAreaElement, 'value' | 'selectionStart' | 'selectionEnd'>): MentionQuery | undefined {
  if (selectionStart !== selectionEnd) return undefined;
  const [, text] = beginning.exec(value.slice(0, selectionStart)) ?? [];
  return text === undefined
    ? undefined
    : { text, start: selectionStart - text.length - 1, end: selectionStart };
}
