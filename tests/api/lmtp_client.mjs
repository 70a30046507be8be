/*
 * A mail server's side of LMTP, for tests.
 *
 *   const talk = await lmtpOpen(server);         greeted and LHLO said
 *   await talk.say('NOOP');                      '250 2.0.0 fine'
 *   await talk.send({ to: ['trafik@stad.example'], bytes });   the answers after the dot
 *   talk.write('…'); await talk.line();          by hand; an answer of several lines is one
 */
import { once } from 'node:events';
import net from 'node:net';

/* Dots doubled and a CRLF at the end, as a mail server sends it. */
export function stuffed(bytes) {
  const text = Buffer.from(bytes).toString('latin1');
  const whole = text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`;
  return Buffer.from(`${whole.replace(/(^|\r\n)\./g, '$1..')}.\r\n`, 'latin1');
}

/* The address of SYNPUNKT_LMTP as net.connect() takes it. */
export function lmtpAddress(server) {
  const text = server.env.SYNPUNKT_LMTP;
  if (text.startsWith('unix:')) return { path: text.slice(5) };
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}

export async function lmtpConnect(server) {
  const socket = net.connect(lmtpAddress(server));
  const talk = { socket, text: '', isClosed: false, waiting: [] };
  const look = () => {
    while (talk.waiting.length) {
      const whole = /^(?:\d{3}-[^\r]*\r\n)*\d{3} [^\r]*\r\n/.exec(talk.text);
      if (whole) {
        talk.text = talk.text.slice(whole[0].length);
        talk.waiting.shift().done(whole[0].trimEnd());
      } else if (talk.isClosed) talk.waiting.shift().failed(new Error('it was closed'));
      else return;
    }
  };

  socket.setNoDelay?.(true);
  socket.on('data', (chunk) => { talk.text += chunk.toString('utf8'); look(); });
  socket.on('error', () => {});
  talk.closed = new Promise((done) => {
    socket.on('close', () => { talk.isClosed = true; look(); done(); });
  });
  await once(socket, 'connect');
  talk.write = (bytes) => socket.write(typeof bytes === 'string'
    ? Buffer.from(bytes, 'utf8') : bytes);
  talk.line = () => new Promise((done, failed) => {
    talk.waiting.push({ done, failed });
    look();
  });
  talk.lines = async (n) => {
    const all = [];
    for (let i = 0; i < n; i++) all.push(await talk.line());
    return all;
  };
  talk.say = (line) => {
    talk.write(`${line}\r\n`);
    return talk.line();
  };
  /* The whole of a letter: the last answer to each recipient, in their order, or the first
   * refusal before there was one. */
  talk.send = async ({ from = 'anna@example.org', to, bytes, mail = '' }) => {
    const first = await talk.say(`MAIL FROM:<${from}>${mail}`);
    if (!first.startsWith('250')) return [first];
    const answers = [];
    for (const one of to) answers.push(await talk.say(`RCPT TO:<${one}>`));
    const taken = answers.flatMap((a, i) => (a.startsWith('250') ? [i] : []));
    if (!taken.length) {
      await talk.say('RSET');
      return answers;
    }
    const go = await talk.say('DATA');
    if (!go.startsWith('354')) return [go];
    talk.write(stuffed(bytes));
    for (const i of taken) answers[i] = await talk.line();
    return answers;
  };
  talk.end = async () => {
    socket.destroy();
    await talk.closed;
  };
  talk.greeting = await talk.line();
  return talk;
}

export async function lmtpOpen(server) {
  const talk = await lmtpConnect(server);
  talk.hello = await talk.say('LHLO mail.example');
  return talk;
}

let serial = 0;

/* A letter of its own, with a Message-ID unless told otherwise. */
export function letter({ subject = 'Hej', body = 'Lampan är släckt.', id, head = '' } = {}) {
  const own = id ?? `${process.pid}.${Date.now()}.${++serial}@example.org`;
  return Buffer.from(`From: Anna <anna@example.org>\r\nTo: trafik@stad.example\r\n`
    + `Subject: ${subject}\r\n${own ? `Message-ID: <${own}>\r\n` : ''}${head}`
    + `\r\n${body}\r\n`, 'utf8');
}
