'use strict';

const path = require('node:path');
const { handOverPath } = require('./handover-path');

/**
 * What the arguments and the environment ask for.
 * @param {string[]} args java's command line
 * @param {NodeJS.ProcessEnv} env PM2 puts its own settings, such as wait_ready, into it too
 */
function readSettings(args, env, platform = process.platform) {
  if (platform !== 'linux') {
    throw new Error('JVMs can share a port on Linux only: here, let PM2 run java itself, with exec_mode: \'fork\'');
  }
  if (args.length === 0) {
    throw new Error('nothing to run: set args to java\'s command line, such as "-jar app.jar"');
  }
  return {
    java: env.GRACEFUL_LAUNCHER_JAVA || (env.JAVA_HOME ? path.join(env.JAVA_HOME, 'bin', 'java') : 'java'),
    args,
    env: {
      ...env,
      GRACEFUL_HANDOVER_PATH: env.GRACEFUL_HANDOVER_PATH || handOverPath(env),
      // PM2 decides who leaves
      GRACEFUL_HANDOVER_REPLACE: 'false',
      // No orphan is left when this process is killed
      GRACEFUL_SUPERVISOR_PM2_EXITONDISCONNECT: 'true'
    },
    warnings: warnings(env)
  };
}

function warnings(env) {
  if (env.pm_id !== undefined && env.wait_ready !== 'true') {
    return ['wait_ready is off, so that PM2 does not learn when the JVM is ready: set wait_ready: true'];
  }
  return [];
}

module.exports = { readSettings };
