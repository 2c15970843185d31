/**
 * The warm-up of the application before it accepts traffic. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.startup.warmup;

import org.jspecify.annotations.NullMarked;
