'use strict';

// Started by PM2 in cluster mode, with java's command line as its arguments. README.md tells what it does.

const cluster = require('node:cluster');
const { Jvm } = require('./lib/jvm');
const { log, exit } = require('./lib/output');
const { readSettings } = require('./lib/settings');

async function launch() {
  const settings = readSettings(process.argv.slice(2), process.env);
  settings.warnings.forEach(log);
  const jvm = new Jvm(settings);
  let stopping = false;

  const stop = (reason) => {
    if (!stopping) {
      stopping = true;
      log(`${reason}: the JVM stops`);
      jvm.shutdown();
    }
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

  jvm.ready.then(() => process.send?.('ready'));

  const code = await jvm.exited;
  log(`the JVM ended ${stopping ? '' : 'by itself '}with exit code ${code}`);
  await exit(code);
}

launch().catch((error) => {
  log(error.message);
  exit(error.exitCode ?? 1);
});
