import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';

export const settingsSections = [
  'profile',
  'appearance',
  'notifications',
  'sessions',
  'password',
  'organization',
  'account',
] as const;
export type SettingsSection = (typeof settingsSections)[number];

/** Pages by their addresses. `/users` and `/notifications` belong to client contracts. */
export type Route =
  | { page: 'home' }
  | { page: 'browse' }
  | { page: 'people' }
  | { page: 'room'; roomId: string; at: number | null; thread?: string }
  /** Of a room, or of all rooms. */
  | { page: 'threads'; roomId: string | null }
  | { page: 'invite'; token: string }
  | { page: 'inbox' }
  | { page: 'saved' }
  | { page: 'search'; q: string; roomId: string | null }
  | { page: 'settings'; section: SettingsSection }
  | { page: 'notFound' };

/** @param path below the public path, beginning with `/` */
export function parseRoute(path: string, search = ''): Route {
  const [first = '', second, ...rest] = path.replace(/^\/|\/$/g, '').split('/');
  if (first === 'rooms' && second && isId(second) && rest.length === 1 && rest[0] === 'threads')
    return { page: 'threads', roomId: second.toLowerCase() };
  if (rest.length > 0) return { page: 'notFound' };
  if (second === undefined) {
    // Balancers cannot send `/` to the web client, because WebSockets connect there.
    if (first === '' || first === 'rooms') return { page: 'home' };
    if (first === 'browse' || first === 'people' || first === 'inbox' || first === 'saved')
      return { page: first };
    if (first === 'threads') return { page: 'threads', roomId: null };
    if (first === 'settings') return { page: 'settings', section: 'profile' };
    if (first === 'search') return parseSearch(new URLSearchParams(search));
    return { page: 'notFound' };
  }
  if (first === 'rooms' && isId(second)) {
    const query = new URLSearchParams(search);
    const at = /^\d+$/.exec(query.get('at') ?? '');
    const thread = query.get('thread')?.toLowerCase() ?? '';
    const room = { roomId: second.toLowerCase(), at: at ? Number(at[0]) : null };
    return { page: 'room', ...room, ...(isId(thread) && { thread }) };
  }
  if (first === 'invite' && second !== '') return { page: 'invite', token: decodeSegment(second) };
  const section = settingsSections.find((each) => each === second);
  if (first === 'settings' && section) return { page: 'settings', section };
  return { page: 'notFound' };
}

const isId = (text: string) => /^[0-9a-f-]{36}$/i.test(text);

function parseSearch(query: URLSearchParams): Route {
  const roomId = query.get('room')?.toLowerCase() ?? '';
  return { page: 'search', q: query.get('q') ?? '', roomId: isId(roomId) ? roomId : null };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

let base: string | undefined;

/** The public path, with a slash at its end. `<base>` is relative to the first address. */
function basePath(): string {
  base ??= new URL('.', document.baseURI).pathname;
  return base;
}

/** The address of a page: `/rooms/…` → `/chat/rooms/…` */
export const hrefTo = (path: string): string => basePath() + path.replace(/^\//, '');

/** The path of a room, at a message if it has one. */
export const roomPath = (roomId: string, at?: number): string =>
  `/rooms/${roomId}${at === undefined ? '' : `?at=${at}`}`;

/**
 * The path of a room with a thread beside it; null: without one. The room stays where it is.
 * @param messageId a message of the thread
 */
export function threadPath(roomId: string, messageId: string | null): string {
  const route = currentRoute();
  const at = route.page === 'room' && route.roomId === roomId ? route.at : null;
  const query = new URLSearchParams({
    ...(at !== null && { at: `${at}` }),
    ...(messageId && { thread: messageId }),
  });
  return query.size > 0 ? `/rooms/${roomId}?${query}` : `/rooms/${roomId}`;
}

export const threadsPath = (roomId: string): string => `/rooms/${roomId}/threads`;

/** The path of the search for messages, in a room or in all of them. */
export function searchPath(roomId: string | null, q = ''): string {
  const query = new URLSearchParams({ ...(q && { q }), ...(roomId && { room: roomId }) });
  return query.size > 0 ? `/search?${query}` : '/search';
}

const listeners = new Set<() => void>();
let parsed: { href: string; route: Route } | undefined;

function currentRoute(): Route {
  const { href, pathname, search } = location;
  if (parsed?.href !== href) {
    const prefix = basePath();
    const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length - 1) : '/';
    parsed = { href, route: parseRoute(path, search) };
  }
  return parsed.route;
}

function announce(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('popstate', announce);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('popstate', announce);
  };
}

/** Shows the page at `path` without loading it. `replace`: the present page leaves the history. */
export function navigate(path: string, { replace = false } = {}): void {
  const href = hrefTo(path);
  if (replace) history.replaceState(null, '', href);
  else if (href !== location.pathname + location.search) history.pushState(null, '', href);
  announce();
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, currentRoute);

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
}

/** A link to another page of the client. Modified clicks open a tab or window as usual. */
export function Link({ to, onClick, ...props }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isModified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (event.defaultPrevented || isModified) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...props} href={hrefTo(to)} onClick={follow} />;
}
