import type { ReactNode } from 'react';
import './avatar.css';

/** Dark enough for white text at a contrast of 4.5. */
const colors = ['#c2410c', '#0f766e', '#7c3aed', '#9d174d', '#475569', '#1d4ed8', '#15803d', '#a16207'];

function colorOf(id: string): string {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return colors[sum % colors.length] ?? '#475569';
}

/** "Zoë Ångström" → "ZÅ", "bob" → "BO", "小明" → "小明" */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', last] = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = last ? [...first].slice(0, 1).concat([...last].slice(0, 1)) : [...first].slice(0, 2);
  return letters.join('').toLocaleUpperCase();
}

interface AvatarProps {
  /** Determines the colour. */
  id: string;
  name: string;
  /** Shown instead of the initials. */
  icon?: ReactNode;
  /** Shows a green dot; the name of the state belongs in a text nearby. */
  live?: boolean;
  size?: 'small' | 'tiny' | undefined;
}

/** Decoration beside a name, so screen readers skip it. */
export function Avatar({ id, name, icon, live = false, size }: AvatarProps) {
  const initials = initialsOf(name);
  return (
    <span
      className={`avatar ${size ?? ''} ${live ? 'live' : ''}`}
      style={{ background: colorOf(id) }}
      aria-hidden="true"
    >
      {icon ?? (size === 'tiny' ? [...initials][0] : initials)}
    </span>
  );
}
