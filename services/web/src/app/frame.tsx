import { useSession } from '@parley/react';
import { MessagesSquare } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { BrowserNotifications } from '../notifications/browser-notifications.tsx';
import { RoomPage } from '../rooms/room-page.tsx';
import { Sidebar } from '../rooms/sidebar.tsx';
import { useTexts } from '../texts/texts.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { lazyPage, lazyPart } from '../ui/lazy-part.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { useRoute } from './router.tsx';
import { useShortcut, useShortcutName } from './use-shortcut.ts';
import './frame.css';

const Browse = lazyPage(() => import('../rooms/browse.tsx').then(({ Browse }) => Browse));
const People = lazyPage(() => import('../rooms/people.tsx').then(({ People }) => People));
const Inbox = lazyPage(() => import('../notifications/inbox.tsx').then(({ Inbox }) => Inbox));
const Saved = lazyPage(() => import('../rooms/saved.tsx').then(({ Saved }) => Saved));
const Search = lazyPage(() => import('../search/search.tsx').then(({ Search }) => Search));
const ThreadList = lazyPage(() => import('../threads/thread-list.tsx').then(({ ThreadList }) => ThreadList));
const Settings = lazyPage(() => import('../settings/settings.tsx').then(({ Settings }) => Settings));
const InvitePage = lazyPage(() => import('../rooms/invite-page.tsx').then(({ InvitePage }) => InvitePage));
const Switcher = lazyPart(() => import('../rooms/switcher.tsx').then(({ Switcher }) => Switcher));

/** The list, the page of the address, and the switcher. */
export function Frame() {
  const route = useRoute();
  const [switches, setSwitches] = useState(false);
  const openSwitcher = () => setSwitches(true);
  useShortcut('k', openSwitcher);
  const main = useRef<HTMLElement>(null);
  useFocusOfPage(main);
  return (
    <div className={route.page === 'home' ? 'frame at-list' : 'frame'}>
      <Sidebar onSearch={openSwitcher} />
      <main ref={main} className="main" id="main" tabIndex={-1}>
        <ConnectionBanner />
        <MainPage />
      </main>
      {switches && <Switcher onClose={() => setSwitches(false)} />}
      <BrowserNotifications />
    </div>
  );
}

/**
 * Where one column is shown at a time, another page may hide what had the focus. Then the focus
 * goes to the column that is shown.
 */
function useFocusOfPage(main: RefObject<HTMLElement | null>): void {
  const route = useRoute();
  const before = useRef(route);
  useEffect(() => {
    if (before.current === route) return;
    before.current = route;
    const { activeElement, body } = document;
    const isLost =
      activeElement === body ||
      activeElement === main.current ||
      activeElement?.getClientRects().length === 0;
    if (!isLost) return;
    const list = main.current?.previousElementSibling;
    const isListAlone = main.current?.clientHeight === 0;
    if (isListAlone && list instanceof HTMLElement) list.focus();
    else main.current?.focus();
  }, [route, main]);
}

function MainPage() {
  const route = useRoute();
  const { user } = useSession();
  switch (route.page) {
    case 'room':
      return <RoomPage key={`${user?.userId} ${route.roomId}`} {...route} />;
    case 'threads':
      return <ThreadList key={route.roomId} roomId={route.roomId} />;
    case 'invite':
      return <InvitePage token={route.token} />;
    case 'browse':
      return <Browse />;
    case 'people':
      return <People />;
    case 'inbox':
      return <Inbox />;
    case 'saved':
      return <Saved />;
    case 'search':
      return <Search key={route.roomId} q={route.q} roomId={route.roomId} />;
    case 'settings':
      return <Settings section={route.section} />;
    default:
      return <NoRoom />;
  }
}

function NoRoom() {
  const { rooms } = useTexts();
  return (
    <EmptyState
      icon={<MessagesSquare aria-hidden="true" />}
      title={rooms.chooseTitle}
      text={rooms.chooseText(useShortcutName('K'))}
    />
  );
}
