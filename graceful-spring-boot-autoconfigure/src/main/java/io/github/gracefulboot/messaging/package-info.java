/**
 * Stops message listeners during the drain, after the messages in progress. Internal, and
 * subject to change.
 */
@NullMarked
package io.github.gracefulboot.messaging;

import org.jspecify.annotations.NullMarked;
