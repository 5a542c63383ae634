/** A draft here, and the text on which this device and the account agreed last. */
interface Here {
  text: string;
  agreed: string;
}

/**
 * Combines a draft with the text of the account, which another device may have changed. If both
 * have changed, both texts are kept: nothing that a user has typed is lost. The account is to get
 * the text if it differs from `agreed`.
 */
export function mergeDraft({ text, agreed }: Here, account: string): Here {
  const isNewHere = text !== account && text !== agreed;
  if (!isNewHere) return { text: account, agreed: account };
  const isNewThere = account !== agreed && !text.includes(account);
  if (!isNewThere) return { text, agreed: account };
  return { text: account.includes(text) ? account : `${account}\n${text}`, agreed: account };
}
