'use strict';

const fs = require('node:fs');
const net = require('node:net');

const LOWEST = 20000;

const ATTEMPTS = 100;

/**
 * Finds a port of the loopback interface for a JVM that binds it seconds later. It lies below the ports that the
 * system gives to outgoing connections, so that none of them takes it meanwhile.
 */
async function findPrivatePort(random = Math.random) {
  const end = endOfRange();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(random() * (end - LOWEST));
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`no free port found between ${LOWEST} and ${end}`);
}

function endOfRange() {
  try {
    const first = Number(fs.readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]);
    return (first > LOWEST + ATTEMPTS) ? first : 32768;
  } catch {
    return 32768;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    // exclusive: bound by this process and not by the cluster's primary
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

module.exports = { findPrivatePort };
