/**
 * Refuses traffic when a shutdown begins and recognizes readiness probes. Internal, and
 * subject to change.
 */
@NullMarked
package io.github.gracefulboot.readiness;

import org.jspecify.annotations.NullMarked;
