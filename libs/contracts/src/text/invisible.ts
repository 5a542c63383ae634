/**
 * Characters that show nothing, apart from those with a Unicode property for it: the braille blank,
 * marks of annotations and objects, a musical null note, controls and blanks of hieroglyphs, and
 * the filler of Khitan and joiner of Tifinagh.
 */
const otherInvisible = String.raw`\u2800\u2d7f\ufff9-\ufffc\u{13430}-\u{13442}\u{16fe4}\u{1d159}`;

const blank = new RegExp(
  String.raw`^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}${otherInvisible}]*$`,
  'u',
);
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/** The inside of a character class: everything that names contain only within known sequences. */
export const hidden = String.raw`\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}${otherInvisible}`;

/** Whether a text shows nothing at all. */
export const isBlank = (text: string): boolean => blank.test(text);

export const withoutIgnorable = (text: string): string => text.replace(ignorable, '');
