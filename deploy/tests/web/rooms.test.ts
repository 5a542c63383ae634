import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { choose, confirmDialog, createRoom, field, heading, row, type Tab, write } from './tab.ts';
import { createVisitors } from './visitor.ts';

await whereBrowsersRun('rooms in the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { registerAt } = createVisitors(browser, () => target);
  /** On a page of http from another machine, the browser offers no clipboard. */
  const copyWithoutClipboard = async (tab: Tab, text: string) => {
    await tab.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
    await tab.getByRole('button', { name: 'Copy', exact: true }).click();
    await tab.getByText('Copied', { exact: true }).waitFor();
    await tab.keyboard.press('Escape');
    await field(tab).focus();
    await tab.keyboard.press('Control+v');
    expect(await field(tab).inputValue()).toBe(text);
    await field(tab).fill('');
  };
  const createInvite = async (tab: Tab) => {
    await choose(tab, 'More about this room', 'Invite links');
    await tab.getByRole('button', { name: 'Create invite link' }).click();
    const link = await tab.getByLabel('Invite link', { exact: true }).inputValue();
    await tab.keyboard.press('Escape');
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    return link;
  };

  test('a link brings a new user into a room, which changes hands; a ban ends with its removal', async () => {
    const { visitor: ada, tab: adas, username: adaName } = await registerAt();
    await createRoom(adas, 'the greenhouse');
    const link = await createInvite(adas);
    const { tab: bobs, username: bobName } = await registerAt(link.slice(target.url.length));
    await heading(bobs, 'the greenhouse').waitFor();
    await write(bobs, 'I am here.');
    await row(adas, 'I am here.').waitFor();
    await choose(adas, 'More about this room', 'Invite links');
    await adas.getByRole('button', { name: 'Create invite link' }).click();
    await copyWithoutClipboard(adas, await adas.getByLabel('Invite link', { exact: true }).inputValue());

    await choose(adas, `Actions for ${bobName}`, 'Transfer ownership');
    await confirmDialog(adas, 'Transfer ownership');
    await bobs.reload();
    await choose(bobs, `Actions for ${adaName}`, 'Ban from room');
    await confirmDialog(bobs, 'Ban from room');
    await adas.getByRole('link', { name: /the greenhouse/ }).waitFor({ state: 'detached' });

    // The invites of a former owner end, so Bob creates another one.
    const another = (await createInvite(bobs)).slice(target.url.length);
    ada.forgive(/ a status of 40[34] .* at \/api\/v1\/rooms\/invites\//);
    await adas.goto(target.url + another);
    await heading(adas, 'This invite does not work.').waitFor();
    await choose(bobs, 'More about this room', 'Bans');
    await bobs.getByRole('button', { name: 'Lift the ban' }).click();
    await bobs.getByText('Nobody is banned.').waitFor();
    await adas.reload();
    await row(adas, 'I am here.').waitFor();
  });

  test('a public room is found and joined, changes, gets an admin, is left and deleted', async () => {
    const [{ visitor: ada, tab: adas, username: adaName }, { tab: bobs, username: bobName }] =
      await Promise.all([registerAt(), registerAt('/browse')]);
    const name = `shed ${randomUUID().slice(0, 8)}`;
    await createRoom(adas, name);
    await bobs.reload();
    await bobs.getByLabel('Search rooms').fill(name);
    await bobs.getByRole('button', { name: `Join ${name}` }).click();
    await heading(bobs, name).waitFor();
    await choose(adas, `Actions for ${bobName}`, 'Make admin');
    await adas
      .locator('.member')
      .filter({ hasText: bobName })
      .getByText('admin')
      .waitFor({ state: 'attached' });
    // Roles are not announced.
    await bobs.reload();
    await choose(bobs, 'More about this room', 'Edit room');
    await bobs.getByLabel('Name', { exact: true }).fill(`${name} renamed`);
    await bobs.getByRole('button', { name: 'Save' }).click();
    for (const tab of [adas, bobs]) await heading(tab, `${name} renamed`).waitFor();
    await choose(bobs, 'More about this room', 'Leave room');
    await confirmDialog(bobs, 'Leave room');
    await bobs.getByRole('link', { name: `${name} renamed` }).waitFor({ state: 'detached' });
    // The page asks for the room that has gone.
    ada.forgive(/ a status of 404 .* at \/api\/v1\/rooms\//);
    await choose(adas, 'More about this room', 'Delete room');
    await confirmDialog(adas, 'Delete room');
    await adas.getByRole('heading', { name: 'No rooms yet' }).waitFor();

    await bobs.getByRole('link', { name: 'Message someone' }).click();
    await bobs.getByLabel('Search people').fill(adaName);
    await bobs.getByRole('button', { name: `Send a message: ${adaName}` }).click();
    await choose(bobs, 'More about this room', 'Block');
    await field(bobs).waitFor();
    await bobs.reload();
    await choose(bobs, 'More about this room', 'Unblock');
    await choose(bobs, 'More about this room', 'Block');
  });
});
