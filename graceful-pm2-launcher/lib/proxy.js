'use strict';

const cluster = require('node:cluster');
const net = require('node:net');

/**
 * How long to wait for the cluster's primary and for connections to the JVM, before the JVM is told to stop anyway.
 */
const SETTLE_MS = 300;

/**
 * How long a client that was sent everything is still read from at a stop: closed at once, with something unread, the
 * system would send a reset that can overtake the response.
 */
const LINGER_MS = 250;

/**
 * How long a client may stay silent after the JVM closed its side.
 */
const HALF_CLOSED_MS = 30000;

/**
 * Hands bytes between the public port and the JVM's.
 */
class Proxy {
  #address;

  #upstream;

  /** Each connected client, with the promise of its end. */
  #clients = new Map();

  #connecting = new Set();

  #listening;

  #left;

  #jvmGone = false;

  #server;

  constructor(address, upstream) {
    this.#address = address;
    this.#upstream = upstream;
    this.#server = net.createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60000
    }, (client) => this.#accept(client));
  }

  listen() {
    this.#listening = listen(this.#server, this.#address);
    return this.#listening;
  }

  /**
   * Takes no more connections: the cluster's other workers get them. Resolves when none can come any more and each
   * that came is connected to the JVM.
   */
  leave() {
    this.#left ??= atMost(SETTLE_MS, this.#leave());
    return this.#left;
  }

  async #leave() {
    await this.#listening?.catch(() => {});
    if (this.#server.listening) {
      this.#server.close();
      await this.#untilPrimaryKnows();
    }
    await Promise.all(this.#connecting);
  }

  /**
   * What the primary handed over before it knew that this worker had left has come, and was given back, once it
   * answers a later question: here, for any other port.
   */
  async #untilPrimaryKnows() {
    if (cluster.isWorker && process.connected) {
      const question = net.createServer((socket) => socket.destroy());
      await listen(question, { host: '127.0.0.1', port: 0 });
      question.close();
    }
  }

  /**
   * Resolves when each client has what the JVM wrote, and at the latest after the given time.
   */
  async flush(millis) {
    this.#jvmGone = true;
    for (const client of this.#clients.keys()) {
      this.#closeSoon(client);
    }
    await atMost(millis, Promise.all(this.#clients.values()));
  }

  #accept(client) {
    this.#clients.set(client, new Promise((resolve) => client.once('close', resolve)));
    client.once('close', () => this.#clients.delete(client));
    client.once('finish', () => this.#closeSoon(client));
    client.on('error', () => {});
    const connected = connect(this.#upstream).then(
      (upstream) => splice(client, upstream),
      () => { this.#handOver(client); }
    );
    this.#connecting.add(connected);
    connected.then(() => this.#connecting.delete(connected));
  }

  /**
   * The JVM refuses: it stops by itself, or it crashed. Nothing of this connection was read yet, so that another
   * worker can serve it.
   */
  async #handOver(client) {
    await this.leave();
    try {
      const { host, port } = this.#address;
      splice(client, await connect({ host: isAny(host) ? '127.0.0.1' : host, port }));
    } catch {
      client.resetAndDestroy();
    }
  }

  #closeSoon(client) {
    if (this.#jvmGone && client.writableFinished) {
      setTimeout(() => client.destroy(), LINGER_MS).unref();
    }
  }
}

function isAny(host) {
  return host === undefined || host === '0.0.0.0' || host === '::';
}

function listen(server, address) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function connect(address) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...address, allowHalfOpen: true, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/**
 * Joins both ends: bytes with back-pressure, the end of each direction by itself, and resets.
 */
function splice(client, upstream) {
  client.on('error', () => upstream.resetAndDestroy());
  upstream.on('error', () => {
    if (!client.writableEnded) {
      client.write('', () => client.resetAndDestroy());
    }
  });
  // What the client still sends when the JVM is gone is read and dropped
  upstream.once('close', () => client.resume());
  upstream.once('end', () => client.setTimeout(HALF_CLOSED_MS, () => client.destroy()));
  client.once('close', () => upstream.destroySoon());
  if (client.destroyed) {
    upstream.resetAndDestroy();
    return;
  }
  client.pipe(upstream);
  upstream.pipe(client);
}

function atMost(millis, promise) {
  let timer;
  const enough = new Promise((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  return Promise.race([promise, enough]).finally(() => clearTimeout(timer));
}

module.exports = { Proxy };
