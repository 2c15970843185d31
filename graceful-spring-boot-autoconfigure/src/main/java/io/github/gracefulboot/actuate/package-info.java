/**
 * What operators see: health and meters. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.actuate;

import org.jspecify.annotations.NullMarked;
