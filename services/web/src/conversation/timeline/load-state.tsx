import type { UseMessages } from '@parley/react';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Loading } from '../../ui/loading.tsx';

/** Whether no message of the room has been loaded. */
export const isUnopened = (items: UseMessages['items']): boolean =>
  items.every(({ kind }) => kind === 'pending');

/** Which messages are loading, or that loading has failed, over the edge where they will appear. */
export function LoadState({ messages }: { messages: UseMessages }) {
  const { conversation } = useTexts();
  const { items, loading, error, hasBefore, hasAfter, loadBefore, loadAfter, jumpToLatest } = messages;
  if (error) {
    const further = hasBefore ? loadBefore : hasAfter ? loadAfter : undefined;
    const retry = isUnopened(items) ? jumpToLatest : further;
    return (
      <div className="load-state" role="alert">
        {conversation.failedToLoad}
        {retry && (
          <Button kind="quiet" onClick={() => void retry()}>
            {conversation.retryLoad}
          </Button>
        )}
      </div>
    );
  }
  if (isUnopened(items) || (loading !== 'before' && loading !== 'after')) return null;
  const text = loading === 'before' ? conversation.loadingBefore : conversation.loadingAfter;
  return (
    <div className={`load-state ${loading}`}>
      <Loading text={text} />
    </div>
  );
}
