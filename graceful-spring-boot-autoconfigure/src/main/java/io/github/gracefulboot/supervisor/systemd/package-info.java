/**
 * Support for the notification protocol of systemd. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.supervisor.systemd;

import org.jspecify.annotations.NullMarked;
