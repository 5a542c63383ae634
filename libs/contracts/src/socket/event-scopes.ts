import type { Scope } from '../schemas/scope.ts';
import type { ClientEvent } from './canonical.ts';

/** The scope that each event needs on a connection whose token has scopes. */
export const eventScopes: { readonly [E in ClientEvent]: Scope | 'any' } = {
  join_room: 'messages:read',
  enter_room: 'rooms:write',
  join_rooms: 'messages:read',
  resume: 'messages:read',
  leave_room: 'messages:read',
  send_message: 'messages:send',
  edit_message: 'messages:send',
  delete_message: 'messages:send',
  react_message: 'messages:send',
  pin_message: 'messages:send',
  message_read: 'messages:read',
  read_thread: 'messages:read',
  typing: 'messages:send',
  refresh_token: 'any',
  get_room_users: 'rooms:read',
  create_chat_room: 'rooms:write',
};
