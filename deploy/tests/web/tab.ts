import type { Browser } from '@parley/testkit';

/** A tab with the web client. */
export type Tab = Awaited<ReturnType<Browser['newPage']>>;

interface Credentials {
  username: string;
  password: string;
}

export async function signIn(tab: Tab, { username, password }: Credentials): Promise<void> {
  await tab.getByLabel('Username or e-mail address').fill(username);
  await tab.getByLabel('Password', { exact: true }).fill(password);
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/**
 * Registers by the form, which an invite opens by itself.
 * @param fill what else to fill in
 */
export async function register(
  tab: Tab,
  { username, password }: Credentials,
  fill: () => Promise<void> = async () => undefined,
): Promise<void> {
  const toRegister = tab.getByRole('button', { name: 'New here? Create an account' });
  await tab.getByRole('button', { name: 'Show password' }).waitFor();
  if (await toRegister.isVisible()) await toRegister.click();
  await tab.getByLabel('Username').fill(username);
  await tab.getByLabel('E-mail address').fill(`${username}@example.org`);
  await tab.getByLabel('Password', { exact: true }).fill(password);
  await fill();
  await tab.getByRole('button', { name: 'Create account', exact: true }).click();
}

/** Opens a menu by the name of its button, and chooses an item. */
export async function choose(tab: Tab, menu: string, item: string): Promise<void> {
  await tab.getByRole('button', { name: menu }).click();
  await tab.getByRole('menuitem', { name: item, exact: true }).click();
}

/** Confirms the dialog that is open. */
export async function confirmDialog(tab: Tab, action: string): Promise<void> {
  await tab.getByRole('dialog').getByRole('button', { name: action }).click();
  await tab.getByRole('dialog').waitFor({ state: 'detached' });
}

export async function createRoom(tab: Tab, name: string): Promise<void> {
  await choose(tab, 'New', 'Create a room');
  await tab.getByLabel('Name', { exact: true }).fill(name);
  await tab.getByRole('button', { name: 'Create room' }).click();
  await heading(tab, name).waitFor();
}

/** The head of a room that is open. */
export const heading = (tab: Tab, name: string) => tab.getByRole('heading', { name, level: 1 });

/** The field for messages. */
export const field = (tab: Tab) => tab.locator('.composer textarea');

/** The rendered rows of the timeline. */
export const rows = (tab: Tab) => tab.locator('.timeline-row');

/** The row of the message that contains the text. */
export const row = (tab: Tab, text: string) => tab.locator('.timeline-row article').filter({ hasText: text });

/** The texts of the rendered messages, in order. */
export const contents = (tab: Tab): Promise<string[]> => tab.locator('.message .content').allInnerTexts();

export async function write(tab: Tab, text: string): Promise<void> {
  await field(tab).fill(text);
  await field(tab).press('Enter');
}

/** The name of the element that has the focus. */
export const focused = (tab: Tab): Promise<string> =>
  tab.evaluate(`(() => {
    const { activeElement: element } = document;
    const label = element?.labels?.[0]?.textContent ?? element?.getAttribute('aria-label');
    return (label ?? element?.textContent ?? '').trim();
  })()`);

/** Presses Tab until that element has the focus. */
export async function tabTo(tab: Tab, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if ((await focused(tab)) === name) return;
    await tab.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${name}; the focus is on ${await focused(tab)}`);
}
