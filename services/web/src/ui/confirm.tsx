import { type ReactNode, useState } from 'react';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface ConfirmProps {
  title: string;
  text: string;
  /** The name of the action. @default the title */
  action?: string;
  /** Its error is shown, and the dialog stays open. */
  onConfirm(): Promise<unknown>;
  onClose(): void;
  children?: ReactNode;
}

/** Asks before an action that cannot be undone. */
export function Confirm({ title, text, action = title, onConfirm, onClose, children }: ConfirmProps) {
  const texts = useTexts();
  const errorText = useErrorText();
  const [state, setState] = useState<{ busy: boolean; error?: string }>({ busy: false });
  const confirm = () => {
    setState({ busy: true });
    onConfirm().then(onClose, (error: unknown) => setState({ busy: false, error: errorText(error) }));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {children}
      {state.error && <p role="alert">{state.error}</p>}
      <div className="dialog-foot">
        <Button onClick={onClose}>{texts.common.cancel}</Button>
        <Button kind="danger" busy={state.busy} onClick={confirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
