import { useClient } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useSubmit } from '../ui/use-submit.ts';

interface JoinBarProps {
  roomId: string;
  onJoined(): Promise<void>;
}

/** Lets a reader of a public room join it. */
export function JoinBar({ roomId, onJoined }: JoinBarProps) {
  const { rooms } = useTexts();
  const client = useClient();
  const { busy, error, run } = useSubmit(async () => {
    await client.joinRoom(roomId);
    await onJoined();
  });
  return (
    <div className="join-bar">
      <Button kind="primary" busy={busy} onClick={run}>
        {rooms.join}
      </Button>
      <FormError text={error} />
    </div>
  );
}
