import { useTexts } from '../texts/texts.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Link } from './router.tsx';

export function NotFound() {
  const { app } = useTexts();
  return (
    <main className="page-center">
      <EmptyState isPage title={app.notFound} text={app.notFoundHint}>
        <Link to="/" className="button primary">
          {app.toRooms}
        </Link>
      </EmptyState>
    </main>
  );
}
