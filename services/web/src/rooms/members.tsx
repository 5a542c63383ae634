import { type MemberView, type UseRoom, useClient, useRoomPresence, useSession } from '@parley/react';
import { MoreHorizontal, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { navigate, roomPath } from '../app/router.tsx';
import { useWaits } from '../app/use-waits.ts';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { BotBadge } from '../ui/bot-badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm-later.ts';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';
import { useNotice } from '../ui/notice.tsx';

interface MembersProps {
  state: UseRoom;
  onClose(): void;
}

/** The members of a room by presence, with the actions that the user's role allows. */
export function Members({ state, onClose }: MembersProps) {
  const { room: texts, common, connection } = useTexts();
  const { room, members } = state;
  const waits = useWaits(state) && members.length === 0;
  const presence = useRoomPresence(room?.id ?? '');
  const isOnline = ({ userId }: MemberView) => presence[userId] === true;
  const online = members.filter(isOnline);
  const away = members.filter((member) => !isOnline(member));
  return (
    <section className="members" aria-label={texts.details}>
      <div className="members-head">
        <h2>{texts.details}</h2>
        <IconButton label={common.close} icon={<X size={18} />} onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls needs the keyboard */}
      <div className="members-list" tabIndex={0}>
        {room?.description && (
          <p className="members-about" dir="auto">
            {room.description}
          </p>
        )}
        {waits && <p className="members-about">{connection.willLoad}</p>}
        {/* One list, so that a menu stays open when its member moves to the other group. */}
        <ul>
          {[
            heading('online', texts.onlineGroup(online.length), online.length),
            ...online.map((member) => <Member key={member.userId} member={member} state={state} live />),
            heading('away', texts.offlineGroup(away.length), away.length),
            ...away.map((member) => <Member key={member.userId} member={member} state={state} />),
          ]}
        </ul>
      </div>
    </section>
  );
}

const heading = (key: string, title: string, count: number) =>
  count > 0 && (
    <li key={key}>
      <h3>{title}</h3>
    </li>
  );

interface MemberProps {
  member: MemberView;
  state: UseRoom;
  live?: boolean;
}

function Member({ member, state, live = false }: MemberProps) {
  const { room: texts } = useTexts();
  const name = useShownNames()(member);
  return (
    <li className="member">
      <Avatar id={member.userId} name={name} size="small" live={live} />
      <span className="member-name" dir="auto" title={member.username}>
        {name}
      </span>
      <BotBadge user={member} />
      {member.role !== 'member' && <span className="member-role">{texts.roles[member.role]}</span>}
      <MemberMenu member={member} state={state} />
    </li>
  );
}

const ranks = { owner: 2, admin: 1, member: 0 };

function MemberMenu({ member, state }: { member: MemberView; state: UseRoom }) {
  const { room: texts } = useTexts();
  const { user } = useSession();
  const client = useClient();
  const { api } = client;
  const errorText = useErrorText();
  const notify = useNotice();
  const name = useShownNames()(member);
  const [asks, setAsks] = useState<'transfer' | 'ban'>();
  const { room, reload } = state;
  const { userId, role } = member;
  if (!room || userId === user?.userId || room.kind === 'direct') return null;
  const own = room.role;
  const isManager = own !== null && ranks[own] > 0 && ranks[own] > ranks[role];
  const target = { roomId: room.id, userId };
  const run = (work: () => Promise<unknown>) => () => {
    work()
      .then(reload)
      .catch((error: unknown) => notify(errorText(error)));
  };
  const write = async () => navigate(roomPath((await client.directRoom(userId)).id));
  const items: ReactNode[] = [
    <MenuItem key="write" onSelect={run(write)}>
      {texts.message}
    </MenuItem>,
  ];
  if (own === 'owner')
    items.push(
      <MenuItem
        key="role"
        onSelect={run(() => api.setMemberRole({ ...target, role: role === 'admin' ? 'member' : 'admin' }))}
      >
        {role === 'admin' ? texts.makeMember : texts.makeAdmin}
      </MenuItem>,
      <MenuItem key="transfer" onSelect={() => setAsks('transfer')}>
        {texts.transfer}
      </MenuItem>,
    );
  if (isManager)
    items.push(
      <MenuLine key="line" />,
      <MenuItem key="remove" danger onSelect={run(() => api.removeMember(target))}>
        {texts.removeMember}
      </MenuItem>,
      <MenuItem key="ban" danger onSelect={() => setAsks('ban')}>
        {texts.ban}
      </MenuItem>,
    );
  const questions = {
    transfer: { title: texts.transfer, text: texts.transferText(name), work: () => api.transferRoom(target) },
    ban: { title: texts.ban, text: texts.banText(name), work: () => api.banUser(target) },
  };
  const question = asks && questions[asks];
  return (
    <>
      <Menu trigger={<IconButton label={texts.actions(name)} icon={<MoreHorizontal size={18} />} />}>
        {items}
      </Menu>
      {question && (
        <Confirm
          title={question.title}
          text={question.text}
          onConfirm={() => question.work().then(reload)}
          onClose={() => setAsks(undefined)}
        />
      )}
    </>
  );
}
