import type { SessionEvents } from '@parley/client';
import { useLiveSession } from '@parley/react';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';

/** The answer to the reader's command, for them alone. It stays until it is closed. */
export function CommandAnswer({ roomId }: { roomId: string }) {
  const session = useLiveSession();
  const [answer, setAnswer] = useState<SessionEvents['commandAnswered']>();
  const { conversation } = useTexts();
  const texts = conversation.command;
  useEffect(
    () => session?.on('commandAnswered', (event) => event.roomId === roomId && setAnswer(event)),
    [session, roomId],
  );
  return (
    <div role="status">
      {answer && (
        <div className="command-answer">
          <b>
            <bdi>/{answer.word}</bdi> {texts.onlyYou}
          </b>
          <p dir="auto">{answer.text ?? (answer.problem === 'timeout' ? texts.late : texts.none)}</p>
          <IconButton label={texts.close} icon={<X size={16} />} onClick={() => setAnswer(undefined)} />
        </div>
      )}
    </div>
  );
}
