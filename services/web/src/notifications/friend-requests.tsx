import type { Notification, ParleyClient } from '@parley/client';
import { useClient } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/form-error.tsx';
import { type Loaded, useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';

const requestsPerPage = 200;

/** The ids of the friend requests in these notifications that wait for an answer. */
export function useFriendRequests(items: readonly Notification[]): Loaded<Set<string>> {
  const { api } = useClient();
  const requests = items.filter(({ type }) => type === 'friend_request');
  // An answer from elsewhere marks the notification as read, or removes it.
  const key = requests.map(({ id, isRead }) => `${id} ${isRead}`).join();
  const wanted = requests.flatMap(({ metadata }) => metadata.friendRequestId ?? []);
  return useLoaded(key, () => findWaiting(api, wanted));
}

/** Those of the requests that wait for an answer. Loads no page behind the oldest of them. */
async function findWaiting(api: ParleyClient['api'], wanted: readonly string[]): Promise<Set<string>> {
  const waiting = new Set<string>();
  let rest = wanted;
  let cursor: string | undefined;
  while (rest.length > 0) {
    const page = await api.listFriendRequests({
      direction: 'incoming',
      limit: requestsPerPage,
      ...(cursor && { cursor }),
    });
    for (const { id } of page.requests) waiting.add(id);
    // The newest request comes first, and ids grow with time.
    const reached = page.nextCursor;
    if (reached === null) break;
    rest = rest.filter((id) => id < reached);
    cursor = reached;
  }
  return waiting;
}

interface AnswersProps {
  requestId: string;
  /** The name of the user who asks. */
  name: string;
  onAnswered(): void;
}

/** Accepts or declines a friend request. */
export function Answers({ requestId, name, onAnswered }: AnswersProps) {
  const { inbox } = useTexts();
  const { api } = useClient();
  const acceptance = useSubmit(() => api.acceptFriendRequest({ requestId }).then(onAnswered));
  const refusal = useSubmit(() => api.declineFriendRequest({ requestId }).then(onAnswered));
  const isBusy = acceptance.busy || refusal.busy;
  return (
    <>
      <FormError text={acceptance.error ?? refusal.error} />
      <Button kind="primary" busy={isBusy} onClick={acceptance.run} aria-label={`${inbox.accept}: ${name}`}>
        {inbox.accept}
      </Button>
      <Button busy={isBusy} onClick={refusal.run} aria-label={`${inbox.decline}: ${name}`}>
        {inbox.decline}
      </Button>
    </>
  );
}
