import type { IncomingMessage } from '@parley/contracts';

const reference = /<([^<>|]+)(?:\|([^<>]*))?>/g;
const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** The markup of Slack as plain text: `<https://…|name>` → `name (https://…)`. */
export const plainText = (text: string): string =>
  text
    .replace(reference, (_whole, target: string, label?: string) => readable(target, label))
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity);

function readable(target: string, label: string | undefined): string {
  // <!here>, <!channel>, <@U123|ada>, <#C123|general>
  if (target.startsWith('!')) return `@${label ?? target.slice(1)}`;
  if (/^[@#]/.test(target)) return `${target[0]}${label ?? target.slice(1)}`;
  return label ? `${label} (${target})` : target;
}

/** The text of a message with those of its attachments. */
export function textOf({ text, attachments = [] }: IncomingMessage): string {
  const parts = attachments.map(({ pretext, title, text: body, fallback }) => {
    const shown = [pretext, title, body].filter(Boolean);
    return shown.length > 0 ? shown.join('\n') : fallback;
  });
  return [text, ...parts].filter(Boolean).join('\n');
}
