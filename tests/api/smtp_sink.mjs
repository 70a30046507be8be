/*
 * An SMTP server for tests that behaves as told.
 *
 *   const sink = await startSink();      sink.url, sink.letters [{from, to, text}]
 *   sink.mode = 'rcpt-550';              from the next command on; see `answers`
 *   await sink.close(); await sink.open();   down and up again, on the same port
 */
import net from 'node:net';

const answers = { 'rcpt-450': ['RCPT', '450 4.2.1 later'],
  'rcpt-550': ['RCPT', '550 5.1.1 nobody here'], 'rcpt-policy': ['RCPT', '554 5.7.1 no relay'],
  'mail-550': ['MAIL', '550 who are you'], 'end-554': ['.', '554 5.6.0 not wanted'],
  'end-451': ['.', '451 4.3.0 later'] };

export async function startSink({ user, password } = {}) {
  const sink = { letters: [], commands: [], mode: 'ok', slow: 0, sockets: new Set() };
  const say = (socket, text) => setTimeout(() => {
    if (!socket.destroyed) socket.write(`${text}\r\n`);
  }, sink.slow);

  function command(socket, letter, line) {
    const verb = line.slice(0, 4).toUpperCase();
    const [where, refusal] = answers[sink.mode] ?? [];
    sink.commands.push(line);
    if (where === verb) return say(socket, refusal);
    if (verb === 'EHLO')
      return say(socket, `250-sink\r\n250-SMTPUTF8\r\n250-8BITMIME${
        user ? '\r\n250-AUTH PLAIN' : ''}\r\n250 SIZE`);
    if (verb === 'AUTH') {
      const expected = Buffer.from(`\0${user}\0${password}`).toString('base64');
      return say(socket, line.endsWith(expected) ? '235 welcome' : '535 5.7.8 wrong');
    }
    if (verb === 'MAIL') letter.from = /<(.*?)>/.exec(line)[1];
    if (verb === 'RCPT') letter.to = /<(.*?)>/.exec(line)[1];
    if (verb === 'DATA') {
      letter.open = true;
      return say(socket, '354 go ahead');
    }
    return say(socket, verb === 'QUIT' ? '221 bye' : '250 fine');
  }

  function data(socket, letter, buffer) {
    if (sink.mode === 'cut-in-data') return buffer ? socket.destroy() : buffer;
    const end = buffer.indexOf('\r\n.\r\n');
    if (end < 0) return buffer;
    letter.open = false;
    const text = buffer.slice(0, end + 2).replace(/^\./gm, '');
    if (answers[sink.mode]?.[0] === '.') say(socket, answers[sink.mode][1]);
    else {
      sink.letters.push({ from: letter.from, to: letter.to, text });
      if (sink.mode === 'cut-before-250') return socket.destroy();
      if (sink.mode !== 'silent') say(socket, '250 kept');
    }
    return buffer.slice(end + 5);
  }

  const server = net.createServer((socket) => {
    const letter = {};
    let buffer = '';
    sink.sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sink.sockets.delete(socket));
    socket.setEncoding('utf8').on('data', (chunk) => {
      buffer += chunk;
      for (;;) {
        if (letter.open) {
          const before = buffer;
          buffer = data(socket, letter, buffer);
          if (typeof buffer !== 'string' || buffer === before) return;
          continue;
        }
        const at = buffer.indexOf('\r\n');
        if (at < 0) return;
        const line = buffer.slice(0, at);
        buffer = buffer.slice(at + 2);
        command(socket, letter, line);
      }
    });
    say(socket, sink.mode === 'greeting-554' ? '554 not today' : '220 sink');
  });
  let port = 0;
  sink.open = () => new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  sink.close = () => new Promise((done) => {
    server.close(done);
    for (const socket of sink.sockets) socket.destroy();
  });
  await sink.open();
  port = server.address().port;
  sink.url = `smtp://127.0.0.1:${port}`;
  return sink;
}

/* The header's fields by name, encoded words read, and the body's text. */
export function readLetter(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const headers = {};
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name, value] = /^([^:]+): (.*)$/.exec(line);
    headers[name.toLowerCase()] = value.replace(/\?= =\?/g, '?==?')
      .replace(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, word) => percent(word.replaceAll('_', ' ')));
  }
  const body = percent(rest.join('\r\n\r\n').replace(/=\r\n/g, ''));
  return { headers, body };
}

function percent(text) {
  return decodeURIComponent(text.replaceAll('%', '%25')
    .replace(/=([0-9A-F]{2})/g, '%$1'));
}
