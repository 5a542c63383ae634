import type { RoomSettings as Settings } from '@parley/client';
import { type RoomSummary, useAccount, useRooms } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { useDates } from '../texts/use-dates.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useStored } from '../ui/use-stored.ts';
import { useRoomName } from './room-name.ts';

const levels = ['default', 'all', 'mentions', 'none'] as const;

interface RoomSettingsProps {
  roomId: string;
  onClose(): void;
}

/** The user's own settings for a room, on all devices: which messages notify, and its place. */
export function RoomSettings({ roomId, onClose }: RoomSettingsProps) {
  const { account: texts, common } = useTexts();
  const account = useAccount((all) => all);
  const stored = useAccount((all) => all.roomSettings(roomId));
  const { value: settings, change, error } = useStored(stored, (next) => account?.setRoom(roomId, next));
  return (
    <Dialog title={texts.roomSettings} onClose={onClose}>
      {settings ? (
        <>
          <Select
            label={texts.level}
            value={settings.level}
            options={levels.map((level) => [level, texts.levels[level]])}
            onChange={(level) => change({ level })}
          />
          <MuteSelect settings={settings} onChange={change} />
          <PlaceSelect roomId={roomId} settings={settings} onChange={change} />
          <Checkbox label={texts.hide} checked={settings.hidden} onChange={(hidden) => change({ hidden })} />
          <FormError text={error} />
        </>
      ) : (
        <Loading text={common.loading(texts.roomSettings)} />
      )}
    </Dialog>
  );
}

const hourMs = 3_600_000;
const forEver = '9999-12-31T23:59:59.999Z';
const mutes = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };

interface SelectProps {
  settings: Settings;
  onChange(change: Partial<Settings>): void;
}

function MuteSelect({ settings: { mutedUntil }, onChange }: SelectProps) {
  const { account: texts } = useTexts();
  const dates = useDates();
  const isMuted = mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
  const value = !isMuted ? 'off' : mutedUntil === forEver ? 'ever' : 'kept';
  const endOf = (mute: typeof value | keyof typeof mutes): string | null => {
    if (mute === 'off') return null;
    if (mute === 'ever') return forEver;
    return mute === 'kept' ? mutedUntil : new Date(Date.now() + mutes[mute]).toISOString();
  };
  return (
    <Select<Parameters<typeof endOf>[0]>
      label={texts.mute}
      value={value}
      options={[
        ['off', texts.mutes.off],
        ['hour', texts.mutes.hour],
        ['day', texts.mutes.day],
        ['week', texts.mutes.week],
        ['ever', texts.mutes.ever],
        ...(value === 'kept' ? [['kept', texts.mutedUntil(dates(mutedUntil ?? ''))] as const] : []),
      ]}
      onChange={(mute) => onChange({ mutedUntil: endOf(mute) })}
    />
  );
}

/** The place among the rooms that the user has given one, by the order of the keyboard. */
function PlaceSelect({ roomId, settings, onChange }: SelectProps & { roomId: string }) {
  const { account: texts } = useTexts();
  const nameOf = useRoomName();
  const { rooms } = useRooms();
  const isDirect = (room: RoomSummary | undefined) => room?.kind === 'direct';
  const group = isDirect(rooms.find(({ id }) => id === roomId));
  const others = rooms.flatMap((room) =>
    room.order !== null && room.id !== roomId && isDirect(room) === group
      ? [{ id: room.id, order: room.order, name: nameOf(room) }]
      : [],
  );
  const { order } = settings;
  const before = others.findLast((room) => order !== null && room.order <= order);
  const orderAt = (place: string): number | null => {
    if (place === '') return null;
    const index = others.findIndex(({ id }) => id === place);
    const [previous, next] = [others[index]?.order, others[index + 1]?.order];
    if (previous === undefined) return next === undefined ? 0 : next - 1;
    return next === undefined ? previous + 1 : (previous + next) / 2;
  };
  return (
    <Select<string>
      label={texts.place}
      value={order === null ? '' : (before?.id ?? 'first')}
      options={[
        ['', texts.byActivity],
        ['first', texts.first],
        ...others.map(({ id, name }) => [id, texts.after(name)] as const),
      ]}
      onChange={(place) => onChange({ order: orderAt(place) })}
    />
  );
}
