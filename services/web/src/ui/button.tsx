import type { ButtonHTMLAttributes, ReactNode } from 'react';
import './button.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary`: the main action of a view. `danger`: cannot be undone. @default plain */
  kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  /** Shows that the action is in progress, and ignores further presses. */
  busy?: boolean;
  children: ReactNode;
}

export function Button({ kind = 'plain', busy = false, className = '', onClick, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={`button ${kind} ${className}`}
      aria-busy={busy || undefined}
      // Stays focusable while busy: a disabled button would lose the focus.
      onClick={busy ? (event) => event.preventDefault() : onClick}
    />
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** Its name for screen readers, also shown as a tooltip. */
  label: string;
  icon: ReactNode;
}

export function IconButton({ label, icon, className = '', ...props }: IconButtonProps) {
  return (
    <button type="button" aria-label={label} title={label} {...props} className={`icon-button ${className}`}>
      {icon}
    </button>
  );
}
