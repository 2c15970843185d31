'use strict';

const assert = require('node:assert');
const { fork } = require('node:child_process');
const { once } = require('node:events');
const http = require('node:http');
const path = require('node:path');
const { test } = require('node:test');
const { freePort, request, until, isAlive } = require('./support');

const RELOADS = Number(process.env.RELOADS ?? 3);

async function startCluster(t, env = {}) {
  const port = await freePort();
  const primary = fork(path.join(__dirname, 'primary.js'), {
    silent: true,
    env: { ...process.env, GRACEFUL_LAUNCHER_JAVA: process.execPath, SERVER_PORT: String(port),
      SERVER_ADDRESS: '127.0.0.1', kill_timeout: '10000', ...env }
  });
  primary.output = '';
  primary.stdout.setEncoding('utf8').on('data', (text) => { primary.output += text; });
  primary.stderr.setEncoding('utf8').on('data', (text) => { primary.output += text; });
  t.after(() => primary.kill('SIGKILL'));
  const [{ started }] = await once(primary, 'message');
  return { port, primary, started };
}

class Load {
  #running = true;

  #workers;

  ok = 0;

  failures = [];

  constructor(port, method, keepAlive, connections) {
    this.agent = new http.Agent({ keepAlive, maxSockets: connections });
    this.#workers = Array.from({ length: connections }, async () => {
      while (this.#running) {
        try {
          const answer = await request(port, '/?ms=5', { method, body: method === 'POST' ? 'body' : undefined,
            agent: keepAlive ? this.agent : false });
          assert.strictEqual(answer.text, method === 'POST' ? 'ok 4' : 'ok 0');
          this.ok++;
        } catch (error) {
          this.failures.push(`${new Date().toISOString()} ${method} keepAlive=${keepAlive} ${error.message}`);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    });
  }

  async stop() {
    this.#running = false;
    await Promise.all(this.#workers);
    this.agent.destroy();
  }
}

test(`when two workers are reloaded ${RELOADS} times under load then nothing is lost`, async (t) => {
  const { port, primary } = await startCluster(t);
  const loads = [['GET', true], ['GET', false], ['POST', true], ['POST', false]]
    .map(([method, keepAlive]) => new Load(port, method, keepAlive, 4));
  primary.send({ reload: RELOADS });
  const [{ codes }] = await once(primary, 'message');
  await Promise.all(loads.map((load) => load.stop()));
  const ok = loads.reduce((sum, load) => sum + load.ok, 0);
  const failures = loads.flatMap((load) => load.failures);
  t.diagnostic(`${failures.length} of ${ok + failures.length} requests failed in ${2 * RELOADS} reloads`);
  assert.deepStrictEqual(failures, []);
  assert.deepStrictEqual([...new Set(codes)], [0]);
  assert.ok(ok > 1000);
  primary.send({ quit: true });
  await once(primary, 'exit');
});

test('when a JVM stops by itself then the other worker gets its connections', async (t) => {
  const { port, primary } = await startCluster(t, { STAND_IN_LAME_DUCK_MS: '0' });
  const pids = [...primary.output.matchAll(/stand-in: (\d+) listens/g)].map((match) => Number(match[1]));
  // Keep both running. No other connection is open, which one that closes its port without more ado would reset
  const held = [request(port, '/hold'), request(port, '/hold')];
  await until(() => pids.every((pid) => primary.output.includes(`${pid} holds`)), () => primary.output);
  process.kill(pids[0], 'SIGUSR2');
  await until(() => primary.output.includes(`${pids[0]} has closed its port`), () => primary.output);
  // The launcher still leads there
  const load = new Load(port, 'POST', false, 4);
  await until(() => load.ok > 100, () => 'load');
  pids.forEach((pid) => process.kill(pid, 'SIGWINCH'));
  await until(() => primary.output.includes('ended by itself with exit code 0'), () => primary.output);
  const wanted = load.ok + 100;
  await until(() => load.ok > wanted, () => 'load');
  await load.stop();
  assert.deepStrictEqual(load.failures, []);
  assert.deepStrictEqual((await Promise.all(held)).map((answer) => answer.text), ['held', 'held']);
});

test('when the primary dies then requests in flight are answered and nobody is left', async (t) => {
  const { port, primary, started } = await startCluster(t);
  const answers = [request(port, '/?ms=700'), request(port, '/?ms=700')];
  await new Promise((resolve) => setTimeout(resolve, 200));
  primary.kill('SIGKILL');
  assert.deepStrictEqual((await Promise.all(answers)).map((answer) => answer.text), ['ok 0', 'ok 0']);
  await until(() => started.every((pid) => !isAlive(pid)), () => 'a launcher lives');
});
