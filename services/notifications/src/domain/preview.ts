const maxLength = 100;

/**
 * The start of a message on one line, at most 100 characters. Never splits a character, because
 * PostgreSQL cannot store half a one.
 */
export function previewOf(content: string): string {
  const line = content.replace(/\s+/gu, ' ').trim();
  if (line.length <= maxLength) return line;
  const end = maxLength - 1;
  const splits = line.slice(end - 1, end + 1).codePointAt(0) ?? 0;
  return `${line.slice(0, splits > 0xffff ? end - 1 : end)}…`;
}
