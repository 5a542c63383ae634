import {
  type Caller,
  defaultNotificationSettings,
  defaultRoomSettings,
  type NotificationSettings,
  type RoomSettings,
} from '@parley/contracts';
import { changeAccount } from './change-account.ts';
import type { CommonContext } from './context.ts';
import { requireReader } from './room-access.ts';

type Numbered<T> = T & { seq: number };
type Changes<T> = { [Field in keyof T]?: T[Field] | undefined };

const given = <T>(changes: Changes<T>): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Fields that are not given keep their values, so two devices do not undo each other. */
export async function putRoomSettings(
  context: CommonContext,
  caller: Caller,
  roomId: string,
  changes: Changes<RoomSettings>,
): Promise<Numbered<RoomSettings>> {
  await requireReader(context.databases.of(roomId), caller, roomId);
  const { userId } = caller;
  const { data, seq } = await changeAccount(
    context,
    { userId, kind: 'room_settings', subjectId: roomId, roomId },
    (present) => ({ ...defaultRoomSettings, ...present?.data, ...given(changes) }),
  );
  return { ...defaultRoomSettings, ...data, seq };
}

export async function putNotificationSettings(
  context: CommonContext,
  { userId }: Caller,
  changes: Changes<NotificationSettings>,
): Promise<Numbered<NotificationSettings>> {
  const { data, seq } = await changeAccount(
    context,
    { userId, kind: 'notification_settings', subjectId: userId },
    (present) => ({ ...defaultNotificationSettings, ...present?.data, ...given(changes) }),
  );
  return { ...defaultNotificationSettings, ...data, seq };
}
