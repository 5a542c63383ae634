import type { ReactNode } from 'react';
import './empty-state.css';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** It is the heading of the whole page. */
  isPage?: boolean;
  text?: string;
  /** One-click ways on. */
  children?: ReactNode;
}

export function EmptyState({ icon, title, isPage = false, text, children }: EmptyStateProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className="empty-state">
      {icon}
      <Heading>{title}</Heading>
      {text && <p>{text}</p>}
      {children && <div className="empty-state-ways">{children}</div>}
    </div>
  );
}
