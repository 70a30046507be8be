/* A notification when the city answers, in the app. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { at as deskAt } from '../api/contract_desk_kit.mjs';
import { newColleague } from '../api/staff.mjs';
import { button, clean, eventually, fillIn, heading, leave, offline, openApp, received, send, startNet } from './app_kit.mjs';
import { deliver, endpointAt, endpointsOf, happens, phoneWithCase, sendCase, stands, startPushServer, switchOf, workerOf } from './app_push_kit.mjs';
import { closeBrowser, takeWholeBrowser } from './browser.mjs';

let server, net, desk;
before(async () => {
  takeWholeBrowser();
  server = await startPushServer();
  net = await startNet(server);
  desk = await newColleague(server, 'petra', 'case-handler@trafiknamnden');
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

const rows = (number) => endpointsOf(server, number);

async function reply(number, text) {
  const { etag } = (await desk.get(deskAt(number))).headers;
  const res = await desk.post(deskAt(number, 'replies'), { etag, json: { text } });
  assert.equal(res.status, 201, res.text);
}

async function turnOn(tab) {
  await switchOf(tab).click();
  await stands(tab, true);
}

/* Both of them told, to the same address. */
async function phoneWithTwo() {
  const { tab, number: first } = await phoneWithCase(net);
  await turnOn(tab);
  await tab.goto('/app/');
  const second = await sendCase(tab, 'Gropen på torget.');
  await turnOn(tab);
  const was = await endpointAt(tab);
  assert.deepEqual([await rows(first), await rows(second)], [[was], [was]]);
  return { tab, first, second, was };
}

async function shown(tab, ms = 30000) {
  return eventually('a notification is shown', async () => (await tab.evaluate(async () =>
    (await (await navigator.serviceWorker.ready).getNotifications())
      .map(({ title, body, tag, data, lang }) => ({ title, body, tag, data, lang }))))[0], ms);
}

/* A browser that is busy loses now and then what the protocol hands it in place of a push
 * service, which would try again, too. */
async function deliveredAndShown(tab) {
  for (let tries = 1; ; tries++) {
    await deliver(net, tab);
    try {
      return await shown(tab, 8000);
    } catch (lost) {
      if (tries === 3) throw lost;
    }
  }
}

