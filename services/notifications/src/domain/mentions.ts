const maxMentions = 20;
/** The longest username. */
const maxNameLength = 50;
const endsWord = /^(?![\p{L}\p{N}_])/u;

/**
 * The names that a text may mention by `@name`, in lower case. Usernames may contain spaces and
 * most signs, so the text after an `@` may be a name up to any end of a word: `@Ann Lee!` may mean
 * `ann`, `ann lee` or `ann lee!`. Only the first 20 mentions count. An address (`me@ann.org`) is
 * not a mention.
 */
export function mentionedNames(content: string): string[] {
  const names = new Set<string>();
  for (const { 1: following = '' } of [...content.matchAll(/(?<![\p{L}\p{N}_])@([^@/\\\p{C}]+)/gu)].slice(
    0,
    maxMentions,
  )) {
    for (let length = 1; length <= Math.min(following.length, maxNameLength); length++) {
      if (endsWord.test(following.slice(length))) names.add(following.slice(0, length).trim().toLowerCase());
    }
  }
  // A text cut within a character is not a name.
  return [...names].filter((name) => name !== '' && name.isWellFormed());
}
