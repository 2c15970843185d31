'use strict';

const { fork } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

const LAUNCHER = path.join(__dirname, '..', 'launcher.js');

const STAND_IN = path.join(__dirname, 'stand-in.js');

/**
 * A script whose output is gathered, with the stand-in as java.
 */
class Forked {
  constructor(t, script, args = [], env = {}) {
    this.output = '';
    this.process = fork(script, args, {
      silent: true,
      env: { ...process.env, PM2_HOME: temporaryDirectory(t), GRACEFUL_LAUNCHER_JAVA: process.execPath, ...env }
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.output += text; });
    }
    this.ready = new Promise((resolve) => this.process.on('message', (message) => message === 'ready' && resolve()));
    this.exited = new Promise((resolve) => this.process.once('close', (code, signal) => resolve(signal ?? code)));
    t.after(async () => {
      this.process.kill('SIGKILL');
      await this.exited;
    });
  }

  async untilOutput(pattern) {
    await until(() => pattern.test(this.output), () => `${pattern} in\n${this.output}`);
    return this.output.match(pattern);
  }
}

function temporaryDirectory(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'launcher-'));
  t.after(() => fs.rmSync(directory, { recursive: true }));
  return directory;
}

async function until(condition, describe) {
  const end = Date.now() + 10000;
  while (!condition()) {
    if (Date.now() > end) {
      throw new Error(`timed out: ${describe()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function request(port, target, body) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ port, path: target, method: 'POST', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

module.exports = { LAUNCHER, STAND_IN, Forked, temporaryDirectory, until, request, isAlive };
