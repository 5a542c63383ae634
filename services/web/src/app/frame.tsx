import { useSession } from '@parley/react';
import { MessagesSquare } from 'lucide-react';
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { BrowserNotifications } from '../notifications/browser-notifications.tsx';
import { InvitePage } from '../rooms/invite-page.tsx';
import { RoomPage } from '../rooms/room-page.tsx';
import { Sidebar } from '../rooms/sidebar.tsx';
import { useTexts } from '../texts/texts.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Loading } from '../ui/loading.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { useRoute } from './router.tsx';
import { useShortcut, useShortcutName } from './use-shortcut.ts';
import './frame.css';

const Browse = lazy(() => import('../rooms/browse.tsx').then(({ Browse }) => ({ default: Browse })));
const People = lazy(() => import('../rooms/people.tsx').then(({ People }) => ({ default: People })));
const Inbox = lazy(() => import('../notifications/inbox.tsx').then(({ Inbox }) => ({ default: Inbox })));
const Settings = lazy(() =>
  import('../settings/settings.tsx').then(({ Settings }) => ({ default: Settings })),
);
const Switcher = lazy(() => import('../rooms/switcher.tsx').then(({ Switcher }) => ({ default: Switcher })));

/** The list, the page of the address, and the switcher. */
export function Frame() {
  const { app } = useTexts();
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
        <Suspense fallback={<Loading text={app.loading} />}>
          <MainPage />
        </Suspense>
      </main>
      {switches && (
        <Suspense>
          <Switcher onClose={() => setSwitches(false)} />
        </Suspense>
      )}
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
      return <RoomPage key={`${user?.userId} ${route.roomId}`} roomId={route.roomId} at={route.at} />;
    case 'invite':
      return <InvitePage token={route.token} />;
    case 'browse':
      return <Browse />;
    case 'people':
      return <People />;
    case 'inbox':
      return <Inbox />;
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
