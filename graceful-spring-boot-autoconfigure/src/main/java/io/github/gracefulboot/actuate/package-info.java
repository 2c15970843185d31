/**
 * What operators see: health and meters.
 */
@NullMarked
package io.github.gracefulboot.actuate;

import org.jspecify.annotations.NullMarked;
