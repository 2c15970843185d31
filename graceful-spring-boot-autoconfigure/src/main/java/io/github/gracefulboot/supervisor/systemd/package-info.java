/**
 * systemd's notification protocol.
 */
@NullMarked
package io.github.gracefulboot.supervisor.systemd;

import org.jspecify.annotations.NullMarked;
