import { createClient, WebStorage } from '@parley/client';
import { ParleyProvider } from '@parley/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/tokens.css';
import './ui/base.css';
import { App } from './app/app.tsx';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { keepFocus } from './app/focus-keeper.ts';
import { TextsProvider } from './texts/texts.tsx';
import { loadPartsSoon } from './ui/lazy-part.tsx';
import { NoticeProvider } from './ui/notice.tsx';

/** Parley is at the address of the page, with its public path. */
const url = new URL('.', document.baseURI).href;

const client = createClient({ url, storage: new WebStorage(), threads: true });

const root = document.getElementById('root');
if (root) {
  keepFocus(root);
  loadPartsSoon();
  createRoot(root).render(
    <StrictMode>
      <TextsProvider>
        <ErrorBoundary>
          <ParleyProvider client={client}>
            <NoticeProvider>
              <App />
            </NoticeProvider>
          </ParleyProvider>
        </ErrorBoundary>
      </TextsProvider>
    </StrictMode>,
  );
}
