'use strict';

const assert = require('node:assert');
const path = require('node:path');
const { test } = require('node:test');
const { Forked, until, request, isAlive } = require('./support');

async function startTwo(t) {
  const primary = new Forked(t, path.join(__dirname, 'primary.js'));
  await primary.ready;
  await until(() => all(primary, /listens on (\d+)/g).length === 2, () => primary.output);
  return primary;
}

function all(primary, pattern) {
  return [...primary.output.matchAll(pattern)].map((match) => match[1]);
}

test('when there are two workers then their JVMs meet at one path', async (t) => {
  const primary = await startTwo(t);
  const paths = all(primary, /meets others at (.+), replace=false/g);
  assert.strictEqual(paths.length, 2);
  assert.strictEqual(paths[0], paths[1]);
});

test('when the primary dies then requests in flight are answered and nobody is left', async (t) => {
  const primary = await startTwo(t);
  const launchers = all(primary, /started (.+)/g)[0].split(' ').map(Number);
  const answers = all(primary, /listens on (\d+)/g).map((port) => request(port, '/?ms=700', 'body'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  primary.process.kill('SIGKILL');
  assert.deepStrictEqual(await Promise.all(answers), ['ok 4', 'ok 4']);
  await until(() => !launchers.some(isAlive), () => 'a launcher lives');
});
