/**
 * PM2, and every other parent process that speaks to its children as Node does.
 */
@NullMarked
package io.github.gracefulboot.supervisor.pm2;

import org.jspecify.annotations.NullMarked;
