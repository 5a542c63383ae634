const maxLength = 100;

/** The beginning of a message on one line, at most 100 characters. A character is never cut in two: its half alone cannot be stored. */
export function previewOf(content: string): string {
  const line = content.replace(/\s+/gu, ' ').trim();
  if (line.length <= maxLength) return line;
  const end = maxLength - 1;
  const splits = line.slice(end - 1, end + 1).codePointAt(0) ?? 0;
  return `${line.slice(0, splits > 0xffff ? end - 1 : end)}…`;
}
