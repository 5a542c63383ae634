// The rules of text, in one place: which texts are blank, which names are allowed or look alike,
// and where a character ends. Services apply them; clients do not need them.

export { canonicalReaction } from './emoji.ts';
export { foldForSearch, foldName } from './fold.ts';
export { cutText } from './graphemes.ts';
export { isBlank } from './invisible.ts';
export {
  hasMentionSign,
  mentionKey,
  type PossibleMention,
  possibleMentions,
} from './mentions.ts';
export { isVisibleName, makeVisible, tidyName } from './names.ts';
export { imitates, skeletonsOf } from './skeleton.ts';
