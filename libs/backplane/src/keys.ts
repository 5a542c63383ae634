/** The addressees of a backplane message: a room's subscribers, or all connections of a user. */
export const roomKey = (roomId: string): string => `room:${roomId}`;
export const userKey = (userId: string): string => `user:${userId}`;
export const isUserKey = (key: string): boolean => key.startsWith('user:');
export const roomIdOf = (key: string): string => key.slice('room:'.length);

/** More than a cluster has nodes, and few enough for every gateway to subscribe to all of them. */
const statusChannels = 64;

/** The keys of all statuses. Every gateway subscribes to them. */
export const statusKeys: readonly string[] = Array.from(
  { length: statusChannels },
  (_, channel) => `status:${channel}`,
);

/** The key of a user's statuses, by the user's hash. The same in every process. */
export function statusKey(userId: string): string {
  let hash = 0;
  for (let index = 0; index < userId.length; index++)
    hash = (Math.imul(hash, 31) + userId.charCodeAt(index)) >>> 0;
  return `status:${hash % statusChannels}`;
}
