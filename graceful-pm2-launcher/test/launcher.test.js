'use strict';

const assert = require('node:assert');
const net = require('node:net');
const { test } = require('node:test');
const { Launched, STAND_IN, until, freePort, request, refuses, isAlive } = require('./support');

async function launch(t, env, args) {
  const launched = new Launched(await freePort(), env, args);
  t.after(() => launched.close());
  return launched;
}

test('when the JVM is not ready then the port is closed', async (t) => {
  const launched = await launch(t, { STAND_IN_START_MS: '500' });
  let ready = false;
  launched.ready.then(() => { ready = true; });
  while (!ready) {
    const refused = await refuses(launched.port);
    assert.ok(refused || /listens on/.test(launched.output), 'the port is open before the JVM listens');
  }
  assert.strictEqual((await request(launched.port, '/')).text, 'ok 0');
});

for (const how of ['SIGINT', 'SIGTERM', 'message']) {
  test(`when stopped by ${how} then the request in flight is answered and the port refuses at once`, async (t) => {
    const launched = await launch(t);
    await launched.ready;
    const answer = request(launched.port, '/?ms=800', { method: 'POST', body: 'x'.repeat(200) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    how === 'message' ? launched.process.send('shutdown') : launched.process.kill(how);
    await launched.untilOutput(/stand-in: shutdown number 1/);
    assert.ok(await refuses(launched.port));
    how === 'message' ? launched.process.send('shutdown') : launched.process.kill(how);
    assert.strictEqual((await answer).text, 'ok 200');
    assert.strictEqual(await launched.exited, 0);
    assert.match(launched.output, /stand-in: stopped clean ü/);
    assert.doesNotMatch(launched.output, /shutdown number 2/);
  });
}

test('when stopped while the JVM starts then it is ended and the exit code tells', async (t) => {
  const launched = await launch(t, { STAND_IN_START_MS: '60000' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  launched.process.kill('SIGINT');
  assert.strictEqual(await launched.exited, 143);
});

test('when the JVM exits by itself then its exit code is passed on', async (t) => {
  const launched = await launch(t);
  await launched.ready;
  await assert.rejects(request(launched.port, '/exit?code=3'));
  assert.strictEqual(await launched.exited, 3);
});

test('when the JVM is killed then the exit code says by which signal', async (t) => {
  const launched = await launch(t);
  await launched.ready;
  const [, pid] = await launched.untilOutput(/stand-in: (\d+) listens/);
  process.kill(Number(pid), 'SIGKILL');
  assert.strictEqual(await launched.exited, 137);
});

test('when the launcher is killed then no JVM is left', async (t) => {
  const launched = await launch(t);
  await launched.ready;
  const [, pid] = await launched.untilOutput(/stand-in: (\d+) listens/);
  launched.process.kill('SIGKILL');
  await until(() => !isAlive(Number(pid)), () => `${pid} lives`);
});

test('when there is no java then exits with 127', async (t) => {
  const launched = await launch(t, { GRACEFUL_LAUNCHER_JAVA: '/nonexistent/java' });
  assert.strictEqual(await launched.exited, 127);
  assert.match(launched.output, /can not start java/);
});

test('when the port is taken then stops the JVM and fails', async (t) => {
  const first = await launch(t);
  await first.ready;
  const second = new Launched(first.port);
  t.after(() => second.close());
  assert.strictEqual(await second.exited, 1);
  assert.match(second.output, /can not listen on port/);
  assert.match(second.output, /stopped clean/);
});

for (const args of [['--server.port=8080'], ['-Dserver.port=8080'], ['--server.address=0.0.0.0']]) {
  test(`when the arguments have ${args} then fails with advice`, async (t) => {
    const launched = await launch(t, {}, [STAND_IN, ...args]);
    assert.strictEqual(await launched.exited, 1);
    assert.match(launched.output, /set SERVER_PORT and SERVER_ADDRESS/);
  });
}

test('when PM2 is not configured as needed then says so', async (t) => {
  const launched = await launch(t, { pm_id: '0', treekill: 'true' });
  await launched.untilOutput(/set treekill: false[^]*set wait_ready: true/);
});

test('when a client ends its side then it still gets the answer', async (t) => {
  const launched = await launch(t, { STAND_IN_RAW: 'true' });
  await launched.ready;
  const socket = net.connect({ port: launched.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(Buffer.alloc(1_000_000));
  let answer = '';
  for await (const chunk of socket) {
    answer += chunk;
  }
  assert.strictEqual(answer, 'got 1000000');
});

test('when a client resets then the JVM sees a reset', async (t) => {
  const launched = await launch(t, { STAND_IN_RAW: 'true' });
  await launched.ready;
  const socket = net.connect(launched.port, '127.0.0.1');
  await new Promise((resolve) => socket.write('x', resolve));
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.resetAndDestroy();
  await launched.untilOutput(/stand-in: ECONNRESET/);
});

test('when the connection is upgraded then bytes pass both ways until the stop', async (t) => {
  const launched = await launch(t);
  await launched.ready;
  const socket = net.connect(launched.port, '127.0.0.1');
  t.after(() => socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => { received += text; });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  await until(() => received.includes('\r\n\r\n'), () => received);
  socket.write(Buffer.from([0, 255, 13, 10, 128]));
  await until(() => received.endsWith('\x00\xff\r\n\x80'), () => received);
});

test('when a client reads slowly then the launcher does not gather the response', async (t) => {
  const bytes = 200_000_000;
  const launched = await launch(t);
  await launched.ready;
  const socket = net.connect(launched.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET /big?bytes=${bytes} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await new Promise((resolve) => socket.once('readable', resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const status = require('node:fs').readFileSync(`/proc/${launched.process.pid}/status`, 'utf8');
  const megabytes = Number(status.match(/VmRSS:\s+(\d+)/)[1]) / 1024;
  assert.ok(megabytes < 120, `${megabytes} MB`);
  let received = 0;
  for await (const chunk of socket) {
    received += chunk.length;
  }
  assert.ok(received > bytes);
});

test('when the JVM has exited then a slow client still gets all that it wrote', async (t) => {
  const bytes = 3_000_000;
  const launched = await launch(t, { STAND_IN_LAME_DUCK_MS: '0' });
  await launched.ready;
  const socket = net.connect(launched.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET /big?bytes=${bytes} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await new Promise((resolve) => socket.once('readable', resolve));
  launched.process.kill('SIGINT');
  await launched.untilOutput(/stopped clean/);
  let received = 0;
  for await (const chunk of socket) {
    received += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(received > bytes, `${received} bytes`);
  assert.strictEqual(await launched.exited, 0);
});
