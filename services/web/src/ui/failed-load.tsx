import type { ParleyError } from '@parley/client';
import { Link } from '../app/router.tsx';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { FormError } from './form-error.tsx';
import './failed-load.css';

interface FailedLoadProps {
  /** A sentence for the reader, or what becomes one. Without an error, nothing is shown. */
  error: ParleyError | string | null | undefined;
  onRetry(): void;
  /** It is instead of the whole page. @default false */
  isPage?: boolean;
}

/** Says why something could not be loaded, and offers to try it again. */
export function FailedLoad({ error, onRetry, isPage = false }: FailedLoadProps) {
  const { common, app } = useTexts();
  const errorText = useErrorText();
  if (!error) return null;
  const text = typeof error === 'string' ? error : errorText(error);
  const retry = <Button onClick={onRetry}>{common.retry}</Button>;
  if (!isPage)
    return (
      <div className="failed-load">
        <FormError text={text} />
        {retry}
      </div>
    );
  return (
    <EmptyState isPage title={text}>
      {retry}
      <Link to="/" className="button">
        {app.toRooms}
      </Link>
    </EmptyState>
  );
}
