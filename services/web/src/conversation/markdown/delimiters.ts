import type { Emphasis, Inline } from './nodes.ts';

interface Frame {
  kind: Emphasis;
  /** The characters that opened it, which are text if nothing closes it. */
  marker: string;
  children: Inline[];
}

/**
 * The emphasis that is open at a place in a text. No kind is open twice, so nesting is at most
 * three deep, and time grows with the length of the text only.
 */
export class OpenEmphasis {
  readonly #root: Inline[] = [];
  readonly #frames: Frame[] = [];

  add(node: Inline): void {
    const children = this.#frames.at(-1)?.children ?? this.#root;
    const last = children.at(-1);
    if (node.kind === 'text' && last?.kind === 'text')
      children[children.length - 1] = { kind: 'text', text: last.text + node.text };
    else children.push(node);
  }

  isOpen(kind: Emphasis): boolean {
    return this.#frames.some((frame) => frame.kind === kind);
  }

  open(kind: Emphasis, marker: string): void {
    this.#frames.push({ kind, marker, children: [] });
  }

  /** The innermost open kind that one of these markers closes. */
  innermost(markers: readonly string[]): { kind: Emphasis; marker: string } | undefined {
    return this.#frames.findLast(({ marker }) => markers.includes(marker));
  }

  /** Closes that kind. Delimiters that were opened within it and not closed are text. */
  close(kind: Emphasis): void {
    while (this.#frames.length > 0) {
      const frame = this.#frames.pop();
      if (!frame) return;
      if (frame.kind === kind) {
        if (frame.children.length > 0) this.add({ kind, children: frame.children });
        else this.add({ kind: 'text', text: frame.marker + frame.marker });
        return;
      }
      this.#flatten(frame);
    }
  }

  /** Everything, with unclosed emphasis as text. */
  finish(): Inline[] {
    for (let frame = this.#frames.pop(); frame; frame = this.#frames.pop()) this.#flatten(frame);
    return this.#root;
  }

  #flatten({ marker, children }: Frame): void {
    this.add({ kind: 'text', text: marker });
    for (const child of children) this.add(child);
  }
}
