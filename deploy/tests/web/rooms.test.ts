import { randomUUID } from 'node:crypto';
import { createClient } from '@parley/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { choose, confirmDialog, createRoom, field, heading, row, type Tab, write } from './tab.ts';
import { createVisitors, Visitor } from './visitor.ts';

await whereBrowsersRun('rooms in the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { registerAt, enter } = createVisitors(browser, () => target);
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
    const mentioning = bobs.getByLabel('Who may mention all members with @room');
    await mentioning.selectOption('The owner and admins');
    await bobs.getByRole('button', { name: 'Save' }).click();
    for (const tab of [adas, bobs]) await heading(tab, `${name} renamed`).waitFor();
    await choose(bobs, 'More about this room', 'Edit room');
    expect(await mentioning.inputValue()).toBe('admins');
    await bobs.keyboard.press('Escape');
    await mentioning.waitFor({ state: 'detached' });

    const bobsRow = adas.locator('.member').filter({ hasText: bobName });
    await choose(adas, `Actions for ${bobName}`, 'Make member');
    await bobsRow.getByText('admin').waitFor({ state: 'detached' });
    const remove = async () => {
      await choose(adas, `Actions for ${bobName}`, 'Remove from room');
      await bobsRow.waitFor({ state: 'detached' });
      await bobs.getByText('Join the room to take part.').waitFor();
    };
    await remove();
    // The room is public, so he may come back by himself.
    await bobs.getByRole('button', { name: 'Join', exact: true }).click();
    await write(bobs, 'back again');
    await row(adas, 'back again').waitFor();
    await remove();
    await choose(adas, 'More about this room', 'Add members');
    await adas.getByRole('dialog').getByLabel('Search people').fill(bobName);
    await adas.getByRole('button', { name: `Add: ${bobName}` }).click();
    await adas.getByText(`${bobName} was added.`).waitFor();
    await adas.keyboard.press('Escape');
    await bobs.getByRole('link', { name: `${name} renamed` }).click();
    await write(bobs, 'added again');
    await row(adas, 'added again').waitFor();

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

  test('a bot is marked beside its messages and among the members; people are not', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const username = `echo ${randomUUID().slice(0, 8)}`;
    const { bot, key } = await ada.must('POST', '/api/v1/bots', { owner: 'me', username });
    const room = await ada.must('POST', '/api/v1/rooms', { name: 'the echo', members: [bot.id] });
    const { tab } = await enter(ada, `/rooms/${room.id}`);
    await write(tab, 'I am a person.');
    await row(tab, 'I am a person.').waitFor();
    const program = createClient({ url: target.url, key });
    await program.api.sendMessage({ roomId: room.id, content: 'I am a program.' });
    await row(tab, 'I am a program.').getByText('bot', { exact: true }).waitFor();
    await tab.locator('.member').filter({ hasText: username }).getByText('bot', { exact: true }).waitFor();
    expect(await tab.getByText('bot', { exact: true }).count()).toBe(2);
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
  });
});
