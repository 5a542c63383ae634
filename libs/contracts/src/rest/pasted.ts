/** A value of an earlier response. The page `/docs` fills it in; other readers paste it. */
export class Pasted {
  /** Operation and field, such as `createRoom.id`. */
  readonly from: string;
  /** The placeholder in the document; unique. Consists of letters, digits, `.`, `_` and `-`. */
  readonly shown: string;

  constructor(from: string, shown: string) {
    this.from = from;
    this.shown = shown;
  }
}

/** A deep copy of an example with pasted values. */
export function pasteInto(example: unknown, paste: (pasted: Pasted) => unknown): unknown {
  if (example instanceof Pasted) return paste(example);
  if (Array.isArray(example)) return example.map((item) => pasteInto(item, paste));
  if (typeof example !== 'object' || example === null) return example;
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key, pasteInto(value, paste)]));
}
