import { Pasted } from './pasted.ts';

export interface WalkthroughStep {
  body?: unknown;
  /** Path parameters that differ from the section's. */
  params?: Record<string, Pasted>;
  /** The person who executes the step. @default Grace */
  by?: Person;
  /** Why the step cannot succeed in this walkthrough, its status, and how it succeeds. */
  refused?: { status: number; because: string };
}

export interface Section {
  description: string;
  /** The sources of the path parameters. */
  params?: Record<string, Pasted>;
  /** By operation id. */
  steps: Record<string, WalkthroughStep>;
}

/** A person of the walkthrough. */
export interface Person {
  name: string;
  /** Operations that respond with an access token of theirs. The first one executed counts. */
  tokensFrom: readonly string[];
}

const ids = new Map<string, Pasted>();
/** The value at that path of an earlier response, which is an id. */
export const id = (from: string): Pasted => {
  const shown = `01997b2e-7c1a-7cc3-9d5e-${String(ids.size + 1).padStart(12, '0')}`;
  const pasted = ids.get(from) ?? new Pasted(from, shown);
  ids.set(from, pasted);
  return pasted;
};
/** Likewise a token. */
export const token = (from: string) => new Pasted(from, from);

export const password = 'correct horse battery staple';
// Not the names of the README's conversation, so that either may come first.
export const graceAccount = { username: 'grace', email: 'grace@example.org', password };
export const grace: Person = { name: 'Grace', tokensFrom: ['register', 'logIn'] };
export const alan: Person = { name: 'Alan', tokensFrom: ['sharedRegister', 'sharedLogIn'] };
export const alansOtherSession: Person = { name: 'Alan', tokensFrom: ['sharedLogIn'] };
export const kurt: Person = { name: 'Kurt', tokensFrom: ['sharedApiRegister', 'sharedApiLogIn'] };
export const kurtsOtherSession: Person = { name: 'Kurt', tokensFrom: ['sharedApiLogIn'] };
