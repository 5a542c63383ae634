import { markRead } from '../messages.ts';
import { operation } from '../operation.ts';

// The canonical REST is this family's. Its document has one path without `/rooms`, which is served beside the usual one.

export const markRoomRead = operation({
  ...markRead,
  id: 'roomsMarkRead',
  tag: 'rooms',
  path: '/api/v1/:roomId/messages/read',
});
