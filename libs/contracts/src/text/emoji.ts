// The sequences of UTS 51 (emoji), without a list of those that fonts draw: new ones appear yearly.

const element = String.raw`(?:\p{Emoji}\p{Emoji_Modifier}|\p{Extended_Pictographic}[\ufe0e\ufe0f]?)`;
const joined = String.raw`${element}(?:\u200d${element})*`;
const keycap = String.raw`[0-9#*][\ufe0e\ufe0f]?\u20e3`;
const subdivisionFlag = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}`;

/** Emoji with the invisible characters that belong to them: joiners, selectors and tags. */
export const emojiSequences = new RegExp(`${subdivisionFlag}|${keycap}|${joined}`, 'gu');

/** An emoji, or an invisible character that belongs to none. */
const emojiOrStray = new RegExp(
  String.raw`(${emojiSequences.source})|\p{Default_Ignorable_Code_Point}`,
  'gu',
);
const variationSelectors = /[\ufe0e\ufe0f]/gu;
const shownAsText =
  /(?=\p{Emoji})(?=\p{Extended_Pictographic})\P{Emoji_Presentation}(?!\p{Emoji_Modifier})/gu;
const bareKeycap = /(?<=[0-9#*])(?=\u20e3)/gu;

/**
 * The one form under which a reaction is stored and counted. Keyboards send emoji with or without
 * variation selectors (`❤`, `❤️`), so each emoji gets exactly those of its fully qualified form.
 * Other invisible characters do not make another reaction.
 */
export const canonicalReaction = (reaction: string): string =>
  reaction
    .normalize('NFC')
    .replace(emojiOrStray, (_, emoji = '') => emoji)
    .trim()
    .replace(variationSelectors, '')
    .replace(shownAsText, '$&\ufe0f')
    .replace(bareKeycap, '\ufe0f');
