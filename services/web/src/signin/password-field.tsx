import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { limits } from '../ui/limits.ts';

interface PasswordFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
  /** A password that is being chosen, not typed again. */
  isNew?: boolean;
}

export function PasswordField({ label, value, onChange, isNew = false }: PasswordFieldProps) {
  const { signIn, faults } = useTexts();
  const [isShown, setShown] = useState(false);
  return (
    <Field
      label={label}
      type={isShown ? 'text' : 'password'}
      dir="ltr"
      autoComplete={isNew ? 'new-password' : 'current-password'}
      required
      {...(isNew && { ...limits.newPassword, hint: faults.atLeast(limits.newPassword.minLength) })}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      after={
        <IconButton
          label={signIn.showPassword}
          aria-pressed={isShown}
          icon={isShown ? <EyeOff size={18} /> : <Eye size={18} />}
          onClick={() => setShown(!isShown)}
        />
      }
    />
  );
}
