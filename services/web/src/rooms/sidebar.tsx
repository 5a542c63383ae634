import {
  useClient,
  useConnection,
  useNotifications,
  useRooms,
  useSession,
  useUnread,
  useUnreadThreads,
} from '@parley/react';
import {
  Bookmark,
  Building2,
  Inbox,
  LogOut,
  MessagesSquare,
  Plus,
  Search,
  Settings,
  TextSearch,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link, navigate, useRoute } from '../app/router.tsx';
import { useShortcutName } from '../app/use-shortcut.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { RoomList } from './room-list.tsx';
import './sidebar.css';

const CreateRoom = lazyPart(() => import('./create-room.tsx').then(({ CreateRoom }) => CreateRoom));
const SignOut = lazyPart(() => import('../settings/sign-out.tsx').then(({ SignOut }) => SignOut));

/** The user, the search and the rooms. */
export function Sidebar({ onSearch }: { onSearch(): void }) {
  const { rooms: texts, app } = useTexts();
  const { rooms, loading, error } = useRooms();
  const route = useRoute();
  const [creates, setCreates] = useState(false);
  const create = () => setCreates(true);
  useTitle();
  return (
    <nav className="sidebar" aria-label={texts.label} tabIndex={-1}>
      {route.page === 'home' && <h1 className="sr-only">{app.name}</h1>}
      <button type="button" className="skip" onClick={skipToMain}>
        {app.skip}
      </button>
      <div className="sidebar-head">
        <OwnMenu />
        <SearchLink />
        <InboxLink />
        <Menu trigger={<IconButton label={texts.add} icon={<Plus size={20} />} />}>
          <MenuItem onSelect={create}>{texts.create}</MenuItem>
          <MenuItem onSelect={() => navigate('/browse')}>{texts.browse}</MenuItem>
          <MenuItem onSelect={() => navigate('/people')}>{texts.message}</MenuItem>
        </Menu>
      </div>
      <button type="button" className="sidebar-find" onClick={onSearch}>
        <Search size={16} aria-hidden="true" />
        <span>{texts.find}</span>
        <kbd>{useShortcutName('K')}</kbd>
      </button>
      {rooms.length > 0 && <ThreadsLink />}
      {rooms.length === 0 && !loading && !error ? <NoRooms onCreate={create} /> : <RoomList />}
      {creates && <CreateRoom onClose={() => setCreates(false)} />}
    </nav>
  );
}

const skipToMain = () => document.getElementById('main')?.focus();

function NoRooms({ onCreate }: { onCreate(): void }) {
  const { rooms: texts } = useTexts();
  const isFresh = useIsFresh();
  return (
    <EmptyState
      title={texts.emptyTitle}
      text={isFresh ? `${texts.fresh} ${texts.emptyText}` : texts.emptyText}
    >
      <button type="button" className="button primary" onClick={onCreate}>
        {texts.create}
      </button>
      <Link to="/browse" className="button">
        {texts.browse}
      </Link>
      <Link to="/people" className="button">
        {texts.message}
      </Link>
    </EmptyState>
  );
}

/** Whether there seem to be no other users. Members of an organization do not see all of them. */
function useIsFresh(): boolean {
  const { user, profile } = useSession();
  const client = useClient();
  const { data } = useLoaded('users', () => client.users({ limit: 2 }));
  if (!data || !profile || profile.organizationId) return false;
  return data.users.every(({ id }) => id === user?.userId);
}

function OwnMenu() {
  const { account, settings, common, connection } = useTexts();
  const { user, profile } = useSession();
  const [leaves, setLeaves] = useState(false);
  const { state } = useConnection();
  const organization = useOrganizationName();
  const status =
    state === 'online' ? common.online : state === 'connecting' ? connection.connecting : common.offline;
  const shownName = useShownNames();
  const name = user ? shownName({ ...user, name: profile?.name }) : '';
  return (
    <>
      <Menu
        trigger={
          <button type="button" className="sidebar-me">
            <Avatar id={user?.userId ?? ''} name={name} live={state === 'online'} />
            <span>
              <strong dir="auto">{name}</strong>
              <small>
                {organization && (
                  <>
                    <bdi>{organization}</bdi> ·{' '}
                  </>
                )}
                {status}
              </small>
            </span>
          </button>
        }
      >
        <MenuItem icon={<Bookmark size={18} />} onSelect={() => navigate('/saved')}>
          {account.saved}
        </MenuItem>
        <MenuItem icon={<Settings size={18} />} onSelect={() => navigate('/settings/profile')}>
          {settings.title}
        </MenuItem>
        <MenuItem icon={<Building2 size={18} />} onSelect={() => navigate('/settings/organization')}>
          {settings.organization}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={<LogOut size={18} />} onSelect={() => setLeaves(true)}>
          {settings.signOut}
        </MenuItem>
      </Menu>
      {leaves && <SignOut onClose={() => setLeaves(false)} />}
    </>
  );
}

function useOrganizationName(): string | null {
  const { profile } = useSession();
  const client = useClient();
  const [name, setName] = useState<string | null>(null);
  const organizationId = profile?.organizationId ?? null;
  useEffect(() => {
    let isCurrent = true;
    setName(null);
    if (organizationId)
      client.api.getOrganization().then(
        (organization) => isCurrent && setName(organization.name),
        () => undefined,
      );
    return () => {
      isCurrent = false;
    };
  }, [client, organizationId]);
  return name;
}

function SearchLink() {
  const { search } = useTexts();
  const route = useRoute();
  return (
    <Link
      to="/search"
      className="icon-button"
      aria-label={search.title}
      title={search.title}
      aria-current={route.page === 'search' ? 'page' : undefined}
    >
      <TextSearch size={20} />
    </Link>
  );
}

function InboxLink() {
  const { inbox } = useTexts();
  const { unread } = useNotifications();
  const route = useRoute();
  const label = unread > 0 ? inbox.label(unread) : inbox.title;
  return (
    <Link
      to="/inbox"
      className="icon-button sidebar-inbox"
      aria-label={label}
      title={label}
      aria-current={route.page === 'inbox' ? 'page' : undefined}
    >
      <Inbox size={20} />
      {unread > 0 && (
        <span className="badge" aria-hidden="true">
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </Link>
  );
}

/** The threads of all rooms, with the number of unread replies. */
function ThreadsLink() {
  const { conversation } = useTexts();
  const texts = conversation.threads;
  const { replies } = useUnreadThreads();
  const route = useRoute();
  const isOpen = route.page === 'threads' && route.roomId === null;
  return (
    <Link
      to="/threads"
      className={replies > 0 ? 'sidebar-threads new' : 'sidebar-threads'}
      aria-current={isOpen ? 'page' : undefined}
    >
      <MessagesSquare size={18} aria-hidden="true" />
      <span>{texts.all}</span>
      {replies > 0 && (
        <span className="badge">
          <span aria-hidden="true">{replies > 99 ? '99+' : replies}</span>
          <span className="sr-only">{texts.unread(replies)}</span>
        </span>
      )}
    </Link>
  );
}

/** The title of the page shows what is unread, for people who look at the tab only. */
function useTitle(): void {
  const { app } = useTexts();
  const { badge } = useUnread();
  useEffect(() => {
    document.title = badge > 0 ? `(${badge > 99 ? '99+' : badge}) ${app.name}` : app.name;
    return () => {
      document.title = app.name;
    };
  }, [badge, app]);
}
