import { useClient, usePins, useRoom } from '@parley/react';
import { PinOff } from 'lucide-react';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useAction } from '../ui/use-action.ts';
import { KeptMessage } from './kept-message.tsx';
import { mayPin } from './may-pin.ts';

interface PinsProps {
  roomId: string;
  onClose(): void;
}

/** The pinned messages of a room. */
export function Pins({ roomId, onClose }: PinsProps) {
  const { account: texts, common } = useTexts();
  const { api } = useClient();
  const { room } = useRoom(roomId);
  const errorText = useErrorText();
  const { pins, loading, error } = usePins(roomId);
  const unpinning = useAction((messageId) => api.unpinMessage({ roomId, messageId }));
  return (
    <Dialog title={texts.pins} onClose={onClose}>
      <FormError text={error ? errorText(error) : unpinning.error} />
      {loading && <Loading text={common.loading(texts.pins)} />}
      {pins.length === 0 && !loading && !error && <p>{texts.noPins}</p>}
      <ul className="search-hits">
        {pins.map((message) => (
          <KeptMessage key={message.id} message={message} onOpen={onClose}>
            {mayPin(room) && (
              <IconButton
                label={texts.unpin}
                icon={<PinOff size={18} />}
                aria-busy={unpinning.isBusy(message.id) || undefined}
                onClick={() => unpinning.run(message.id)}
              />
            )}
          </KeptMessage>
        ))}
      </ul>
    </Dialog>
  );
}
