'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { readSettings } = require('../lib/settings');
const { temporaryDirectory } = require('./support');

function useForTemporaryFiles(t, directory) {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = directory;
  t.after(() => (TMPDIR === undefined ? delete process.env.TMPDIR : process.env.TMPDIR = TMPDIR));
}

function pathWith(env) {
  return readSettings(['-jar', 'app.jar'], env, 'linux').env.GRACEFUL_HANDOVER_PATH;
}

test('when PM2 has a home then the JVMs meet in a directory of this user in it', (t) => {
  const home = temporaryDirectory(t);
  const found = pathWith({ PM2_HOME: home, name: 'my shop/é', SERVER_PORT: '8080' });
  assert.strictEqual(path.dirname(found), path.join(home, 'graceful'));
  assert.match(path.basename(found), /^my_shop__-[0-9a-f]{12}\.sock$/);
  assert.strictEqual(fs.statSync(path.dirname(found)).mode & 0o777, 0o700);
});

test('when the application, its port or its address is another one then so is the path', (t) => {
  const shop = { PM2_HOME: temporaryDirectory(t), namespace: 'default', name: 'shop', SERVER_PORT: '8080' };
  const others = [{ name: 'shops' }, { namespace: 'test' }, { SERVER_PORT: '8081' }, { SERVER_ADDRESS: '127.0.0.1' },
    { PM2_HOME: temporaryDirectory(t) }];
  const found = [shop, ...others.map((other) => ({ ...shop, ...other }))].map(pathWith);
  assert.strictEqual(new Set(found).size, found.length);
  assert.strictEqual(pathWith({ ...shop, pm_id: '7' }), found[0]);
});

for (const [what, makeHome] of [
  ['too deep', (parent) => {
    const home = path.join(parent, 'x'.repeat(80));
    fs.mkdirSync(home);
    return home;
  }],
  ['missing', (parent) => path.join(parent, 'home')],
  ['open to others', (parent) => {
    fs.mkdirSync(path.join(parent, 'graceful'));
    fs.chmodSync(path.join(parent, 'graceful'), 0o755);
    return parent;
  }]
]) {
  test(`when the home is ${what} then the JVMs meet in the directory for temporary files`, (t) => {
    const parent = temporaryDirectory(t);
    useForTemporaryFiles(t, parent);
    const found = pathWith({ PM2_HOME: makeHome(parent), name: 'x'.repeat(100) });
    assert.strictEqual(path.dirname(found), path.join(parent, `graceful-${process.getuid()}`));
    assert.ok(found.length <= 107);
  });
}

test('when there is no directory of this user alone then fails with advice', (t) => {
  const parent = temporaryDirectory(t);
  useForTemporaryFiles(t, parent);
  fs.symlinkSync(parent, path.join(parent, `graceful-${process.getuid()}`));
  assert.throws(() => pathWith({ PM2_HOME: path.join(parent, 'missing') }), /set GRACEFUL_HANDOVER_PATH/);
});

test('when a path is set then it is used', () => {
  assert.strictEqual(pathWith({ GRACEFUL_HANDOVER_PATH: '/run/shop/x.sock' }), '/run/shop/x.sock');
});

test('when this is not Linux then fails with advice', () => {
  assert.throws(() => readSettings(['-jar', 'app.jar'], {}, 'darwin'), /exec_mode: 'fork'/);
});
