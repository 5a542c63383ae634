import { markRead } from '../messages.ts';
import { operation } from '../operation.ts';

// The `rooms` contract is the canonical REST API. Its document has one path without `/rooms`, which
// is served in addition to the usual one.

export const markRoomRead = operation({
  ...markRead,
  id: 'roomsMarkRead',
  tag: 'rooms',
  path: '/api/v1/:roomId/messages/read',
});
