const compact = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

/**
 * The id of a delivery: hook, room, and the `seq` up to which it is complete. Every attempt of a
 * delivery has the same. After the n-th time that the cursor was set back, `:n` follows. At most 64
 * characters, so that it may be the `clientId` of an answer; the ids in it are in base64url.
 */
export function webhookId(hookId: string, roomId: string, upTo: number, generation: number): string {
  const id = `${compact(hookId)}:${compact(roomId)}:${upTo}`;
  return generation === 0 ? id : `${id}:${generation}`;
}
