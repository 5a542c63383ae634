/** What two names are compared by: case, width and runs of spaces do not tell them apart. */
export const folded = (name: string): string =>
  name.normalize('NFKC').trim().toLowerCase().replace(/\s+/gu, ' ');
