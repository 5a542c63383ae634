import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { navigate } from './router.tsx';
import './page.css';

interface PageHeadProps {
  title: ReactNode;
  children?: ReactNode;
}

/** The head of the main column. On narrow screens it has a way back to the list. */
export function PageHead({ title, children }: PageHeadProps) {
  const { app } = useTexts();
  return (
    <header className="page-head">
      <IconButton
        className="page-back"
        label={app.back}
        icon={<ArrowLeft size={20} className="mirrored" />}
        onClick={() => navigate('/')}
      />
      {title}
      {children && <div className="page-tools">{children}</div>}
    </header>
  );
}

interface PageProps {
  title: string;
  tools?: ReactNode;
  children: ReactNode;
}

/** A page of text and forms in the main column. */
export function Page({ title, tools, children }: PageProps) {
  return (
    <>
      <PageHead title={<h1>{title}</h1>}>{tools}</PageHead>
      <div className="page-scroll">
        <div className="page-body">{children}</div>
      </div>
    </>
  );
}
