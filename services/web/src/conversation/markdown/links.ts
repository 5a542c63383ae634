/** Characters that change the direction of the text around them, or that nobody can see. */
const deceptive = String.raw`\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`;

/** The longest piece that may be an address. Deceptive characters end it. */
export const addressPattern = String.raw`https?:\/\/[^\s<>"\x60|\\[\]${deceptive}]+`;

const overrides = /[\u202a-\u202e]/gu;
const bidiControls = /\p{Bidi_Control}/gu;
const trailing = /[.,;:!?'*_~…。，！？、)}»”’]$/u;
const pairs: Record<string, string> = { ')': '(', '}': '{' };

const count = (text: string, character: string) => text.split(character).length - 1;

/** Without the punctuation that belongs to the sentence around an address. */
export function trimAddress(candidate: string): string {
  let address = candidate;
  // Balanced brackets belong to the address, as in /wiki/Go_(game). Few steps, because counting
  // for each of thousands would take long.
  for (let step = 0; step < 64 && trailing.test(address); step++) {
    const last = address.slice(-1);
    const opening = pairs[last];
    if (opening && count(address, opening) >= count(address, last)) break;
    address = address.slice(0, -1);
  }
  return address;
}

/**
 * The address that a link may lead to, or null. Only http and https are safe: `javascript:` and
 * `data:` would run in this page. A name before `@` imitates another host.
 */
export function safeHref(address: string): string | null {
  if (!/^https?:\/\//i.test(address)) return null;
  const url = URL.parse?.(address) ?? parseUrl(address);
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname) return null;
  return url.username || url.password ? null : url.href;
}

/** For browsers without `URL.parse`. */
function parseUrl(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/**
 * Text without embeddings and overrides of its direction, with which a name or a sentence can
 * imitate another. Isolates and marks stay, because right-to-left texts need them.
 */
export const withoutOverrides = (text: string): string => text.replace(overrides, '');

/** Code with its direction controls visible, because invisible ones would reorder the program. */
export const withVisibleControls = (code: string): string =>
  code.replace(
    bidiControls,
    (control) => `<U+${(control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
