import type { TokenStorage, Tokens } from './tokens.ts';

export interface ClientOptions {
  /**
   * The address of Parley, with its path prefix if it has one: `https://host/chat`. Also accepts
   * `ws://`, `wss://` and no scheme: `localhost:3000` means http, `chat.example` https.
   */
  url: string;
  /** An existing login, if no storage has one. */
  tokens?: Tokens;
  /** Stores the login, for example a `WebStorage`. @default in memory */
  storage?: TokenStorage;
  /**
   * The key of a program, instead of a login: the client acts as the key or as its bot, within its
   * scopes. Never put one into a page.
   */
  key?: string;
  /** With a `key`: the user to act for. Requires the scope `users:act`. */
  actFor?: { userId: string } | { externalId: string };
  /**
   * Instead of a login: returns an access token of the user, of an identity provider that Parley
   * trusts. Called again before that one expires.
   */
  getToken?: () => Promise<string>;
  /**
   * Whether the program shows threads apart from their rooms: then `markRead` leaves replies in
   * threads unread, and the hooks of `@parley/react` show them in their threads. @default false
   */
  threads?: boolean;
  /** Called on every change of the tokens; `null`: logged out. */
  onTokens?: (tokens: Tokens | null) => void;
}
