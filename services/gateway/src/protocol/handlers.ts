import type { ClientEvent } from '@parley/contracts';
import { createChatRoom } from './create-chat-room.ts';
import { deleteMessage } from './delete-message.ts';
import { editMessage } from './edit-message.ts';
import { enterRoom } from './enter-room.ts';
import { getRoomUsers } from './get-room-users.ts';
import { joinRoom } from './join-room.ts';
import { joinRooms } from './join-rooms.ts';
import { leaveRoom } from './leave-room.ts';
import { messageRead } from './message-read.ts';
import { pinMessage } from './pin-message.ts';
import type { Handler } from './protocol-context.ts';
import { reactMessage } from './react-message.ts';
import { readThread } from './read-thread.ts';
import { refreshToken } from './refresh-token.ts';
import { resume } from './resume.ts';
import { sendMessage } from './send-message.ts';
import { typing } from './typing.ts';

/** The handler of every event that clients may send. */
export const handlers: { readonly [E in ClientEvent]: Handler<E> } = {
  join_room: joinRoom,
  enter_room: enterRoom,
  join_rooms: joinRooms,
  resume,
  leave_room: leaveRoom,
  send_message: sendMessage,
  edit_message: editMessage,
  delete_message: deleteMessage,
  react_message: reactMessage,
  pin_message: pinMessage,
  message_read: messageRead,
  read_thread: readThread,
  typing,
  refresh_token: refreshToken,
  get_room_users: getRoomUsers,
  create_chat_room: createChatRoom,
};
