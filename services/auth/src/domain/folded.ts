/**
 * The form in which names are compared: differences in case, width and runs of spaces do not count.
 */
export const folded = (name: string): string =>
  name.normalize('NFKC').trim().toLowerCase().replace(/\s+/gu, ' ');
