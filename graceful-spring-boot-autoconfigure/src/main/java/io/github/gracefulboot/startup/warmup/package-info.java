/**
 * Warm-up: what is done before readiness says that the application accepts traffic.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.startup.warmup;

import org.jspecify.annotations.NullMarked;
