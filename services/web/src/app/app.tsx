import { useSession } from '@parley/react';
import { useEffect } from 'react';
import { forgetDrafts } from '../conversation/composer/drafts.ts';
import { SignIn } from '../signin/sign-in.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Frame } from './frame.tsx';
import { NotFound } from './not-found.tsx';
import { useRoute } from './router.tsx';
import { useTheme } from './theme.ts';

export function App() {
  const texts = useTexts();
  const route = useRoute();
  const session = useSession();
  const { state, user, ended } = session;
  const isSignedOut = state === 'loggedOut';
  // A session that was ended by others may continue after a login.
  const isForGood = ended === null || ended === 'not_logged_in';
  useEffect(() => {
    if (isSignedOut) forgetDrafts(isForGood);
  }, [isSignedOut, isForGood]);
  useTheme(session);
  if (route.page === 'notFound') return <NotFound />;
  if (state === 'loading')
    return (
      <main className="page-center">
        <Loading text={texts.app.loading} />
      </main>
    );
  // Another user, who has logged in in another tab, must not see pages of this one.
  return state === 'loggedIn' ? <Frame key={user?.userId} /> : <SignIn />;
}
