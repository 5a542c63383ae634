/** The contract's limit of a message, in UTF-16 code units. A test compares them. */
export const maxContentLength = 10_000;

/** The counter appears when fewer characters are left. */
export const counterFrom = 500;

/**
 * Whether a message would show nothing: the server refuses it. Other invisible characters than
 * these are left to the server.
 */
export const isBlank = (text: string): boolean =>
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]*$/u.test(text);
