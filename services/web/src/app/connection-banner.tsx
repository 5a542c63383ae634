import { useConnection } from '@parley/react';
import { RefreshCw, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { useLasting } from '../ui/use-lasting.ts';
import './connection-banner.css';

/** A connection that returns at once needs no banner; without a network, it does not. */
const shownAfterMs = 600;

/** One line that says what is happening, with a countdown and a button. Disappears by itself. */
export function ConnectionBanner() {
  const { state, reason, retryAt, isDraining: isAnnounced, retryNow } = useConnection();
  const { connection } = useTexts();
  const isLost = state === 'waiting' || state === 'offline' || state === 'connecting';
  const isLostLong = useLasting(isLost, shownAfterMs) || state === 'offline';
  const isDraining = isAnnounced || (state === 'waiting' && reason === 'draining');
  const seconds = useSecondsUntil(isLostLong ? retryAt : undefined);
  if (!isLostLong && !isDraining) return null;
  const text = isDraining
    ? connection.draining
    : {
        offline: connection.offline,
        connecting: connection.connecting,
        waiting: seconds > 0 ? connection.waiting(seconds) : connection.retrying,
      }[state as 'offline' | 'connecting' | 'waiting'];
  const Icon = isDraining ? RefreshCw : WifiOff;
  return (
    <div className="connection-banner">
      <Icon size={16} aria-hidden="true" />
      {/* Read out once: a countdown would be read every second. */}
      <p aria-hidden="true">{text}</p>
      <p role="status" className="sr-only">
        {state === 'waiting' && !isDraining ? connection.retrying : text}
      </p>
      {!isDraining && state !== 'connecting' && (
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
