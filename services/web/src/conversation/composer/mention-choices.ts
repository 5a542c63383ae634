import type { MemberView, RoomState } from '@parley/react';

const maxShown = 8;
/** With `roomMentions: 'auto'`, everybody in a room of up to that size may mention all members. */
const maxAuto = 50;

/** The name of all members. */
const roomName = 'room';

export interface MentionChoice {
  /** Null: all members. */
  member: MemberView | null;
  username: string;
}

/** Those whom the beginning of a name may mean: each of its words counts. */
export function mentionChoices(
  { room, members }: Pick<RoomState, 'room' | 'members'>,
  ownId: string,
  text: string,
): MentionChoice[] {
  const wanted = text.toLocaleLowerCase();
  const fits = (...names: string[]) =>
    names.some((name) =>
      [name, ...name.split(/[\s._-]+/u)].some((word) => word.toLocaleLowerCase().startsWith(wanted)),
    );
  const found = members.filter(
    ({ userId, username, name }) => userId !== ownId && username !== '' && fits(username, name),
  );
  const choices = found
    .slice(0, maxShown)
    .map((member): MentionChoice => ({ member, username: member.username }));
  return mayMentionRoom(room) && fits(roomName)
    ? [...choices, { member: null, username: roomName }]
    : choices;
}

function mayMentionRoom(room: RoomState['room']): boolean {
  if (!room || room.kind === 'direct') return false;
  const { role, roomMentions, memberCount } = room;
  if (role === 'owner' || role === 'admin' || roomMentions === 'members') return true;
  return roomMentions === 'auto' && memberCount <= maxAuto;
}
