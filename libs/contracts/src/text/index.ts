// What counts as blank, as a name, as the same name and as one character: the only place for these
// rules. Services apply them; clients do not need them.

export { canonicalReaction } from './emoji.ts';
export { foldForSearch, foldName } from './fold.ts';
export { cutText } from './graphemes.ts';
export { isBlank, withoutIgnorable } from './invisible.ts';
export { isVisibleName, makeVisible, tidyName } from './names.ts';
export { imitates, skeletonsOf } from './skeleton.ts';
