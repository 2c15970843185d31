'use strict';

const assert = require('node:assert');
const { test } = require('node:test');
const { LAUNCHER, STAND_IN, Forked, until, request, isAlive } = require('./support');

function launch(t, env, args = [STAND_IN]) {
  return new Forked(t, LAUNCHER, args, env);
}

async function launchReady(t, env) {
  const launched = launch(t, env);
  await launched.ready;
  const [, pid, port] = await launched.untilOutput(/stand-in: (\d+) listens on (\d+)/);
  return { launched, pid: Number(pid), port: Number(port) };
}

test('when the JVM is not ready then PM2 is not told so', async (t) => {
  const launched = launch(t, { STAND_IN_START_MS: '500' });
  let ready = false;
  launched.ready.then(() => { ready = true; });
  await launched.untilOutput(/meets others at/);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(!ready);
  await launched.ready;
});

for (const how of ['SIGINT', 'SIGTERM', 'message']) {
  test(`when stopped by ${how} then the JVM is told once and the request in flight is answered`, async (t) => {
    const { launched, port } = await launchReady(t);
    const stop = () => (how === 'message' ? launched.process.send('shutdown') : launched.process.kill(how));
    const answer = request(port, '/?ms=800', 'x'.repeat(200));
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop();
    await launched.untilOutput(/stand-in: shutdown number 1/);
    stop();
    assert.strictEqual(await answer, 'ok 200');
    assert.strictEqual(await launched.exited, 0);
    assert.match(launched.output, /stand-in: stopped clean ü/);
    assert.doesNotMatch(launched.output, /shutdown number 2/);
  });
}

test('when stopped while the JVM starts then it is ended and the exit code tells', async (t) => {
  const launched = launch(t, { STAND_IN_START_MS: '60000' });
  await launched.untilOutput(/meets others at/);
  launched.process.kill('SIGINT');
  assert.strictEqual(await launched.exited, 143);
});

test('when the JVM exits by itself then its exit code is passed on', async (t) => {
  const { launched, port } = await launchReady(t);
  await assert.rejects(request(port, '/exit?code=3'));
  assert.strictEqual(await launched.exited, 3);
});

test('when the JVM is killed then the exit code says by which signal', async (t) => {
  const { launched, pid } = await launchReady(t);
  process.kill(pid, 'SIGKILL');
  assert.strictEqual(await launched.exited, 137);
});

test('when the launcher is killed then no JVM is left', async (t) => {
  const { launched, pid } = await launchReady(t);
  launched.process.kill('SIGKILL');
  await until(() => !isAlive(pid), () => `${pid} lives`);
});

test('when there is no java then exits with 127', async (t) => {
  const launched = launch(t, { GRACEFUL_LAUNCHER_JAVA: '/nonexistent/java' });
  assert.strictEqual(await launched.exited, 127);
  assert.match(launched.output, /can not start java/);
});

test('when there is nothing to run then fails with advice', async (t) => {
  const launched = launch(t, {}, []);
  assert.strictEqual(await launched.exited, 1);
  assert.match(launched.output, /set args to java's command line/);
});

test('when PM2 does not wait then says so', async (t) => {
  const launched = launch(t, { pm_id: '0' });
  await launched.untilOutput(/set wait_ready: true/);
});
