import { useConnection } from '@parley/react';
import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { useLasting } from '../ui/use-lasting.ts';
import './connection-banner.css';

/** A connection that returns at once needs no banner; without a network, it does not. */
const shownAfterMs = 600;

/** One line that says what is happening, with a countdown and a button. Disappears by itself. */
export function ConnectionBanner() {
  const { state, retryAt, retryNow } = useConnection();
  const { connection } = useTexts();
  const isLost = state === 'waiting' || state === 'offline' || state === 'connecting';
  const isShown = useLasting(isLost, shownAfterMs) || state === 'offline';
  const seconds = useSecondsUntil(isShown ? retryAt : undefined);
  if (!isShown) return null;
  const text = {
    offline: connection.offline,
    connecting: connection.connecting,
    waiting: seconds > 0 ? connection.waiting(seconds) : connection.retrying,
  }[state as 'offline' | 'connecting' | 'waiting'];
  return (
    <div className="connection-banner">
      <WifiOff size={16} aria-hidden="true" />
      {/* Read out once: a countdown would be read every second. */}
      <p aria-hidden="true">{text}</p>
      <p role="status" className="sr-only">
        {state === 'waiting' ? connection.retrying : text}
      </p>
      {state !== 'connecting' && (
        <button type="button" onClick={retryNow}>
          {connection.tryNow}
        </button>
      )}
    </div>
  );
}

function useSecondsUntil(time: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (time === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [time]);
  return time === undefined ? 0 : Math.max(0, Math.ceil((time - now) / 1_000));
}
