'use strict';

// Started by PM2 in cluster mode, with java's command line as its arguments. The order of a start and of a stop stands
// here; README.md tells why it is so.

const cluster = require('node:cluster');
const { Jvm } = require('./lib/jvm');
const { log, exit } = require('./lib/output');
const { Proxy } = require('./lib/proxy');
const { findPrivatePort } = require('./lib/private-port');
const { readSettings } = require('./lib/settings');

async function launch() {
  const settings = readSettings(process.argv.slice(2), process.env);
  settings.warnings.forEach(log);

  const upstream = { host: '127.0.0.1', port: await findPrivatePort() };
  const jvm = new Jvm(settings, upstream);
  const proxy = new Proxy(settings.address, upstream);
  let stopRequested;
  let failed = false;

  const stop = async (reason) => {
    if (stopRequested) {
      return;
    }
    stopRequested = Date.now();
    log(`${reason}: the JVM on port ${upstream.port} stops`);
    // Told only when no connection can come any more, and each that came has reached the JVM's port
    await proxy.leave();
    jvm.shutdown();
  };

  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('message', (message) => {
    if (message === 'shutdown') {
      stop('shutdown message');
    }
  });
  // Node would end a worker at once whose daemon died: what is in flight is still answered
  cluster.worker?.once('disconnect', () => {
    cluster.worker.exitedAfterDisconnect = true;
    stop('PM2 is gone');
  });

  jvm.ready.then(async () => {
    if (stopRequested) {
      return;
    }
    await proxy.listen();
    if (!stopRequested) {
      log(`port ${settings.address.port} leads to the JVM on port ${upstream.port}`);
      process.send?.('ready');
    }
  }).catch((error) => {
    failed = true;
    log(`can not listen on port ${settings.address.port}: ${error.message}`);
    jvm.shutdown();
  });

  const code = await jvm.exited;
  await proxy.leave();
  await proxy.flush(timeToFlush(settings, stopRequested));
  log(`the JVM ended ${stopRequested ? '' : 'by itself '}with exit code ${code}`);
  await exit(code || (failed ? 1 : 0));
}

// Until shortly before PM2 loses patience. A JVM that ended by itself is restarted soon.
function timeToFlush(settings, stopRequested) {
  if (!stopRequested) {
    return settings.flushAfterCrash;
  }
  return Math.max(100, stopRequested + settings.killTimeout - 100 - Date.now());
}

launch().catch((error) => {
  log(error.message);
  exit(error.exitCode ?? 1);
});
