import { useTexts } from '../texts/texts.tsx';
import './bot-badge.css';

/** Follows the name of a bot. */
export function BotBadge({ user }: { user: { isBot?: true | undefined } | null | undefined }) {
  const { common } = useTexts();
  return user?.isBot ? <span className="bot">{common.bot}</span> : null;
}
