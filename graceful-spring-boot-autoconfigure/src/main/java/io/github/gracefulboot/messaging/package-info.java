/**
 * Stops message listeners in the drain, after what they have in hand.
 */
@NullMarked
package io.github.gracefulboot.messaging;

import org.jspecify.annotations.NullMarked;
