import { useSession } from '@parley/react';
import { MessageCircle } from 'lucide-react';
import { useState } from 'react';
import { useRoute } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { lazyPage } from '../ui/lazy-part.tsx';
import { SignInForm } from './sign-in-form.tsx';
import './sign-in.css';

// Signing out also works offline, so the form for signing in is always there.
const RegisterForm = lazyPage(() => import('./register-form.tsx').then(({ RegisterForm }) => RegisterForm));

/** Signs in or registers. The address stays, so that an invite or a link works afterwards. */
export function SignIn() {
  const { signIn, app } = useTexts();
  const { ended } = useSession();
  const route = useRoute();
  const [registers, setRegisters] = useState(route.page === 'invite');
  const reasons: Record<string, string> = signIn.ended;
  const Form = registers ? RegisterForm : SignInForm;
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <p className="sign-in-name">
          <MessageCircle aria-hidden="true" />
          {app.name}
        </p>
        <h1>{registers ? signIn.registerTitle : signIn.title}</h1>
        {ended && ended !== 'not_logged_in' && (
          <p role="status" className="sign-in-note">
            {reasons[ended] ?? signIn.ended.other}
          </p>
        )}
        {route.page === 'invite' && <p className="sign-in-note">{signIn.invited}</p>}
        <Form />
        <button type="button" className="button quiet" onClick={() => setRegisters(!registers)}>
          {registers ? signIn.toSignIn : signIn.toRegister}
        </button>
      </div>
    </main>
  );
}