test('on gives the city the device’s address, by keyboard too, and off takes it away', async () => {
  const { tab, number } = await phoneWithCase(net);
  await stands(tab, false);
  await clean(tab, 'case, off');
  await switchOf(tab).focus();
  await tab.keyboard.press('Space');
  await stands(tab, true);
  const [endpoint] = await rows(number);
  assert.match(endpoint, /^https:\/\/push\.example\//);
  await clean(tab, 'case, on');
  await tab.reload();
  await stands(tab, true);
  await switchOf(tab).click();
  await stands(tab, false);
  assert.deepEqual(await rows(number), []);
  assert.equal(await tab.evaluate(() => sessionStorage.length), 0, 'the browser’s own is gone with the last case');
  await leave(tab);
});

test('the notification says that there is something new, and nothing of what', async () => {
  const { tab, number } = await phoneWithCase(net);
  await deliver(net, tab);
  const notice = await shown(tab);
  assert.deepEqual(notice, { title: 'Synpunkt', body: 'Det finns något nytt i ett av dina ärenden.', tag: 'news', data: null, lang: 'sv' });
  assert.ok(!JSON.stringify(notice).includes(number));
  await leave(tab);
});

test('without leave it says what to do, and the city is told nothing', async () => {
  const { tab, number } = await phoneWithCase(net, ['geolocation']);
  await switchOf(tab).click();
  await tab.getByText('Webbläsaren får inte visa aviseringar').waitFor();
  await stands(tab, false);
  await clean(tab, 'case, denied');
  assert.deepEqual(await rows(number), []);
  await leave(tab);
});

test('without a network it says so, and stands as it stood', async () => {
  const { tab, number } = await phoneWithCase(net);
  net.down = true;
  await switchOf(tab).click();
  await tab.getByText('Det behövs nät').waitFor();
  await stands(tab, false);
  net.down = false;
  assert.deepEqual(await rows(number), []);
  await leave(tab);
});

test('a case, or all, removed from the device is told no more', async () => {
  for (const isAll of [false, true]) {
    const { tab, number } = await phoneWithCase(net);
    await switchOf(tab).click();
    await stands(tab, true);
    if (isAll) {
      await tab.goto('/app/enheten');
      await button(tab, 'Ta bort allt på den här enheten').click();
      await tab.locator('dialog .danger').click();
      await heading(tab, 'Allt är borttaget');
    } else {
      await button(tab, 'Ta bort från enheten').click();
      await button(tab, 'Ta bort: koden försvinner härifrån').click();
      await heading(tab, 'Mina ärenden');
    }
    await eventually('the city has forgotten it', async () => (await rows(number)).length === 0);
    await leave(tab);
  }
});

test('where the city sends nothing there is no switch', async () => {
  net.answers['GET /api/v1/push-key'] = { status: 404, body: {} };
  const tab = await openApp(net, { permissions: ['geolocation', 'notifications'] });
  await fillIn(tab);
  await send(tab);
  const number = await received(tab);
  await tab.goto(`/app/mina/${number}`);
  await tab.getByText('Svar och meddelanden').waitFor();
  assert.equal(await switchOf(tab).count(), 0);
  delete net.answers['GET /api/v1/push-key'];
  await leave(tab);
});

test('a press on it leads to the list, which marks the case; what is being written is kept', async () => {
  const { tab, first, second } = await phoneWithTwo();
  await tab.goto('/app/');
  await fillIn(tab, { text: 'Något helt annat.' });
  await button(tab, 'Tillbaka').click();
  await heading(tab, 'Berätta');
  await reply(first, 'Lampan är lagad.');
  await deliver(net, tab);
  await shown(tab);
  const did = await happens(await workerOf(tab), 'notificationclick');
  assert.deepEqual(did, { opened: [], focused: ['/app/'], error: '', left: 0 });
  await heading(tab, 'Mina ärenden');
  await tab.locator(`a.row[href="/app/mina/${first}"]`, { hasText: 'Nytt' }).waitFor();
  assert.doesNotMatch(await tab.textContent(`a.row[href="/app/mina/${second}"]`), /Nytt/);
  await tab.goBack();
  await heading(tab, 'Berätta');
  assert.equal(await tab.inputValue('#tell-text'), 'Något helt annat.');
  await leave(tab);
});

test('a press on it leaves a case’s page for another’s news, but not its own, nor words that are not sent', async () => {
  const { tab, first, second } = await phoneWithTwo();
  const press = async (number, text) => {
    await reply(number, text);
    await deliveredAndShown(tab);
    assert.deepEqual((await happens(await workerOf(tab), 'notificationclick')).opened, []);
  };
  await press(second, 'Gropen är lagad.');
  await tab.locator('.talk .city', { hasText: 'Gropen är lagad.' }).waitFor();
  await heading(tab, `Ärende ${second}`);
  await tab.fill('#answer', 'Tack så');
  await press(first, 'Lampan är lagad.');
  await tab.waitForTimeout(500);
  assert.equal(await tab.inputValue('#answer'), 'Tack så');
  await tab.fill('#answer', '');
  await press(first, 'Och stolpen.');
  await heading(tab, 'Mina ärenden');
  await tab.locator(`a.row[href="/app/mina/${first}"]`, { hasText: 'Nytt' }).waitFor();
  await leave(tab);
});

test('a case that the city does not know any more hides no other’s news', async () => {
  const { tab, first, second } = await phoneWithTwo();
  await tab.evaluate((number) => new Promise((done, fail) => {
    const open = indexedDB.open('synpunkt-app');
    open.onsuccess = () => {
      const store = open.result.transaction('cases', 'readwrite').objectStore('cases');
      store.get(number).onsuccess = ({ target }) => store.put({ ...target.result, code: 'AAAA-BBBB-CCCC' });
      store.transaction.oncomplete = () => { open.result.close(); done(); };
      store.transaction.onerror = fail;
    };
  }), first);
  await reply(second, 'Gropen är lagad.');
  await tab.goto('/app/mina');
  await tab.locator(`a.row[href="/app/mina/${second}"]`, { hasText: 'Nytt' }).waitFor();
  await leave(tab);
});

test('a press on it opens the app where it is not open, and no other page of the city', async () => {
  const { tab } = await phoneWithCase(net);
  await deliver(net, tab);
  await shown(tab);
  const worker = await workerOf(tab);
  await tab.goto('/om');
  assert.deepEqual(await happens(worker, 'notificationclick'), { opened: ['/app/mina'], focused: [], error: '', left: 0 });
  assert.match(tab.url(), /\/om$/);
  await leave(tab);
});

test('when the browser changes the device’s address, the city has the new one for each case', async () => {
  const { tab, first, second } = await phoneWithTwo();
  const worker = await workerOf(tab);
  assert.equal((await happens(worker, 'pushsubscriptionchange')).error, '');
  const now = await worker.evaluate(() => self.standInAt);
  assert.deepEqual([await rows(first), await rows(second)], [[now], [now]]);
  await endpointAt(tab, now);
  await tab.reload();
  await stands(tab, true);
  await leave(tab);
});

test('changed without a network, it is told when the app is opened next', async () => {
  const { tab, first, second, was } = await phoneWithTwo();
  const worker = await workerOf(tab);
  net.down = true;
  assert.match((await happens(worker, 'pushsubscriptionchange')).error, /OfflineError/);
  assert.deepEqual([await rows(first), await rows(second)], [[was], [was]]);
  net.down = false;
  await endpointAt(tab, 'https://push.example/given-anew');
  await tab.reload();
  await stands(tab, true);
  for (const number of [first, second]) assert.deepEqual(await rows(number), ['https://push.example/given-anew']);
  await leave(tab);
});

test('when leave is taken back, the city forgets the device', async () => {
  const { tab, first, second } = await phoneWithTwo();
  const worker = await workerOf(tab);
  await tab.context().clearPermissions();
  assert.equal((await happens(worker, 'pushsubscriptionchange')).error, '');
  assert.deepEqual([await rows(first), await rows(second)], [[], []]);
  await leave(tab);
});

test('a case removed without a network is told no more: its address is given up at the next start', async () => {
  const { tab, first, second, was } = await phoneWithTwo();
  await offline(net, tab);
  await button(tab, 'Ta bort från enheten').click();
  await button(tab, 'Ta bort: koden försvinner härifrån').click();
  await heading(tab, 'Mina ärenden');
  assert.equal(await endpointAt(tab), was, 'the browser could not reach its service');
  await offline(net, tab, false);
  await tab.goto(`/app/mina/${first}`);
  await stands(tab, true);
  const [now] = await rows(first);
  assert.notEqual(now, was);
  assert.equal(await endpointAt(tab), now);
  assert.deepEqual([await rows(first), await rows(second)], [[now], [was]], 'the service says that nobody is there');
  await leave(tab);
});

test('with the last case removed without a network, the next start leaves no address in the browser', async () => {
  const { tab } = await phoneWithCase(net);
  await turnOn(tab);
  await offline(net, tab);
  await button(tab, 'Ta bort från enheten').click();
  await button(tab, 'Ta bort: koden försvinner härifrån').click();
  await heading(tab, 'Mina ärenden');
  assert.ok(await endpointAt(tab));
  await offline(net, tab, false);
  await tab.reload();
  await eventually('the address is given up', async () => await endpointAt(tab) === null);
  await leave(tab);
});
