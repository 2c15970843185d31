'use strict';

const { fork } = require('node:child_process');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

const LAUNCHER = path.join(__dirname, '..', 'launcher.js');

const STAND_IN = path.join(__dirname, 'stand-in.js');

/**
 * Starts the launcher as PM2 would, with the stand-in as its JVM.
 */
class Launched {
  constructor(port, env = {}, args = [STAND_IN]) {
    this.port = port;
    this.output = '';
    this.process = fork(LAUNCHER, args, {
      silent: true,
      env: { ...process.env, GRACEFUL_LAUNCHER_JAVA: process.execPath, SERVER_PORT: String(port),
        SERVER_ADDRESS: '127.0.0.1', kill_timeout: '10000', ...env }
    });
    this.process.stdout.setEncoding('utf8').on('data', (text) => { this.output += text; });
    this.process.stderr.setEncoding('utf8').on('data', (text) => { this.output += text; });
    this.ready = new Promise((resolve) => this.process.on('message', (message) => message === 'ready' && resolve()));
    this.exited = new Promise((resolve) => this.process.once('close', (code, signal) => resolve(signal ?? code)));
  }

  async untilOutput(pattern) {
    await until(() => pattern.test(this.output), () => `${pattern} in\n${this.output}`);
    return this.output.match(pattern);
  }

  async close() {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}

async function until(condition, describe) {
  const end = Date.now() + 10000;
  while (!await condition()) {
    if (Date.now() > end) {
      throw new Error(`timed out: ${describe()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function request(port, target, { method = 'GET', body, agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, path: target, method, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function refuses(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => { socket.destroy(); resolve(false); });
    socket.on('error', () => resolve(true));
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

module.exports = { LAUNCHER, STAND_IN, Launched, until, freePort, request, refuses, isAlive };
