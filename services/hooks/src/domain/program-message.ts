/** The clientIds of messages that programs write by this service begin with one of these. */
const prefixes = { incoming: 'in:', command: 'cmd:' } as const;

/** @param key identifies the message; base64url or a UUID */
export const programClientId = (kind: keyof typeof prefixes, key: string): string => prefixes[kind] + key;

/** Whether a message was written by an incoming webhook or a command. */
export const isByProgram = (clientId: string | null): boolean =>
  clientId !== null && Object.values(prefixes).some((prefix) => clientId.startsWith(prefix));
