import { Component, type ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** Offers to load the page again if a component fails, for example after an update. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError = () => ({ hasFailed: true });

  override render() {
    return this.state.hasFailed ? <Failure /> : this.props.children;
  }
}

function Failure() {
  const { app } = useTexts();
  return (
    <main className="page-center">
      <EmptyState isPage title={app.failed}>
        <Button kind="primary" onClick={() => location.reload()}>
          {app.reload}
        </Button>
      </EmptyState>
    </main>
  );
}
