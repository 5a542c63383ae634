import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import './field.css';

/** Of the text; an empty field has the direction of the page. */
const directionOf = (value: unknown) => (value === '' ? undefined : 'auto');

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Beside the input, such as a button that shows the password. */
  after?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

/** A labelled input. The error, if there is one, replaces the hint. */
export function Field({ label, hint, error, after, className = '', ...props }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      <span className="field-box">
        <input
          {...props}
          id={id}
          dir={props.dir ?? directionOf(props.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {after}
      </span>
      {note && (
        <small id={`${id}-note`} className={error ? 'bad' : ''}>
          {note}
        </small>
      )}
    </div>
  );
}

interface AreaProps {
  label: string;
  value: string;
  onChange(value: string): void;
  maxLength?: number;
  rows?: number;
}

export function TextArea({ label, value, onChange, maxLength, rows = 3 }: AreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="field-box"
        dir={directionOf(value)}
        value={value}
        rows={rows}
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChange(value: NoInfer<Value>): void;
  /** The label is for screen readers only. */
  labelHidden?: boolean;
  disabled?: boolean;
  /** Whether a change is being saved. A disabled field would lose the focus. */
  busy?: boolean;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, labelHidden = false, disabled = false, busy = false } = props;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={labelHidden ? 'sr-only' : ''}>
        {label}
      </label>
      <select
        id={id}
        className="field-box"
        value={value}
        disabled={disabled}
        aria-busy={busy || undefined}
        onChange={(event) => {
          const option = options.find(([each]) => each === event.target.value);
          if (option) onChange(option[0]);
        }}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface CheckboxProps {
  label: string;
  checked: boolean;
  onChange(checked: boolean): void;
  disabled?: boolean;
}

export function Checkbox({ label, checked, onChange, disabled = false }: CheckboxProps) {
  return (
    <label className="checkbox">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
