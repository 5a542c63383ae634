import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import './notice.css';

const shownForMs = 5_000;
const NoticeContext = createContext<(text: string) => void>(() => undefined);

/** Shows short messages, such as "Copied", at the bottom of the page, and reads them out. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const notify = useCallback((next: string) => {
    clearTimeout(timer.current);
    setText(next);
    timer.current = setTimeout(() => setText(''), shownForMs);
  }, []);
  return (
    <NoticeContext value={notify}>
      {children}
      <div role="status" className="notice-place">
        {text && <p className="notice">{text}</p>}
      </div>
    </NoticeContext>
  );
}

/** Returns a function that shows a message for five seconds. */
export const useNotice = (): ((text: string) => void) => useContext(NoticeContext);
