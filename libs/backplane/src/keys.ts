/** The addressees of a backplane message: a room's subscribers, or all connections of a user. */
export const roomKey = (roomId: string): string => `room:${roomId}`;
export const userKey = (userId: string): string => `user:${userId}`;
export const isUserKey = (key: string): boolean => key.startsWith('user:');
export const roomIdOf = (key: string): string => key.slice('room:'.length);
