import { useClient } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { useDates } from '../texts/use-dates.ts';
import { Button } from '../ui/button.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { deviceOf } from './device.ts';
import '../rooms/browse.css';

/** Where the user is signed in. */
export function Sessions() {
  const { settings, common } = useTexts();
  const { api } = useClient();
  const dates = useDates();
  const { data, error, loading, reload } = useLoaded('sessions', () => api.listSessions());
  const revocation = useAction(async (sessionId) => {
    await api.revokeSession({ sessionId });
    reload();
  });
  const others = useSubmit(async () => {
    await api.revokeOtherSessions();
    reload();
  });
  const sessions = data?.sessions ?? [];
  return (
    <>
      <FailedLoad error={error} onRetry={reload} />
      <FormError text={revocation.error ?? others.error} />
      {loading && !data && <Loading text={common.loading(settings.sessions)} />}
      <ul className="browse-list settings-list">
        {sessions.map(({ id, userAgent, address, lastUsedAt, current }) => (
          <li key={id} className="browse-row">
            <div className="browse-text">
              <Device userAgent={userAgent} address={address} />
              <small>
                {[address, current ? settings.thisSession : settings.lastUsed(dates(lastUsedAt))].join(' · ')}
              </small>
            </div>
            {!current && (
              <Button busy={revocation.isBusy(id)} onClick={() => revocation.run(id)}>
                {settings.revoke}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button busy={others.busy} onClick={others.run}>
          {settings.revokeOthers}
        </Button>
      )}
    </>
  );
}

/** The device by its name. Its user agent, from which the name comes, is one step away. */
function Device({ userAgent, address }: { userAgent: string; address: string }) {
  const { settings } = useTexts();
  const { program, system } = deviceOf(userAgent);
  const name = program && system ? settings.device(program, system) : (program ?? system ?? address);
  if (!userAgent || name === userAgent) return <strong dir="auto">{name}</strong>;
  return (
    <details>
      <summary title={userAgent}>
        <strong dir="auto">{name}</strong>
      </summary>
      <small dir="ltr">{userAgent}</small>
    </details>
  );
}
