const codes = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

export type Paint = (style: keyof typeof codes, text: string) => string;

export const paintWith =
  (color: boolean): Paint =>
  (style, text) =>
    color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;

const nameColors = ['green', 'yellow', 'blue', 'magenta', 'cyan'] as const;

/** Gives each name a fixed colour. */
export function paintName(paint: Paint, name: string): string {
  const sum = [...name].reduce(
    (hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521,
    7,
  );
  return paint(nameColors[sum % nameColors.length] ?? 'cyan', name);
}
