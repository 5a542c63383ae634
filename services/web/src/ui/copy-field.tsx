import { useRef } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from './button.tsx';
import { copyText } from './copy-text.ts';
import { Field } from './field.tsx';
import { useNotice } from './notice.tsx';

interface CopyFieldProps {
  label: string;
  hint?: string;
  value: string;
}

/** A text to copy, such as a link. If the browser does not allow it, the text is selected. */
export function CopyField({ label, hint, value }: CopyFieldProps) {
  const { common } = useTexts();
  const notify = useNotice();
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    const isCopied = await copyText(value);
    notify(isCopied ? common.copied : common.copyFailed);
    if (!isCopied) field.current?.focus();
  };
  return (
    <Field
      ref={field}
      label={label}
      hint={hint}
      dir="ltr"
      readOnly
      value={value}
      onFocus={(event) => event.target.select()}
      after={
        <Button kind="quiet" onClick={() => void copy()}>
          {common.copy}
        </Button>
      }
    />
  );
}
