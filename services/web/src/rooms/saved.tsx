import { useAccount, useClient } from '@parley/react';
import { BookmarkX } from 'lucide-react';
import { useState } from 'react';
import { Page } from '../app/page.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { KeptMessage } from './kept-message.tsx';

/** The messages that the user has saved on any device, the latest first. */
export function Saved() {
  const { account: texts, common } = useTexts();
  const account = useAccount((all) => all);
  const bookmarks = useAccount((all) => all.bookmarks);
  const { messages, hasMore, loading, error, reload, loadMore } = useSavedMessages(
    bookmarks ? [...bookmarks.keys()].join() : '',
  );
  const removing = useAction(async (id) => {
    const bookmark = bookmarks?.get(id);
    if (bookmark) await account?.bookmark(bookmark.roomId, id, false);
  });
  return (
    <Page title={texts.saved}>
      <FailedLoad error={error} onRetry={reload} />
      <FormError text={removing.error} />
      {loading && messages.length === 0 && <Loading text={common.loading(texts.saved)} />}
      {!loading && !error && messages.length === 0 && (
        <EmptyState title={texts.noneSaved} text={texts.noneSavedText} />
      )}
      <ul className="search-hits">
        {messages.map((message) => (
          <KeptMessage key={message.id} message={message}>
            <IconButton
              label={texts.unsave}
              icon={<BookmarkX size={18} />}
              aria-busy={removing.isBusy(message.id) || undefined}
              onClick={() => removing.run(message.id)}
            />
          </KeptMessage>
        ))}
      </ul>
      {hasMore && (
        <Button busy={loading} onClick={loadMore}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}

/** @param version changes with the bookmarks */
function useSavedMessages(version: string) {
  const { api } = useClient();
  const [pages, setPages] = useState(1);
  const { data, ...state } = useLoaded(`${pages} ${version}`, async () => {
    const messages = [];
    let before: number | null = null;
    for (let page = 0; page < pages && (page === 0 || before !== null); page++) {
      const { bookmarks, before_seq } = await api.listBookmarks(
        before === null ? {} : { before_seq: before },
      );
      messages.push(...bookmarks.map(({ message }) => message));
      before = before_seq;
    }
    return { messages, hasMore: before !== null };
  });
  return { messages: [], hasMore: false, ...data, ...state, loadMore: () => setPages(pages + 1) };
}
