import { ParleyError, type PendingMessage } from '@parley/client';
import { useEffect, useState } from 'react';
import { useErrorText } from '../../texts/error-text.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useRoomContext } from '../room-context.ts';

/** Most messages are stored sooner. Then nothing appears, so that nothing moves. */
const quietMs = 500;

/** Whether a message is being sent or was not sent, and what to do about it. */
export function PendingState({ message: { clientId, failed } }: { message: PendingMessage }) {
  const { conversation } = useTexts();
  const errorText = useErrorText();
  const { retry, discard } = useRoomContext();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), quietMs);
    return () => clearTimeout(timer);
  }, []);
  if (!failed) return isSlow && <span className="state">{conversation.sending}</span>;
  return (
    <span className="state failed" role="alert">
      {conversation.notSent}{' '}
      {conversation.failures[failed.code] ?? errorText(new ParleyError(failed.code, failed.message))}{' '}
      <button type="button" onClick={() => retry(clientId)}>
        {conversation.retry}
      </button>
      <button type="button" onClick={() => discard(clientId)}>
        {conversation.discard}
      </button>
    </span>
  );
}
