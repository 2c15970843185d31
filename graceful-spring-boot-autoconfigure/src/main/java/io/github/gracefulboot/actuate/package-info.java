/**
 * What operators see and do: health, meters and an endpoint. Internal, and subject to
 * change.
 */
@NullMarked
package io.github.gracefulboot.actuate;

import org.jspecify.annotations.NullMarked;
