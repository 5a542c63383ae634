/** A piece of a line of text. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'code'; text: string }
  /** `href` is an absolute http(s) address without credentials, `text` the address as written. */
  | { kind: 'link'; href: string; text: string }
  /**
   * `@name`. Without a `userId`, whether such a user exists is not known; null: all members.
   */
  | { kind: 'mention'; name: string; userId?: string | null }
  | { kind: Emphasis; children: Inline[] };

export type Emphasis = 'strong' | 'emphasis' | 'deleted';

export type Block =
  | { kind: 'paragraph' | 'quote'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; items: Inline[][] }
  /** `start`: the number of the first item. */
  | { kind: 'numbers'; start: number; items: Inline[][] };
