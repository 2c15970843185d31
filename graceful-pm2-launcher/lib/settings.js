'use strict';

const path = require('node:path');

const PM2_DEFAULT_KILL_TIMEOUT = 1600;

const FLUSH_AFTER_CRASH = 1000;

/**
 * What the arguments and the environment ask for.
 * @param {string[]} args java's command line
 * @param {NodeJS.ProcessEnv} env PM2 puts its own settings, such as kill_timeout, into it too
 */
function readSettings(args, env) {
  if (args.length === 0) {
    throw new Error('nothing to run: set args to java\'s command line, such as "-jar app.jar"');
  }
  const portArgument = args.find((arg) => /^(--|-D)server\.(port|address)\b/.test(arg));
  if (portArgument) {
    throw new Error(`${portArgument} among the arguments would hide the JVM from this launcher, which gives it a`
      + ' private port: set SERVER_PORT and SERVER_ADDRESS in env instead');
  }
  return {
    java: env.GRACEFUL_LAUNCHER_JAVA || (env.JAVA_HOME ? path.join(env.JAVA_HOME, 'bin', 'java') : 'java'),
    args,
    env,
    address: { port: readPort(env.SERVER_PORT), host: env.SERVER_ADDRESS || undefined },
    killTimeout: Number(env.kill_timeout) || PM2_DEFAULT_KILL_TIMEOUT,
    flushAfterCrash: FLUSH_AFTER_CRASH,
    warnings: warnings(env)
  };
}

function readPort(text = '8080') {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`SERVER_PORT is "${text}": it has to be a port, 1 to 65535`);
  }
  return port;
}

function warnings(env) {
  const found = [];
  if (env.treekill === 'true') {
    found.push('treekill is on, so that PM2 sends SIGINT to the JVM before this launcher has left the port:'
      + ' set treekill: false');
  }
  if (env.pm_id !== undefined && env.wait_ready !== 'true') {
    found.push('wait_ready is off, so that PM2 does not wait for the JVM: set wait_ready: true');
  }
  return found;
}

module.exports = { readSettings };
